"""Networks of somebody's own that can't be trained: python unfit_modules.py FILE.zip, with torch 2.3.1 and safetensors 0.8.0.

The zip has them as TorchScript and other files, one that can be trained, and expected.json: of each file words of the refusal.
"""
import io
import json
import pathlib
import sys
import tempfile
import zipfile

import torch
from safetensors.torch import save
from torch import nn

from modules import without_sources

CLASSES, PIXELS = 10, 32
EXAMPLE = torch.zeros(2, 3, PIXELS, PIXELS)


class Net(nn.Module):
    """Pictures to ten logits."""

    def __init__(self, classes=CLASSES):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(4, classes)

    def forward(self, x):
        return self.head(self.drop(self.norm(self.conv(x)).mean([2, 3])))


class TwoArguments(Net):
    def forward(self, x, y):
        return self.head(self.conv(x + y).mean([2, 3]))


class NoArgument(Net):
    def forward(self):
        return self.head.weight


class ListArgument(Net):
    def forward(self, x: list[torch.Tensor]):
        return self.head(self.conv(x[0]).mean([2, 3]))


class NumberArgument(Net):
    def forward(self, x: torch.Tensor, share: float):
        return self.head(self.conv(x).mean([2, 3])) * share


class OptionalArgument(Net):
    def forward(self, x: torch.Tensor | None):
        if x is None:
            return self.head.weight
        return self.head(self.conv(x).mean([2, 3]))


class TupleOutput(Net):
    def forward(self, x):
        h = self.head(self.conv(x).mean([2, 3]))
        return h, h


class DictOutput(Net):
    def forward(self, x):
        return {"logits": self.head(self.conv(x).mean([2, 3]))}


class ListOutput(Net):
    def forward(self, x):
        return [self.head(self.conv(x).mean([2, 3]))]


class NumberOutput(Net):
    def forward(self, x):
        return float(self.head(self.conv(x).mean([2, 3])).sum())


class NoOutput(Net):
    def forward(self, x):
        self.head(self.conv(x).mean([2, 3]))


class MapOutput(Net):
    def forward(self, x):
        return self.conv(x)


class ScalarOutput(Net):
    def forward(self, x):
        return self.head(self.conv(x).mean([2, 3])).sum()


class OneRow(Net):
    def forward(self, x):
        return self.head(self.conv(x).mean([0, 2, 3])).unsqueeze(0)


class ArgmaxOutput(Net):
    def forward(self, x):
        return self.head(self.conv(x).mean([2, 3])).argmax(1)


class WholeNumbers(Net):
    def forward(self, x):
        return self.head(self.conv(x).mean([2, 3])).long()


class Detached(Net):
    def forward(self, x):
        return self.head(self.conv(x).mean([2, 3])).detach()


class WithoutGradient(Net):
    def forward(self, x):
        with torch.no_grad():
            h = self.head(self.conv(x).mean([2, 3]))
        return h


class UsesNoParameter(Net):
    def forward(self, x):
        return x.mean([2, 3]).sum(1, keepdim=True).expand(-1, 10)


class InPlace(Net):
    def forward(self, x):
        self.head.bias.add_(1)
        return self.head(self.conv(x).mean([2, 3]))


class Raises(Net):
    def forward(self, x):
        if x.size(0) > 0:
            raise ValueError("no pictures today")
        return self.head(self.conv(x).mean([2, 3]))


class Asserts(Net):
    def forward(self, x):
        assert x.size(2) == 99, "pictures are 99 pixels high"
        return self.head(self.conv(x).mean([2, 3]))


class EvaluationRaises(Net):
    def forward(self, x):
        if not self.training:
            raise ValueError("it is for training alone")
        return self.head(self.conv(x).mean([2, 3]))


class NoForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, CLASSES)

    @torch.jit.export
    def run(self, x):
        return self.head(x.mean([2, 3]))


class NoParameters(nn.Module):
    def forward(self, x):
        return x.mean([2, 3])


class BuffersAlone(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("weight", torch.ones(3))

    def forward(self, x):
        return x.mean([2, 3]) * self.weight


class Columns(nn.Module):
    """Takes pictures of one width."""

    def __init__(self, width, drop=0.0):
        super().__init__()
        self.drop = nn.Dropout(drop)
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        return self.head(self.drop(x.mean([1, 2])))


class OneChannel(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, CLASSES, 3)

    def forward(self, x):
        return self.conv(x).mean([2, 3])


class Product(nn.Module):
    """Channels by a matrix that is given, and perhaps another one."""

    def __init__(self, weight, other=None):
        super().__init__()
        self.weight = weight
        self.other = weight if other is None else other

    def forward(self, x):
        return x.mean([2, 3]) @ (self.weight + self.other).t()


class Complex(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(CLASSES, 3, dtype=torch.complex64))

    def forward(self, x):
        return x.mean([2, 3]) @ self.weight.abs().t()


class SparseWeight(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, CLASSES)
        self.register_buffer("mask", torch.eye(3).to_sparse())

    def forward(self, x):
        return self.head(torch.sparse.mm(self.mask, x.mean([2, 3]).t()).t())


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 10)
        self.second = nn.Linear(10, 10)
        self.head = nn.Linear(10, 10)
        self.head.weight = self.second.weight

    def forward(self, x):
        return self.head(self.second(self.first(x.mean([2, 3]))))


