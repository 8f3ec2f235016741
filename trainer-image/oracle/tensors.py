"""Writes small arrays as NumPy and safetensors write them, and says what is in them as a network is shown it.

python tensors.py FILE.zip        needs numpy 1.26.4, torch 2.3.1 and safetensors 0.8.0

The zip has for each type and shape a .npy file of versions 1 to 3, and .npz and safetensors files of several; kinds that
are refused, with words of the refusal; and expected.json: of each array its type, shape and the sha256 of its values,
those with fractions as float32, int16 as int32, all others as they are, and of two normalized ones as torch divides them.
two-inputs.pt is a network that takes numbers [n, 4] and token ids, and tells three classes apart.
"""
import hashlib
import io
import json
import pathlib
import sys
import tempfile
import zipfile

import numpy as np
import torch
from safetensors.torch import save_file

KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U8": "|u1", "BOOL": "|b1"}
SHAPES = [(7,), (5, 3), (4, 3, 2, 2), (1, 1), (3, 70)]
draw = np.random.default_rng(7)


def array(kind, shape):
    if kind == "BOOL":
        return draw.random(shape) < 0.5
    if kind[0] == "F":
        return draw.normal(0, 100, shape).astype(KINDS[kind])
    info = np.iinfo(KINDS[kind])
    return draw.integers(info.min, info.max, shape, endpoint=True, dtype=KINDS[kind])


def shown(values):
    """A tensor as a network is shown it."""
    if values.is_floating_point():
        return values.float()
    return values.int() if values.dtype == torch.int16 else values


def described(kind, values, **more):
    values = values if isinstance(values, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(values))
    return {"type": kind, "shape": list(values.shape), "sha256": hashlib.sha256(shown(values).numpy().tobytes()).hexdigest(), **more}


def npy(values, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, values, version=version)
    return out.getvalue()


class TwoInputs(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.words = torch.nn.Embedding(20, 6)
        self.left = torch.nn.Linear(4, 6)
        self.head = torch.nn.Linear(12, 3)

    def forward(self, numbers: torch.Tensor, tokens: torch.Tensor):
        return self.head(torch.cat([self.left(numbers).relu(), self.words(tokens).mean(1)], 1))


def main(target):
    files, expected = {}, {}
    for kind in KINDS:
        for shape in SHAPES:
            name = f"{kind}-{'x'.join(map(str, shape))}"
            values = array(kind, shape)
            version = ((1, 0), (2, 0), (3, 0))[len(files) % 3]
            files[f"taken/{name}.npy"] = npy(values, version)
            expected[f"taken/{name}.npy"] = {name: described(kind, values)}
    all_of = {kind.lower(): array(kind, (6, 2)) for kind in KINDS}
    out = io.BytesIO()
    label = np.arange(6) % 2
    np.savez(out, **all_of, label=label)
    files["taken/all.npz"] = out.getvalue()
    expected["taken/all.npz"] = {kind.lower(): described(kind, all_of[kind.lower()]) for kind in KINDS} | {"label": described("I64", label)}
    tensors = {name: torch.from_numpy(values) for name, values in all_of.items()}
    tensors["bf16"] = torch.randn(6, 2, generator=torch.Generator().manual_seed(1)).bfloat16()
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    pixels = torch.from_numpy(array("U8", (6, 3, 4)))
    tensors |= {"label": torch.from_numpy(label), "pixels": pixels, "signal": torch.randn(6, 3, 5, generator=torch.Generator().manual_seed(2))}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "all.safetensors")
        save_file(tensors, path, metadata={"made": "by torch"})
        files["taken/all.safetensors"] = path.read_bytes()
    kinds = {name: name.upper() for name in tensors} | {"label": "I64", "pixels": "U8", "signal": "F32"}
    expected["taken/all.safetensors"] = {name: described(kinds[name], values) for name, values in tensors.items()}
    for name, by, scale in ("pixels", 1, 255), ("signal", 1, 1):
        values, m, s = tensors[name].float(), torch.tensor(mean) * scale, torch.tensor(std) * scale
        normalized = torch.div(torch.sub(values, m.view(1, 3, 1)), s.view(1, 3, 1))
        expected["taken/all.safetensors"][name] |= {
            "mean": m.tolist(), "std": s.tolist(), "normalized": hashlib.sha256(normalized.numpy().tobytes()).hexdigest()}

    def refuse(name, content, says):
        files[f"refused/{name}"] = content
        expected[f"refused/{name}"] = says

    grid = draw.normal(size=(3, 4)).astype("<f4")
    refuse("fortran.npy", npy(np.asfortranarray(grid), (1, 0)), "np.ascontiguousarray")
    refuse("big-endian.npy", npy(grid.astype(">f4"), (1, 0)), "astype('<f4')")
    out = io.BytesIO()
    np.save(out, np.array([1, "a"], dtype=object), allow_pickle=True)
    refuse("objects.npy", out.getvalue(), "Python objects")
    refuse("text.npy", npy(np.array(["cat", "dog"]), (1, 0)), "return_inverse=True")
    refuse("records.npy", npy(np.zeros(3, dtype=[("a", "<f4"), ("b", "<i4")]), (1, 0)), "an array of its own")
    refuse("complex.npy", npy(grid.astype("<c8"), (1, 0)), "values of type <c8")
    refuse("unsigned.npy", npy(grid.astype("<u2"), (1, 0)), "values of type <u2")
    refuse("void.npy", npy(np.zeros(3, dtype="V2"), (1, 0)), "NumPy has no name for")
    refuse("cut.npy", npy(grid, (1, 0))[:-5], "it is cut or damaged")
    refuse("longer.npy", npy(grid, (1, 0)) + b"\0" * 4, "it is cut or damaged")
    refuse("cut-header.npy", npy(grid, (1, 0))[:40], "ends within its header")
    refuse("empty.npy", b"", "ends within its header")
    refuse("version-9.npy", npy(grid, (1, 0)).replace(b"\x93NUMPY\x01", b"\x93NUMPY\x09"), "version 9")
    refuse("no-numpy.npy", b"hello, world" * 20, "does not begin as NumPy's files do")
    out = io.BytesIO()
    np.savez_compressed(out, x=np.zeros((100, 100)))
    refuse("compressed.npz", out.getvalue(), "instead of np.savez_compressed")
    refuse("cut.npz", files["taken/all.npz"][:900], "no .npz file")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "no array")
    refuse("other.npz", out.getvalue(), "readme.txt")
    refuse("cut.safetensors", files["taken/all.safetensors"][:-7], "is said to be at bytes")
    refuse("empty.safetensors", b"", "not a safetensors file")
    refuse("pickle.safetensors", b"\x80\x02}q\x00." * 40, "its header would be")
    header = json.dumps({"x": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}).encode()
    refuse("float8.safetensors", len(header).to_bytes(8, "little") + header + b"\0\0", "unknown dtype")
    header = json.dumps({"x": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}).encode()
    refuse("large.safetensors", len(header).to_bytes(8, "little") + header + b"\0" * 8, "is not a safetensors file")
    refuse("large.npy", npy(grid, (1, 0)).replace(b"(3, 4), }" + b" " * 20, b"(%d, %d), }" % (2**40, 2**40)), "larger than any file")
    torch.manual_seed(3)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "two-inputs.pt")
        torch.jit.script(TwoInputs()).save(path)
        files["two-inputs.pt"] = path.read_bytes()
    files["expected.json"] = json.dumps(expected, indent=1).encode()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


main(sys.argv[1])
