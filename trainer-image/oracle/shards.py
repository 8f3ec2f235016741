"""Writes small tars as WebDataset users have them, and says what WebDataset's own reader gives of each.

python shards.py FILE.zip        needs webdataset 1.0.2 and braceexpand 0.1.7

The zip has forty tars, drawn at random: by WebDataset's TarWriter, or by Python's tarfile in each of its formats, with
long names, folders, dots in folders' names and in keys, capitals, members beside the picture, and notes. expected.json
has for each the samples with a picture and a label, in the reader's order: key, the picture's sha256, the label's text;
and of names in braces what braceexpand makes of them. Contents are no pictures: nothing decodes them.
"""
import hashlib
import io
import json
import pathlib
import random
import sys
import tarfile
import tempfile
import zipfile

import braceexpand
import webdataset

PICTURES = "jpg jpeg png ppm bmp pgm tif tiff webp".split()
BRACES = """plain.tar a-{0..3}.tar a-{000000..000012}.tar {a,b}.tar {a,b}-{0..2}.tar {train-{0..2},val-{0..1}}.tar a{,b,c}.tar
a-{3..1}.tar a-{03..1}.tar a-{0..10..5}.tar a-{10..0..4}.tar {a..e} {e..a..2} a-{-2..2} a-{08..11} a-{8..011} {} a{b}c {a,b{c,d}}
x{0..1}y{a,b}z {{0..1},{5..6}} {a,b,c}{1..2} a-{0..0}.tar {0..1}{0..1}{0..1} a,b {1..2..0} a-{99..101} a-{000..2..1}""".split()


def words(rng, long):
    letters = "abcdefghij0123456789_-"
    return "".join(rng.choice(letters) for _ in range(rng.choice([1, 5, 12] + ([110, 180] if long else []))))


def samples(rng, long):
    """Names and contents of members, those of a sample one after the other."""
    ending = rng.choice([[e] for e in PICTURES] + [PICTURES])
    folder = rng.choice(["", "", "deep/er/", "dir.v1/", "./", "é猫/"])
    label = rng.choice(["number", "name"])
    seen = set()
    for i in range(rng.randint(1, 12)):
        key = folder + words(rng, long)
        if key in seen or key.startswith("__"):
            continue
        seen.add(key)
        extension = rng.choice(ending)
        if rng.random() < 0.2:
            extension = extension.upper()
        text = str(rng.randint(0, 9)) if label == "number" else rng.choice(["cat", "dog", "a bird", "Ürs"])
        members = [
            (f"{key}.{extension}", bytes([rng.randrange(256)]) * rng.choice([0, 1, 511, 512, 513, 3000])),
            (f"{key}.cls", (text + rng.choice(["", "\n", " "])).encode()),
        ]
        if rng.random() < 0.3:
            members.append((f"{key}.seg.png", b"mask"))
        if rng.random() < 0.3:
            members.append((f"{key}.json", b'{"width": 3}'))
        if rng.random() < 0.1:
            members.append((f"{key}.txt", b""))
        rng.shuffle(members)
        yield from members
        if rng.random() < 0.1:
            yield "__notes__", b"of nobody"
        if rng.random() < 0.1:
            yield f"{folder}README", b"without an extension"
        if rng.random() < 0.1:
            yield words(rng, False) + "_x.cls", b"3"  # a sample without a picture


def written(rng, number, file):
    members = list(samples(rng, number % 4 != 0))
    if number % 4 == 0:  # WebDataset's own: a sample's fields, which its encoders are told to leave alone
        with webdataset.TarWriter(str(file), encoder=False) as tar:
            together = {}
            for name, content in members:
                if "." not in name.rsplit("/", 1)[-1]:
                    continue
                folder, _, last = name.rpartition("/")
                key, extension = last.split(".", 1)
                together.setdefault((folder + "/" if folder else "") + key, {})[extension] = content
            for key, fields in together.items():
                tar.write({"__key__": key, **fields})
        return
    formats = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
    with tarfile.open(file, "w", format=formats[number % 4 - 1]) as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mtime = rng.choice([0, 1.7e9, 1.7e9 + 0.25])
            try:
                tar.addfile(entry, io.BytesIO(content))
            except ValueError:
                pass  # ustar takes no name of more than 100 bytes without a folder


def read(file):
    found = []
    for sample in webdataset.WebDataset(str(file), shardshuffle=False, empty_check=False):
        picture = [e for e in PICTURES if e in sample]
        if picture and "cls" in sample:
            found.append([sample["__key__"], hashlib.sha256(sample[picture[0]]).hexdigest(), sample["cls"].decode().strip()])
    return found


def braces(pattern):
    try:
        return list(braceexpand.braceexpand(pattern))
    except braceexpand.UnbalancedBracesError:
        return None


def main():
    expected = {"shards": {}, "braces": {pattern: braces(pattern) for pattern in BRACES}}
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for number in range(40):
            file = pathlib.Path(folder, f"{number:02}.tar")
            written(random.Random(number), number, file)
            expected["shards"][file.name] = read(file)
            target.writestr(zipfile.ZipInfo(file.name, (2026, 1, 1, 0, 0, 0)), file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
        target.writestr(zipfile.ZipInfo("expected.json", (2026, 1, 1, 0, 0, 0)), json.dumps(expected, indent=1), zipfile.ZIP_DEFLATED, 9)


main()
