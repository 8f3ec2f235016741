"""Learning rates of torch's and timm's schedulers, epoch by epoch, for schedules that a FusionTraining can ask for.

python schedules.py > schedules.json

The same file comes of torch 2.15.0 with timm 1.0.31 and of 2.3.1 with 1.0.11. The peak is 0.1; each step is an epoch.
"""
import json
import warnings

import torch
from timm.scheduler import CosineLRScheduler, StepLRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, LinearLR, SequentialLR, StepLR

warnings.simplefilter("ignore")
PEAK = 0.1


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=PEAK)


def of_torch(name, schedule, epochs, make):
    tool = optimizer()
    scheduler = make(tool)
    rates = []
    for _ in range(epochs):
        rates.append(tool.param_groups[0]["lr"])
        tool.step()
        scheduler.step()
    return {"name": name, "schedule": schedule, "rates": rates}


def of_timm(name, schedule, epochs, make):
    tool = optimizer()
    scheduler = make(tool)
    rates = []
    for epoch in range(epochs):
        scheduler.step(epoch)
        rates.append(tool.param_groups[0]["lr"])
    return {"name": name, "schedule": schedule, "rates": rates}


def warmed(start, epochs, later):
    return lambda tool: SequentialLR(tool, [LinearLR(tool, start, 1.0, epochs), later(tool)], [epochs])


cases = [
    of_torch("CosineAnnealingLR(5, 0.01)", {"type": "Cosine", "minimumLearningRate": 0.01}, 5,
             lambda tool: CosineAnnealingLR(tool, 5, 0.01)),
    of_torch("LinearLR(0.1, 1, 3), CosineAnnealingLR(5)", {"type": "Cosine", "warmupEpochs": 3, "warmupFactor": 0.1}, 8,
             warmed(0.1, 3, lambda tool: CosineAnnealingLR(tool, 5))),
    of_torch("LinearLR(0.01, 1, 3), CosineAnnealingLR(7, 0.001)",
             {"type": "Cosine", "warmupEpochs": 3, "warmupFactor": 0.01, "minimumLearningRate": 0.001}, 10,
             warmed(0.01, 3, lambda tool: CosineAnnealingLR(tool, 7, 0.001))),
    of_torch("ExponentialLR(0.9)", {"type": "Exponential", "factor": 0.9}, 8, lambda tool: ExponentialLR(tool, 0.9)),
    of_torch("LinearLR(0.01, 1, 2), ExponentialLR(0.8)",
             {"type": "Exponential", "factor": 0.8, "warmupEpochs": 2, "warmupFactor": 0.01}, 8,
             warmed(0.01, 2, lambda tool: ExponentialLR(tool, 0.8))),
    of_torch("StepLR(3, 0.5)", {"type": "Step", "everyEpochs": 3, "factor": 0.5}, 8, lambda tool: StepLR(tool, 3, 0.5)),
    of_torch("LinearLR(0.01, 1, 2), StepLR(3, 0.5)",
             {"type": "Step", "everyEpochs": 3, "factor": 0.5, "warmupEpochs": 2, "warmupFactor": 0.01}, 9,
             warmed(0.01, 2, lambda tool: StepLR(tool, 3, 0.5))),
    of_timm("CosineLRScheduler(10, lr_min=0.001, warmup_t=3, warmup_lr_init=1e-4, warmup_prefix=True)",
            {"type": "Cosine", "warmupEpochs": 3, "warmupFactor": 0.001, "minimumLearningRate": 0.001}, 13,
            lambda tool: CosineLRScheduler(tool, 10, lr_min=0.001, warmup_t=3, warmup_lr_init=1e-4, warmup_prefix=True)),
    of_timm("StepLRScheduler(3, 0.1, warmup_t=2, warmup_lr_init=1e-4)",
            {"type": "Step", "everyEpochs": 3, "factor": 0.1, "warmupEpochs": 2, "warmupFactor": 0.001}, 9,
            lambda tool: StepLRScheduler(tool, 3, 0.1, warmup_t=2, warmup_lr_init=1e-4)),
]
for case in cases:
    case["rates"] = [float(f"{rate:.12g}") for rate in case["rates"]]
print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
