"""Shapes of data sets (classes, their sizes, fractions, limits, seeds), and how many pictures of each class
scikit-learn draws where it accepts the shape (StratifiedShuffleSplit; 1.5.2 and 1.9.1 alike).

A shape's sizes are pairs of (pictures, how many classes have so many). A draw is "T of all", for T the
test pictures, the validation pictures, and the limit on training pictures; its counts are, in the order
of the sizes, {pictures drawn: how many classes}: which of equal classes gets one more is chance.

python split_shapes.py > split-shapes.json
"""
import collections
import json
import warnings

import numpy as np
from sklearn.model_selection import StratifiedShuffleSplit

random = np.random.default_rng(64)
warnings.simplefilter("error")


def sizes(kind, classes):
    if kind == "equal":
        return [(int(random.integers(1, 13)), classes)]
    if kind == "two":
        few = int(random.integers(1, classes))
        return [(int(random.integers(1, 6)), few), (int(random.integers(6, 60)), classes - few)]
    if kind == "tail":
        head = int(random.integers(20, 400))
        each = collections.Counter(max(1, int(head * (c + 1) ** -0.8)) for c in range(classes))
    else:
        each = collections.Counter(random.integers(1, 30, classes).tolist())
    return sorted(each.items())


def drawn(shape_sizes, total, seed):
    """scikit-learn's counts; None: it refuses."""
    labels = np.repeat(np.arange(sum(k for _, k in shape_sizes)),
                       [n for n, k in shape_sizes for _ in range(k)])
    if not 0 < total < len(labels):
        return None
    try:
        split = StratifiedShuffleSplit(1, train_size=len(labels) - total, test_size=total, random_state=seed)
        _, test = next(split.split(labels, labels))
    except ValueError:
        return None
    counts = np.bincount(labels[test], minlength=labels[-1] + 1)
    ends = np.cumsum([k for _, k in shape_sizes])
    return [dict(sorted(collections.Counter(c.tolist()).items())) for c in np.split(counts, ends)[:-1]]


def half_up(value):
    return int(np.floor(value + 0.5))


for number in range(500):
    kind = ["equal", "two", "tail", "any"][number % 4]
    classes = int(random.choice([2, 3, 10, 27, 100, 300, 1000]) if number % 50 else 10_000)
    shape = sizes(kind, classes)
    pictures = sum(n * k for n, k in shape)
    validation, test = (float(random.choice([0.05, 0.1, 0.2, 0.25, 0.3, 0.45])) for _ in range(2))
    limit = [int(random.integers(1, pictures + 1) * random.choice([0.01, 0.1, 0.5, 1]) + 1)
             if random.random() < 0.6 else None for _ in range(3)]
    seed = int(random.integers(0, 1000))
    print(json.dumps({
        "sizes": shape, "validation": validation, "test": test, "limit": limit, "seed": seed,
        "testCounts": drawn(shape, half_up(test * pictures), seed),
        "validationCounts": drawn(shape, half_up(validation * pictures), seed),
        "trainCounts": drawn(shape, limit[0], seed) if limit[0] else None}, separators=(",", ":")))
