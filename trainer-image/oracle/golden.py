"""Golden fixtures for the trainer, from PyTorch and torchvision in fp64. See README.md."""
import argparse
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

CLASSES, GAIN = 10, 1.2
SIZES = {"efficientnet-v2-s.json": (64, 4), "efficientnet-v2-s-32px.json": (32, 16)}  # pixels, batch; at 32 the last blocks see one pixel
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


def network():
    model = torchvision.models.efficientnet_v2_s(num_classes=CLASSES, dropout=0.0, stochastic_depth_prob=0.0)
    norms = {n for n, m in model.named_modules() if isinstance(m, torch.nn.BatchNorm2d)}
    with torch.no_grad():
        for k, (name, p) in enumerate(model.named_parameters()):
            parent, leaf = name.rsplit(".", 1)
            if parent in norms:
                values = 1 + 0.1 * u(k, p.numel()) if leaf == "weight" else 0.1 * u(k, p.numel())
            elif p.dim() >= 2:
                values = np.float32(GAIN * math.sqrt(3 / p[0].numel())) * u(k, p.numel())
            else:
                values = 0.1 * u(k, p.numel())
            p.copy_(torch.from_numpy(values.astype(np.float32).reshape(p.shape)))
        for k, (name, b) in enumerate(model.named_buffers()):
            if name.endswith("running_mean"):
                b.copy_(torch.from_numpy((0.1 * u(BUFFERS + k, b.numel())).astype(np.float32)))
            elif name.endswith("running_var"):
                b.copy_(torch.from_numpy((1 + 0.3 * u(BUFFERS + k, b.numel())).astype(np.float32)))
    return model


def batch(dtype, pixels, count):
    images = torch.from_numpy(u(IMAGES, count * 3 * pixels * pixels).astype(np.float32).reshape(count, 3, pixels, pixels))
    return images.to(dtype), torch.tensor([(3 * i + 1) % CLASSES for i in range(count)])


def passes(mode, dtype, size):
    model = network().to(dtype).train(mode == "train")
    images, labels = batch(dtype, *size)
    logits = model(images)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    gradients = {n: p.grad.double().numpy().ravel() for n, p in model.named_parameters()}
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


def model_fixture(mode, size, full):
    logits, loss, gradients, buffers = passes(mode, torch.float64, size)
    logits32, loss32, gradients32, buffers32 = passes(mode, torch.float32, size)
    largest = max(np.linalg.norm(g) for g in gradients.values())
    null = [n for n, g in gradients.items() if np.linalg.norm(g) < 1e-9 * largest]
    own = {n: np.linalg.norm(gradients32[n] - g) / np.linalg.norm(g) for n, g in gradients.items() if n not in null}
    if full:
        np.concatenate([gradients[n] for n in gradients]).astype("<f8").tofile(full / f"{mode}-{size[0]}px.f64")
    return {
        "logits": [[short(v) for v in row] for row in logits.tolist()],
        "loss": short(loss),
        "gradients": {n: {"norm": short(float(np.linalg.norm(g))), "sketch": sketch(g)} for n, g in gradients.items() if n not in null},
        "nullGradients": null,
        "buffers": {n: {"norm": short(float(np.linalg.norm(b))), "sketch": sketch(b)} for n, b in buffers.items()} if mode == "train" else {},
        "pytorchFp32": {
            "logits": short((logits32 - logits).abs().max().item()),
            "loss": short(abs(loss32 - loss) / loss),
            "gradientMaximum": short(max(own.values())),
            "gradientMedian": short(float(np.median(list(own.values())))),
            "worst": max(own, key=own.get),
            "bufferMaximum": short(max(np.linalg.norm(buffers32[n] - b) / np.linalg.norm(b) for n, b in buffers.items())),
        },
    }


def optimizer(kind, parameters):
    o = torch.optim
    return {
        "sgd": lambda: o.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4),
        "nesterov": lambda: o.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4),
        "adam": lambda: o.Adam(parameters, lr=1e-3),
        "adamw": lambda: o.AdamW(parameters, lr=1e-3, weight_decay=0.05),
    }[kind]()


def strategies(size):
    """Losses before each of three steps and after the last, in train mode on one batch."""
    out = {}
    for name, (boundary, low, high) in STRATEGIES.items():
        model = network().double().train()
        images, labels = batch(torch.float64, *size)
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
    for name, size in SIZES.items():
        fixture = {"versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
                   "pixels": size[0], "batch": size[1], "classes": CLASSES, "gain": GAIN,
                   "hash": {f"{k},{i}": short(float(u(k, i + 1)[-1])) for k, i in ((0, 0), (0, 1), (1, 0), (7, 12345), (9001, 49151))}}
        for mode in ("eval", "train"):
            fixture[mode] = model_fixture(mode, size, options.full)
            print(size, mode, fixture[mode]["pytorchFp32"], len(fixture[mode]["nullGradients"]), "null gradients")
        fixture["strategies"] = strategies(size)
        write(options.folder / name, fixture)
