"""Digits seen and heard: the upper half of a handwritten digit (scikit-learn's 1,797), and a voice that says it.

python two_towers.py FOLDER         needs the program espeak-ng, torch 2.3.1, SciPy and scikit-learn
"""
import sys
from pathlib import Path

import audio
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn


class TwoTowers(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(32 * 4 * 8, 32))
        self.heard = nn.Sequential(
            nn.Conv2d(1, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(32 * 16, 32))
        self.head = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, picture: torch.Tensor, sound: torch.Tensor):
        return self.head(torch.cat([self.seen(picture), self.heard(sound)], 1))


folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
seen = load_digits()
draw = np.random.default_rng(0)
sounds = {part: (x, label) for part, x, label in audio.parts()}
for part, rows in ("train", slice(0, 1300)), ("test", slice(1300, None)):
    pictures, labels = seen.images[rows, None, :4].astype(np.uint8), seen.target[rows]
    x, digit = sounds[part]
    sound = np.stack([x[draw.choice(np.flatnonzero(digit == label))] for label in labels])
    noise = draw.normal(0, 1.5, sound.shape).astype(np.float32)  # neither alone tells it
    np.savez(folder / f"{part}.npz", picture=pictures, sound=sound + noise, label=labels)
torch.manual_seed(0)
torch.jit.script(TwoTowers()).save(folder / "net.pt")
