"""BMPs over headers, depths, masks, run lengths, directions and sizes that are wrong."""
import struct

import numpy as np

from jpeg_files import SRGB
from scenes import extent, scene

MASKS = {"555": (0x7C00, 0x3E0, 0x1F), "565": (0xF800, 0x7E0, 0x1F), "888": (0xFF0000, 0xFF00, 0xFF),
         "888a": (0xFF0000, 0xFF00, 0xFF, 0xFF000000), "888r": (0xFF, 0xFF00, 0xFF0000)}


def write(random, width, height, depth, data, colours=b"", header=40, compression=0, masks=(), used=None, size=None,
          image_size=None, flipped=False, gap=0):
    """colours: of the palette, as the header's kind has them; size: what the file's header says."""
    tall = -height if flipped else height
    if header == 12:
        info = struct.pack("<IHHHH", 12, width, tall, 1, depth)
    else:
        info = struct.pack("<IiiHHIIiiII", header, width, tall, 1, depth, compression,
                           len(data) if image_size is None else image_size, 2835, 2835, used or 0, 0)
        extra = struct.pack("<4I", *(list(masks) + [0] * 4)[:4])
        if header >= 108:
            info += extra + b"BGRs" + bytes(48)
        elif header in (52, 56):
            info += extra[:header - 40]
        elif header == 64:
            info += bytes(24)
        elif masks:
            info += extra[:4 * len(masks)]
        if header == 124:
            info += struct.pack("<4I", 4, 0, 0, 0)
    offset = 14 + len(info) + len(colours) + gap
    whole = offset + len(data)
    return b"BM" + struct.pack("<IHHI", whole if size is None else size, 0, 0, offset) + info + colours + bytes(gap) + data


def rows(packed, flipped):
    """Each row to a multiple of four bytes, the lowest first."""
    packed = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4)))
    return (packed if flipped else packed[::-1]).tobytes()


def odd(random):
    """A header's size that is wrong, a gap, an image size of 0."""
    return {"size": random.choice([None, None, 0, 1, 54, 1 << 20, 0xFFFFFFFF]), "gap": random.choice([0, 0, 2, 17]),
            "image_size": random.choice([None, 0])}


def rgb(random):
    width, height, flipped = extent(random), extent(random), random.random() < 0.3
    depth = random.choice([24, 24, 32])
    picture = scene(random, width, height, depth // 8)
    header = random.choice([12, 40, 40, 64, 108, 124]) if depth == 24 else random.choice([40, 40, 108, 124])
    return write(random, width, height, depth, rows(picture.reshape(height, -1), flipped and header != 12), header=header,
                 flipped=flipped and header != 12, **odd(random))


def packed_pixels(random, depth):
    width, height, flipped = extent(random), extent(random), random.random() < 0.3
    which = random.choice(["555", "565"] if depth == 16 else ["888", "888a", "888r"])
    plain = depth == 16 and which == "555" and random.random() < 0.4
    pixels = np.random.RandomState(random.getrandbits(32)).randint(0, 1 << depth, (height, width)).astype(np.uint32)
    data = rows(pixels.astype("<u2" if depth == 16 else "<u4").view(np.uint8).reshape(height, -1), flipped)
    masks = () if plain else MASKS[which]
    header = 40 if plain else random.choice([40, 52, 56, 108, 124])
    if header == 40:
        masks = masks[:3]
    return write(random, width, height, depth, data, header=header, compression=0 if plain else 3, masks=masks,
                 flipped=flipped, **odd(random))


def colours(random, count, header):
    if random.random() < 0.2:
        grey = [i * 255 // max(1, count - 1) for i in range(count)]
        quads = [(g, g, g) for g in grey]
    else:
        quads = [tuple(random.getrandbits(8) for _ in range(3)) for _ in range(count)]
    return b"".join(bytes(q) + (b"" if header == 12 else b"\0") for q in quads)


def palette(random):
    width, height, flipped = extent(random), extent(random), random.random() < 0.3
    depth = random.choice([1, 4, 8, 8])
    header = random.choice([12, 40, 40, 40, 64, 108, 124])
    flipped &= header != 12
    count = 1 << depth if header == 12 or random.random() < 0.5 else random.randint(1, 1 << depth)
    samples = scene(random, width, height, 1, (1 << depth) - 1)[..., 0].astype(int) % count
    bits = (samples[..., None] >> np.arange(depth - 1, -1, -1) & 1).astype(np.uint8)
    data = rows(np.packbits(bits.reshape(height, -1), axis=1), flipped)
    return write(random, width, height, depth, data, colours(random, count, header), header, used=count, flipped=flipped,
                 **odd(random))


def run_lengths(random, depth, odd_ones):
    """
    Rows as runs and as pixels one by one. odd_ones: an odd number of half bytes, an odd place in the file,
    pixels passed over, an end before the last row: right by the format, but Pillow misreads them. So these
    have a twin without runs that Pillow reads instead.
    """
    width, height = extent(random), extent(random)
    most = (1 << depth) - 1
    out, rest = bytearray(), np.zeros((height, width), int)
    for y in range(height):
        x = 0
        while x < width:
            count = min(random.randint(1, 9), width - x)
            if count >= 3 and random.random() < 0.4:
                count -= 0 if odd_ones or depth == 8 else count % 2
                values = [random.randint(0, most) for _ in range(count)]
                if count >= 3:
                    data = bytes(values) if depth == 8 else bytes((a << 4) | b for a, b in zip(values[::2], values[1::2] + [0]))
                    out += bytes([0, count]) + data + bytes(len(data) % 2)
                else:
                    out += b"".join(bytes([1, v if depth == 8 else v << 4]) for v in values)
            elif odd_ones and random.random() < 0.1:
                out += bytes([0, 2, count, 0])
                values = [0] * count
            else:
                first, second = random.randint(0, most), random.randint(0, most)
                values = [first if depth == 8 or i % 2 == 0 else second for i in range(count)]
                out += bytes([count, first if depth == 8 else first << 4 | second])
            rest[y, x:x + count] = values
            x += count
            if random.random() < 0.05:
                break
        if odd_ones and random.random() < 0.02:
            break
        out += b"\0\0"
    out += b"\0\1"
    found = odd(random) | {"image_size": None}
    if not odd_ones:
        found["gap"] = random.choice([0, 2])
    quads = colours(random, 1 << depth, 40)
    content = write(random, width, height, depth, bytes(out), quads, compression=1 if depth == 8 else 2, **found)
    twin = write(random, width, height, 8, rows(rest.astype(np.uint8), True), quads, used=1 << depth)
    return (content, twin) if odd_ones else content


def profiled(random):
    """The fifth header, with a profile in it, whole or not."""
    width, height = extent(random), extent(random)
    content = bytearray(write(random, width, height, 24, rows(scene(random, width, height, 3).reshape(height, -1), False), header=124))
    profile = random.choice([SRGB, SRGB[:100], b"none"])
    content[14 + 56:14 + 60] = b"DEBM"
    content[14 + 112:14 + 120] = struct.pack("<II", len(content) - 14, len(profile))
    return bytes(content) + profile


KINDS = [
    ("bmp-rgb", 2, rgb), ("bmp-16-bits", 1, lambda r: packed_pixels(r, 16)), ("bmp-32-bits", 1, lambda r: packed_pixels(r, 32)),
    ("bmp-palette", 2, palette), ("bmp-run-lengths", 1, lambda r: run_lengths(r, r.choice([4, 8]), False)),
    ("bmp-odd-run-lengths", 1, lambda r: run_lengths(r, r.choice([4, 8]), True)), ("bmp-profile", 1, profiled),
]
