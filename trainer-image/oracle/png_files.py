"""PNGs over types, depths, interlacing, filters and what stands beside the samples."""
import struct
import zlib

import numpy as np

from jpeg_files import SRGB
from scenes import extent, scene

PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    """[rows, samples] as bytes."""
    if depth == 16:
        return samples.astype(">u2").view(np.uint8).reshape(len(samples), -1)
    if depth == 8:
        return samples.astype(np.uint8)
    bits = (samples[..., None] >> np.arange(depth - 1, -1, -1) & 1).astype(np.uint8)
    return np.packbits(bits.reshape(len(samples), -1), axis=1)


def filtered(random, rows, step):
    """Each row by one of the five filters."""
    out, above = bytearray(), np.zeros(rows.shape[1], np.int64)
    for row in rows.astype(np.int64):
        left, corner = (np.concatenate([np.zeros(step, np.int64), r])[:len(r)] for r in (row, above))
        estimate = left + above - corner
        ways = [abs(estimate - left), abs(estimate - above), abs(estimate - corner)]
        paeth = np.where((ways[0] <= ways[1]) & (ways[0] <= ways[2]), left, np.where(ways[1] <= ways[2], above, corner))
        how = random.randint(0, 4)
        out += bytes([how]) + ((row - [0, left, above, (left + above) // 2, paeth][how]) & 255).astype(np.uint8).tobytes()
        above = row
    return bytes(out)


def write(random, samples, kind, depth, interlaced, before=(), after=()):
    """samples: [height, width, channels]"""
    height, width = samples.shape[:2]
    step = max(1, CHANNELS[kind] * depth // 8)
    passes = PASSES if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x, y, across, down in passes:
        part = samples[y::down, x::across]
        if part.size:
            data += filtered(random, packed(part.reshape(len(part), -1), depth), step)
    packed_data = zlib.compress(data, random.randint(0, 9))
    cuts = sorted(random.randint(0, len(packed_data)) for _ in range(random.choice([0, 0, 1, 3])))
    pieces = [packed_data[a:b] for a, b in zip([0] + cuts, cuts + [len(packed_data)])]
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced)))
            + b"".join(before) + b"".join(chunk(b"IDAT", p) for p in pieces) + b"".join(after) + chunk(b"IEND", b""))


def beside(random, kind):
    """Chunks that say how the samples are meant, which nobody here heeds, and others."""
    found = []
    if random.random() < 0.4:
        found.append(random.choice([chunk(b"gAMA", struct.pack(">I", random.choice([45455, 100000, 20000]))), chunk(b"sRGB", b"\0"),
                                    chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)),
                                    chunk(b"iCCP", b"name\0\0" + zlib.compress(SRGB)),
                                    chunk(b"iCCP", b"name\0\0" + zlib.compress(SRGB[:100])), chunk(b"cICP", bytes([12, 13, 0, 1]))]))
    if random.random() < 0.3:
        found.append(random.choice([chunk(b"tEXt", b"Title\0words"), chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
                                    chunk(b"tIME", bytes([7, 232, 1, 1, 0, 0, 0])), chunk(b"prVt", b"anything"),
                                    chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"words")), chunk(b"sBIT", b"\5" * max(1, CHANNELS[kind]))]))
    return found


def samples(random, kind, depth):
    width, height = extent(random), extent(random)
    return scene(random, width, height, CHANNELS[kind], (1 << depth) - 1)


def direct(random, kind, depths):
    depth = random.choice(depths)
    picture = samples(random, kind, depth)
    chunks = beside(random, kind)
    if kind in (0, 2) and random.random() < 0.3:
        chunks.append(chunk(b"tRNS", np.ascontiguousarray(picture[0, 0].astype(">u2")).tobytes()))
    after = random.choice([[], [], [chunk(b"tEXt", b"Late\0words")], [chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\0\0")]])
    return write(random, picture, kind, depth, random.random() < 0.3, chunks, after)


def palette(random):
    depth = random.choice([1, 2, 4, 8])
    count = random.randint(1, 1 << depth)
    picture = samples(random, 3, depth).astype(int) % count
    colours = bytes(random.getrandbits(8) for _ in range(3 * count))
    chunks = beside(random, 3) + [chunk(b"PLTE", colours)]
    if random.random() < 0.4:
        chunks.append(chunk(b"tRNS", bytes(random.getrandbits(8) for _ in range(random.randint(1, count)))))
    return write(random, picture, 3, depth, random.random() < 0.3, chunks)


def short_palette(random):
    """Some samples have no colour in the palette."""
    depth = random.choice([2, 4, 8])
    count = random.randint(1, (1 << depth) - 1)
    colours = bytes(random.getrandbits(8) for _ in range(3 * count))
    return write(random, samples(random, 3, depth), 3, depth, False, [chunk(b"PLTE", colours)])


def animated(random):
    picture = samples(random, 2, 8)
    height, width = picture.shape[:2]
    control = lambda n: chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, width, height, 0, 0, 1, 10, 0, 0))
    second = chunk(b"fdAT", struct.pack(">I", 2) + zlib.compress(bytes((3 * width + 1) * height)))
    return write(random, picture, 2, 8, False, [chunk(b"acTL", struct.pack(">II", 2, 0)), control(0)], [control(1), second])


KINDS = [
    ("png-grey", 2, lambda r: direct(r, 0, [1, 2, 4, 8, 8])), ("png-grey-16", 1, lambda r: direct(r, 0, [16])),
    ("png-grey-12-in-16", 1, lambda r: write(r, scene(r, extent(r), extent(r), 1, 4095), 0, 16, False)),
    ("png-rgb", 3, lambda r: direct(r, 2, [8, 8, 16])), ("png-palette", 3, palette), ("png-short-palette", 1, short_palette),
    ("png-grey-alpha", 1, lambda r: direct(r, 4, [8, 16])), ("png-rgb-alpha", 2, lambda r: direct(r, 6, [8, 8, 16])),
    ("png-animated", 1, animated),
]
