"""JPEGs that lack one of their tables each, with what Pillow makes of them: jpeg_tables.py FILE.zip

Each is decoded by Pillow in a process's first picture's state: its decoders keep no tables. A name is the picture that it
was made of, and which of its tables is gone: the marker, and its place among those.
"""

import hashlib
import io
import json
import sys
import zipfile

import numpy
import PIL
from PIL import Image, ImageFile, features

QUANTIZATION, HUFFMAN = 0xDB, 0xC4
ImageFile.LOAD_TRUNCATED_IMAGES = False


def pictures():
    random = numpy.random.default_rng(26)
    noise = Image.fromarray(random.integers(0, 256, (24, 24, 3), dtype=numpy.uint8))
    other = Image.fromarray(random.integers(0, 256, (24, 24, 3), dtype=numpy.uint8))
    yield "standard", saved(noise, quality=75)
    yield "optimized", saved(noise, quality=75, optimize=True)
    yield "progressive", saved(noise, quality=75, progressive=True)
    yield "grey", saved(noise.convert("L"), quality=75)
    yield "before-coarse", saved(other, quality=20, optimize=True)
    yield "before-progressive", saved(other, quality=95, progressive=True)


def saved(picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, "jpeg", **options)
    return buffer.getvalue()


def tables(jpeg):
    """(start, end, marker) of each table's segment, those between scans too."""
    at = 2
    while jpeg[at + 1] != 0xD9:
        marker = jpeg[at + 1]
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in (QUANTIZATION, HUFFMAN):
            yield at, end, marker
        if marker == 0xDA:
            while jpeg[end] != 0xFF or jpeg[end + 1] in (0, *range(0xD0, 0xD8)):
                end += 1
        at = end


def expected(jpeg):
    try:
        picture = Image.open(io.BytesIO(jpeg)).convert("RGB")
        return {"sha256": hashlib.sha256(picture.tobytes()).hexdigest()}
    except (OSError, SyntaxError) as error:
        return {"refused": str(error)}


def main(target):
    files = {}
    for name, jpeg in pictures():
        files[name] = jpeg
        if name.startswith("before"):
            continue
        for number, (start, end, marker) in enumerate(tables(jpeg)):
            kind = "quantization" if marker == QUANTIZATION else "huffman"
            files[f"{name}-without-{kind}-{number}"] = jpeg[:start] + jpeg[end:]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        about = {"pillow": PIL.__version__, "libjpeg-turbo": features.version("libjpeg_turbo")}
        wanted = {name: expected(jpeg) for name, jpeg in files.items()}
        archive.writestr(zipfile.ZipInfo("expected.json"), json.dumps({**about, "pictures": wanted}, indent=1))
        for name, jpeg in files.items():
            archive.writestr(zipfile.ZipInfo(name), jpeg, zipfile.ZIP_DEFLATED)


main(sys.argv[1])
