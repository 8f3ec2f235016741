"""Golden fixtures for the trainer, from PyTorch and torchvision in fp64. See README.md."""
import argparse
import json
import math
import pathlib
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

CLASSES = 10


class Case(NamedTuple):
    pixels: int
    batch: int
    vit: bool = False
    zero_head: bool = False  # as torchvision initialises ViT's: nothing below it gets a gradient

    @property
    def gain(self):
        return 1.0 if self.vit else 1.2


CASES = {
    "efficientnet-v2-s.json": Case(64, 4),
    "efficientnet-v2-s-32px.json": Case(32, 16),  # the last blocks see one pixel
    "vit-b-16.json": Case(32, 2, vit=True),
    "vit-b-16-40px.json": Case(40, 2, vit=True),  # the last 8 pixels of each side are of no whole patch
    "vit-b-16-zero-head.json": Case(32, 2, vit=True, zero_head=True),
}
PROJECTIONS = 8
IMAGES, SIGNS, BUFFERS = 9001, 20000, 1000
STRATEGIES = {"Adam->SGD": (5, "adam", "sgd"), "SGD->Adam": (2, "sgd", "adam"), "AdamW->Nesterov": (0, "adamw", "nesterov")}


def u(k, n):
    """n numbers in [-1, 1) that depend on k alone; exact in fp32."""
    mask = np.uint64(0xFFFFFFFF)
    x = (np.arange(n, dtype=np.uint64) * np.uint64(2654435761) + np.uint64((k * 40503 * 65536 + 0x9E3779B9) & 0xFFFFFFFF)) & mask
    for _ in range(2):
        x ^= x >> np.uint64(16)
        x = (x * np.uint64(0x45D9F3B)) & mask
    x ^= x >> np.uint64(16)
    return (x >> np.uint64(8)).astype(np.float64) / 2**23 - 1


def untrained(case):
    if not case.vit:
        return torchvision.models.efficientnet_v2_s(num_classes=CLASSES, dropout=0.0, stochastic_depth_prob=0.0)
    whole = case.pixels // 16 * 16
    return torchvision.models.VisionTransformer(
        image_size=whole, patch_size=16, num_layers=12, num_heads=12, hidden_dim=768, mlp_dim=3072, num_classes=CLASSES)


def network(case):
    model = untrained(case)
    norms = {n for n, m in model.named_modules() if isinstance(m, (torch.nn.BatchNorm2d, torch.nn.LayerNorm))}
    with torch.no_grad():
        for k, (name, p) in enumerate(model.named_parameters()):
            parent, _, leaf = name.rpartition(".")
            if parent in norms:
                values = 1 + 0.1 * u(k, p.numel()) if leaf == "weight" else 0.1 * u(k, p.numel())
            elif case.zero_head and parent == "heads.head":
                values = np.zeros(p.numel())
            elif p.dim() >= 2 and leaf not in ("class_token", "pos_embedding"):
                values = np.float32(case.gain * math.sqrt(3 / p[0].numel())) * u(k, p.numel())
            else:
                values = 0.1 * u(k, p.numel())
            p.copy_(torch.from_numpy(values.astype(np.float32).reshape(p.shape)))
        for k, (name, b) in enumerate(model.named_buffers()):
            if name.endswith("running_mean"):
                b.copy_(torch.from_numpy((0.1 * u(BUFFERS + k, b.numel())).astype(np.float32)))
            elif name.endswith("running_var"):
                b.copy_(torch.from_numpy((1 + 0.3 * u(BUFFERS + k, b.numel())).astype(np.float32)))
    return model


def batch(dtype, case):
    shape = (case.batch, 3, case.pixels, case.pixels)
    images = torch.from_numpy(u(IMAGES, math.prod(shape)).astype(np.float32).reshape(shape)).to(dtype)
    if case.vit:  # torchvision takes whole patches only
        whole = case.pixels // 16 * 16
        images = images[:, :, :whole, :whole]
    return images, torch.tensor([(3 * i + 1) % CLASSES for i in range(case.batch)])


def tensors(name, gradient):
    """ViT's in_proj_bias in its thirds: the key's has a gradient of zero, but for rounding."""
    values = gradient.double().numpy().ravel()
    if not name.endswith("in_proj_bias"):
        return {name: values}
    return {f"{name}.{part}": third for part, third in zip(("query", "key", "value"), np.split(values, 3))}


def passes(mode, dtype, case, autocast=False):
    model = network(case).to(dtype).train(mode == "train")
    images, labels = batch(dtype, case)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        logits = model(images).to(dtype)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    gradients = {n: g for name, p in model.named_parameters() for n, g in tensors(name, p.grad).items()}
    buffers = {n: b.double().numpy().ravel() for n, b in model.named_buffers() if b.dim()}
    return logits.detach().double(), loss.item(), gradients, buffers


SIGN_CACHE = {}


def sketch(values):
    """Projections of a tensor onto random signs, the same signs for every tensor."""
    out = []
    for j in range(PROJECTIONS):
        if j not in SIGN_CACHE or len(SIGN_CACHE[j]) < len(values):
            SIGN_CACHE[j] = np.where(u(SIGNS + j, len(values)) >= 0, 1.0, -1.0)
        out.append(short(float(values @ SIGN_CACHE[j][: len(values)])))
    return out


def short(value):
    return float(f"{value:.12g}")


