"""TIFFs over kinds of samples, depths, byte orders, strips and tiles, planes, compressions, predictors and orientations."""
import io
import struct
import zlib

import numpy as np
from PIL import Image

from jpeg_files import SRGB
from scenes import extent, scene


def pack_bits(data, random):
    out, at = bytearray(), 0
    while at < len(data):
        run = 1
        while run < 128 and at + run < len(data) and data[at + run] == data[at]:
            run += 1
        if run > 1:
            out += bytes([257 - run, data[at]])
            at += run
            continue
        end = at + random.randint(1, 128)
        out += bytes([len(data[at:end]) - 1]) + data[at:end]
        at += len(data[at:end])
    return bytes(out)


def lzw(data):
    """TIFF 6.0, section 13: codes from their highest bit, each length one code early."""
    out, filled, have = bytearray(), 0, 0

    def put(code, width):
        nonlocal filled, have
        filled = filled << width | code
        have += width
        while have >= 8:
            have -= 8
            out.append(filled >> have & 255)
            filled &= (1 << have) - 1

    table, width = {bytes([i]): i for i in range(256)}, 9
    put(256, width)
    word = b""
    for value in data:
        longer = word + bytes([value])
        if longer in table:
            word = longer
            continue
        put(table[word], width)
        table[longer] = len(table) + 2
        if len(table) + 2 == (1 << width):
            width += 1
        word = bytes([value])
        if len(table) + 2 == 4094:
            put(table[word], width)
            put(256, width)
            table, width, word = {bytes([i]): i for i in range(256)}, 9, b""
    if word:
        put(table[word], width)
        if len(table) + 3 == (1 << width) and width < 12:
            width += 1
    put(257, width)
    if have:
        out.append(filled << 8 - have & 255)
    return bytes(out)


def rows_of(samples, bits, order):
    """[rows, samples of a row] as bytes, each row of whole bytes."""
    if bits == 16:
        return samples.astype(order + "u2").tobytes()
    if bits == 8:
        return samples.astype(np.uint8).tobytes()
    singles = (samples[..., None] >> np.arange(bits - 1, -1, -1) & 1).astype(np.uint8)
    return np.packbits(singles.reshape(len(samples), -1), axis=1).tobytes()


def differences(samples, bits):
    """[rows, columns, samples]"""
    wide = samples.astype(np.int64)
    wide[:, 1:] -= samples[:, :-1]
    return wide & (1 << bits) - 1


COMPRESSIONS = [1, 1, 5, 5, 8, 32946, 32773]


def write(random, samples, photometric, bits, more=(), compression=None, predictor=None, tiled=None, planar=None, second=False):
    """samples: [height, width, samples]; more: (tag, type, values)"""
    height, width, count = samples.shape
    order = random.choice("<>")
    compression = compression or random.choice(COMPRESSIONS)
    predictor = predictor or (2 if compression in (5, 8, 32946) and bits >= 8 and random.random() < 0.4 else 1)
    planar = planar or (2 if count > 1 and random.random() < 0.2 else 1)
    tiled = random.random() < 0.3 if tiled is None else tiled
    across, down = (16 * random.randint(1, 2), 16 * random.randint(1, 2)) if tiled else (width, random.choice([1, 3, 8, height, height + 5]))
    body, offsets, counts = bytearray(8), [], []
    for plane in ([samples[..., i:i + 1] for i in range(count)] if planar == 2 else [samples]):
        for y in range(0, height, down):
            for x in range(0, width, across):
                piece = plane[y:y + down, x:x + across]
                if tiled:
                    piece = np.pad(piece, ((0, down - len(piece)), (0, across - piece.shape[1]), (0, 0)), mode="edge")
                if predictor == 2:
                    piece = differences(piece, bits)
                data = rows_of(piece.reshape(len(piece), -1), bits, order)
                if compression == 32773:
                    step = len(data) // len(piece)
                    data = b"".join(pack_bits(data[i:i + step], random) for i in range(0, len(data), step))
                elif compression == 5:
                    data = lzw(data)
                elif compression != 1:
                    data = zlib.compress(data, random.randint(0, 9))
                offsets.append(len(body))
                counts.append(len(data))
                body += data + b"\0" * (len(data) % 2)
    fields = {256: (random.choice([3, 4]), [width]), 257: (4, [height]), 258: (3, [bits] * count), 259: (3, [compression]),
              262: (3, [photometric]), 277: (3, [count]), 284: (3, [planar])}
    if bits == 1 and photometric != 3 and random.random() < 0.3:
        del fields[258], fields[277]
    if predictor != 1:
        fields[317] = (3, [predictor])
    small = max(offsets + counts) < 65536 and random.random() < 0.3
    fields[324 if tiled else 273] = (3 if small else 4, offsets)
    fields[325 if tiled else 279] = (3 if small else 4, counts)
    if tiled:
        fields[322], fields[323] = (3, [across]), (3, [down])
    elif down < height or random.random() < 0.7:
        fields[278] = (4, [down if down < height or random.random() < 0.5 else 2 ** 32 - 1])
    for tag, kind, values in more:
        fields[tag] = (kind, values)
    for _ in range(2 if second else 1):
        at = len(body)
        entries, beyond = b"", b""
        start = at + 2 + 12 * len(fields) + 4
        for tag in sorted(fields):
            kind, values = fields[tag]
            data = bytes(values) if kind in (1, 2, 7) else b"".join(struct.pack(order + {3: "H", 4: "I", 5: "I"}[kind], v) for v in values)
            number = len(values) // (2 if kind == 5 else 1)
            if len(data) > 4:
                entries += struct.pack(order + "HHII", tag, kind, number, start + len(beyond))
                beyond += data + b"\0" * (len(data) % 2)
            else:
                entries += struct.pack(order + "HHI", tag, kind, number) + data.ljust(4, b"\0")
        if at == len(body) and not body[4]:
            body[:8] = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", at)
            body[4:8] = struct.pack(order + "I", at)
        body += struct.pack(order + "H", len(fields)) + entries + struct.pack(order + "I", start + len(beyond) if second else 0) + beyond
        second = False
    return bytes(body)


