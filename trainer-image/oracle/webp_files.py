"""WebP over lossy and lossless coding, alpha, chunks that stand beside the samples, and animations."""
import io
import struct

import numpy as np
from PIL import Image

from jpeg_files import SRGB
from scenes import extent, scene


def saved(picture, **options):
    out = io.BytesIO()
    picture.save(out, "WEBP", **options)
    return out.getvalue()


def picture(random, mode, width=None, height=None):
    channels = {"RGB": 3, "RGBA": 4}[mode]
    return Image.fromarray(scene(random, width or extent(random), height or extent(random), channels), mode)


def coding(random):
    """An encoder's options."""
    if random.random() < 0.4:
        return {"lossless": True, "quality": random.randint(0, 100), "method": random.randint(0, 6),
                "exact": random.random() < 0.5}
    return {"quality": random.choice([0, 10, 50, 75, 80, 90, 100]), "method": random.randint(0, 6),
            "alpha_quality": random.choice([100, 100, 50, 0])}


def lossy(random):
    return saved(picture(random, "RGB"), **coding(random) | {"lossless": False})


def lossless(random):
    return saved(picture(random, random.choice(["RGB", "RGBA"])), lossless=True, quality=random.randint(0, 100),
                 method=random.randint(0, 6), exact=random.random() < 0.5)


def few_colours(random):
    """Which lossless coding packs, several pixels to a byte."""
    shades = np.array([[random.getrandbits(8) for _ in range(3)] for _ in range(random.randint(1, 17))], np.uint8)
    indices = scene(random, extent(random), extent(random), 1)[..., 0] % len(shades)
    return saved(Image.fromarray(shades[indices]), lossless=True, method=random.randint(0, 6))


def large(random):
    """Several macroblocks and partitions a side."""
    return saved(picture(random, random.choice(["RGB", "RGBA"]), random.randint(60, 300), random.randint(60, 300)), **coding(random))


def chunks(content):
    """The chunks of a file, as (name, bytes)."""
    at, found = 12, []
    while at < len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        found.append((name, content[at + 8:at + 8 + length]))
        at += 8 + length + length % 2
    return found


def file(parts):
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def three(value):
    return struct.pack("<I", value)[:3]


def beside(random):
    """A profile, Exif with an orientation, XMP; neither counts."""
    tags = Image.Exif()
    tags[0x0112] = random.randint(1, 8)
    content = saved(picture(random, random.choice(["RGB", "RGBA"])), icc_profile=random.choice([SRGB, SRGB[:50]]),
                    exif=tags.tobytes(), xmp=b"<x/>", **coding(random))
    parts = chunks(content)
    if random.random() < 0.4:
        parts.append((b"odd!", b"seven.."[:random.randint(0, 7)]))
    return file(parts) + random.choice([b"", b"", b"\0", b"after the end"])


def animated(random):
    """As Pillow writes them."""
    first = picture(random, random.choice(["RGB", "RGBA"]))
    others = [picture(random, first.mode, *first.size) for _ in range(random.randint(1, 3))]
    return saved(first, save_all=True, append_images=others, duration=40, allow_mixed=random.random() < 0.5,
                 background=tuple(random.getrandbits(8) for _ in range(4)), **coding(random))


def frame(random, left, top, content, width, height):
    """An ANMF chunk."""
    parts = [p for p in chunks(content) if p[0] in (b"ALPH", b"VP8 ", b"VP8L")]
    header = (three(left // 2) + three(top // 2) + three(width - 1) + three(height - 1) + three(50)
              + bytes([random.getrandbits(2)]))
    return b"ANMF", header + file(parts)[12:]


def first_frame_smaller(random):
    """Somewhere on the canvas, with a background that nobody paints."""
    width, height = random.randint(1, 30), random.randint(1, 30)
    left, top = 2 * random.randint(0, 8), 2 * random.randint(0, 8)
    canvas = width + left + random.randint(0, 9), height + top + random.randint(0, 9)
    parts = [(b"VP8X", bytes([2 | 16, 0, 0, 0]) + three(canvas[0] - 1) + three(canvas[1] - 1)),
             (b"ANIM", bytes(random.getrandbits(8) for _ in range(4)) + b"\0\0")]
    still = saved(picture(random, random.choice(["RGB", "RGBA"]), width, height), **coding(random))
    parts.append(frame(random, left, top, still, width, height))
    whole = saved(picture(random, "RGB", *canvas), **coding(random))
    return file(parts + [frame(random, 0, 0, whole, *canvas)] * random.randint(0, 2))


def alpha_lossy(random):
    return saved(picture(random, "RGBA"), **coding(random) | {"lossless": False})


def damaged(random):
    """Cut off, or with a flipped bit, which both may or may not notice."""
    content = bytearray(random.choice([lossy, lossless, animated, alpha_lossy])(random))
    if random.random() < 0.5:
        return bytes(content[:random.randint(12, len(content) - 1)])
    at = random.randint(12, len(content) - 1)
    content[at] ^= 1 << random.randint(0, 7)
    return bytes(content)


KINDS = [
    ("webp-lossy", 3, lossy), ("webp-lossless", 2, lossless), ("webp-few-colours", 1, few_colours),
    ("webp-large", 2, large), ("webp-alpha-lossy", 2, alpha_lossy), ("webp-beside", 2, beside),
    ("webp-animated", 2, animated), ("webp-first-frame-smaller", 2, first_frame_smaller), ("webp-damaged", 2, damaged),
]