def model_fixture(mode, name, full):
    case = CASES[name]
    logits, loss, gradients, buffers = passes(mode, torch.float64, case)
    logits32, loss32, gradients32, buffers32 = passes(mode, torch.float32, case)
    largest = max(np.linalg.norm(g) for g in gradients.values())
    null = [n for n, g in gradients.items() if np.linalg.norm(g) < 1e-9 * largest]
    own = {n: np.linalg.norm(gradients32[n] - g) / np.linalg.norm(g) for n, g in gradients.items() if n not in null}
    if full:
        np.concatenate([gradients[n] for n in gradients]).astype("<f8").tofile(full / name.replace(".json", f"-{mode}.f64"))
    logits16, loss16, gradients16, _ = passes(mode, torch.float32, case, autocast=True)
    difference = sum(np.sum((gradients16[n] - gradients[n]) ** 2) for n in own)
    return {
        "logits": [[short(v) for v in row] for row in logits.tolist()],
        "loss": short(loss),
        "gradients": {n: {"norm": short(float(np.linalg.norm(g))), "sketch": sketch(g)} for n, g in gradients.items() if n not in null},
        "nullGradients": null,
        "buffers": {n: {"norm": short(float(np.linalg.norm(b))), "sketch": sketch(b)} for n, b in buffers.items()} if mode == "train" else {},
        "pytorchBf16": {  # autocast
            "logits": short((logits16 - logits).abs().max().item()),
            "loss": short(abs(loss16 - loss) / loss),
            "gradients": short(math.sqrt(difference / sum(np.sum(gradients[n] ** 2) for n in own))),
        },
        "pytorchFp32": {
            "logits": short((logits32 - logits).abs().max().item()),
            "loss": short(abs(loss32 - loss) / loss),
            "gradientMaximum": short(max(own.values())),
            "gradientMedian": short(float(np.median(list(own.values())))),
            "worst": max(own, key=own.get),
            "bufferMaximum": short(max((np.linalg.norm(buffers32[n] - b) / np.linalg.norm(b) for n, b in buffers.items()), default=0.0)),
        },
    }


def optimizer(kind, parameters):
    o = torch.optim
    return {
        "sgd": lambda: o.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4),
        "sgdPlain": lambda: o.SGD(parameters, lr=0.01),
        "sgdDampening": lambda: o.SGD(parameters, lr=0.01, momentum=0.9, dampening=0.5),
        "nesterov": lambda: o.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4),
        "adam": lambda: o.Adam(parameters, lr=1e-3),
        "adamDecay": lambda: o.Adam(parameters, lr=1e-3, weight_decay=0.01),
        "adamBetas": lambda: o.Adam(parameters, lr=1e-2, betas=(0.8, 0.95), eps=1e-4),
        "adamw": lambda: o.AdamW(parameters, lr=1e-3, weight_decay=0.05),
    }[kind]()


def optimizer_vectors():
    """Twelve steps on a vector of six, its gradients g_t = u(60+t)(1 + u(80)/2) + p_t/20."""
    out = {}
    for kind in ("sgdPlain", "sgd", "sgdDampening", "nesterov", "adam", "adamDecay", "adamBetas", "adamw"):
        p = torch.nn.Parameter(torch.from_numpy(u(50, 6)))
        rule, trace = optimizer(kind, [p]), []
        for t in range(1, 13):
            p.grad = torch.from_numpy(u(60 + t, 6) * (1 + 0.5 * u(80, 6))) + 0.05 * p.detach()
            rule.step()
            trace.append([short(v) for v in p.detach().tolist()])
        out[kind] = trace
    return out


def strategies(case):
    """Losses before each of three steps and after the last, in train mode on one batch."""
    out = {}
    for name, (boundary, low, high) in STRATEGIES.items():
        model = network(case).double().train()
        images, labels = batch(torch.float64, case)
        is_low = lambda n: n.startswith("features") and int(n.split(".")[1]) <= boundary
        rules = [
            optimizer(low, [p for n, p in model.named_parameters() if is_low(n)]),
            optimizer(high, [p for n, p in model.named_parameters() if not is_low(n)]),
        ]
        losses = []
        for _ in range(3):
            model.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            losses.append(short(loss.item()))
            for rule in rules:
                rule.step()
        with torch.no_grad():
            losses.append(short(F.cross_entropy(model(images), labels).item()))
        out[name] = {"lastBlock": boundary, "losses": losses}
    return out


def write(file, value):
    file.write_text(json.dumps(value, indent=0, separators=(",", ":")) + "\n")
    print(file, file.stat().st_size, "bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--full", type=pathlib.Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        fixture = {"versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
                   "pixels": case.pixels, "batch": case.batch, "classes": CLASSES, "gain": case.gain,
                   "hash": {f"{k},{i}": short(float(u(k, i + 1)[-1])) for k, i in ((0, 0), (0, 1), (1, 0), (7, 12345), (9001, 49151))}}
        for mode in ("eval", "train"):
            fixture[mode] = model_fixture(mode, name, options.full)
            print(name, mode, fixture[mode]["pytorchFp32"], fixture[mode]["pytorchBf16"], len(fixture[mode]["nullGradients"]), "null gradients")
        if not case.vit:
            fixture["strategies"] = strategies(case)
        write(options.folder / name, fixture)
    write(options.folder / "optimizers.json", optimizer_vectors())
