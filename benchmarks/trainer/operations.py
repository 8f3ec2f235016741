"""Where PyTorch's step spends its time: operations.py ARCHITECTURE PRECISION BATCH PIXELS [STEPS]

Prints a Markdown table of the kernels' own CPU time, by kind, for channels-last with the loop optimizer. Convolutions
and matrix products run in oneDNN and MKL, on both sides of a race: their share bounds what anything around them can win.
"""

import os
import sys

import torch
from torch.profiler import ProfilerActivity, profile

from pytorch import step

KINDS = {
    "convolutions": ("convolution",),
    "matrix products": ("mm", "linear", "scaled_dot_product"),
    "normalisation": ("batch_norm", "layer_norm"),
    "activations": ("silu", "gelu", "sigmoid", "softmax"),
}


def kind(operation):
    return next((name for name, words in KINDS.items() if any(word in operation for word in words)), "all else")


def main():
    architecture, precision, batch, pixels, *rest = sys.argv[1:]
    steps = int(rest[0]) if rest else 10
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    work = step("cpu", ["channels-last", "loop"], architecture, precision, "FUSION", batch, pixels)
    for _ in range(3):
        work()
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        for _ in range(steps):
            work()
    spent = {}
    for event in seen.key_averages():
        name = kind(event.key)
        spent[name] = spent.get(name, 0) + event.self_cpu_time_total / 1000 / steps
    everything = sum(spent.values())
    print(f"| {architecture}, {precision}, batch {batch} at {pixels} pixels | ms a step | share |\n| --- | --- | --- |")
    for name, milliseconds in sorted(spent.items(), key=lambda it: -it[1]):
        print(f"| {name} | {milliseconds:.1f} | {milliseconds / everything:.1%} |")
    print(f"| all | {everything:.1f} | |")


main()
