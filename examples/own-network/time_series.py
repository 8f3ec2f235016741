"""Japanese vowels (UCR/UEA archive, inside of aeon): 12 LPC coefficients over up to 29 frames, nine speakers.

python time_series.py FOLDER        needs aeon 1.6.0, torch 2.3.1 and safetensors
"""
import sys
from pathlib import Path

import numpy as np
import torch
from aeon.datasets import load_japanese_vowels
from safetensors.numpy import save_file
from torch import nn


def network(channels=12, classes=9):
    def block(before, after, width):
        return nn.Sequential(nn.Conv1d(before, after, width, padding="same"), nn.BatchNorm1d(after), nn.ReLU())

    return nn.Sequential(  # the fully convolutional network of Wang, Yan and Oates (2017), narrower
        block(channels, 64, 7), block(64, 128, 5), block(128, 64, 3),
        nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(64, classes)))


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
names = sorted(set(load_japanese_vowels(split="train")[1]))
for part in "train", "test":
    series, speakers = load_japanese_vowels(split=part)
    x = np.stack([np.pad(s, ((0, 0), (0, 29 - s.shape[1]))) for s in series]).astype(np.float32)
    save_file({"x": x, "label": np.array([names.index(s) for s in speakers])}, folder / f"{part}.safetensors")
(folder / "classes.txt").write_text("".join(f"speaker {name}\n" for name in names))
torch.manual_seed(0)
torch.jit.script(network()).save(folder / "net.pt")
