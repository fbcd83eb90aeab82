"""Scans a genome for matrices with lightmotif, both strands: the peer of bio.py.

Arguments: FASTA, JASPAR file, p-value. Hits are counted, not written.
"""

import sys

import lightmotif


def sequences(path):
    letters = []
    with open(path) as file:
        for line in file:
            if line.startswith(">"):
                if letters:
                    yield "".join(letters)
                letters = []
            else:
                letters.append(line.strip().upper())
    if letters:
        yield "".join(letters)


def main():
    path, jaspar, p_value = sys.argv[1], sys.argv[2], float(sys.argv[3])
    scorers = []
    for motif in lightmotif.load(jaspar, format="jaspar16"):
        matrix = motif.counts.normalize(0.1).log_odds()
        for one in (matrix, matrix.reverse_complement()):
            scorers.append((one, one.score(p_value)))
    hits = 0
    for letters in sequences(path):
        striped = lightmotif.stripe(letters)
        for matrix, threshold in scorers:
            for _ in lightmotif.scan(matrix, striped, threshold=threshold):
                hits += 1
    print(hits)


if __name__ == "__main__":
    main()
