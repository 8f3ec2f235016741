"""Makes JPEG files of 500x375 pixels with a photograph's mixture of areas, edges and noise: pictures.py FOLDER COUNT."""

import os
import sys

import numpy
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 500, 375


def picture(seed):
    random = numpy.random.default_rng(seed)
    areas = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=numpy.uint8)).resize((WIDTH, HEIGHT), Image.BICUBIC)
    shapes = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=numpy.uint8)).resize((WIDTH, HEIGHT), Image.NEAREST)
    mixed = Image.blend(areas, shapes.filter(ImageFilter.GaussianBlur(2)), 0.35)
    noise = random.normal(0, 9, (HEIGHT, WIDTH, 3))
    return Image.fromarray(numpy.clip(numpy.asarray(mixed) + noise, 0, 255).astype(numpy.uint8))


folder, count = sys.argv[1], int(sys.argv[2])
os.makedirs(folder, exist_ok=True)
for i in range(count):
    picture(i).save(os.path.join(folder, f"{i:03}.jpg"), quality=85)
