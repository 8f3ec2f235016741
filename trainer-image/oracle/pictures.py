"""Makes picture files of many kinds, and what Pillow makes of them as torchvision loads and resizes them.

python pictures.py FOLDER [--count N]    N files of 21 kinds in turn, 21 by default

Each NAME.jpg/.png/.bmp gets a line in expected.json: its size, and for six framings the square that
`Image.open(f).convert("RGB")` and torchvision's transforms give, as a base64 of 12x12 grey levels
(means over cells of the three channels), and one byte in 97 of the square itself.
"""
import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, __version__
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

SIZE = 60
BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC


def scene(number, width, height):
    """Smooth colours, edges and a little noise, from the number alone."""
    state = np.random.RandomState(number)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    planes = []
    for _ in range(3):
        a, b, c = state.uniform(0.02, 0.3, 3)
        planes.append(110 + 70 * np.sin(a * x + c) + 60 * np.cos(b * y * (1 + a)) + state.normal(0, 6, x.shape))
    picture = np.stack(planes, -1)
    cx, cy, r = state.uniform(0.2, 0.8, 3) * (width, height, min(width, height) / 2)
    picture[(x - cx) ** 2 + (y - cy) ** 2 < r * r] = state.uniform(0, 255, 3)
    return np.clip(picture, 0, 255).astype(np.uint8)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def sixteen_bits(grey_or_rgb, number):
    """A PNG of 16 bits, which Pillow does not write in colour: made chunk by chunk."""
    import struct
    import zlib
    wide = grey_or_rgb.astype(np.uint16) * 256 + np.random.RandomState(number).randint(0, 256, grey_or_rgb.shape)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in wide)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    h, w = wide.shape[:2]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 16, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def alpha(rgb):
    ramp = np.linspace(0, 255, rgb.shape[1]).astype(np.uint8)
    return np.dstack([rgb, np.broadcast_to(ramp, rgb.shape[:2])])


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def jpeg(picture, **options):
    return saved(picture, "JPEG", **({"quality": 85} | options))


def as_ycck(cmyk):
    """The same numbers, declared to be YCCK by the last byte of Adobe's marker."""
    at = cmyk.index(b"Adobe") + 11
    assert cmyk[at] == 0
    return cmyk[:at] + b"\2" + cmyk[at + 1:]


def kinds():
    rgb = Image.fromarray
    grey = lambda a: Image.fromarray(a).convert("L")
    return [
        ("jpeg-420.jpg", lambda a, n: jpeg(rgb(a), subsampling=2)),
        ("jpeg-444.jpg", lambda a, n: jpeg(rgb(a), subsampling=0)),
        ("jpeg-422.jpg", lambda a, n: jpeg(rgb(a), subsampling=1)),
        ("jpeg-progressive.jpg", lambda a, n: jpeg(rgb(a), progressive=True)),
        ("jpeg-grey.jpeg", lambda a, n: jpeg(grey(a))),
        ("jpeg-cmyk.jpg", lambda a, n: jpeg(rgb(a).convert("CMYK"))),
        ("jpeg-ycck.jpg", lambda a, n: as_ycck(jpeg(rgb(a).convert("CMYK")))),
        ("jpeg-rotated.jpg", lambda a, n: jpeg(rgb(a), exif=exif(1 + n % 8))),
        ("jpeg-rough.jpg", lambda a, n: jpeg(rgb(a), quality=30)),
        ("jpeg-restarts.jpg", lambda a, n: jpeg(rgb(a), restart_marker_rows=1)),
        ("jpeg-as-png.png", lambda a, n: jpeg(rgb(a))),
        ("png-rgb.png", lambda a, n: saved(rgb(a), "PNG")),
        ("png-alpha.png", lambda a, n: saved(Image.fromarray(alpha(a), "RGBA"), "PNG")),
        ("png-grey.png", lambda a, n: saved(grey(a), "PNG")),
        ("png-grey-alpha.png", lambda a, n: saved(Image.fromarray(alpha(a), "RGBA").convert("LA"), "PNG")),
        ("png-palette.png", lambda a, n: saved(rgb(a).quantize(64), "PNG")),
        ("png-palette-transparent.png", lambda a, n: saved(rgb(a).quantize(16), "PNG", transparency=3)),
        ("png-bit.png", lambda a, n: saved(grey(a).convert("1"), "PNG")),
        ("png-16.png", lambda a, n: sixteen_bits(a, n)),
        ("bmp-rgb.bmp", lambda a, n: saved(rgb(a), "BMP")),
        ("bmp-palette.bmp", lambda a, n: saved(rgb(a).quantize(200), "BMP")),
    ]


def padded(picture, resample):
    scale = max(SIZE, *picture.size)
    if scale > SIZE:
        picture = picture.resize([max(1, int(e * SIZE / scale + 0.5)) for e in picture.size], resample)
    square = Image.new("RGB", (SIZE, SIZE))
    square.paste(picture, ((SIZE - picture.width) // 2, (SIZE - picture.height) // 2))
    return square


def framings():
    for name, mode, pillow in [("Bilinear", InterpolationMode.BILINEAR, BILINEAR),
                               ("Bicubic", InterpolationMode.BICUBIC, BICUBIC)]:
        yield f"Squash {name}", Resize((SIZE, SIZE), mode)
        yield f"ShorterSideCenterCrop {name}", lambda p, m=mode: CenterCrop(SIZE)(Resize(SIZE, m)(p))
        yield f"Pad {name}", lambda p, r=pillow: padded(p, r)


def summary(square):
    values = np.asarray(square)
    cells = values.reshape(12, SIZE // 12, 12, SIZE // 12, 3).mean((1, 3, 4)).round().astype(np.uint8)
    return {"cells": base64.b64encode(cells.tobytes()).decode(),
            "samples": base64.b64encode(values.reshape(-1)[::97].tobytes()).decode()}


def main():
    folder = Path(sys.argv[1])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else len(kinds())
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for number in range(count):
        kind, make = kinds()[number % len(kinds())]
        state = np.random.RandomState(1000 + number)
        width, height = (int(e) for e in state.randint(33, 150, 2))
        if number % 7 == 3:
            width, height = (int(e) for e in state.randint(3, 40, 2))
        if count > len(kinds()) and number % 9 == 4:
            width, height = (int(e) for e in state.randint(200, 900, 2))
        name = f"{number:03d}-{kind}"
        (folder / name).write_bytes(make(scene(number, width, height), number))
        with Image.open(folder / name) as opened:
            picture = opened.convert("RGB")
        whole = count > len(kinds())
        expected[name] = {
            "width": picture.width, "height": picture.height,
            "squares": {n: summary(f(picture)) | ({"whole": base64.b64encode(f(picture).tobytes()).decode()} if whole else {})
                        for n, f in framings()}}
    (folder / "expected.json").write_text(json.dumps({"pillow": __version__, "size": SIZE, "pictures": expected}, indent=0))


main()
