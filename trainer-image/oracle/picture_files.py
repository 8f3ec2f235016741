"""Draws JPEG, PNG and BMP files as people have them, and says what Pillow makes of each.

python picture_files.py FILE.zip [--count N] [--seed S] [--samples]    140 files of seed 1 by default

The zip has the files, NNNN-KIND.jpg/.png/.bmp, and expected.json: for each its width, height and the
sha256 of the bytes of `Image.open(f).convert("RGB")`, or Pillow's words if it refuses the file. Run lengths
that Pillow is known to misread are compared with the same picture without them. With
--samples it has those bytes too, NNNN-KIND.….rgb, so that differences can be measured.
"""
import argparse
import hashlib
import io
import json
import random
import warnings
import zipfile

import numpy as np
from PIL import Image, __version__

import bmp_files
import jpeg_files
import png_files

KINDS = jpeg_files.KINDS + png_files.KINDS + bmp_files.KINDS


def draw(seed, number):
    """A kind's name, a file's bytes and those of what Pillow reads, from the two numbers alone."""
    weighed = [(name, make) for name, weight, make in KINDS for _ in range(weight)]
    name, make = weighed[number % len(weighed)]
    made = make(random.Random(seed * 1_000_003 + number))
    return (name, *made) if isinstance(made, tuple) else (name, made, made)


def pillows(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(content)) as opened:
            return np.asarray(opened.convert("RGB"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--count", type=int, default=140)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", action="store_true")
    options = parser.parse_args()
    expected = {}
    with zipfile.ZipFile(options.file, "w", zipfile.ZIP_DEFLATED) as target:
        def put(name, content):  # with a date of its own a zip is the same each time
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
        for number in range(options.count):
            kind, content, read = draw(options.seed, number)
            name = f"{number:04d}-{kind}.{kind.split('-')[0].replace('jpeg', 'jpg')}"
            put(name, content)
            try:
                rgb = pillows(read)
                expected[name] = {"width": rgb.shape[1], "height": rgb.shape[0],
                                  "sha256": hashlib.sha256(rgb.tobytes()).hexdigest()}
                if options.samples:
                    put(name + ".rgb", rgb.tobytes())
            except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
                expected[name] = {"refused": str(error).split(" <")[0]}
        put("expected.json", json.dumps({"pillow": __version__, "seed": options.seed, "pictures": expected}, indent=0))


if __name__ == "__main__":
    main()
