#!/usr/bin/env python3
"""Recomputes a sweep's figures from the files that its trials wrote, and compares them with the sweep's report.

    pip install scipy==1.17.1 statsmodels==0.15.0
    docs/evidence/sweep/recompute.py RUNS REPORT_CSV REPORT_MD

RUNS is the folder with the runs (output/volumes/checkpoints after ./fusion run): of each run, configuration.json says
which trial it is of, and metrics.json has the confusion matrices. From these alone:

- accuracy and macro F1 of each trial, from the confusion matrices; loss as metrics.json states it;
- groups: trials whose configurations differ in name, run key and seed alone; their means and deviations;
- statistics: choices on validation, differences on test, Student's interval (SciPy), the exact sign-flip test in whole
  images (a count of all sums, so no rounding), Holm's correction (statsmodels).

Of report.csv it takes which trials there are, their states, and the names of arms and data sets, which no trial's own
file knows. Exits with 1 if any figure differs.
"""

import csv
import json
import math
import re
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

from scipy.stats import t
from statsmodels.stats.multitest import multipletests

DASH = "–"
MOST_PAIRS = 32
LEVEL = 0.05


class Evaluation:
    """Figures on one part of the data. `correct` and `images` are whole numbers."""

    def __init__(self, stated):
        matrix = rows(stated["confusionMatrix"])
        classes = [c for c in range(len(matrix)) if sum(matrix[c]) + sum(row[c] for row in matrix)]
        self.correct = sum(matrix[c][c] for c in classes)
        self.images = sum(map(sum, matrix))
        self.accuracy = self.correct / self.images
        self.f1 = statistics.fmean(self._f1(matrix, c) for c in classes)
        self.loss = stated["figures"]["loss"]

    @staticmethod
    def _f1(matrix, c):
        both = sum(matrix[c]) + sum(row[c] for row in matrix)
        return 2 * matrix[c][c] / both


class Trial:
    """A row of report.csv, with the evaluations of its run if that has ended."""

    def __init__(self, row, run):
        self.row = row
        self.name, self.state, self.seed = row["trial"], row["state"], int(row["seed"])
        self.succeeded = self.state == "Succeeded"
        self.test = self.validation = self.key = self.optimization = None
        self.single = row["optimizers"] not in ("SWATS", "MAS") and "→" not in row["optimizers"]
        if run:
            configuration, metrics = run
            self.optimization = configuration["optimization"]
            self.stated_seed = configuration["training"]["seed"]
            same = {k: v for k, v in configuration.items() if k not in ("name", "runKey")}
            same["training"] = {k: v for k, v in configuration["training"].items() if k != "seed"}
            self.key = (row["arm"], row["dataset"], json.dumps(same, sort_keys=True))
            if metrics:
                self.test = Evaluation(metrics["test"])
                self.validation = Evaluation(metrics["validation"]) if metrics.get("validation") else None

    @property
    def family(self):
        """Optimizers without blocks and rates, as the trial's own file has them."""
        name = lambda level: level["optimizer"]["type"].replace("None", "frozen")
        kind, strategy = next(iter(self.optimization.items()))
        if kind == "fusion":
            return f"{name(strategy['lowLevel'])} → {name(strategy['highLevel'])}"
        return name(strategy) if kind == "single" else kind.upper()


class Check:
    """Compares, counts, and keeps what differs."""

    def __init__(self):
        self.compared, self.wrong = Counter(), []

    def equal(self, what, where, expected, stated):
        self.compared[what] += 1
        if expected != stated:
            self.wrong.append(f"{where}, {what}: recomputed {expected!r}, the report says {stated!r}")

    def number(self, what, where, expected, stated):
        """Within half a unit of the last digit that is stated, and a status' six digits; a dash or an empty cell is no number."""
        self.compared[what] += 1
        text = stated.replace("−", "-").replace("\N{NO-BREAK SPACE}", " ").strip()
        if expected is None or text in ("", DASH):
            ok = expected is None and text in ("", DASH)
        elif text.startswith("<"):
            ok = expected < float(text[1:])
        else:
            digits = len(text.partition(".")[2])
            ok = abs(expected - float(text)) <= 0.5 * 10**-digits + 1e-6 * abs(expected) + 1e-9
        if not ok:
            self.wrong.append(f"{where}, {what}: recomputed {expected!r}, the report says {stated!r}")


def rows(matrix):
    """A confusion matrix with a row for each class, as older trainers wrote it; today's has columns of cells that are not 0."""
    if isinstance(matrix, list):
        return matrix
    dense = [[0] * matrix["size"] for _ in range(matrix["size"])]
    for label, prediction, count in zip(matrix["label"], matrix["prediction"], matrix["count"]):
        dense[label][prediction] = count
    return dense


