"""Writes JPEGs as no library does: any sampling, components' names, markers, order of scans.

Planes become coefficients by a DCT in floating point; Huffman codes are of equal length.
"""
import numpy as np

SCALE = np.where(np.arange(8) == 0, np.sqrt(1 / 8), 1 / 2)
DCT = SCALE[:, None] * np.cos((2 * np.arange(8)[None] + 1) * np.arange(8)[:, None] * np.pi / 16)
ZIGZAG = sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
DC_SYMBOLS = list(range(12))
AC_SYMBOLS = [run << 4 | size for run in range(16) for size in range(1, 11)] + [0x00, 0xF0]


def segment(marker, data):
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + bytes(data)


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


class Bits:
    def __init__(self):
        self.out, self.held, self.count = bytearray(), 0, 0

    def put(self, value, length):
        self.held = self.held << length | value & ((1 << length) - 1)
        self.count += length
        while self.count >= 8:
            byte = self.held >> (self.count - 8) & 255
            self.out += bytes([byte, 0]) if byte == 255 else bytes([byte])
            self.count -= 8
        self.held &= (1 << self.count) - 1

    def flush(self):
        if self.count:
            self.put((1 << (8 - self.count)) - 1, 8 - self.count)


def magnitude(bits, value):
    size = int(abs(value)).bit_length()
    return size, lambda: bits.put(value if value > 0 else value - 1, size) if size else None


class Component:
    """[rows, columns] of bytes, already of the size that its sampling gives."""

    def __init__(self, name, plane, across, down, quantizer):
        self.name, self.plane, self.across, self.down, self.quantizer = name, plane, across, down, quantizer

    def transform(self, columns, rows):
        """Coefficients [rows, columns, 64] of so many blocks, the edge being repeated."""
        height, width = self.plane.shape
        plane = np.pad(self.plane, ((0, max(0, rows * 8 - height)), (0, max(0, columns * 8 - width))), "edge")
        blocks = plane[:rows * 8, :columns * 8].reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3) - 128.0
        coefficients = np.rint(DCT @ blocks @ DCT.T / self.quantizer).astype(int)
        self.blocks = np.clip(coefficients, -1023, 1023).reshape(rows, columns, 64)[..., ZIGZAG]


def write(width, height, components, markers=(), interleaved=True, progressive=False, restart=0,
          frame=None, late=(), spectrum=None, wide_tables=False):
    """
    markers: segments right after the start; late: segments right before the first scan;
    spectrum: what the scans' headers say instead of 0, 63, 0.
    """
    most_across = max(c.across for c in components)
    most_down = max(c.down for c in components)
    mcus_across, mcus_down = -(-width // (8 * most_across)), -(-height // (8 * most_down))
    for c in components:
        c.transform(mcus_across * c.across, mcus_down * c.down)
        c.own = (-(-(-(-width * c.across // most_across)) // 8), -(-(-(-height * c.down // most_down)) // 8))
    out = bytearray(b"\xff\xd8") + b"".join(markers)
    for i, c in enumerate(components):
        values = c.quantizer.reshape(64)[ZIGZAG].astype(int)
        out += segment(0xDB, bytes([i | wide_tables << 4]) + values.astype(">u2" if wide_tables else "u1").tobytes())
    out += segment(frame or (0xC2 if progressive else 0xC1 if wide_tables else 0xC0), bytes([8]) + height.to_bytes(2, "big") + width.to_bytes(2, "big")
                   + bytes([len(components)])
                   + b"".join(bytes([c.name, c.across << 4 | c.down, i]) for i, c in enumerate(components)))
    out += segment(0xC4, bytes([0x00] + [0] * 3 + [12] + [0] * 12 + DC_SYMBOLS))
    out += segment(0xC4, bytes([0x10] + [0] * 7 + [len(AC_SYMBOLS)] + [0] * 8 + AC_SYMBOLS))
    if restart:
        out += segment(0xDD, restart.to_bytes(2, "big"))
    out += b"".join(late)
    together = [components] if interleaved or len(components) == 1 else [[c] for c in components]
    scans = [(s, 0, 63) for s in together]
    if progressive:
        scans = [(s, 0, 0) for s in together] + [([c], first, last) for c in components for first, last in ((1, 5), (6, 63))]
    for scan, first, last in scans:
        says = bytes(spectrum) if spectrum is not None else bytes([first, last, 0])
        out += segment(0xDA, bytes([len(scan)]) + b"".join(bytes([c.name, 0]) for c in scan) + says)
        out += coded(scan, first, last, mcus_across, mcus_down, restart)
    return bytes(out + b"\xff\xd9")


def coded(scan, first, last, mcus_across, mcus_down, restart):
    bits = Bits()
    before = {id(c): 0 for c in scan}
    units = []
    if len(scan) == 1:
        c = scan[0]
        units = [[(c, y, x)] for y in range(c.own[1]) for x in range(c.own[0])]
    else:
        for my in range(mcus_down):
            for mx in range(mcus_across):
                units.append([(c, my * c.down + y, mx * c.across + x) for c in scan
                              for y in range(c.down) for x in range(c.across)])
    for number, unit in enumerate(units):
        if restart and number and number % restart == 0:
            bits.flush()
            bits.out += bytes([0xFF, 0xD0 + (number // restart - 1) % 8])
            before = {key: 0 for key in before}
        for c, y, x in unit:
            block = c.blocks[y, x]
            if first == 0:
                size, put = magnitude(bits, int(block[0]) - before[id(c)])
                before[id(c)] = int(block[0])
                bits.put(DC_SYMBOLS.index(size), 4)
                put()
            run = 0
            filled = [k for k in range(max(1, first), last + 1) if block[k]]
            at = max(1, first)
            for k in filled:
                run = k - at
                while run > 15:
                    bits.put(AC_SYMBOLS.index(0xF0), 8)
                    run -= 16
                size, put = magnitude(bits, int(block[k]))
                bits.put(AC_SYMBOLS.index(run << 4 | size), 8)
                put()
                at = k + 1
            if at <= last:
                bits.put(AC_SYMBOLS.index(0x00), 8)
    bits.flush()
    return bytes(bits.out)
