"""What torchvision makes of pictures by given draws: operations, policies, boxes, mixed batches.

python augmentation.py > augmentation.json

The same file comes of torchvision 0.29.2 with Pillow 13.0.0 and of 0.18.1 with 10.4.0. Pictures are noise and ramps that
Java makes again; of each result only the beginning of its SHA-256 is kept. Where torchvision draws, it draws what is listed here: u in
[0, 1) for what is continuous, n of so many for what is not.
"""
import hashlib
import json
import math
import random

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import ColorJitter, InterpolationMode, RandAugment, RandomErasing, RandomResizedCrop
from torchvision.transforms import TrivialAugmentWide, functional
from torchvision.transforms import v2
from torchvision.transforms.autoaugment import _apply_op

chosen = random.Random(1)


def picture(kind, height, width, channels):
    """noise: a linear congruential generator's upper bytes; ramp: smooth, with a bit of it; flat: one colour a channel."""
    values = np.zeros(height * width * channels, dtype=np.uint8)
    state = (height * 31 + width) * 31 + channels
    for i in range(values.size):
        state = (state * 1103515245 + 12345) % 2**31
        x, y, c = i // channels % width, i // channels // width, i % channels
        if kind == "noise":
            values[i] = state >> 16 & 255
        elif kind == "ramp":
            values[i] = min(255, 40 + 5 * x * (c + 1) // 2 + 3 * y + (state >> 20 & 7))
        else:
            values[i] = 60 + 70 * c
    shape = (height, width) if channels == 1 else (height, width, channels)
    return Image.fromarray(values.reshape(shape))


PICTURES = [("noise", 24, 24, 3), ("ramp", 24, 24, 3), ("noise", 17, 17, 1), ("flat", 8, 8, 3), ("noise", 2, 2, 3),
            ("ramp", 40, 31, 3), ("noise", 13, 32, 3), ("noise", 1, 1, 1), ("ramp", 32, 32, 1)]


def sha(image):
    return hashlib.sha256(np.asarray(image).tobytes()).hexdigest()[:16]


class Script:
    """Draws in place of torch's: the numbers of a list, in their order; each is noted with what it was asked for."""

    def __init__(self):
        self.drawn = []

    def uniform(self, low=0.0, high=1.0):
        u = round(chosen.random(), 5)
        self.drawn.append(u)
        return torch.tensor([low + (high - low) * u], dtype=torch.float64)

    def integer(self, *arguments, size=None, dtype=None):
        low, high = (0, arguments[0]) if len(arguments) < 2 or isinstance(arguments[1], tuple) else arguments[:2]
        n = chosen.randrange(low, high)
        self.drawn.append(n - low)
        return torch.tensor([n])

    def permutation(self, count):
        """What Fisher and Yates' shuffle makes of the numbers that are noted."""
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            other = chosen.randrange(i + 1)
            self.drawn.append(other)
            order[i], order[other] = order[other], order[i]
        return torch.tensor(order)


class Empty:
    def __init__(self, script):
        self.uniform_ = script.uniform


def drawn(function):
    """Runs a function with scripted draws and returns them with its result."""
    script = Script()
    kept = torch.rand, torch.randint, torch.randperm, torch.empty
    torch.rand, torch.randint, torch.randperm = lambda *a: script.uniform(), script.integer, script.permutation
    torch.empty = lambda *a, **k: Empty(script)
    try:
        result = function()
    finally:
        torch.rand, torch.randint, torch.randperm, torch.empty = kept
    return script.drawn, result


def operations():
    """Every operation with every magnitude of both policies, of both signs; both interpolations where it matters."""
    rows = []
    for number, (kind, height, width, channels) in enumerate(PICTURES):
        image = picture(kind, height, width, channels)
        for policy in "RandAugment", "TrivialAugmentWide":
            space = (RandAugment()._augmentation_space(31, (height, width)) if policy == "RandAugment"
                     else TrivialAugmentWide()._augmentation_space(31))
            for index, (name, (magnitudes, signed)) in enumerate(space.items()):
                for interpolation in "Nearest", "Bilinear":
                    if interpolation == "Bilinear" and not ("Shear" in name or "Rotate" in name):
                        continue
                    results = []
                    for bin in range(31 if magnitudes.ndim else 1):
                        magnitude = float(magnitudes[bin].item()) if magnitudes.ndim else 0.0
                        for sign in (1, -1) if signed else (1,):
                            results.append(sha(_apply_op(
                                image, name, sign * magnitude, getattr(InterpolationMode, interpolation.upper()), None)))
                    digest = hashlib.sha256("".join(results).encode()).hexdigest()[:16]
                    rows.append([number, policy, index, interpolation, digest])
    return rows


def readable():
    """A picture of 4x4 pixels, a[y, x, c] = (37x + 61y + 89c + 17xy) mod 256, and what becomes of it, in hex."""
    y, x, c = np.meshgrid(range(4), range(4), range(3), indexing="ij")
    image = Image.fromarray(((37 * x + 61 * y + 89 * c + 17 * x * y) % 256).astype(np.uint8))
    asked = [("SHEAR_X", "ShearX", 0.3), ("SHEAR_Y", "ShearY", 0.3), ("TRANSLATE_X", "TranslateX", 1.9),
             ("TRANSLATE_Y", "TranslateY", 1), ("ROTATE", "Rotate", 30), ("ROTATE", "Rotate", -30),
             ("BRIGHTNESS", "Brightness", 0.5), ("COLOR", "Color", 0.5), ("COLOR", "Color", -0.5),
             ("CONTRAST", "Contrast", 0.5), ("CONTRAST", "Contrast", -0.5), ("SHARPNESS", "Sharpness", 0.9),
             ("SHARPNESS", "Sharpness", -0.5), ("POSTERIZE", "Posterize", 3), ("SOLARIZE", "Solarize", 100),
             ("SOLARIZE", "Solarize", 178.5), ("AUTO_CONTRAST", "AutoContrast", 0), ("EQUALIZE", "Equalize", 0)]
    hexes = [[*row, bytes(np.asarray(_apply_op(image, row[1], row[2], InterpolationMode.NEAREST, None))).hex()] for row in asked]
    return [["IDENTITY", "Identity", 0, bytes(np.asarray(image)).hex()]] + hexes


def policies():
    rows = []
    for i in range(120):
        number = i % len(PICTURES)
        bins = chosen.choice([31, 31, 10, 2])
        ops, magnitude = chosen.choice([1, 2, 3]), chosen.randrange(bins)
        transform = RandAugment(ops, magnitude, bins) if i % 2 else TrivialAugmentWide(bins)
        draws, result = drawn(lambda: transform(picture(*PICTURES[number])))
        row = {"picture": number, "bins": bins, "draws": draws, "sha256": sha(result)}
        rows.append({**row, "numOps": ops, "magnitude": magnitude} if i % 2 else row)
    return rows


def jitters():
    rows = []
    for i in range(60):
        number = i % len(PICTURES)
        factors = [chosen.choice([0, 0.1, 0.4, 0.8, 1.5]) for _ in range(3)] + [chosen.choice([0, 0.1, 0.25, 0.5])]
        draws, result = drawn(lambda: ColorJitter(*factors)(picture(*PICTURES[number])))
        rows.append({"picture": number, "factors": factors, "draws": draws, "sha256": sha(result)})
    return rows


def hues():
    """Each turn of the hue of noise."""
    image = picture("noise", 24, 24, 3)
    return [sha(functional.adjust_hue(image, turn / 40)) for turn in range(-20, 21)]


def crops():
    rows = []
    for i in range(80):
        height, width = chosen.choice([(32, 48), (48, 32), (10, 100), (100, 10), (224, 224), (5, 7), (9, 2)])
        scale = chosen.choice([[0.08, 1.0], [0.35, 1.0], [0.9, 0.9], [0.001, 0.02]])
        ratio = chosen.choice([[3 / 4, 4 / 3], [0.2, 0.4], [1.0, 1.0], [2.0, 8.0]])
        image = torch.zeros(3, height, width)
        draws, box = drawn(lambda: RandomResizedCrop.get_params(image, scale, ratio))
        rows.append({"height": height, "width": width, "scale": scale, "ratio": ratio, "draws": draws, "box": list(box)})
    return rows


def erasings():
    rows = []
    for i in range(80):
        height, width = chosen.choice([(32, 48), (48, 32), (224, 224), (32, 32)])
        scale = chosen.choice([[0.02, 0.33], [0.5, 1.0], [0.0, 0.001]])
        ratio = chosen.choice([[0.3, 3.3], [1.0, 1.0], [0.1, 0.2]])
        probability = chosen.choice([0.5, 1.0])
        image = torch.ones(3, height, width)
        draws, result = drawn(lambda: RandomErasing(probability, tuple(scale), tuple(ratio))(image))
        zeros = (result[0] == 0).nonzero()
        box = ([0, 0, 0, 0] if len(zeros) == 0 else
               [*zeros.min(0).values.tolist(), *(zeros.max(0).values - zeros.min(0).values + 1).tolist()])
        rows.append({"height": height, "width": width, "probability": probability, "scale": scale, "ratio": ratio,
                     "draws": draws, "box": box})
    return rows


def boxes():
    """CutMix of a batch of two, an image of zeros and one of ones, by given share and centre."""
    rows = []
    for share, column, row, size in [(0.75, 10, 10, 224), (0.7, 10, 10, 32), (0.5, 31, 0, 32), (0.0, 16, 16, 32), (1.0, 5, 5, 32),
                                     (0.3, 40, 100, 128), (0.999, 3, 3, 32), (0.25, 0, 0, 33)]:
        transform = v2.CutMix(num_classes=2)
        transform._dist = type("Given", (), {"sample": lambda self, *a: torch.tensor(share)})()
        centre = iter([column, row])
        kept, torch.randint = torch.randint, lambda *a, **k: torch.tensor([next(centre)])
        try:
            images, labels = transform(torch.stack([torch.zeros(1, size, size), torch.ones(1, size, size)]),
                                       torch.tensor([0, 1]))
        finally:
            torch.randint = kept
        ones = images[0, 0].nonzero()
        box = ([0, 0, 0, 0] if len(ones) == 0 else
               [*ones.min(0).values.tolist(), *(ones.max(0).values - ones.min(0).values + 1).tolist()])
        rows.append({"share": share, "column": column, "row": row, "size": size, "box": box, "label": labels[0, 0].item()})
    return rows


torch.use_deterministic_algorithms(True)
sections = {"pictures": PICTURES, "readable": readable(), "operations": operations(), "policies": policies(), "jitters": jitters(), "hues": hues(),
            "crops": crops(), "erasings": erasings(), "boxes": boxes()}
lines = [f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in sections.items()]
print("{\n" + ",\n".join(lines) + "\n}")