class HalfBuffer(Net):
    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.ones(1, dtype=torch.bfloat16))

    def forward(self, x):
        return self.head(self.conv(x * self.scale).mean([2, 3]))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(3, CLASSES)

    def forward(self, x):
        h = x.flatten(2).transpose(1, 2)
        return self.head(nn.functional.scaled_dot_product_attention(h, h, h, dropout_p=0.1).mean(1))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.GRU(3, 8, 2, batch_first=True, dropout=0.2)
        self.head = nn.Linear(8, CLASSES)

    def forward(self, x):
        return self.head(self.layers(x.flatten(2).transpose(1, 2))[0][:, -1])


def with_value(value):
    net = Net()
    net.head.weight.data[3, 2] = value
    return net


def views():
    both = torch.randn(2 * CLASSES, 3)
    return Product(nn.Parameter(both[:CLASSES]), nn.Parameter(both[CLASSES:]))


def quantized():
    return torch.ao.quantization.quantize_dynamic(Columns(PIXELS), {nn.Linear})


SCRIPTED = {
    "two-arguments": TwoArguments, "no-argument": NoArgument, "list-argument": ListArgument, "number-argument": NumberArgument,
    "optional-argument": OptionalArgument, "tuple-output": TupleOutput, "dict-output": DictOutput, "list-output": ListOutput,
    "number-output": NumberOutput, "no-output": NoOutput, "seven-classes": lambda: Net(7), "map-output": MapOutput,
    "scalar-output": ScalarOutput, "one-row": OneRow, "argmax-output": ArgmaxOutput, "whole-numbers": WholeNumbers,
    "detached": Detached, "without-gradient": WithoutGradient, "uses-no-parameter": UsesNoParameter, "in-place": InPlace,
    "raises": Raises, "asserts": Asserts, "evaluation-raises": EvaluationRaises, "no-forward": NoForward,
    "no-parameters": NoParameters, "buffers-alone": BuffersAlone, "half": lambda: Net().half(),
    "bfloat16": lambda: Net().bfloat16(), "double": lambda: Net().double(), "complex": Complex, "sparse-buffer": SparseWeight,
    "bfloat16-buffer": HalfBuffer, "quantized": quantized, "other-size": lambda: Columns(28), "one-channel": OneChannel,
    "views": views, "expanded": lambda: Product(nn.Parameter(torch.randn(1, 3).expand(CLASSES, 3))), "shared": Shared,
    "nan": lambda: with_value(float("nan")), "infinite": lambda: with_value(float("inf")),
}
TRACED = {
    "trace-eval": lambda: Net().eval(), "trace-train": lambda: Net().train(), "trace-dropout": lambda: Columns(PIXELS, 0.5).eval(),
    "trace-attention": Attention, "trace-recurrent": Recurrent,
}


def scripted(module):
    """A file, without what tells where on a machine the sources were."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "net.pt")
        module.save(str(file))
        without_sources(file)
        return file.read_bytes()


def saved(value):
    out = io.BytesIO()
    torch.save(value, out)
    return out.getvalue()


def edited(archive, change):
    """An archive with other entries: change gives an entry's new content, or None to leave it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = change(name, before.read(name))
            if content is not None:
                after.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


def files():
    good = scripted(torch.jit.script(Net()))
    yield "good", good
    for name, make in SCRIPTED.items():
        torch.manual_seed(0)
        yield name, scripted(torch.jit.script(make()))
    for name, make in TRACED.items():
        torch.manual_seed(0)
        yield name, scripted(torch.jit.trace(make(), EXAMPLE, check_trace=False))
    yield "frozen", scripted(torch.jit.freeze(torch.jit.script(Net().eval())))
    yield "empty", b""
    yield "text", b"import torch\n" * 20
    yield "state-dict", saved(Net().state_dict())
    yield "pickled-module", saved(Net())
    yield "safetensors", save(Net().state_dict())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a/readme.txt", (1980, 1, 1, 0, 0, 0)), "no network")
    yield "other-zip", out.getvalue()
    for share in 1, 25, 50, 75, 99:
        yield f"cut-{share}", good[: len(good) * share // 100]
    flipped = bytearray(good)
    flipped[good.index(b"data/0") + 80] ^= 1
    yield "flipped", bytes(flipped)

    def without(end):
        return edited(good, lambda name, content: None if name.endswith(end) else content)

    def replaced(end, change):
        return edited(good, lambda name, content: change(content) if name.endswith(end) else content)

    yield "no-pickle", without("/data.pkl")
    yield "no-constants", without("/constants.pkl")
    yield "no-code", without(".py")
    yield "no-storage", without("/data/0")
    yield "no-version", without("/version")
    yield "short-storage", replaced("/data/0", lambda content: content[:-4])
    yield "newer-version", replaced("/version", lambda content: b"99\n")
    yield "big-endian", replaced("/byteorder", lambda content: b"big")
    yield "cut-pickle", replaced("/data.pkl", lambda content: content[: len(content) // 2])
    yield "no-statement", replaced("/__torch__.py", lambda content: content + b"\n!!!\n")
    yield "unknown-operator", replaced("/__torch__.py", lambda content: content.replace(b"torch.mean(", b"torch.meen("))
    yield "unknown-class", replaced("/__torch__.py", lambda content: content.replace(b"class Net(", b"class Other("))
    yield "no-attribute", replaced("/__torch__.py", lambda content: content.replace(b"self.head", b"self.tail"))


if __name__ == "__main__":
    torch.manual_seed(0)
    with zipfile.ZipFile(sys.argv[1], "w") as archive:
        for name, content in files():
            archive.writestr(zipfile.ZipInfo(f"{name}.pt", (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
