"""Spoken digits: espeak-ng says zero to nine by many voices, fast and slow; log spectrograms. Tested on other voices.

python audio.py FOLDER              needs the program espeak-ng, torch 2.3.1, SciPy and safetensors
"""
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from scipy import signal
from torch import nn

WORDS = "zero one two three four five six seven eight nine".split()
VOICES = [f"{accent}+{variant}"
          for accent in ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp")
          for variant in "m1 m2 m3 m4 m5 m6 m7 f1 f2 f3 f4 f5 croak whisper".split()]


def spectrogram(word, voice, speed, pitch):
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), word]
    wave = subprocess.run(command, capture_output=True, check=True).stdout
    samples = np.frombuffer(wave[44:len(wave) // 2 * 2], "<i2")  # after the header; 22,050 a second
    _, _, power = signal.spectrogram(samples.astype(np.float32), 22050, nperseg=512, noverlap=192)
    bands = np.log1p(power[:128].reshape(32, 4, -1).mean(1))  # up to 5.5 kHz in 32 bands
    return np.pad(bands, ((0, 0), (0, 64)))[:, :64]


def network(classes=10):
    def block(before, after):
        return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU(), nn.MaxPool2d(2))

    return nn.Sequential(
        block(1, 16), block(16, 32), block(32, 64), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes)))


def digits():
    """Spectrograms and digits of each voice."""
    for number, voice in enumerate(VOICES):
        for digit, word in enumerate(WORDS):
            for speed, pitch in ((130, 35), (170, 50), (210, 65)):
                yield number, spectrogram(word, voice, speed, pitch), digit


def parts():
    rows = list(digits())
    for part, mine in ("train", lambda v: v % 4 != 3), ("test", lambda v: v % 4 == 3):
        chosen = [(x, y) for v, x, y in rows if mine(v)]
        yield part, np.stack([x for x, _ in chosen])[:, None].astype(np.float32), np.array([y for _, y in chosen])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for part, x, label in parts():
        if part == "train":
            print(f"mean {x.mean():.4f}, std {x.std():.4f}: dataset.tensors.inputs")
        save_file({"x": x, "label": label}, folder / f"{part}.safetensors")
    (folder / "classes.txt").write_text("\n".join(WORDS))
    torch.manual_seed(0)
    torch.jit.script(network()).save(folder / "net.pt")
