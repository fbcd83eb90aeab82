"""Measures `seqkit bio` beside EMBOSS, shenwei356/seqkit, lightmotif and MOODS, and prints a table.

CPU seconds of whole processes with their output written, one thread; the median of the runs. Peers
that are not installed are left out and said to be so.
"""

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PATTERN = "N-{P}-[ST]-{P}"
DNA = [("exact word", "GAATTC", 0), ("IUPAC pattern", "TATAWAWN", 0), ("2 mismatches", "RTGASTCAYN", 2)]


def measure(command, output):
    """CPU seconds, peak MB and wall seconds of one process."""
    start = time.perf_counter()
    with open(output, "wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}")
    wall = time.perf_counter() - start
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, wall


def median(command, output, runs):
    results = [measure(command, output) for _ in range(runs)]
    return statistics.median(r[0] for r in results), max(r[1] for r in results)


def proteins(data, folder, residues):
    """The conformance proteins again and again, renamed, until there are `residues`."""
    records = []
    with open(f"{data}/bio/conformance/proteins.fa") as file:
        for line in file:
            if line.startswith(">"):
                records.append((line[1:].split()[0], []))
            else:
                records[-1][1].append(line)
    path, count, round_number = f"{folder}/proteins.fa", 0, 0
    with open(path, "w") as out:
        while count < residues:
            for name, lines in records:
                out.write(f">{name}_{round_number}\n" + "".join(lines))
                count += sum(len(line) - 1 for line in lines)
            round_number += 1
    return path, count


