#!/usr/bin/env python3
"""Reference p-values of paired tests, for Tests/SeqMetricsTests/PairedTestsTests.swift.

    python3 Tests/Oracles/paired-tests.py > Tests/Oracles/paired-tests.json

Randomization: scipy.stats.permutation_test with permutation_type="samples", which swaps the two
systems' counts within an item; exact (all 2^n swaps) for up to 12 items, 400,000 rounds above.
Bootstrap: the share of resamples whose difference is at least as far from the observed one as that
is from 0; all n^n resamples for up to 6 items, 400,000 rounds by NumPy above.
Made with Python 3.11, NumPy and SciPy as named in the file.
"""

import itertools
import json
import sys

import numpy
import scipy
from scipy import stats


def accuracy(counts):  # [..., items, 2]: positions, right
    sums = counts.sum(axis=-2)
    return sums[..., 1] / sums[..., 0]


def f1(counts):  # [..., items, 3]: gold, predicted, correct
    sums = counts.sum(axis=-2)
    return 2 * sums[..., 2] / numpy.maximum(sums[..., 0] + sums[..., 1], 1)


def randomization(a, b, metric, rng):
    items = len(a)

    # SciPy permutes which sample each index comes from; counts are looked up by index.
    def statistic(x, y, axis=-1):
        x, y = numpy.moveaxis(x, axis, -1).astype(int), numpy.moveaxis(y, axis, -1).astype(int)
        table = numpy.concatenate([a, b])
        return numpy.abs(metric(table[x]) - metric(table[y]))

    exact = items <= 12
    result = stats.permutation_test(
        (numpy.arange(items), numpy.arange(items) + items), statistic, permutation_type="samples",
        alternative="greater", vectorized=True, n_resamples=numpy.inf if exact else 400_000,
        batch=20_000, random_state=rng)
    return float(result.pvalue), exact


def bootstrap(a, b, metric, rng):
    items = len(a)
    observed = metric(a) - metric(b)
    exact = items <= 6
    if exact:
        draws = numpy.array(list(itertools.product(range(items), repeat=items)))
    else:
        draws = rng.integers(items, size=(400_000, items))
    far = 0
    for start in range(0, len(draws), 20_000):
        part = draws[start:start + 20_000]
        difference = metric(a[part]) - metric(b[part])
        far += int((numpy.abs(difference - observed) >= abs(observed) - 1e-12).sum())
    return far / len(draws), exact


def main():
    rng = numpy.random.default_rng(20)
    cases = []
    for name, metric, columns in [("accuracy", accuracy, 2), ("f1", f1, 3)]:
        for items in (5, 6, 11, 12, 60, 200):
            length = rng.integers(1, 12, size=items)
            rates = (0.9, 0.9 - 0.6 / numpy.sqrt(items))
            systems = []
            for rate in rates:
                right = rng.binomial(length, rate)
                if columns == 2:
                    systems.append(numpy.stack([length, right], axis=1))
                else:
                    predicted = right + rng.binomial(length, 0.1)
                    systems.append(numpy.stack([length, predicted, right], axis=1))
            a, b = systems
            p, exact_p = randomization(a, b, metric, rng)
            q, exact_q = bootstrap(a, b, metric, rng)
            cases.append({
                "metric": name, "a": a.tolist(), "b": b.tolist(), "randomization": p,
                "randomization_is_exact": exact_p, "bootstrap": q, "bootstrap_is_exact": exact_q})
    json.dump({"numpy": numpy.__version__, "scipy": scipy.__version__, "cases": cases}, sys.stdout)
    print()


main()