def beside(random):
    """Fields that say how samples are meant, or anything; only the orientation counts."""
    found = []
    if random.random() < 0.3:
        found.append((274, 3, [random.randint(1, 8)]))
    if random.random() < 0.3:
        found.append((34675, 7, list(random.choice([SRGB, SRGB[:60]]))))
    if random.random() < 0.3:
        found.append((270, 2, list(b"words of a picture\0")))
    if random.random() < 0.3:
        found += [(282, 5, [72, 1]), (283, 5, [72, 1]), (296, 3, [2])]
    return found


def size(random):
    return extent(random), extent(random)


def grey(random):
    bits = random.choice([1, 2, 4, 8, 8, 8])
    return write(random, scene(random, *size(random), 1, (1 << bits) - 1), random.choice([0, 1]), bits, beside(random))


def grey_16(random):
    most = random.choice([255, 300, 4095, 65535])
    return write(random, scene(random, *size(random), 1, most).astype(np.uint16), 1, 16, beside(random))


def grey_alpha(random):
    return write(random, scene(random, *size(random), 2), 1, 8, beside(random) + [(338, 3, [2])], planar=1)


def rgb(random):
    return write(random, scene(random, *size(random), 3), 2, 8, beside(random))


def rgb_16(random):
    # planes apart and uncompressed: Pillow takes them for bytes
    planar = random.choice([1, 1, 2])
    return write(random, scene(random, *size(random), 3, 65535), 2, 16, beside(random), planar=planar,
                 compression=random.choice(COMPRESSIONS[2:]) if planar == 2 else None)


def rgb_alpha(random):
    bits = random.choice([8, 8, 16])
    extra = random.choice([[], [(338, 3, [0 if bits == 8 else 2])], [(338, 3, [1])], [(338, 3, [2])]])
    return write(random, scene(random, *size(random), 4, (1 << bits) - 1), 2, bits, beside(random) + extra, planar=1)


def palette(random):
    bits = random.choice([1, 2, 4, 8, 8])
    colours = [random.getrandbits(16) for _ in range(3 << bits)]
    return write(random, scene(random, *size(random), 1, (1 << bits) - 1), 3, bits, beside(random) + [(320, 3, colours)])


def inks(random):
    return write(random, scene(random, *size(random), 4), 5, 8, beside(random), planar=1)


def pages(random):
    channels = random.choice([1, 3])
    return write(random, scene(random, *size(random), channels), 2 if channels == 3 else 1, 8, second=True)


def saved(picture, **options):
    out = io.BytesIO()
    picture.save(out, "TIFF", **options)
    return out.getvalue()


