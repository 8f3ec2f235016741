"""The trainer's programs in PyTorch: what Java does with them, call by call.

A network's archive has forward (loss, correct, logits, gradients) and evaluate, a rule's archive the update of each
group of parameters. Weights and pictures are an integer hash that Java computes too, so that none of them travel.
"""

import contextlib
import json
import pathlib

import torch

IMAGES = 9001
CHUNK = {"cpu": 1 << 17, "cuda": 1 << 24}  # what stays in a processor's cache; what a GPU does at once


def u(k, start, count, device):
    """Elements of tensor k from one on, in [-1, 1), exact in fp32."""
    x = torch.arange(start, start + count, dtype=torch.int64, device=device)
    x.mul_(2654435761).add_(k * 40503 * 65536 + 0x9E3779B9).bitwise_and_(0xFFFFFFFF)
    for _ in range(2):
        x.bitwise_xor_(x >> 16).mul_(0x45D9F3B).bitwise_and_(0xFFFFFFFF)
    x.bitwise_xor_(x >> 16)
    return (x >> 8).double().div_(8388608).sub_(1)


def hashed(k, offset, scale, count, device):
    out, chunk = torch.empty(count, device=device), CHUNK[device]
    for start in range(0, count, chunk):
        some = min(chunk, count - start)
        out[start : start + some] = u(k, start, some, device).mul_(scale).add_(offset)
    return out


class Carried:
    """A folder that `benchmarks/run gpu export` wrote."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.manifest = json.loads((self.folder / "manifest.json").read_text())

    def networks(self, small):
        return [node for node in self.manifest["networks"] if node["small"] == small]

    def network(self, name, small):
        return next((node for node in self.networks(small) if node["name"] == name), None)

    def program(self, file):
        return torch.jit.load(str(self.folder / file))

    def bytes(self):
        return sum(file.stat().st_size for file in self.folder.iterdir())


kept = {}  # the last network's


def state(node, device):
    """Parameters and buffers by torchvision's names, in row-major order. Not to be changed."""
    which = node["name"], node["pixels"], device
    if which not in kept:
        kept.clear()
        kept[which] = filled(node, device)
    return kept[which]


def filled(node, device):
    out = {}
    for k, spec in enumerate(node["parameters"]):
        count = torch.Size(spec["shape"]).numel()
        out[spec["name"]] = hashed(k, spec["offset"], spec["scale"], count, device).reshape(spec["shape"])
    for spec in node["buffers"]:
        if "constant" in spec:
            out[spec["name"]] = torch.tensor(spec["constant"], device=device)
        elif "channels" in spec:
            out[spec["name"]] = hashed(spec["tensor"], spec["offset"], spec["scale"], spec["channels"], device)
        else:
            out[spec["name"]] = torch.zeros((), dtype=torch.int64, device=device)
    return out


def batch(node, images=None):
    """Pictures as bytes and labels, in the host's memory: each step copies them to the device."""
    images, pixels = images or node["batch"], node["pixels"]
    values = u(IMAGES, 0, images * pixels * pixels * 3, "cpu")
    pictures = ((values + 1) * 128).to(torch.uint8).reshape(images, pixels, pixels, 3)
    return pictures, torch.tensor([(3 * i + 1) % node["classes"] for i in range(images)])


@contextlib.contextmanager
def as_java(grad):
    """DJL's modes of a call: networks differentiate, updates don't; programs are not specialised."""
    with torch.jit.optimized_execution(False), torch.enable_grad() if grad else torch.inference_mode():
        yield


class Network:
    def __init__(self, carried, node, precision, device):
        precision = "BF16" if precision == "BF16" else "FP32"  # TF32 is FP32's program
        self.node, self.device = node, device
        self.program = carried.program(node["precisions"][precision]["archive"])
        values = list(state(node, device).values())
        count = len(node["parameters"])
        with as_java(True):
            self.parameters = self.program.arrange(values[:count])
        self.buffers = [value.clone() for value in values[count:]]
        self.read = list(self.parameters)
        self.operands = [i for i, spec in enumerate(node["parameters"]) if spec["operand"] and precision == "BF16"]
        self.masters = [self.parameters[i] for i in self.operands]
        self.copies = []
        if self.operands:
            with as_java(True):
                self.copies = self.program.reduce(self.masters)
            for i, copy in zip(self.operands, self.copies):
                self.read[i] = copy
        self.norm = torch.tensor([node["mean"], node["std"]], device=device)

    def refresh(self):
        if self.copies:
            with as_java(False):
                self.program.copy(self.copies, self.masters)

    def forward(self, pictures, labels):
        """Loss, correct, logits, and a gradient for each parameter."""
        self.refresh()
        with as_java(True):
            out = self.program.forward(self.read + self.buffers, pictures, labels, self.norm)
        return out[0], out[1], out[2], out[3:]

    def evaluate(self, pictures, labels):
        """Logits, and the summed loss."""
        self.refresh()
        with as_java(True):
            return self.program.evaluate(self.read + self.buffers, pictures, labels, self.norm)


class Update:
    def __init__(self, carried, node, rule, parameters):
        self.program = carried.program(rule["archive"])
        self.groups = []
        for group in rule["groups"]:
            chosen = [i for i, spec in enumerate(node["parameters"]) if group["firstBlock"] <= spec["block"] <= group["lastBlock"]]
            mine = [parameters[i] for i in chosen]
            slots = []
            for slot in group["slots"]:
                with as_java(True):
                    slots.append([t.add_(slot["value"]) for t in self.program.zeros(mine)])
            scalars = torch.zeros(group["scalars"], dtype=torch.float64, device=mine[0].device)
            self.groups.append((chosen, mine, slots, scalars, group["numbers"]))

    def step(self, loss, correct, gradients, step):
        """What the host reads of a step: finite, loss, correct, a norm for each group. Nothing waits for the device."""
        with as_java(False):
            mine = [[gradients[i] for i in chosen] for chosen, *_ in self.groups]
            measured = self.program.measure(loss, correct, *mine)
            for index, (_, parameters, slots, scalars, numbers) in enumerate(self.groups):
                update = getattr(self.program, f"update_{index}")
                now = numbers[min(step, len(numbers)) - 1]
                update(parameters, mine[index], *slots, measured, scalars, parameters, *now)
            return self.program.report(measured, self.groups[0][3])

    def state(self):
        return [t for _, _, slots, scalars, _ in self.groups for t in [*(t for slot in slots for t in slot), scalars]]


class Training:
    """Ours: bytes in, a step, figures out when the next step is under way."""

    def __init__(self, carried, node, precision, device):
        self.network = Network(carried, node, precision, device)
        self.update = Update(carried, node, node["optimizer"], self.network.parameters)
        self.count = 0

    def step(self, pictures, labels):
        self.count += 1
        device = self.network.device
        loss, correct, _, gradients = self.network.forward(pictures.to(device), labels.to(device))
        return self.update.step(loss, correct, gradients, self.count)

    def tensors(self):
        return [*self.network.parameters, *self.update.state()]
