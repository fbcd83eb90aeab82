#!/usr/bin/env python3
"""CRFsuite (through python-crfsuite) on a CRFsuite attribute file, measured on one thread.

Trains on TRAIN with the objective that seqkit is compared on, tags TEST with the model, and
prints JSON lines: one an iteration (loss, CPU seconds since training began), then one summary.

An attribute file has a line a token, `label TAB attribute TAB attribute …`, and an empty line
after each sequence. An attribute may end in `:value`; `\\:` and `\\\\` stand for `:` and `\\`.

CPU seconds are those of this process, user and system (time.process_time). `train_cpu_seconds`
begins when the trainer starts, with the data already handed to it; `read_cpu_seconds` is the
reading before that, in Python. Peak memory is the process's (getrusage), Python included.
"""

import argparse
import importlib.metadata
import json
import os
import re
import resource
import sys
import tempfile
import time

import pycrfsuite


def attribute(field):
    """An attribute and its value, with the escapes taken away."""
    if "\\" not in field:
        name, colon, value = field.rpartition(":")
        return (name, float(value)) if colon else (field, 1.0)
    name, value, i = [], None, 0
    while i < len(field):
        if field[i] == "\\" and i + 1 < len(field):
            i += 1
            name.append(field[i])
        elif field[i] == ":":
            value = field[i + 1 :]
            break
        else:
            name.append(field[i])
        i += 1
    return "".join(name), float(value) if value is not None else 1.0


def sequences(path):
    """The sequences of an attribute file, each as items and labels."""
    items, labels = [], []
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line:
                label, *fields = line.split("\t")
                items.append(dict(map(attribute, fields)))
                labels.append(label)
            elif labels:
                yield pycrfsuite.ItemSequence(items), labels
                items, labels = [], []
    if labels:
        yield pycrfsuite.ItemSequence(items), labels


class Trainer(pycrfsuite.Trainer):
    """A trainer that keeps each iteration's loss and CPU time, and what was said of the features."""

    def begin(self):
        self.iterations, self.said, self.rest, self.loss = [], {}, "", None
        self.start = time.process_time()

    def message(self, message):
        self.rest += message
        *lines, self.rest = self.rest.split("\n")
        for line in lines:
            if found := re.match(r"Number of (features|attributes|labels): (\d+)", line):
                self.said[found[1]] = int(found[2])
            elif found := re.match(r"Loss: (\S+)", line):
                self.loss = float(found[1])
            elif found := re.match(r"Seconds required for this iteration: (\S+)", line):
                cpu = time.process_time() - self.start
                row = {
                    "iteration": len(self.iterations) + 1,
                    "loss": self.loss,
                    "seconds": float(found[1]),
                    "cpu_seconds": round(cpu, 3),
                }
                self.iterations.append(row)
                print(json.dumps(row), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("train")
    parser.add_argument("test")
    parser.add_argument("--algorithm", choices=["lbfgs", "ap"], default="lbfgs")
    parser.add_argument("--c2", type=float, default=1.0, help="L2 coefficient of lbfgs")
    parser.add_argument("--iterations", type=int, help="at most so many; for ap, 10 unless given")
    parser.add_argument("--model", help="where to write the model; otherwise it is not kept")
    options = parser.parse_args()

    clock = time.process_time()
    trainer = Trainer(verbose=True)
    tokens = 0
    for items, labels in sequences(options.train):
        trainer.append(items, labels)
        tokens += len(labels)
    read = time.process_time() - clock

    trainer.select(options.algorithm)
    if options.algorithm == "lbfgs":
        trainer.set_params({"c1": 0.0, "c2": options.c2})
        if options.iterations:
            trainer.set_params({"max_iterations": options.iterations})
    else:
        trainer.set_params({"max_iterations": options.iterations or 10})
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or os.path.join(folder, "model")
        trainer.begin()
        wall = time.monotonic()
        trainer.train(model)
        wall = time.monotonic() - wall
        cpu = time.process_time() - trainer.start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        model_bytes = os.path.getsize(model)
        tagger = pycrfsuite.Tagger()
        tagger.open(model)
        data = list(sequences(options.test))
        clock = time.process_time()
        predicted = [tagger.tag(items) for items, _ in data]
        tagging = time.process_time() - clock

    total = sum(len(gold) for _, gold in data)
    right = sum(p == g for tags, (_, gold) in zip(predicted, data) for p, g in zip(tags, gold))
    final = trainer.iterations[-1]["loss"]
    summary = {
        "peer": "python-crfsuite",
        "version": importlib.metadata.version("python-crfsuite"),
        "algorithm": options.algorithm,
        "train_tokens": tokens,
        **{f"{key}_count": value for key, value in trainer.said.items()},
        "iterations": len(trainer.iterations),
        "final_loss": final,
        "read_cpu_seconds": round(read, 3),
        "train_cpu_seconds": round(cpu, 3),
        "train_wall_seconds": round(wall, 3),
        "seconds_an_iteration": round(
            sum(row["seconds"] for row in trainer.iterations) / len(trainer.iterations), 4
        ),
        "peak_bytes": peak,
        "model_bytes": model_bytes,
        "test_tokens": total,
        "test_accuracy": round(right / total, 6) if total else None,
        "tag_tokens_a_cpu_second": round(total / tagging) if tagging > 0 else None,
    }
    if options.algorithm == "lbfgs":
        near = next(row for row in trainer.iterations if row["loss"] <= final * 1.0001)
        summary["cpu_seconds_to_final_loss_plus_0.01_percent"] = near["cpu_seconds"]
        summary["iterations_to_final_loss_plus_0.01_percent"] = near["iteration"]
    print(json.dumps(summary))


if __name__ == "__main__":
    sys.exit(main())
