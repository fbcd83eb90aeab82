#!/usr/bin/env python3
"""Measures seqkit beside CRFsuite, in one run, and prints a Markdown table a section.

CPU seconds and peak memory are those that the kernel counts for a finished process (wait4). The
commands of a pair run in turn; figures are medians, with the least and the largest behind them.
A ratio says how many times as much the peer needs.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent


# Runs the command behind it and prints its CPU seconds, wall seconds and peak memory in KB. A process
# of its own, because a child's peak begins with the memory of the process that started it. Spawned,
# not forked: to copy Python's tables of pages takes longer than some of what is measured.
MEASURE = """
import os, sys, time
start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
with open(sys.argv[1], "w") as report:
    print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, file=report)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def run(command, output=os.devnull, feed=None):
    """One run: CPU seconds, wall seconds, peak memory in MB."""
    with tempfile.NamedTemporaryFile("r") as report:
        with open(output, "wb") as sink, open(feed or os.devnull, "rb") as source:
            result = subprocess.run(
                [sys.executable, "-S", "-c", MEASURE, report.name, *map(str, command)],
                stdout=sink, stdin=source, stderr=subprocess.PIPE)
        if result.returncode:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{result.stderr.decode()}")
        cpu, wall, kilobytes = map(float, report.read().split())
    return cpu, wall, kilobytes / 1024


def median(values):
    """The median, with the range in brackets."""
    values = sorted(values)
    return statistics.median(values), f"({values[0]:.3g}–{values[-1]:.3g})"


def table(title, header, rows):
    print(f"\n### {title}\n")
    print("| " + " | ".join(header) + " |")
    print("| " + " | ".join("---" for _ in header) + " |")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    sys.stdout.flush()


