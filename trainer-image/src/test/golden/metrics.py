"""Confusion matrices and the figures that scikit-learn computes from them (1.5.2 and 1.9.1 alike).

The averages are over the labels that occur in truth or prediction, scikit-learn's default; figures
of single classes are for all.

python metrics.py > metrics.json
"""
import json

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

random = np.random.default_rng(1)


def case(name, classes, labels, predictions):
    every = list(range(classes))
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, predictions, labels=every, zero_division=0)
    macro_precision, macro_recall, macro_f1, _ = precision_recall_fscore_support(
        labels, predictions, average="macro", zero_division=0)
    assert macro_f1 == f1_score(labels, predictions, average="macro")
    return {
        "name": name, "matrix": matrix.tolist(),
        "accuracy": accuracy_score(labels, predictions), "f1": macro_f1,
        "weightedF1": f1_score(labels, predictions, average="weighted"),
        "macroPrecision": macro_precision, "macroRecall": macro_recall,
        "absent": sorted(set(every) - set(labels.tolist())), "precision": precision.tolist(),
        "recall": recall.tolist(), "f1PerClass": f1.tolist(), "support": support.tolist()}


labels = random.integers(0, 10, 1000)
noisy = np.where(random.random(1000) < 0.7, labels, random.integers(0, 10, 1000))
rare = np.where(random.random(500) < 0.9, 0, random.integers(1, 5, 500))


def drawn(number):
    """Labels and predictions from some of the classes each, so that classes are absent from either or both."""
    classes = int(random.integers(2, 13))
    some = lambda: random.choice(classes, int(random.integers(1, classes + 1)), replace=False)
    images = int(random.integers(1, 300))
    truth, taken_for = random.choice(some(), images), random.choice(some(), images)
    predictions = np.where(random.random(images) < random.random(), truth, taken_for)
    absent = classes - len(set(truth))
    return case(f"drawn {number}: {classes} classes, {absent} absent, {images} images", classes, truth, predictions)


letters = np.arange(260) % 26 + 1  # EMNIST's, whose files number them from 1
cases = [
    case("EMNIST Letters: label 0 is empty", 27, letters, np.where(random.random(260) < 0.8, letters, 5)),
    case("one class of two in the test set, all right", 2, np.zeros(30, int), np.zeros(30, int)),
    case("a test set that lacks a class, half right", 3, np.arange(12) // 6, np.zeros(12, int)),
    case("ten classes, seven in ten right", 10, labels, noisy),
    case("unbalanced", 5, rare, np.where(random.random(500) < 0.8, rare, random.integers(0, 5, 500))),
    case("a class that no image has and none is taken for", 4, labels % 3, noisy % 3),
    case("a class that no image has but some are taken for", 4, labels % 3, noisy % 4),
    case("all taken for one class", 3, labels % 3, labels * 0),
    case("all right", 10, labels, labels),
    case("all wrong", 2, labels % 2, 1 - labels % 2)]
cases += [drawn(number) for number in range(1, 101)]
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
