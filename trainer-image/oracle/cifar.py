"""Writes small files in the layouts of CIFAR-10's and CIFAR-100's versions, and says what torchvision reads of them.

python cifar.py FILE.zip

The zip has a folder for each version, and expected.json: for each the classes, and of train and test the labels and
the sha256 of the pictures, [count, 32, 32, 3]. torchvision's own classes have read them, less the check that the files
are the published ones. Pickles are as Python 2 wrote the published ones, and as Python 3 writes them in each protocol.
"""
import hashlib
import io
import json
import pathlib
import pickle
import random
import struct
import sys
import tempfile
import zipfile

import numpy as np
import torchvision
from torchvision.datasets import CIFAR10, CIFAR100

from scenes import scene

TEN = "airplane automobile bird cat deer dog frog horse ship truck".split()
HUNDRED = [f"fine_{i:02d}" for i in range(100)]


def python_2(entries):
    """A dictionary of texts, lists and arrays, with the opcodes of the published files."""
    def text(value):
        return b"U" + bytes([len(value)]) + value.encode("latin1") if len(value) < 256 else b"T" + struct.pack("<i", len(value)) + value.encode("latin1")

    def number(value):
        return b"K" + bytes([value]) if value < 256 else b"M" + struct.pack("<H", value) if value < 65536 else b"J" + struct.pack("<i", value)

    def array(value):
        data = value.tobytes()
        return (b"cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85q\tU\x01bq\n\x87q\x0bRq\x0c(K\x01"
                + number(value.shape[0]) + number(value.shape[1]) + b"\x86q\rcnumpy\ndtype\nq\x0eU\x02u1q\x0fK\x00K\x01\x87q\x10Rq\x11"
                + b"(K\x03U\x01|q\x12NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x13b\x89T" + struct.pack("<i", len(data)) + data + b"tq\x14b")

    def any_(value):
        if isinstance(value, np.ndarray):
            return array(value)
        if isinstance(value, list):
            return b"]q\x05(" + b"".join(any_(v) for v in value) + b"e"
        return number(value) if isinstance(value, int) else text(value)
    return b"\x80\x02}q\x01(" + b"".join(text(k) + any_(v) for k, v in entries.items()) + b"u."


def pickled(protocol):
    return lambda entries: pickle.dumps(entries, protocol)


def with_bytes_for_keys(entries):
    """As after reading with encoding='bytes'."""
    return pickle.dumps({k.encode(): v for k, v in entries.items()}, 4)


def batch(rng, count, classes):
    planes = np.stack([(scene(rng, 32, 32, 3) // 64 * 64).transpose(2, 0, 1).reshape(-1) for _ in range(count)])
    return planes, [rng.randrange(classes) for _ in range(count)]


def ten(rng, dump):
    files = {"batches.meta": dump({"num_cases_per_batch": 3, "label_names": TEN, "num_vis": 3072})}
    for name in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
        planes, labels = batch(rng, 2, 10)
        files[name] = dump({"batch_label": name, "labels": labels, "data": planes, "filenames": ["a.png"] * 2})
    return files


def hundred(rng, dump):
    files = {"meta": dump({"fine_label_names": HUNDRED, "coarse_label_names": [f"coarse_{i}" for i in range(20)]})}
    for name, count in [("train", 5), ("test", 3)]:
        planes, labels = batch(rng, count, 100)
        files[name] = dump({"filenames": ["a.png"] * count, "batch_label": name, "fine_labels": labels,
                            "coarse_labels": [label // 5 for label in labels], "data": planes})
    return files


def as_records(files):
    """The binary version of a Python version's files."""
    records = {}
    for name, content in files.items():
        entries = pickle.loads(content, encoding="latin1")
        if "meta" in name:
            names = entries.get("label_names") or entries["fine_label_names"]
            records["batches.meta.txt" if "label_names" in entries else "fine_label_names.txt"] = "".join(n + "\n" for n in names).encode()
            continue
        labels = [bytes([x]) for x in entries["labels"]] if "labels" in entries else [
            bytes([c, f]) for c, f in zip(entries["coarse_labels"], entries["fine_labels"])]
        records[name + ".bin"] = b"".join(label + row.tobytes() for label, row in zip(labels, entries["data"]))
    return records


def expected(files, kind, folder):
    with tempfile.TemporaryDirectory() as root:
        path = pathlib.Path(root, folder)
        path.mkdir()
        for name, content in files.items():
            (path / name).write_bytes(content)
        torchvision.datasets.cifar.check_integrity = lambda *_: True
        found = {}
        for part in ("train", "test"):
            read = kind(root, train=part == "train")
            found[part] = {"labels": [int(t) for t in read.targets], "sha256": hashlib.sha256(np.ascontiguousarray(read.data).tobytes()).hexdigest()}
        return found | {"classes": list(read.classes)}


def main():
    dumps = {"python-2": python_2, "protocol-2": pickled(2), "protocol-4": pickled(4), "protocol-5": pickled(5), "bytes-for-keys": with_bytes_for_keys}
    told = {}
    with zipfile.ZipFile(sys.argv[1], "w") as target:
        def put(name, content):
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
        for number, (name, dump) in enumerate(dumps.items()):
            for kind, make, folder in [(CIFAR10, ten, "cifar-10-batches-py"), (CIFAR100, hundred, "cifar-100-python")]:
                files = make(random.Random(number), dump)
                text_keys = make(random.Random(number), python_2)
                label = f"{kind.__name__.lower()}-{name}"
                told[label] = expected(text_keys, kind, folder)
                versions = {label: files} | ({f"{kind.__name__.lower()}-binary": as_records(text_keys)} if name == "python-2" else {})
                for version, its in versions.items():
                    told[version] = told[label]
                    for file, content in its.items():
                        put(f"{version}/{file}", content)
        put("expected.json", json.dumps(told, indent=0))


main()