def read_runs(folder):
    """Configuration and metrics of each trial's run, by the trial's name."""
    runs = {}
    for file in sorted(Path(folder).glob("**/configuration.json")):
        configuration = json.loads(file.read_text())
        metrics = file.with_name("metrics.json")
        name = configuration["name"].rpartition("/")[2]
        if name in runs:
            sys.exit(f"{file}: a second run of trial {name}; give the runs of one sweep")
        runs[name] = configuration, json.loads(metrics.read_text()) if metrics.exists() else None
    return runs


def read_table(markdown, title):
    """Rows of the table under a heading, as dictionaries; columns of one name are numbered."""
    section = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", markdown, re.M | re.S)
    if not section:
        return []
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    cells = lambda line: [re.sub(r"\\(.)", r"\1", c.strip()) for c in re.split(r"(?<!\\)\|", line)[1:-1]]
    head = cells(lines[0])
    return [dict(zip(head, cells(line))) for line in lines[2:]]


def mean_deviation(values):
    values = list(values)
    if not values:
        return None, None
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None


def check_trials(trials, check):
    for trial in trials:
        if trial.state == "Excluded":
            continue
        if trial.optimization:
            check.equal("a trial's optimizers", trial.name, trial.family, trial.row["optimizers"])
            check.equal("a trial's seed", trial.name, trial.stated_seed, trial.seed)
        if trial.succeeded and not trial.test:
            check.wrong.append(f"{trial.name}: succeeded, but its run has no metrics.json")
            continue
        for part in ("validation", "test"):
            evaluation = getattr(trial, part) if trial.succeeded else None
            for figure in ("Accuracy", "Loss", "F1"):
                expected = getattr(evaluation, figure.lower()) if evaluation else None
                check.number("a trial's figure", f"{trial.name} {part}{figure}", expected, trial.row[part + figure])


def make_groups(trials, check):
    """Trials by their number in report.csv, once it is sure that these are the groups of the configurations."""
    numbers, keys = defaultdict(list), defaultdict(set)
    for trial in trials:
        if trial.state != "Excluded":
            numbers[int(trial.row["group"])].append(trial)
            if trial.key:
                keys[trial.key].add(int(trial.row["group"]))
    for number, members in numbers.items():
        check.equal("a group's configuration", f"group {number}", True, len({m.key for m in members if m.key}) <= 1)
    for found in keys.values():
        check.equal("a configuration's group", f"groups {sorted(found)}", 1, len(found))
    return dict(sorted(numbers.items()))


def check_groups(groups, table, check):
    check.equal("number of groups", "report.md", len(groups), len(table))
    for stated in table:
        members = groups[int(stated["#"])]
        done = [m for m in members if m.succeeded]
        where = f"group {stated['#']}"
        check.equal("a group's n", where, f"{len(done)} of {len(members)}", stated["n"])
        for column, part, figure, scale in (
            ("validation accuracy %", "validation", "accuracy", 100),
            ("test accuracy %", "test", "accuracy", 100),
            ("test loss", "test", "loss", 1),
            ("test F1 %", "test", "f1", 100),
        ):
            parts = [getattr(m, part) for m in done if getattr(m, part)]
            mean, deviation = mean_deviation(scale * getattr(p, figure) for p in parts)
            stated_mean, _, stated_deviation = stated[column].partition(" ± ")
            check.number("a group's mean", f"{where} {column}", mean, stated_mean)
            check.number("a group's deviation", f"{where} {column}", deviation, stated_deviation)


def sign_flip(differences):
    """Two-sided p over all 2^n signs of whole numbers: how often each sum occurs, difference by difference."""
    sums = Counter({0: 1})
    for difference in differences:
        following = Counter()
        for total, ways in sums.items():
            following[total + difference] += ways
            following[total - difference] += ways
        sums = following
    seen = abs(sum(differences))
    return sum(ways for total, ways in sums.items() if abs(total) >= seen) / 2 ** len(differences)


def choose(groups, seeds):
    """Number of the group with the highest mean validation accuracy over the seeds, the first of equals."""
    best = None
    for number, members in groups.items():
        chosen = [m for m in members if m.seed in seeds]
        if len(chosen) == len(seeds) and all(m.succeeded and m.validation for m in chosen):
            accuracy = math.fsum(m.validation.accuracy for m in chosen) / len(chosen)
            if best is None or accuracy > best[0] + 1e-12:
                best = accuracy, number
    return best[1] if best else None


