"""Golden values of update rules, schedules and clipping, from torch.optim in fp64. See README.md."""
import argparse
import json
import math
import pathlib

import numpy as np
import torch
from timm.optim.lamb import Lamb
from timm.optim.lion import Lion
from timm.optim.rmsprop_tf import RMSpropTF

from golden import CASES, PROJECTIONS, network, short, sketch, u

STEPS = 12
GRADIENTS = 30000  # tensor number of the first gradient of the model's step
o = torch.optim
RULES = {
    "sgdPlain": lambda p: o.SGD(p, lr=0.01),
    "sgd": lambda p: o.SGD(p, lr=0.01, momentum=0.9, weight_decay=1e-4),
    "sgdDampening": lambda p: o.SGD(p, lr=0.01, momentum=0.9, dampening=0.5),
    "nesterov": lambda p: o.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=1e-4),
    "adam": lambda p: o.Adam(p, lr=1e-3),
    "adamDecay": lambda p: o.Adam(p, lr=1e-3, weight_decay=0.01),
    "adamBetas": lambda p: o.Adam(p, lr=1e-2, betas=(0.8, 0.95), eps=1e-4),
    "adamAmsgrad": lambda p: o.Adam(p, lr=1e-2, betas=(0.9, 0.9), amsgrad=True),
    "adamw": lambda p: o.AdamW(p, lr=1e-3, weight_decay=0.05),
    "adamwAmsgrad": lambda p: o.AdamW(p, lr=1e-2, betas=(0.9, 0.9), weight_decay=0.05, amsgrad=True),
    "radam": lambda p: o.RAdam(p, lr=1e-2),
    "radamDecay": lambda p: o.RAdam(p, lr=1e-2, weight_decay=0.01, eps=1e-3),
    "radamDecoupled": lambda p: o.RAdam(p, lr=1e-2, weight_decay=0.5, decoupled_weight_decay=True),
    "nadam": lambda p: o.NAdam(p, lr=2e-3),
    "nadamDecay": lambda p: o.NAdam(p, lr=1e-2, weight_decay=0.01, betas=(0.8, 0.95), momentum_decay=0.1),
    "nadamDecoupled": lambda p: o.NAdam(p, lr=1e-2, weight_decay=0.5, decoupled_weight_decay=True),
    "adamax": lambda p: o.Adamax(p, weight_decay=0.01),
    "adamaxBetas": lambda p: o.Adamax(p, lr=0.02, betas=(0.8, 0.95), eps=1e-3),
    "adadelta": lambda p: o.Adadelta(p, weight_decay=0.01),
    "adadeltaRho": lambda p: o.Adadelta(p, lr=0.5, rho=0.5, eps=1e-3),
    "adagrad": lambda p: o.Adagrad(p, weight_decay=0.01),
    "adagradDecay": lambda p: o.Adagrad(p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.1, eps=1e-3),
    "rmsprop": lambda p: o.RMSprop(p, weight_decay=0.01),
    "rmspropMomentum": lambda p: o.RMSprop(p, momentum=0.9, alpha=0.9),
    "rmspropCentered": lambda p: o.RMSprop(p, centered=True, eps=1e-3),
    "rmspropBoth": lambda p: o.RMSprop(p, centered=True, momentum=0.5, alpha=0.9, eps=1e-3),
    "rmspropTf": lambda p: RMSpropTF(p, weight_decay=0.01),
    "rmspropTfMomentum": lambda p: RMSpropTF(p, momentum=0.9, eps=1e-3),
    "rmspropTfCentered": lambda p: RMSpropTF(p, centered=True, alpha=0.99),
    "rmspropTfBoth": lambda p: RMSpropTF(p, centered=True, momentum=0.5, weight_decay=0.01),
    "asgd": lambda p: o.ASGD(p, weight_decay=0.01),
    "asgdAverages": lambda p: o.ASGD(p, lr=0.1, lambd=0.01, alpha=0.5, t0=3),
    "lion": lambda p: Lion(p, lr=0.01, weight_decay=0.5),
    "lionBetas": lambda p: Lion(p, lr=0.01, betas=(0.5, 0.8)),
    "lamb": lambda p: Lamb(p, lr=0.01),
    "lambNorm": lambda p: Lamb(p, lr=0.01, max_grad_norm=0.3, weight_decay=0.1),
    "lambUncut": lambda p: Lamb(p, lr=0.01, max_grad_norm=1e30, weight_decay=0),
    "lambAdapts": lambda p: Lamb(p, lr=0.01, weight_decay=0, always_adapt=True),
    "lambTrust": lambda p: Lamb(p, lr=0.01, trust_clip=True, betas=(0.8, 0.95)),
    "swats": lambda p: Swats(p, lr=0.01),
    "swatsSwitch": lambda p: Swats(p, lr=0.01, tolerance=0.0045),
    "swatsRelative": lambda p: Swats(p, lr=0.01, relative_tolerance=0.3, minimum_steps=3),
    "mas": lambda p: Mas(p, lr=0.01),
    "masWeights": lambda p: Mas(p, lr=0.01, sgd_weight=0.3, adam_weight=0.8, momentum=0.7, weight_decay=0.01),
}


