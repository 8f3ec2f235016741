"""Mixed batches, erased boxes and the loss of mixed labels, of torchvision's and torch's own functions at given draws.

python mixing.py > mixing.json

The same file comes of torch 2.15.0 with torchvision 0.29.2 and of 2.3.1 with 0.18.1. Images are bytes i * 37 % 251.
"""
import json

import numpy as np
import torch
from torchvision.transforms import functional, v2

IMAGES, SIZE, CLASSES = 3, 6, 7
MEAN, STD = [0.5, 0.25, 0.125], [0.5, 0.25, 1.0]


def batch():
    pixels = (np.arange(IMAGES * SIZE * SIZE * 3) * 37 % 251).astype(np.uint8).reshape(IMAGES, SIZE, SIZE, 3)
    scaled = torch.from_numpy(pixels).permute(0, 3, 1, 2).to(torch.float32) / 255
    return functional.normalize(scaled, MEAN, STD)


def mixed(transform, share, centre=()):
    numbers = iter(centre)
    transform._dist = type("Given", (), {"sample": lambda self, *a: torch.tensor(share)})()
    kept, torch.randint = torch.randint, lambda *a, **k: torch.tensor([next(numbers)])
    try:
        return transform(batch(), torch.arange(IMAGES))
    finally:
        torch.randint = kept


def images():
    rows = []
    up, _ = mixed(v2.MixUp(num_classes=CLASSES), 0.7)
    rows.append({"name": "MixUp 0.7", "mixed": [0.7, 0.3, 0, 0, 0, 0, 0.7, 0.3], "input": up})
    cut, labels = mixed(v2.CutMix(num_classes=CLASSES), 0.5, (4, 1))
    share = labels[0, 0].item()
    rows.append({"name": "CutMix at row 1, column 4", "mixed": [1, 0, 0, 2, 3, 6, share, 1 - share], "input": cut})
    erased = batch()
    boxes = [[1, 2, 4, 6], [0, 0, 0, 0], [5, 0, 6, 1]]
    for image, (top, left, bottom, right) in zip(erased, boxes):
        image.copy_(functional.erase(image, top, left, bottom - top, right - left, torch.zeros(3, 1, 1)))
    rows.append({"name": "erased", "erased": boxes, "input": erased})
    return [{**row, "input": [round(value, 6) for value in row["input"].flatten().tolist()]} for row in rows]


def losses():
    rows = []
    labels = torch.tensor([2, 0, 6])
    for share in 0.7, 0.4, 1.0:
        for smoothing in 0.0, 0.1:
            for weights in None, [1.0, 0.5, 2.0, 1.0, 4.0, 0.25, 3.0]:
                logits = torch.tensor([[(5 * i * CLASSES + 5 * c) % 13 / 4 - 1 for c in range(CLASSES)]
                                       for i in range(IMAGES)], requires_grad=True)
                hot = torch.nn.functional.one_hot(labels, CLASSES).float()
                target = hot * share + hot.roll(1, 0) * (1 - share)
                loss = torch.nn.functional.cross_entropy(
                    logits, target, None if weights is None else torch.tensor(weights), label_smoothing=smoothing)
                loss.backward()
                correct = int((logits.argmax(1) == target.argmax(1)).sum())
                rows.append({"share": share, "smoothing": smoothing, "weights": weights, "labels": labels.tolist(),
                             "logits": logits.detach().flatten().tolist(), "loss": round(loss.item(), 6), "correct": correct,
                             "gradient": [round(value, 6) for value in logits.grad.flatten().tolist()]})
    return rows


sections = {"images": images(), "losses": losses()}
lines = [f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for name, rows in sections.items()]
print("{\n" + ",\n".join(lines) + "\n}")