def compare(family, singles, seeds):
    """(chosen, single, differences in images, images) or None while there is nothing to compare."""
    first = min(len(seeds), max(1, len(seeds) // 4, len(seeds) - MOST_PAIRS))
    choosing, comparing = seeds[:first], seeds[first:]
    ended = lambda members, among: all(m.state not in ("Pending", "Running") for m in members if m.seed in among)
    if not singles or not all(ended(m, choosing) for m in [*family.values(), *singles.values()]):
        return None
    chosen, single = choose(family, choosing), choose(singles, choosing)
    if chosen is None or single is None:
        return None
    one, other = family[chosen], singles[single]
    if not (ended(one, comparing) and ended(other, comparing)):
        return None
    tests = [{m.seed: m.test for m in members if m.succeeded} for members in (one, other)]
    both = [(tests[0][s], tests[1][s]) for s in comparing if s in tests[0] and s in tests[1]]
    if not both:
        return None
    (images,) = {e.images for pair in both for e in pair}
    return chosen, single, [a.correct - b.correct for a, b in both], images


def check_statistics(groups, labels, table, check):
    places = defaultdict(dict)
    for number, members in groups.items():
        places[members[0].row["arm"], members[0].row["dataset"]][number] = members
    found = {}
    for place, here in places.items():
        seeds = sorted({m.seed for members in here.values() for m in members})
        singles = {number: members for number, members in here.items() if members[0].single}
        families = defaultdict(dict)
        for number, members in here.items():
            if number not in singles:
                families[members[0].row["optimizers"]][number] = members
        for family, members in families.items():
            found[*place, family] = compare(members, singles, seeds)
    ready = [key for key, result in found.items() if result]
    p = [sign_flip(found[key][2]) for key in ready]
    holm = dict(zip(ready, multipletests(p, method="holm")[1].tolist())) if p else {}
    for stated in table:
        key = stated["arm"], stated["data set"], stated["optimizers"]
        where = ", ".join(key)
        result = found.get(key)
        if not result:
            check.equal("a comparison that is open", where, DASH, stated["p"])
            continue
        chosen, single, differences, images = result
        n = len(differences)
        mean, deviation = mean_deviation(100 * d / images for d in differences)
        check.equal("a choice", where, labels[chosen], stated["chosen on validation"])
        check.equal("a choice", where, labels[single], stated["best single on validation"])
        check.equal("a comparison's n", where, str(n), stated["n"])
        ends = re.match(r"(\S+)(?: \((\S+) … (\S+)\))?$", stated["difference (95 %)"])
        check.number("a mean difference", where, mean, ends[1])
        margin = float(t.ppf(0.975, n - 1)) * deviation / math.sqrt(n) if n > 1 else None
        check.number("an interval's end", where, mean - margin if n > 1 else None, ends[2] or "")
        check.number("an interval's end", where, mean + margin if n > 1 else None, ends[3] or "")
        check.number("a p", where, sign_flip(differences), stated["p"])
        check.number("a corrected p", where, holm[key], stated["p (Holm)"])
        check.equal("a verdict", where, verdict(mean, holm[key], n, len(ready)), stated["verdict"])
    check.equal("comparisons", "report.md", {k for k in found}, {(s["arm"], s["data set"], s["optimizers"]) for s in table})


def verdict(mean, p, n, comparisons):
    if p <= LEVEL:
        return ("better" if mean > 0 else "worse") + " than the single optimizer"
    return "too few seeds to decide" if comparisons * 2 ** (1 - n) > LEVEL else "no difference shown"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    runs = read_runs(sys.argv[1])
    with open(sys.argv[2], newline="", encoding="utf-8") as file:
        trials = [Trial(row, runs.get(row["trial"])) for row in csv.DictReader(file)]
    markdown = Path(sys.argv[3]).read_text(encoding="utf-8")
    check = Check()
    check_trials(trials, check)
    groups = make_groups(trials, check)
    stated = read_table(markdown, "Groups")
    check_groups(groups, stated, check)
    labels = {int(row["#"]): row["strategy"] for row in stated}
    check_statistics(groups, labels, read_table(markdown, "Statistics"), check)
    print(f"{len(trials)} trials, {sum(t.succeeded for t in trials)} of them succeeded, in {len(groups)} groups; {len(runs)} runs")
    for what, count in check.compared.items():
        print(f"  compared: {what}, {count} times")
    for line in check.wrong:
        print("  differs: " + line)
    print(f"{len(check.wrong)} differences")
    sys.exit(1 if check.wrong else 0)


if __name__ == "__main__":
    main()