class Benchmark:
    def __init__(self, options):
        self.seqkit = options.seqkit
        self.data = pathlib.Path(options.data) / "text/pos-ud-ewt"
        self.entities = pathlib.Path(options.data) / "text/ner-uner-ewt"
        self.python = options.python
        self.runs = options.runs
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seqkit-benchmark-"))
        self.templates = here / "crfsuite.templates"

    def export(self, layer, part):
        path = self.folder / f"{layer}.{part}.crfsuite"
        if not path.exists():
            pack, source = (
                ("ner", self.entities / f"{part}.tsv") if layer == "ner"
                else ("pos", self.data / f"{part}.conllu"))
            run([self.seqkit, pack, "export", source, "--layer", layer,
                 "--templates", self.templates, "-o", path])
        return path

    def peer(self, layer, algorithm):
        """The peer's iterations and summary."""
        result = subprocess.run(
            [self.python, here / "crfsuite_peer.py", self.export(layer, "train"),
             self.export(layer, "test"), "--algorithm", algorithm],
            stdout=subprocess.PIPE, check=True, text=True)
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        return lines[:-1], lines[-1]

    def train(self, layer, threads, algorithm="lbfgs", iterations=400):
        """Our iterations, with CPU and wall seconds of the whole process, and the process's."""
        log = self.folder / "log.jsonl"
        model = self.folder / f"{layer}.{algorithm}.model"
        # CRFsuite takes labels as they stand and knows no scheme.
        pack = (["ner", "train", "--scheme", "none", "--train", self.entities / "train.tsv"]
                if layer == "ner" else ["pos", "train", "--train", self.data / "train.conllu"])
        command = [self.seqkit, *pack, "--quiet", "--layer", layer, "--templates", self.templates, "-o", model,
                   "--log", log, "--algorithm", algorithm, "-j", str(threads)]
        if algorithm == "lbfgs":
            command += ["--c2", "1", "--seen-steps", "--no-boundaries", "--tolerance", "1e-7",
                        "--iterations", str(iterations)]
        cpu, wall, memory = run(command)
        steps = [json.loads(line) for line in log.read_text().splitlines()]
        return steps, cpu, wall, memory, model

    def training(self, layer):
        """Time to CRFsuite's final loss + 0.01 %."""
        iterations, summary = self.peer(layer, "lbfgs")
        target = summary["final_loss"] * 1.0001
        peer_cpu = summary["cpu_seconds_to_final_loss_plus_0.01_percent"]
        rows = []
        for threads in (1, 2):
            cpu, wall, last, memory = [], [], [], []
            for _ in range(self.runs):
                steps, _, _, peak, _ = self.train(layer, threads)
                hit = next((s for s in steps if s["objective"] <= target), None)
                cpu.append(hit["cpuSeconds"] if hit else float("nan"))
                wall.append(hit["seconds"] if hit else float("nan"))
                last.append(steps[-1]["objective"])
                memory.append(peak)
            rows.append([
                f"seqkit, {threads} thread" + "s" * (threads > 1),
                f"{last[0]:,.1f}", "%.2f %s" % median(cpu), "%.2f %s" % median(wall),
                f"{peer_cpu / statistics.median(cpu):.1f}",
                f"{peer_cpu / statistics.median(wall):.1f}", "%.0f %s" % median(memory)])
        rows.insert(0, ["CRFsuite " + summary["version"], f"{summary['final_loss']:,.1f}",
                        f"{peer_cpu:.2f}", f"{peer_cpu:.2f}", "1", "1",
                        f"{summary['peak_bytes'] / 2**20:.0f} (with Python)"])
        table(f"Training {layer}, L2 (c2 = 1), to CRFsuite's final loss + 0.01 % ({target:,.1f}); "
              "seqkit's times include reading",
              ["", "final loss", "CPU s", "wall s", "CPU ratio", "wall ratio", "peak MB"], rows)

    def perceptron(self):
        _, summary = self.peer("upos", "ap")
        peer_cpu = summary["read_cpu_seconds"] + summary["train_cpu_seconds"]
        cpu = []
        for _ in range(self.runs):
            _, seconds, _, _, model = self.train("upos", 1, "perceptron")
            cpu.append(seconds)
        result = subprocess.run(
            [self.seqkit, "pos", "eval", model, self.data / "test.conllu", "--json"],
            stdout=subprocess.PIPE, check=True, text=True)
        accuracy = json.loads(result.stdout)["accuracy"]
        table("Averaged perceptron, 10 passes, UPOS, reading included",
              ["", "CPU s", "CPU ratio", "test accuracy %"],
              [["CRFsuite ap", f"{peer_cpu:.2f}", "1", f"{100 * summary['test_accuracy']:.2f}"],
               ["seqkit", "%.2f %s" % median(cpu), f"{peer_cpu / statistics.median(cpu):.1f}",
                f"{100 * accuracy:.2f}"]])
        self.peer_tagging = summary["tag_tokens_a_cpu_second"]

    def tagging(self):
        words = 25094
        tenfold = self.folder / "test10.conllu"
        tenfold.write_bytes((self.data / "test.conllu").read_bytes() * 10)
        # Running text, most of whose pairs of words are new.
        running = self.folder / "running.conllu"
        running.write_bytes(b"".join(
            (folder / f"{part}.conllu").read_bytes()
            for folder in (self.data, self.data.parent / "pos-ud-gum-open")
            for part in ("train", "dev", "test")))
        speeds = {}
        for name, path, count in (("EWT test, once, cold", self.data / "test.conllu", words),
                                  ("EWT test ten times over", tenfold, words * 10),
                                  ("EWT and GUM, all parts, each once", running, 403436)):
            for layers in (["upos"], ["upos", "xpos"]):
                command = [self.seqkit, "pos", "-j1", "--quiet"]
                for layer in layers:
                    command += ["--layer", layer]
                seconds = [run(command + [path], self.folder / "out")[0]
                           for _ in range(self.runs + 1)][1:]
                speeds[name, "+".join(layers)] = count / statistics.median(seconds)
        if not hasattr(self, "peer_tagging"):
            self.peer_tagging = self.peer("upos", "ap")[1]["tag_tokens_a_cpu_second"]
        table("Tagging CoNLL-U to CoNLL-U, one thread, whole process, features included",
              ["", "words a CPU second", "ratio"],
              [["CRFsuite, attributes already extracted", f"{self.peer_tagging:,.0f}", "1"]]
              + [[f"seqkit {layers}: {name}", f"{speed:,.0f}", f"{speed / self.peer_tagging:.1f}"]
                 for (name, layers), speed in speeds.items()])

    def ner_tagging(self):
        """The bundled model, a column file in and out."""
        words = 25097
        tenfold = self.folder / "ner10.tsv"
        tenfold.write_bytes((self.entities / "test.tsv").read_bytes() * 10)
        rows = []
        for name, path, count in (("UNER test, once, cold", self.entities / "test.tsv", words),
                                  ("UNER test ten times over", tenfold, words * 10)):
            for extra in ([], ["--confidence"]):
                seconds = [run([self.seqkit, "ner", "-j1", "--quiet", *extra, path],
                               self.folder / "out")[0] for _ in range(self.runs + 1)][1:]
                rows.append([name + (", with confidence" if extra else ""),
                             f"{count / statistics.median(seconds):,.0f}",
                             "%.3f %s" % median(seconds)])
        table("Tagging entities, columns to columns, one thread, whole process",
              ["", "words a CPU second", "CPU s"], rows)

    def start(self):
        sentence = self.folder / "sentence.txt"
        sentence.write_text("Time flies like an arrow.\n")
        rows = []
        for name, extra in (("UPOS and XPOS", []), ("UPOS", ["--layer", "upos"])):
            runs = [run([self.seqkit, "pos"] + extra, feed=sentence) for _ in range(30)][5:]
            rows.append([name, "%.1f %s" % median([1000 * r[1] for r in runs]),
                         "%.1f" % max(r[2] for r in runs)])
        table("Start-up: one sentence, whole process", ["", "wall ms", "peak MB"], rows)

    def memory(self):
        source = (self.data / "train.conllu").read_bytes()
        text = b"\n\n".join(
            line[9:] for line in source.splitlines() if line.startswith(b"# text = ")) + b"\n\n"
        rows = []
        for megabytes in (1, 100):
            path = self.folder / f"{megabytes}.txt"
            path.write_bytes((text * (megabytes * 1_000_000 // len(text) + 1))[
                : megabytes * 1_000_000])
            # The cut may fall inside a character.
            path.write_text(path.read_bytes().decode(errors="ignore"))
            cpu, wall, peak = run([self.seqkit, "pos", "-j2", path], self.folder / "out")
            rows.append([f"{megabytes} MB of text", f"{peak:.0f}", f"{wall:.1f}"])
        table("Memory while tagging raw text, two threads", ["", "peak MB", "wall s"], rows)


def main():
    sections = ["training-upos", "training-xpos", "perceptron", "tagging", "start", "memory",
                "ner-training", "ner-tagging"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", default=sections, help=" ".join(sections))
    parser.add_argument("--seqkit", required=True, help="the program to measure")
    parser.add_argument("--data", required=True, help="the folder of the data sets")
    parser.add_argument("--python", default=sys.executable, help="a Python with python-crfsuite")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    benchmark = Benchmark(options)
    for section in options.sections or sections:
        if section == "ner-training":
            benchmark.training("ner")
        elif section == "ner-tagging":
            benchmark.ner_tagging()
        elif section.startswith("training-"):
            benchmark.training(section.removeprefix("training-"))
        elif section in sections:
            getattr(benchmark, section)()
        else:
            parser.error(f"there is no section {section}: {' '.join(sections)}")


if __name__ == "__main__":
    main()
