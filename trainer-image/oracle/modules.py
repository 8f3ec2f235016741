"""Networks of somebody's own as TorchScript files, and what PyTorch's own loop makes of one: modules.py FOLDER."""
import enum
import json
import pathlib
import sys
import zipfile

import torch
from torch import nn

from golden import IMAGES, u

CLASSES, BATCH, PIXELS, STEPS = 5, 6, 8, 12


class Net(nn.Module):
    """With a container, batch norms, dropout, a parameter and a buffer of its own, and a shared weight."""

    def __init__(self, dropout):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3, 1, 1))
        self.register_buffer("shown", torch.tensor([True, True, False]))
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
            nn.Conv2d(8, 12, 3, 2, 1, bias=False), nn.BatchNorm2d(12), nn.ReLU())
        self.mix = nn.ModuleDict({"one": nn.Linear(12, 12), "two": nn.Linear(12, 12)})
        self.mix["two"].weight = self.mix["one"].weight
        self.gains = nn.ParameterList([torch.ones(12)])
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(12, CLASSES)

    def forward(self, x):
        x = self.features(x * self.scale * self.shown.reshape(3, 1, 1)).mean([2, 3])
        for gain in self.gains:
            x = x * gain
        return self.head(self.drop(self.mix["two"](torch.tanh(self.mix["one"](x)))))


class Tied(Net):
    """With a parameter under a name and, in a list, under a number."""

    def __init__(self, dropout):
        super().__init__(dropout)
        self.gain = self.gains[0]

    def forward(self, x):
        x = self.features(x * self.scale * self.shown.reshape(3, 1, 1)).mean([2, 3])
        for gain in self.gains:
            x = x * gain
        return self.head(torch.tanh(self.mix["one"](x) + self.mix["two"](x)) * self.gain)


class Lengths(nn.Module):
    """Token ids, and how many of them count in each row: at least one."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 8)
        self.left = nn.GRU(8, 8, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, tokens, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            self.words(tokens), lengths.flatten().cpu(), batch_first=True, enforce_sorted=False)
        return self.head(self.left(packed)[1][0])


class Layout(enum.Enum):
    FIRST = "channels first"
    LAST = "channels last"


class Laid(nn.Module):
    """As timm's networks: an enumeration's value as an attribute, and GELU, whose file is of a newer format."""

    def __init__(self):
        super().__init__()
        self.layout = Layout.FIRST
        self.head = nn.Linear(3, CLASSES)

    def forward(self, x):
        return self.head(nn.functional.gelu(x).mean([2, 3] if self.layout == Layout.FIRST else [1, 2]))


def net(dropout, kind=Net):
    torch.manual_seed(0)
    return kind(dropout)


def fixed():
    """As whoever trains the head alone has it."""
    model = net(0.0)
    model.features[0].requires_grad_(False)
    return model


def losses(kind):
    """Adam for features.0 to features.4 and scale, SGD with momentum for the rest; then the logits in eval mode."""
    model = net(0.0, kind).train()
    count = BATCH * 3 * PIXELS * PIXELS
    images = torch.from_numpy(u(IMAGES, count)).float().reshape(BATCH, PIXELS, PIXELS, 3)
    images = ((images + 1) * 127).floor()  # unsigned bytes
    x = images.permute(0, 3, 1, 2) / 255
    y = torch.tensor([(3 * i + 1) % CLASSES for i in range(BATCH)])
    low = [p for name, p in model.named_parameters() if name.startswith(("features", "scale"))]
    high = [p for name, p in model.named_parameters() if not name.startswith(("features", "scale"))]
    optimizers = [torch.optim.Adam(low, lr=1e-2), torch.optim.SGD(high, lr=5e-2, momentum=0.9)]
    found = []
    for _ in range(STEPS):
        loss = nn.functional.cross_entropy(model(x), y)
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        found.append(loss.item())
    with torch.no_grad():
        return {"losses": found, "logits": model.eval()(x).flatten().tolist()}


def without_sources(file):
    """The archive less its debugging entries, which tell where on a machine the sources were."""
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist() if not name.endswith(".debug_pkl")}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(exist_ok=True)
    torch.jit.script(net(0.0)).save(str(folder / "small.pt"))
    torch.jit.script(net(0.5)).save(str(folder / "dropping.pt"))
    example = torch.zeros(2, 3, PIXELS, PIXELS)
    torch.jit.trace(net(0.5).eval(), example).save(str(folder / "trace-eval.pt"))
    torch.jit.trace(net(0.5).train(), example, check_trace=False).save(str(folder / "trace-train.pt"))
    torch.jit.freeze(torch.jit.script(net(0.5).eval())).save(str(folder / "frozen.pt"))
    torch.jit.script(net(0.0, Tied)).save(str(folder / "tied.pt"))
    torch.jit.script(fixed()).save(str(folder / "fixed.pt"))
    torch.manual_seed(0)
    torch.jit.script(Lengths()).save(str(folder / "lengths.pt"))
    torch.jit.script(Laid()).save(str(folder / "enumeration.pt"))
    for file in folder.glob("*.pt"):
        without_sources(file)
    for name, kind in ("small", Net), ("tied", Tied):
        (folder / f"{name}.json").write_text(json.dumps(losses(kind)) + "\n")
