"""Netpbm's bitmaps, greymaps and pixmaps, as bytes and as text."""
import numpy as np

from scenes import extent, scene


def blank(random):
    return random.choice([b" ", b"\n", b"\t", b"\r\n", b" # a comment\n", b"\n# 1 2 3\n#\n", b"  "])


def header(random, kind, width, height, most=None):
    parts = [b"P%d" % kind, b"%d" % width, b"%d" % height] + ([b"%d" % most] if most else [])
    return b"".join(part + blank(random) for part in parts[:-1]) + parts[-1] + random.choice([b" ", b"\n", b"\t"])


def as_text(random, values):
    return b"".join(b"%d" % v + (b" " if random.random() < 0.9 else blank(random)) for v in values)


def bits(random):
    samples = scene(random, extent(random), extent(random), 1)[..., 0] > 120
    height, width = samples.shape
    if random.random() < 0.5:
        return header(random, 4, width, height) + np.packbits(samples, axis=1).tobytes()
    between = random.choice([b"", b" ", b"\n"])
    return header(random, 1, width, height) + between.join(b"%d" % int(v) for v in samples.reshape(-1)) + b"\n"


def values(random, channels, mosts):
    most = random.choice(mosts)
    samples = scene(random, extent(random), extent(random), channels, most).astype(np.uint16)
    height, width = samples.shape[:2]
    kind = {1: 2, 3: 3}[channels]
    if random.random() < 0.3:
        return header(random, kind, width, height, most) + as_text(random, samples.reshape(-1))
    return header(random, kind + 3, width, height, most) + samples.astype(">u2" if most > 255 else np.uint8).tobytes()


def damaged(random):
    content = values(random, random.choice([1, 3]), [255, 100])
    return content[:random.randint(3, len(content) - 2)]


KINDS = [
    ("pnm-bits", 2, bits), ("pnm-grey", 3, lambda r: values(r, 1, [255, 255, 1, 7, 100, 254])),
    ("pnm-grey-wide", 1, lambda r: values(r, 1, [256, 1023, 4095, 65535])),
    ("pnm-rgb", 3, lambda r: values(r, 3, [255, 255, 3, 200])), ("pnm-rgb-wide", 1, lambda r: values(r, 3, [300, 4095, 65535])),
    ("pnm-damaged", 1, damaged),
]
