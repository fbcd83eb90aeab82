"""Scans a genome for matrices with MOODS, both strands: a peer of bio.py.

Arguments: FASTA, JASPAR file, p-value. Hits are counted, not written.
"""

import sys

import MOODS.scan
import MOODS.tools

from lightmotif_peer import sequences


def matrices(path):
    """The counts of each matrix of a JASPAR file: four rows, A, C, G, T."""
    rows = []
    with open(path) as file:
        for line in file:
            if line.startswith(">"):
                if rows:
                    yield rows
                rows = []
            elif "[" in line:
                rows.append([float(word) for word in line[line.index("[") + 1 : line.index("]")].split()])
    if rows:
        yield rows


def main():
    path, jaspar, p_value = sys.argv[1], sys.argv[2], float(sys.argv[3])
    background = MOODS.tools.flat_bg(4)
    scores = []
    for counts in matrices(jaspar):
        odds = MOODS.tools.log_odds(counts, background, 0.1)
        scores += [odds, MOODS.tools.reverse_complement(odds)]
    thresholds = [MOODS.tools.threshold_from_p(matrix, background, p_value) for matrix in scores]
    scanner = MOODS.scan.Scanner(7)
    scanner.set_motifs(scores, background, thresholds)
    print(sum(len(hits) for letters in sequences(path) for hits in scanner.scan(letters)))


if __name__ == "__main__":
    main()