def libtiffs(random):
    """As libtiff writes them, in strips of its own choice."""
    mode = random.choice(["1", "L", "RGB", "RGBA", "CMYK", "P", "LA"])
    channels = len(mode.replace("P", "L")) if mode != "1" else 1
    # bilevel rows of a few pixels that all change are more than the JDK's decoder of Group 3 has room for
    width, height = size(random) if mode != "1" else (random.randint(20, 60), random.randint(1, 40))
    samples = scene(random, width, height, channels)
    picture = Image.fromarray(samples[..., 0] if channels == 1 else samples, None if channels == 1 else mode)
    picture = picture.convert(mode) if mode == "1" else picture.convert("RGB").quantize(30) if mode == "P" else picture
    options = {"tiffinfo": {317: 2}} if random.random() < 0.3 and mode not in ("1", "P") else {}
    compression = random.choice(["tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits"] + ["group3", "group4", "tiff_ccitt"] * 3 * (mode == "1"))
    return saved(picture, compression=compression, strip_size=random.choice([512, 65536]),
                 **(options if "lzw" in compression or "deflate" in compression else {}))


def fax(random):
    """Bilevel scans."""
    samples = scene(random, random.randint(20, 200), random.randint(1, 60), 1)[..., 0] > 120
    return saved(Image.fromarray(samples), compression=random.choice(["group3", "group4", "tiff_ccitt"]), strip_size=random.choice([64, 65536]))


def jpeg(random):
    """RGB that libtiff stores as YCbCr, or as it is; grey; inks."""
    mode = random.choice(["RGB", "RGB", "YCbCr", "L", "CMYK"])
    samples = scene(random, random.randint(3, 90), random.randint(3, 90), {"L": 1, "CMYK": 4}.get(mode, 3))
    picture = Image.fromarray(samples[..., 0] if mode == "L" else samples, None if mode == "L" else mode)
    return saved(picture, compression="jpeg", quality=random.choice([40, 75, 95]), strip_size=random.choice([2048, 65536]))


def unread(random):
    """Kinds that Pillow reads in part, and we do not."""
    choice = random.randint(0, 4)
    if choice == 0:
        return saved(Image.fromarray(scene(random, *size(random), 1)[..., 0].astype(np.float32)))
    if choice == 1:
        return saved(Image.fromarray(scene(random, *size(random), 1, 65535)[..., 0].astype(np.int32)))
    if choice == 2:
        return write(random, scene(random, *size(random), 3), 8, 8)
    if choice == 3:
        return saved(Image.fromarray(scene(random, *size(random), 3)), compression="lzma")
    return write(random, scene(random, *size(random), 3, 15), 2, 4)


def short(random):
    """Strips or tiles of which a part is missing, by their byte counts."""
    content = bytearray(random.choice([grey, rgb, palette])(random))
    order = "<" if content[:2] == b"II" else ">"
    at, = struct.unpack_from(order + "I", content, 4)
    part = random.choice([0.95, 0.5, 0.1])
    for i in range(struct.unpack_from(order + "H", content, at)[0]):
        field = at + 2 + 12 * i
        tag, kind, count = struct.unpack_from(order + "HHI", content, field)
        if tag in (279, 325):
            code = order + {3: "H", 4: "I"}[kind]
            size = struct.calcsize(code)
            place = field + 8 if size * count <= 4 else struct.unpack_from(order + "I", content, field + 8)[0]
            for j in range(count):
                length, = struct.unpack_from(code, content, place + j * size)
                struct.pack_into(code, content, place + j * size, max(1, int(length * part)))
    return bytes(content)


def damaged(random):
    content = bytearray(random.choice([grey, rgb, palette, libtiffs, jpeg])(random))
    if random.random() < 0.5:
        return bytes(content[:random.randint(8, len(content) - 1)])
    at = random.randint(8, len(content) - 1)
    content[at] ^= 1 << random.randint(0, 7)
    return bytes(content)


KINDS = [
    ("tiff-grey", 3, grey), ("tiff-grey-16", 2, grey_16), ("tiff-grey-alpha", 1, grey_alpha), ("tiff-rgb", 3, rgb),
    ("tiff-rgb-16", 2, rgb_16), ("tiff-rgb-alpha", 2, rgb_alpha), ("tiff-palette", 2, palette), ("tiff-inks", 1, inks),
    ("tiff-pages", 1, pages), ("tiff-libtiffs", 3, libtiffs), ("tiff-fax", 1, fax), ("tiff-jpeg", 2, jpeg),
    ("tiff-unread", 1, unread), ("tiff-short", 1, short), ("tiff-damaged", 2, damaged),
]
