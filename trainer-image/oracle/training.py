"""Golden values of what surrounds the optimizer: averaged weights and weighted losses. See README.md."""
import argparse
import pathlib

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight
from timm.utils import ModelEmaV2
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from golden import CASES, CLASSES, batch, network, short, sketch, tensors, u, write

STEPS = 12
DECAY = 0.9


class Sample(torch.nn.Module):
    """Two parameters, a convolution's among them, and a batch norm's buffers; what they are after step t is a hash."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(6))
        self.kernel = torch.nn.Parameter(torch.zeros(2, 3, 2, 2))
        self.register_buffer("running_mean", torch.zeros(3))
        self.at(0)

    @torch.no_grad()
    def at(self, t):
        for k, value in enumerate((self.weight, self.kernel, self.running_mean)):
            value.copy_(torch.from_numpy(u(500 + 10 * t + k, value.numel())).reshape(value.shape))


def average(model, averaged, update):
    trace = []
    for t in range(1, STEPS + 1):
        model.at(t)
        update(t)
        trace.append({name: value.flatten().tolist() for name, value in averaged.state_dict().items()})
    return trace


def averages():
    """Without a warm-up as PyTorch has it, with one as its avg_fn makes it; timm's, begun after the first step, is the same."""
    model = Sample()
    ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(DECAY), use_buffers=True)
    plain = average(model, ema.module, lambda t: ema.update_parameters(model))
    model = Sample()
    rising = lambda n: min(DECAY, (2 + n) / (11 + n))  # n steps were averaged before this one
    warm = AveragedModel(model, avg_fn=lambda a, m, n: a * rising(n) + m * (1 - rising(n)), use_buffers=True)
    warmup = average(model, warm.module, lambda t: warm.update_parameters(model))
    model = Sample()
    model.at(1)
    timm = ModelEmaV2(model, decay=DECAY)
    timms = average(model, timm.module, lambda t: timm.update(model))
    apart = max(abs(a - b) for one, other in zip(plain, timms) for n in one for a, b in zip(one[n], other[n]))
    print("AveragedModel and timm's ModelEmaV2 differ by", apart)
    assert apart < 1e-6
    return {"decay": DECAY, "plain": plain, "warmup": warmup}


def weighted_losses():
    """One training pass with CrossEntropyLoss(weight=…, label_smoothing=…), in fp64."""
    weights = 1.5 + u(700, CLASSES)
    out = {"weights": weights.tolist(), "labelSmoothing": 0.1}
    for name in ("efficientnet-v2-s-32px.json", "vit-b-16.json"):
        case = CASES[name]
        model = network(case).double().train()
        images, labels = batch(torch.float64, case)
        criterion = torch.nn.CrossEntropyLoss(weight=torch.from_numpy(weights), label_smoothing=0.1)
        loss = criterion(model(images), labels)
        loss.backward()
        kept = {n: g for n, g in
                ((n, g) for parameter, p in list(model.named_parameters())[:3] + list(model.named_parameters())[-4:]
                 for n, g in tensors(parameter, p.grad).items()) if (g**2).sum() > 1e-20}
        out[name] = {"loss": short(loss.item()),
                     "gradients": {n: {"norm": short(float((g**2).sum() ** 0.5)), "sketch": sketch(g)} for n, g in kept.items()}}
        print(name, loss.item(), "unweighted", torch.nn.functional.cross_entropy(model(images), labels).item())
    return out


def balanced():
    """scikit-learn's weights of classes that are not equally frequent."""
    labels = [0] * 12 + [1] * 7 + [2] * 4
    return {"labels": labels, "weights": compute_class_weight("balanced", classes=np.unique(labels), y=labels).tolist()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    write(folder / "averages.json", averages())
    write(folder / "class-weights.json", weighted_losses() | {"balanced": balanced()})