class Swats:
    """Keskar and Socher 2017, arXiv 1712.07628, algorithm 1: one decision for all parameters together."""

    def __init__(self, parameters, lr, betas=(0.9, 0.999), eps=1e-8, tolerance=1e-9, relative_tolerance=0.0, minimum_steps=2):
        self.p, self.lr, self.b1, self.b2, self.eps = parameters, lr, *betas, eps
        self.tolerance, self.relative, self.minimum = tolerance, relative_tolerance, minimum_steps
        self.m = [torch.zeros_like(p) for p in self.p]
        self.a = [torch.zeros_like(p) for p in self.p]
        self.k, self.mean, self.switched, self.rate, self.trace = 0, 0.0, None, None, []

    @torch.no_grad()
    def step(self):
        self.k += 1
        if self.switched:
            for p, v in zip(self.p, self.m):
                v.mul_(self.b1).add_(p.grad)
                p.sub_((1 - self.b1) * self.rate * v)
            return
        pp = pg = 0.0
        rate = self.lr * math.sqrt(1 - self.b2**self.k) / (1 - self.b1**self.k)
        for p, m, a in zip(self.p, self.m, self.a):
            m.mul_(self.b1).add_((1 - self.b1) * p.grad)
            a.mul_(self.b2).add_((1 - self.b2) * p.grad**2)
            d = -rate * m / (a.sqrt() + self.eps)
            p.add_(d)
            pp, pg = pp + (d * d).sum().item(), pg + (d * p.grad).sum().item()
        if pg != 0:
            gamma = pp / -pg
            self.mean = self.b2 * self.mean + (1 - self.b2) * gamma
            self.rate = self.mean / (1 - self.b2**self.k)
            apart = abs(self.rate - gamma)
            self.trace.append((gamma, self.rate))
            if self.k >= self.minimum and self.rate > 0 and (apart < self.tolerance or apart < self.relative * self.rate):
                self.switched = self.k
                for v in self.m:
                    v.zero_()


