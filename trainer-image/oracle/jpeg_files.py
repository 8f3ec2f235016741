"""JPEGs over markers, components' names, sampling, profiles, scans; each of a random.Random alone."""
import io

import numpy as np
from PIL import Image, ImageCms

from jpeg_writer import JFIF, Component, adobe, segment, write
from scenes import extent, scene

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SRGB = SRGB[:24] + bytes(12) + SRGB[36:]  # without the date
NAMES = [(1, 2, 3), (0, 1, 2), (82, 71, 66), (89, 85, 86), (2, 3, 4), (1, 34, 35), (255, 0, 7), (114, 103, 98), (3, 2, 1)]


def quantizer(random):
    flat = random.choice([1, 3, 8, 20])
    return np.minimum(255, flat + np.add.outer(np.arange(8), np.arange(8)) * random.choice([0, 1, 3])).astype(float)


def planes(random, width, height, samplings):
    """A plane for each component, of the size that its sampling gives."""
    picture = scene(random, width, height, len(samplings))
    across, down = max(a for a, _ in samplings), max(d for _, d in samplings)
    for i, (a, d) in enumerate(samplings):
        columns, rows = -(-width * a // across), -(-height * d // down)
        y = np.minimum(np.arange(rows) * down // d, height - 1)
        x = np.minimum(np.arange(columns) * across // a, width - 1)
        yield picture[y][:, x, i]


def own(random, samplings, names, **options):
    width, height = extent(random), extent(random)
    table = quantizer(random)
    components = [Component(name, plane, a, d, table)
                  for name, (a, d), plane in zip(names, samplings, planes(random, width, height, samplings))]
    return write(width, height, components, **options)


def common(random):
    """Samplings that cameras and programs use, brightness first."""
    return random.choice([[(1, 1)] * 3, [(2, 1), (1, 1), (1, 1)], [(2, 2), (1, 1), (1, 1)]])


def exif(random):
    tags = Image.Exif()
    tags[0x0112] = random.randint(1, 8)
    tags[0x010F] = "camera"
    return segment(0xE1, tags.tobytes())


def profile(random):
    """A profile's bytes, good or not, of this space or another."""
    return random.choice([
        SRGB,
        SRGB[:16] + random.choice([b"CMYK", b"GRAY", b"Lab ", b"XYZ ", b"????"]) + SRGB[20:],
        SRGB[:random.randint(1, len(SRGB) - 1)],
        bytes(random.getrandbits(8) for _ in range(random.randint(0, 300))),
        other_primaries(random),
    ])


def other_primaries(random):
    """As the profiles of phones' displays and of cameras: red, green and blue exchanged."""
    return SRGB.replace(b"rXYZ", b"tXYZ").replace(b"gXYZ", b"rXYZ").replace(b"tXYZ", b"gXYZ")


def chunk(number, count, data):
    return segment(0xE2, b"ICC_PROFILE\0" + bytes([number, count]) + data)


def chunks(random):
    """APP2 segments: whole, twice, without some, out of order, contradictory, empty."""
    data = profile(random)
    half = len(data) // 2
    two = [chunk(1, 2, data[:half]), chunk(2, 2, data[half:])]
    return random.choice([
        [chunk(1, 1, data)], [chunk(1, 1, data)] * 2, two, two[::-1], two[:1], two[1:],
        [chunk(1, 1, data), chunk(1, 2, SRGB)], [chunk(1, 1, b"")], [chunk(0, 0, data)], [chunk(3, 2, data)],
        [segment(0xE2, b"ICC_PROFILE")], [segment(0xE2, b"ICC_PROFILE\0\1")], [segment(0xE2, b"")],
        [chunk(1, 1, SRGB), chunk(1, 1, other_primaries(random))], [chunk(1, 255, data)],
    ])


def dressed(random):
    """What may stand between the start and the tables, in any order."""
    found = []
    if random.random() < 0.5:
        found.append(random.choice([JFIF, JFIF, JFIF, segment(0xE0, b"JFIF\0\2\1\0\0\1\0\1\0\0"), segment(0xE0, b"JFIF\0\1\2"),
                                    segment(0xE0, b"jfif\0\1\1\0\0\1\0\1\0\0"), segment(0xE0, b"JFXX\0\x13\1\1abc" + bytes(9))]))
    if random.random() < 0.5:
        found.append(adobe(random.choice([0, 1, 2, 3, 128, 255])))
    if random.random() < 0.2:
        found.append(random.choice([segment(0xEE, b"Adobe\0\x64\0\0\0\0"), segment(0xEE, b"adobe\0\x64\0\0\0\0\0"),
                                    segment(0xEE, b"Adobe\0\x64\0\0\0\0\1and more"), segment(0xEE, b"")]))
    if random.random() < 0.3:
        found.append(exif(random))
    if random.random() < 0.3:
        found += chunks(random)
    if random.random() < 0.2:
        found.append(random.choice([segment(0xFE, b"a comment"), segment(0xE5, b"Ducky"), segment(0xED, b"Photoshop 3.0\0"),
                                    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), segment(0xFE, b"")]))
    random.shuffle(found)
    return found


def names(random):
    samplings = common(random)
    markers = random.choice([[], [], [], [exif(random)], [JFIF], [adobe(1)], [segment(0xE1, b"Exif\0\0")]])
    return own(random, samplings, random.choice(NAMES), markers=markers, progressive=random.random() < 0.3)


def markers(random):
    found = dressed(random)
    late = [found.pop()] if found and random.random() < 0.3 else []
    return own(random, common(random), random.choice(NAMES[:4]), markers=found, late=late)


def inks(random):
    samplings = random.choice([[(1, 1)] * 4, [(2, 1), (1, 1), (1, 1), (2, 1)], [(2, 2), (1, 1), (1, 1), (2, 2)], [(2, 1)] * 4])
    which = random.choice([(1, 2, 3, 4), (0, 1, 2, 3), (67, 77, 89, 75)])
    return own(random, samplings, which, markers=dressed(random), progressive=random.random() < 0.2,
               interleaved=random.random() < 0.8)


def grey(random):
    sampling = (random.randint(1, 4), random.randint(1, 4)) if random.random() < 0.4 else (1, 1)
    return own(random, [sampling], [random.choice([0, 1, 7])], markers=dressed(random), progressive=random.random() < 0.3)


def sampling(random, tall):
    """Any that libjpeg knows; tall: some component has half the rows, but all the columns."""
    while True:
        found = [(random.randint(1, 4), random.randint(1, 4)) for _ in range(3)]
        if random.random() < 0.5:
            found[2] = found[1]
        across, down = max(a for a, _ in found), max(d for _, d in found)
        whole = all(across % a == 0 and down % d == 0 for a, d in found) and sum(a * d for a, d in found) <= 10
        if whole and tall == any(down == 2 * d and across == a for a, d in found):
            return own(random, found, (1, 2, 3), markers=[JFIF], interleaved=random.random() < 0.8,
                       progressive=random.random() < 0.2)


def saved(random, mode="RGB", **options):
    width, height = extent(random), extent(random)
    picture = Image.fromarray(scene(random, width, height, 3)).convert(mode)
    out = io.BytesIO()
    picture.save(out, "JPEG", **({"quality": random.choice([1, 10, 30, 75, 85, 92, 100]), "subsampling": random.randint(0, 2),
                                  "optimize": random.random() < 0.3} | options))
    return out.getvalue()


def segments(content):
    """The segments up to the first scan, the start among them, and what comes after."""
    found, at = [content[:2]], 2
    while content[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(content[at + 2:at + 4], "big")
        found.append(content[at:end])
        at = end
    return found, content[at:]


def profiled(random):
    start, scans = segments(saved(random, random.choice(["RGB", "RGB", "RGB", "L", "CMYK"])))
    place = random.randint(1, len(start))
    return b"".join(start[:place] + chunks(random) + start[place:]) + scans


def progressive(random):
    return saved(random, random.choice(["RGB", "RGB", "L", "CMYK"]), progressive=True)


def restarts(random):
    if random.random() < 0.5:
        return own(random, common(random), (1, 2, 3), markers=[JFIF], restart=random.randint(1, 5),
                   progressive=random.random() < 0.3, interleaved=random.random() < 0.7)
    return saved(random, restart_marker_blocks=random.randint(1, 7), progressive=random.random() < 0.5)


def stray(random):
    """Bytes that belong to nothing: before markers, between restarts or scans, at the end."""
    if random.random() < 0.15:
        content = own(random, common(random), (1, 2, 3), markers=[JFIF], restart=1)
        at = content.find(b"\xff\xd0")
        return content if at < 0 else content[:at] + bytes(random.randint(1, 900)) + content[at:]
    content = saved(random, progressive=random.random() < 0.3)
    start, scans = segments(content)
    junk = lambda: random.choice([b"\0", b"\xff", b"\xff\xff\xff", b"\0\0\0\0", b"junk", b"\xff\0", bytes(random.randint(0, 254) for _ in range(9))])
    if random.random() < 0.6:
        place = random.randint(2, len(start))
        start.insert(place, junk())
    way = random.random()
    if way < 0.2:
        scans = scans[:-2] + b"\0\0\0" + scans[-2:]
    elif way < 0.4:
        scans += random.choice([b"\0" * 20, b"after", content, b"\xff\xd8\xff\xe1"])
    elif way < 0.6:
        at = scans.find(b"\xff\xda", 2)
        scans = scans if at < 0 else scans[:at] + b"\0\0" + scans[at:]
    return b"".join(start) + scans


def endless(random):
    """All samples, and no marker of the end."""
    return saved(random)[:-2]


def headers(random):
    """Scans whose headers say something else than a baseline scan's must."""
    return own(random, common(random), (1, 2, 3), markers=[JFIF],
               spectrum=random.choice([(0, 0, 0), (0, 63, 16), (0, 62, 0), (0, 63, 1), (1, 63, 0)]))


def tables(random):
    """Sixteen-bit tables, scans one by one, extended sequential frames."""
    return own(random, common(random), (1, 2, 3), markers=[JFIF], wide_tables=random.random() < 0.5,
               interleaved=random.random() < 0.4, frame=random.choice([None, 0xC1]))


def doubled(random):
    """Components with one name, which the standard forbids."""
    return own(random, common(random), random.choice([(1, 1, 1), (1, 2, 2), (1, 1, 2)]), markers=[JFIF])


def plain(random):
    return saved(random, random.choice(["RGB", "RGB", "L", "CMYK"]), exif=exif(random)[4:])


def primary(random):
    """Red, green and blue as they are."""
    return saved(random, keep_rgb=True, subsampling=0)


def number_of_components(random):
    count = random.choice([2, 5])
    return own(random, [(1, 1)] * count, range(1, count + 1), markers=[JFIF] if random.random() < 0.5 else [])


KINDS = [
    ("jpeg-plain", 2, plain), ("jpeg-names", 6, names), ("jpeg-markers", 8, markers), ("jpeg-inks", 4, inks),
    ("jpeg-grey", 2, grey), ("jpeg-sampling", 3, lambda r: sampling(r, False)), ("jpeg-tall-sampling", 1, lambda r: sampling(r, True)),
    ("jpeg-profile", 6, profiled), ("jpeg-progressive", 2, progressive), ("jpeg-restarts", 2, restarts), ("jpeg-stray", 4, stray), ("jpeg-no-end", 1, endless),
    ("jpeg-scan-headers", 1, headers), ("jpeg-tables", 1, tables), ("jpeg-doubled-names", 1, doubled), ("jpeg-rgb", 1, primary),
    ("jpeg-2-or-5-components", 1, number_of_components),
]
