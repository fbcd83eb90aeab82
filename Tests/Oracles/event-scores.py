#!/usr/bin/env python3
"""Reference counts of event-based scoring, for Tests/SeqMetricsTests/EventScoreTests.swift.

    python3 Tests/Oracles/event-scores.py > Tests/Oracles/event-scores.json

sed_eval.sound_event.EventBasedMetrics with its optimal matching, on random recordings of labels a
frame; a frame is a second, so that no time is rounded. Label 0 is background and no event.
Made with Python 3.11 and the version of sed_eval that the file names.
"""

import importlib.metadata
import json
import random

import sed_eval


def frames(generator, count, labels, longest):
    result = []
    while len(result) < count:
        result += [generator.randrange(labels)] * generator.randint(1, longest)
    return result[:count]


def disturbed(generator, gold, labels):
    """Gold with its boundaries moved, and some frames of another label."""
    result = list(gold)
    for t in range(1, len(result)):
        if gold[t] != gold[t - 1]:
            shift = generator.randint(-4, 4)
            for u in range(min(t, t + shift), max(t, t + shift)):
                if 0 <= u < len(result):
                    result[u] = gold[t] if shift < 0 else gold[t - 1]
    for _ in range(len(result) // 12):
        result[generator.randrange(len(result))] = generator.randrange(labels)
    return result


def events(labels):
    result = []
    for t, label in enumerate(labels):
        if t == 0 or labels[t - 1] != label:
            result.append([t, t + 1, label])
        result[-1][1] = t + 1
    return [
        {"event_onset": float(a), "event_offset": float(b), "event_label": str(label), "file": "x"}
        for a, b, label in result
        if label != 0
    ]


def main():
    generator = random.Random(5)
    cases = []
    for number in range(60):
        labels = generator.choice([2, 3, 5])
        longest = generator.choice([3, 8, 30])
        collar = generator.choice([1, 2, 5, 12])
        share = generator.choice([0.0, 0.2, 0.5])
        recordings = []
        metrics = sed_eval.sound_event.EventBasedMetrics(
            event_label_list=[str(label) for label in range(1, labels)],
            t_collar=float(collar),
            percentage_of_length=share,
            event_matching_type="optimal",
        )
        for _ in range(generator.randint(1, 3)):
            gold = frames(generator, generator.randint(20, 150), labels, longest)
            predicted = disturbed(generator, gold, labels)
            recordings.append({"gold": gold, "predicted": predicted})
            metrics.evaluate(events(gold), events(predicted))
        cases.append(
            {
                "labels": labels,
                "collar": collar,
                "share": share,
                "recordings": recordings,
                "gold": [int(metrics.class_wise[str(label)]["Nref"]) for label in range(1, labels)],
                "predicted": [
                    int(metrics.class_wise[str(label)]["Nsys"]) for label in range(1, labels)
                ],
                "matched": [
                    int(metrics.class_wise[str(label)]["Ntp"]) for label in range(1, labels)
                ],
            }
        )
    print(
        json.dumps(
            {"sed_eval": importlib.metadata.version("sed_eval"), "cases": cases},
            separators=(",", ":"),
        )
    )


main()
