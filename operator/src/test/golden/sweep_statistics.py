"""Golden values of a sweep's statistics, by scipy and statsmodels.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python operator/src/test/golden/sweep_statistics.py

writes statistics.json into the tests' resources.
"""

import json
import pathlib

import numpy
from scipy import stats
from statsmodels.stats.multitest import multipletests

TARGET = pathlib.Path(__file__).parents[1] / "resources/training/fusion/operator/sweep/report/statistics.json"


def mean(differences, axis):
    return numpy.mean(differences, axis=axis)


def case(name, differences):
    n = len(differences)
    low, high = stats.t.interval(0.95, n - 1, loc=numpy.mean(differences), scale=stats.sem(differences))
    if min(differences) == max(differences):
        low = high = differences[0]  # scipy divides by no spread
    # all 2^n signs, as scipy enumerates them
    test = stats.permutation_test(
        (numpy.array(differences),), mean, permutation_type="samples", vectorized=True, n_resamples=2**n
    )
    return {
        "name": name,
        "differences": differences,
        "mean": float(numpy.mean(differences)),
        "std": float(numpy.std(differences, ddof=1)),
        "low": float(low),
        "high": float(high),
        "p": float(test.pvalue),
    }


def main():
    random = numpy.random.default_rng(7)
    # accuracies on 10,000 images differ in whole ten-thousandths: ties are the rule
    drawn = {n: [int(v) / 10000 for v in random.normal(30, 60, n).round()] for n in (2, 3, 5, 6, 7, 9, 12, 16, 18)}
    cases = [case(f"{n} seeds", differences) for n, differences in drawn.items()]
    cases += [
        case("six seeds all one way", [0.01, 0.02, 0.005, 0.011, 0.03, 0.002]),
        case("ties", [0.1, -0.1, 0.1, 0.1, -0.1, 0.1, 0.1]),
        case("sums that differ in the last bit", [0.1, 0.2, -0.3, 0.1, 0.2, -0.3, 0.1]),
        case("no difference", [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
    ]
    values = [
        [0.01],
        [0.04, 0.01, 0.03],
        [0.03125, 0.03125, 0.5, 1.0],
        [0.2, 0.001, 0.02, 0.0004, 0.9, 0.04],
    ]
    corrections = [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in values]
    text = json.dumps({"cases": cases, "corrections": corrections}, indent=1, allow_nan=False)
    TARGET.write_text(text + "\n")


main()
