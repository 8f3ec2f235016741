"""Weights of classes over a long tail: scikit-learn's compute_class_weight, and those that the package
balanced-loss (0.1.1, Cui and others 2019) gives to PyTorch's cross_entropy, for several beta.

python class_weights.py > class-weights.json
"""
import json

import numpy as np
import torch
from balanced_loss import Loss, losses
from sklearn.utils.class_weight import compute_class_weight

taken = {}


def effective(counts, beta):
    """What the package gives to cross_entropy as its weight."""
    original = losses.F.cross_entropy
    losses.F.cross_entropy = lambda input, target, weight: taken.update(weight=weight.tolist())
    try:
        Loss(beta=beta, samples_per_class=counts, class_balanced=True)(
            torch.zeros(1, len(counts)), torch.zeros(1, dtype=torch.int64))
    finally:
        losses.F.cross_entropy = original
    return taken["weight"]


cases = []
for counts in ([1, 1, 1], [5, 3, 1], [1000, 400, 90, 12, 2, 1], [max(1, int(1280 * 0.9 ** c)) for c in range(60)]):
    labels = np.repeat(np.arange(len(counts)), counts)
    cases.append({
        "counts": counts,
        "balanced": compute_class_weight("balanced", classes=np.arange(len(counts)), y=labels).tolist(),
        "effective": {str(beta): effective(counts, beta) for beta in (0.0, 0.9, 0.99, 0.999, 0.9999)}})
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