def genome(data, folder, bases):
    """The conformance genome again and again, renamed, until there are `bases`."""
    with gzip.open(f"{data}/bio/conformance/genome.fa.gz", "rt") as file:
        text = file.read()
    path, count, round_number = f"{folder}/genome.fa", 0, 0
    one = sum(len(line) for line in text.splitlines() if not line.startswith(">"))
    with open(path, "w") as out:
        while count < bases:
            for line in text.splitlines(keepends=True):
                out.write(f">{line[1:].split()[0]}_{round_number}\n" if line[0] == ">" else line)
            count += one
            round_number += 1
    return path, count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seqkit", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--megabases", type=int, default=100)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="seqkit-bio-")
    output = f"{folder}/out"
    ours = [arguments.seqkit, "bio", "-q", "-j", "1"]
    peer = next((p for p in ["/usr/bin/seqkit"] if os.path.exists(p)), None)
    rows = []

    def row(what, count, unit, command, rivals):
        seconds, memory = median(command, output, arguments.runs)
        rate = count / seconds / 1e6
        cells = []
        for name, rival in rivals:
            if rival is None:
                cells.append(f"{name} not installed")
                continue
            rival_seconds, _ = median(rival, output, 1)
            rival_rate = count / rival_seconds / 1e6
            cells.append(f"{name} {rival_rate:.1f}, ratio {rate / rival_rate:.1f}")
        rows.append(f"| {what} | {rate:.{0 if rate >= 10 else 2}f} {unit} | {'; '.join(cells)} | {memory:.0f} |")

    def threads(what, command, alternations=7):
        """The least wall seconds of one and of two threads, in turns: the machine may be shared."""
        walls = {1: [], 2: []}
        for _ in range(alternations):
            for count in walls:
                turn = [str(count) if before == "-j" else word
                        for before, word in zip([""] + command, command)]
                walls[count].append(measure(turn, output)[2])
        one, two = min(walls[1]), min(walls[2])
        rows.append(f"| two threads: {what} | {one / two:.2f} times one | {one:.2f} s, {two:.2f} s | |")

    def has(module):
        """Whether Python has a peer."""
        return subprocess.run([arguments.python, "-c", f"import {module}"], stderr=subprocess.DEVNULL
                              ).returncode == 0 or None

    def emboss(program, *options):
        path = shutil.which(program)
        return [path, *options, "-outfile", "stdout", "-rformat", "gff"] if path else None

    try:
        path, count = proteins(arguments.data, folder, arguments.megabases * 500_000)
        row(
            f"one PROSITE pattern ({PATTERN})", count, "M residues/s",
            ours + [path, "-p", PATTERN, "-f", "bed"],
            [
                ("seqkit locate", peer and [peer, "locate", "-j", "1", "-P", "-r", "-p", "N[^P][ST][^P]", path]),
                ("fuzzpro", emboss("fuzzpro", "-sequence", path, "-pattern", PATTERN)),
            ],
        )
        threads("one PROSITE pattern", ours + [path, "-p", PATTERN, "-f", "bed"])
        library = f"{folder}/patterns.tsv"
        with open(f"{arguments.data}/bio/conformance/patterns.tsv") as file:
            patterns = file.read().splitlines()[:20]
        with open(library, "w") as out:
            out.write("\n".join(patterns) + "\n")
        many = f"{folder}/patterns.txt"
        with open(many, "w") as out:
            for line in patterns:
                name, pattern = line.split("\t")
                out.write(f">{name}\n{pattern}\n")
        row(
            "20 protein patterns in one pass", count, "M residues/s",
            ours + [path, "--patterns", library, "-f", "bed"],
            [("fuzzpro", emboss("fuzzpro", "-sequence", path, "-pattern", "@" + many))],
        )
        threads("20 protein patterns", ours + [path, "--patterns", library, "-f", "bed"])
        os.remove(path)
        path, count = genome(arguments.data, folder, arguments.megabases * 1_000_000)
        for what, pattern, mismatches in DNA:
            row(
                f"{what} ({pattern}), both strands", count, "Mb/s",
                ours + [path, "-p", pattern, "--mismatches", str(mismatches), "-f", "bed"],
                [
                    *([] if mismatches else [(
                        "seqkit locate",
                        peer and [peer, "locate", "-j", "1", "-p", pattern, path]
                        + (["-d"] if pattern != "GAATTC" else []),
                    )]),
                    (
                        "fuzznuc",
                        emboss("fuzznuc", "-sequence", path, "-pattern", pattern, "-complement", "Y",
                               "-pmismatch", str(mismatches)),
                    ),
                ],
            )
        jaspar = f"{folder}/jaspar.pfm"
        with gzip.open(f"{arguments.data}/bio/motifs/jaspar2024-core.pfm.gz", "rt") as file:
            matrices = [">" + text for text in file.read().split(">")[1:]]
        tiny = f"{folder}/tiny.fa"
        with open(tiny, "w") as out:
            out.write(">t\nACGT\n")
        here = os.path.dirname(os.path.abspath(__file__))
        for number, p_value in [(1, 1e-5), (100, 1e-4)]:
            # Every 23rd matrix, so that the widths are those of the whole collection.
            with open(jaspar, "w") as out:
                out.write("".join(matrices[5::23][:number]))
            row(
                f"{number} matri{'x' if number == 1 else 'ces'} at p = {p_value:g}, both strands",
                count * number, "M motif positions/s",
                ours + [path, "--matrices", jaspar, "--p-value", str(p_value), "-f", "bed"],
                [(f"{peer_name}, reading and counting",
                  has(peer_name) and [arguments.python, f"{here}/{peer_name.lower()}_peer.py", path, jaspar,
                                      str(p_value)])
                 for peer_name in ("lightmotif", "MOODS")],
            )
        threads("100 matrices", ours + [path, "--matrices", jaspar, "-f", "bed"], alternations=3)
        with open(jaspar, "w") as out:
            out.write("".join(matrices))
        chains = f"{folder}/chains.fa"
        labelled = f"{arguments.data}/bio/secstr/train.q3.3line.gz"
        with gzip.open(labelled, "rt") as file, open(chains, "w") as out:
            lines = file.read().splitlines()
            for header, letters in zip(lines[0::3], lines[1::3]):
                out.write(f"{header}\n{letters}\n")
        residues = sum(len(letters) for letters in lines[1::3])
        label = [arguments.seqkit, "bio", "tag", "-q", "-j", "1", chains, "--model", "secondary-structure"]
        row("secondary structure of proteins", residues, "M residues/s", label, [])
        threads("secondary structure", label, alternations=3)
        seconds, memory = median(
            ours + [tiny, "-t", "dna", "--matrices", jaspar, "-f", "bed"], output, arguments.runs)
        # Of the peer, reading the matrices and their thresholds on both strands, with Python's start.
        peer_seconds, _ = median(
            [arguments.python, f"{here}/lightmotif_peer.py", tiny, jaspar, "1e-4"], output, 1)
        rows.append(
            f"| thresholds of {len(matrices)} matrices, whole process | {seconds:.2f} s | "
            f"lightmotif {peer_seconds:.2f} s | {memory:.0f} |")
    finally:
        shutil.rmtree(folder)
    print("| what | seqkit bio | peers | peak MB |\n| --- | --- | --- | --- |")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
