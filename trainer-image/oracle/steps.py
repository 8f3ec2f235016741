"""Golden values of whole training steps, from torch.optim and pytorch-optimizer's SAM in fp64: steps.py FOLDER [NAME...]. See README.md.

EfficientNetV2-S in train mode on one batch: losses before each of two steps and after the last, norms of the gradients
that the optimizers take, and of the first step what it adds to each block, and batch norms' statistics. What PyTorch's
own fp32 is off by stands beside them, and how far the same step without SAM, or with statistics that move, would be.
"""
import json
import math
import pathlib
import sys
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from pytorch_optimizer import SAM

from golden import CASES, batch, network, optimizer, short, sketch, write

CASE = CASES["efficientnet-v2-s.json"]
STEPS, BLOCKS = 2, 8


class Training(NamedTuple):
    levels: list  # (last block, rule); None is frozen
    rho: float = None  # of SAM
    clip: float = None  # of all gradients together
    evaluated: bool = False  # whether batch norms of frozen levels are in eval mode


TRAININGS = {
    "SGD": Training([(BLOCKS, "sgd")], rho=0.05),
    "AdamW": Training([(BLOCKS, "adamw")], rho=0.5),
    "Adam->SGD": Training([(5, "adam"), (BLOCKS, "sgd")], rho=0.2, clip=1.0),
    "frozen->Nesterov": Training([(2, None), (BLOCKS, "nesterov")], rho=0.2),
    "frozen with statistics->SGD": Training([(4, None), (BLOCKS, "sgd")], evaluated=True),
    "Adam->frozen with statistics->SGD": Training([(1, "adam"), (4, None), (BLOCKS, "sgd")], evaluated=True),
}


def block(name):
    return int(name.split(".")[1]) if name.startswith("features") else BLOCKS


class Rules(torch.optim.Optimizer):
    """Several optimizers as the one that SAM wraps; clips what SAM has computed, as one would between its two steps."""

    def __init__(self, params, rules=(), clip=None, **defaults):
        super().__init__(params, defaults)
        self.rules, self.clip, self.norms = rules, clip, []

    def step(self, closure=None):
        self.norms = [math.sqrt(sum(p.grad.double().square().sum().item() for g in r.param_groups for p in g["params"])) for r in self.rules]
        if self.clip:
            torch.nn.utils.clip_grad_norm_([p for g in self.param_groups for p in g["params"]], self.clip)
        for rule in self.rules:
            rule.step()


def run(training, dtype, otherwise=False, steps=STEPS):
    levels, rho, clip, evaluated = training
    if otherwise:
        rho, evaluated = None, False
    model = network(CASE).to(dtype).train()
    images, labels = batch(dtype, CASE)
    rule = lambda n: next(kind for last, kind in levels if block(n) <= last)
    rules, trained = [], []
    for last, kind in levels:
        first = max([other + 1 for other, _ in levels if other < last], default=0)
        parameters = [p for n, p in model.named_parameters() if first <= block(n) <= last]
        if kind:
            rules.append(optimizer(kind, parameters))
            trained += parameters
        for p in parameters:
            p.requires_grad_(kind is not None)
    if evaluated:
        for name, module in model.named_modules():
            if isinstance(module, torch.nn.BatchNorm2d) and rule(name) is None:
                module.eval()
    sam = SAM(trained, Rules, rho=rho or 0, rules=rules, clip=clip)
    start = {n: p.detach().clone() for n, p in model.named_parameters()}
    losses, norms, changes, statistics = [], [], None, None
    for step in range(steps):
        loss = F.cross_entropy(model(images), labels)
        losses.append(loss.item())
        sam.zero_grad()
        loss.backward()
        if rho:
            kept = {n: b.clone() for n, b in model.named_buffers()}
            sam.first_step(zero_grad=True)
            F.cross_entropy(model(images), labels).backward()
            for name, b in model.named_buffers():
                b.copy_(kept[name])
            sam.second_step()
        else:
            sam.base_optimizer.step()
        norms.append(sam.base_optimizer.norms)
        if step == 0:
            changes = [[(p.detach().double() - start[n].double()).numpy().ravel() for n, p in model.named_parameters() if block(n) == b] for b in range(BLOCKS + 1)]
            statistics = [b.double().numpy().ravel().copy() for n, b in model.named_buffers() if b.dim()]
    with torch.no_grad():
        losses.append(F.cross_entropy(model(images), labels).item())
    return losses, norms, changes, statistics


def norm(tensors):
    return math.sqrt(sum(float(t @ t) for t in tensors))


def off(ours, exact):
    return norm([a - b for a, b in zip(ours, exact)]) / norm(exact)


def together(tensors):
    """Norm and projections of tensors, each onto the same signs."""
    return {"norm": short(norm(tensors)), "sketch": [short(float(v)) for v in np.sum([sketch(t) for t in tensors], axis=0)]}


def fixture(name):
    training = TRAININGS[name]
    losses, norms, changes, statistics = run(training, torch.float64)
    losses32, norms32, changes32, statistics32 = run(training, torch.float32)
    _, _, without, _ = run(training, torch.float64, otherwise=True, steps=1)
    moved = [b for b in range(BLOCKS + 1) if next(kind for last, kind in training.levels if b <= last)]
    figures = {
        "losses": [short(v) for v in losses],
        "gradientNorms": [[short(v) for v in pair] for pair in norms],
        "changes": [together(changes[b]) if b in moved else None for b in range(BLOCKS + 1)],
        "statistics": together(statistics),
        "fp32": {
            "losses": [short(abs(a / b - 1)) for a, b in zip(losses32, losses)],
            "gradientNorms": [short(max(abs(a / b - 1) for a, b in zip(*pair))) for pair in zip(norms32, norms)],
            "changes": [short(off(changes32[b], changes[b])) if b in moved else None for b in range(BLOCKS + 1)],
            "statistics": short(off(statistics32, statistics)),
        },
        "without": [short(off(without[b], changes[b])) if b in moved else None for b in range(BLOCKS + 1)],
    }
    print(name, {k: figures[k] for k in ("losses", "gradientNorms", "fp32", "without")}, flush=True)
    return figures


if __name__ == "__main__":
    torch.set_num_threads(2)
    file = pathlib.Path(sys.argv[1]) / "steps.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for name in sys.argv[2:] or TRAININGS:
        known[name] = fixture(name)
        write(file, known)
