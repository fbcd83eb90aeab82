#!/usr/bin/env python3
"""Scores 5,000 random label files with seqeval and conlleval, and records the results.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install seqeval==1.2.2 conlleval==0.2
    /tmp/oracle/bin/python Tests/Oracles/span-scores.py > Tests/Oracles/span-scores.csv.gz

The files are not stored: `SpanScoreOracleTests.swift` draws them again from the same generator,
SplitMix64 from the file's number. For each file, in this order: the number of sentences, 1 + below
5; for each its length, 1 + below 12; for each position the gold label, and then, if the next draw
below 10 is under 6, the same label as the prediction, otherwise another label. A label is a draw
below 2 (0: `O` if another draw below 2 is 0), then a letter of the scheme and a type, by draws
below their numbers. The scheme of file n is number n mod 6 of SCHEMES.

Columns: the file; gold, predicted and correct spans of the types A, B and C in seqeval's default
mode (get_entities), then in its strict mode; gold, predicted and correct spans by conlleval; micro,
macro and weighted F1 by seqeval in default, then in strict mode, in millionths, -1 if undefined.
seqeval's default and conlleval do not know L and U; they are given E and S for them.
"""

import gzip
import io
import math
import sys
import warnings

import conlleval
from seqeval import scheme
from seqeval.metrics import f1_score
from seqeval.metrics.sequence_labeling import get_entities

warnings.filterwarnings("ignore")

FILES = 5000
TYPES = ["A", "B", "C"]
SCHEMES = [
    (scheme.IOB1, "IB"), (scheme.IOB2, "IB"), (scheme.IOE1, "IE"), (scheme.IOE2, "IE"),
    (scheme.IOBES, "BIES"), (scheme.BILOU, "BILU"),
]
MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) * bound) >> 64


def label(generator, letters):
    if generator.below(2) == 0 and generator.below(2) == 0:
        return "O"
    letter = letters[generator.below(len(letters))]
    return f"{letter}-{TYPES[generator.below(len(TYPES))]}"


def draw(number, letters):
    generator = SplitMix64(number)
    gold, predicted = [], []
    for _ in range(1 + generator.below(5)):
        gold.append([])
        predicted.append([])
        for _ in range(1 + generator.below(12)):
            right = label(generator, letters)
            gold[-1].append(right)
            same = generator.below(10) < 6
            predicted[-1].append(right if same else label(generator, letters))
    return gold, predicted


def counts(gold, predicted):
    result = []
    for name in TYPES:
        g = {span for span in gold if span[0] == name}
        p = {span for span in predicted if span[0] == name}
        result += [len(g), len(p), len(g & p)]
    return result


def strict_spans(sentences, kind):
    spans = scheme.Entities(sentences, kind).entities
    return [
        (span.tag, number, span.start, span.end)
        for number, sentence in enumerate(spans) for span in sentence
    ]


def millionths(value):
    return -1 if math.isnan(value) else round(float(value) * 1e6)


def plain(sentences):
    return [[name.replace("L-", "E-").replace("U-", "S-") for name in s] for s in sentences]


def main():
    lines = []
    for number in range(FILES):
        kind, letters = SCHEMES[number % len(SCHEMES)]
        gold, predicted = draw(number, letters)
        plain_gold, plain_predicted = plain(gold), plain(predicted)
        row = [number]
        row += counts(get_entities(plain_gold), get_entities(plain_predicted))
        row += counts(strict_spans(gold, kind), strict_spans(predicted, kind))
        text = []
        for g, p in zip(plain_gold, plain_predicted):
            text += [f"w {a} {b}" for a, b in zip(g, p)] + [""]
        overall = conlleval.evaluate(text)["overall"]["chunks"]["stats"]
        row += [overall["gold"], overall["pred"], overall["correct"]]
        for average in ["micro", "macro", "weighted"]:
            row.append(millionths(f1_score(plain_gold, plain_predicted, average=average)))
        for average in ["micro", "macro", "weighted"]:
            row.append(
                millionths(
                    f1_score(gold, predicted, average=average, mode="strict", scheme=kind)))
        lines.append(",".join(map(str, row)))
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    sys.stdout.buffer.write(buffer.getvalue())


main()