class Mas:
    """Landro, Gallo and La Grassa 2020, arXiv 2011.08042: the weights act on direction and on rate."""

    def __init__(self, parameters, lr, sgd_weight=0.5, adam_weight=0.5, momentum=0.9, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        self.p, self.lr, self.ws, self.wa, self.mu = parameters, lr, sgd_weight, adam_weight, momentum
        self.b1, self.b2, self.eps, self.decay, self.k = *betas, eps, weight_decay, 0
        self.m = [torch.zeros_like(p) for p in self.p]
        self.a = [torch.zeros_like(p) for p in self.p]
        self.v = [torch.zeros_like(p) for p in self.p]

    @torch.no_grad()
    def step(self):
        self.k += 1
        c1, c2 = 1 - self.b1**self.k, 1 - self.b2**self.k
        for p, m, a, v in zip(self.p, self.m, self.a, self.v):
            g = p.grad + self.decay * p
            m.mul_(self.b1).add_((1 - self.b1) * g)
            a.mul_(self.b2).add_((1 - self.b2) * g * g)
            v.mul_(self.mu).add_(g)
            adam = m / (a.sqrt() / math.sqrt(c2) + self.eps)
            p.sub_((self.ws * self.lr + self.wa * self.lr / c1) * (self.ws * v + self.wa * adam))


def vectors():
    """Twelve steps on a vector of six, its gradients g_t = u(60+t)(1 + u(80)/2) + p_t/20."""
    out = {}
    for name, rule in RULES.items():
        p = torch.nn.Parameter(torch.from_numpy(u(50, 6)))
        optimizer, trace = rule([p]), []
        for t in range(1, STEPS + 1):
            p.grad = torch.from_numpy(u(60 + t, 6) * (1 + 0.5 * u(80, 6))) + 0.05 * p.detach()
            optimizer.step()
            trace.append([short(v) for v in p.detach().tolist()])
        out[name] = {"trace": trace}
        if isinstance(optimizer, Swats):
            out[name]["switchStep"] = optimizer.switched or 0
            out[name]["rates"] = [[short(v) for v in pair] for pair in optimizer.trace]
            print(name, "switched", optimizer.switched, [(round(g, 5), round(l, 5), round(abs(g - l), 5)) for g, l in optimizer.trace])
    return out


def model_steps():
    """What one step of each rule adds to EfficientNetV2-S, block by block, from gradients that are a hash too."""
    model = network(CASES["efficientnet-v2-s-32px.json"]).double()
    start = [p.detach().clone() for p in model.parameters()]
    blocks = [int(n.split(".")[1]) if n.startswith("features") else 8 for n, _ in model.named_parameters()]
    out = {}
    for name, rule in RULES.items():
        parameters = list(model.parameters())
        for k, p in enumerate(parameters):
            with torch.no_grad():
                p.copy_(start[k])
            p.grad = torch.from_numpy(u(GRADIENTS + k, p.numel()).reshape(p.shape))
        rule(parameters).step()
        squares, sketches = np.zeros(9), np.zeros((9, PROJECTIONS))
        for block, p, before in zip(blocks, parameters, start):
            change = (p.detach() - before).numpy().ravel()
            squares[block] += change @ change
            sketches[block] += sketch(change)
        out[name] = [{"norm": short(math.sqrt(s)), "sketch": [short(v) for v in row]} for s, row in zip(squares, sketches)]
    return out


def groups():
    """Two groups with clipping, decay and schedule of their own, three steps an epoch, as torch.optim would be used."""
    names = ["low.weight", "low.bias", "high.weight", "high.bias"]
    shapes = [(2, 3), (3,), (3, 2), (2,)]
    p = [torch.nn.Parameter(torch.from_numpy(u(100 + k, math.prod(s)).reshape(s))) for k, s in enumerate(shapes)]
    low = o.AdamW([{"params": [p[0]], "weight_decay": 0.1}, {"params": [p[1]], "weight_decay": 0.0}], lr=1e-2)
    high = o.SGD([{"params": [p[2]], "weight_decay": 0.05}, {"params": [p[3]], "weight_decay": 0.0}], lr=0.1, momentum=0.9)
    step_lr = o.lr_scheduler.StepLR(low, step_size=2, gamma=0.3)
    cosine = o.lr_scheduler.SequentialLR(high, [
        o.lr_scheduler.LambdaLR(high, lambda s: (s + 1) / 4),
        o.lr_scheduler.CosineAnnealingLR(high, T_max=STEPS - 4)], milestones=[4])
    trace, rates, norms = [], [], []
    for t in range(STEPS):
        for k, q in enumerate(p):
            q.grad = torch.from_numpy(3 * u(200 + 10 * t + k, q.numel()).reshape(q.shape))
        norms.append([short(torch.nn.utils.clip_grad_norm_(p[:2], 1.5).item()), short(torch.nn.utils.clip_grad_norm_(p[2:], 2.0).item())])
        rates.append([short(low.param_groups[0]["lr"]), short(high.param_groups[0]["lr"])])
        low.step(), high.step()
        cosine.step()
        if t % 3 == 2:
            step_lr.step()
        trace.append([short(v) for q in p for v in q.detach().flatten().tolist()])
    return {"names": names, "trace": trace, "learningRates": rates, "gradientNorms": norms}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    for name, value in {"optimizers.json": vectors(), "optimizer-groups.json": groups(), "optimizer-model-step.json": model_steps()}.items():
        (folder / name).write_text(json.dumps(value, indent=0, separators=(",", ":")) + "\n")
        print(folder / name, (folder / name).stat().st_size, "bytes")
