"""GIFs over palettes, transparency, interlacing, frames on their screen, extensions and animations."""
import io
import struct

import numpy as np
from PIL import Image

from scenes import extent, scene


def codes(indices, bits, random):
    """LZW as GIF has it (GIF89a, appendix F), in blocks; a full table is cleared, now and then later than it could be."""
    clear, end = 1 << bits, (1 << bits) + 1
    late = random.random() < 0.3
    out, filled, position = bytearray(), 0, 0

    def put(code, width):
        nonlocal filled, position
        filled |= code << position
        position += width
        while position >= 8:
            out.append(filled & 255)
            filled >>= 8
            position -= 8

    table, width, following = {}, bits + 1, end + 1
    put(clear, width)
    word = ()
    for index in indices:
        longer = word + (index,)
        if len(longer) == 1 or longer in table:
            word = longer
            continue
        put(table[word] if len(word) > 1 else word[0], width)
        if following < 4096:
            table[longer] = following
            following += 1
            if following - 1 == 1 << width and width < 12:
                width += 1
        elif not late or random.random() < 0.002:
            put(clear, width)
            table, width, following = {}, bits + 1, end + 1
        word = (index,)
    if word:
        put(table[word] if len(word) > 1 else word[0], width)
        if following == 1 << width and width < 12:
            width += 1
    put(end, width)
    if position:
        out.append(filled & 255)
    blocks, at = b"", 0
    most = random.choice([255, 255, 254, 17])
    while at < len(out):
        block = out[at:at + most]
        blocks += bytes([len(block)]) + block
        at += most
    return bytes([bits]) + blocks + b"\0"


def palette(random, bits):
    if random.random() < 0.15:
        return bytes(i for i in range(1 << bits) for _ in range(3))
    return bytes(random.getrandbits(8) for _ in range(3 << bits))


def control(random, transparent=None):
    flags = random.randint(0, 3) << 2 | (transparent is not None)
    return b"!\xf9\x04" + struct.pack("<BHB", flags, 7, transparent or random.getrandbits(8) * 0) + b"\0"


def frame(random, picture, bits, left=0, top=0, colours=b"", coded=None):
    height, width = picture.shape
    interlaced = random.random() < 0.4
    order = [y for start, step in [(0, 8), (4, 8), (2, 4), (1, 2)] for y in range(start, height, step)]
    rows = picture[order] if interlaced else picture
    flags = interlaced << 6 | (0x80 | (len(colours) // 3).bit_length() - 2 if colours else 0)
    return (b"," + struct.pack("<4HB", left, top, width, height, flags) + colours
            + codes([int(i) for i in rows.reshape(-1)], max(2, coded or bits), random))


def screen(random, width, height, colours=b""):
    flags = 0x70 | (0x80 | (len(colours) // 3).bit_length() - 2 if colours else 0)
    return random.choice([b"GIF89a", b"GIF87a"]) + struct.pack("<2H3B", width, height, flags, random.getrandbits(3), 0) + colours


def extensions(random):
    return b"".join(e for e in [b"!\xfe\x05words\x03and\0", b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", b"!\x01\x0c" + bytes(12) + b"\1x\0"]
                    if random.random() < 0.3)


def plain(random):
    bits = random.randint(1, 8)
    picture = scene(random, extent(random), extent(random), 1, (1 << bits) - 1)[..., 0]
    colours, own = palette(random, bits), palette(random, bits) if random.random() < 0.3 else b""
    common = b"" if own and random.random() < 0.5 else colours
    transparent = int(picture[0, 0]) if random.random() < 0.4 else None
    before = control(random, transparent) if transparent is not None or random.random() < 0.3 else b""
    return (screen(random, picture.shape[1], picture.shape[0], common) + extensions(random) + before
            + frame(random, picture, bits, colours=own) + b";")


def on_screen(random):
    """Smaller than the screen, beside its corner, or reaching beyond it."""
    bits = random.randint(1, 8)
    picture = scene(random, extent(random), extent(random), 1, (1 << bits) - 1)[..., 0]
    height, width = picture.shape
    left, top = random.randint(0, 9), random.randint(0, 9)
    size = (random.randint(1, width + 20), random.randint(1, height + 20))
    transparent = random.randint(0, 255) if random.random() < 0.5 else None
    return (screen(random, *size, palette(random, bits)) + control(random, transparent)
            + frame(random, picture, bits, left, top, palette(random, bits) if random.random() < 0.3 else b"") + b";")


def short_palette(random):
    """Some indices have no colour."""
    bits = random.randint(2, 8)
    picture = scene(random, extent(random), extent(random), 1, (1 << bits) - 1)[..., 0]
    colours = palette(random, random.randint(1, bits - 1)) if random.random() < 0.7 else b""
    return screen(random, picture.shape[1], picture.shape[0], colours) + frame(random, picture, bits) + b";"


def animated(random):
    bits = random.randint(1, 8)
    shape = extent(random), extent(random)
    frames = b"".join(control(random, random.choice([None, 0]))
                      + frame(random, scene(random, *shape, 1, (1 << bits) - 1)[..., 0], bits) for _ in range(random.randint(2, 4)))
    return screen(random, *shape, palette(random, bits)) + extensions(random) + frames + b";"


def noise(random):
    """So that the table of codes is full many times."""
    picture = np.random.RandomState(random.getrandbits(32)).randint(0, 256, (random.randint(60, 120), random.randint(60, 120)))
    return screen(random, picture.shape[1], picture.shape[0], palette(random, 8)) + frame(random, picture, 8) + b";"


def pillows(random):
    out = io.BytesIO()
    picture = Image.fromarray(scene(random, extent(random), extent(random), 3))
    picture.quantize(random.randint(2, 256)).save(out, "GIF", interlace=random.random() < 0.5)
    return out.getvalue()


def without_end(random):
    """The last byte, or bytes after it, which nobody needs."""
    content = plain(random)
    return random.choice([content[:-1], content + b"after the end", content[:-1] + b"\0\0;"])


def damaged(random):
    content = bytearray(random.choice([plain, noise, animated])(random))
    if random.random() < 0.5:
        return bytes(content[:random.randint(6, len(content) - 2)])
    at = random.randint(13, len(content) - 1)
    content[at] ^= 1 << random.randint(0, 7)
    return bytes(content)


KINDS = [
    ("gif-plain", 4, plain), ("gif-on-screen", 3, on_screen), ("gif-short-palette", 1, short_palette), ("gif-animated", 2, animated),
    ("gif-noise", 1, noise), ("gif-pillows", 1, pillows), ("gif-without-end", 1, without_end), ("gif-damaged", 2, damaged),
]
