#!/usr/bin/env python3
"""Makes the sample: made-up membrane proteins, labelled 1 (inside), H (helix in the membrane), 2 (outside).

Helices are drawn from apolar residues, what lies inside from more Lys and Arg (von Heijne's rule), what lies
outside from all. Equal runs give equal files (seed 11)."""
import pathlib
import random

folder = pathlib.Path(__file__).parent
random.seed(11)
polar = "ACDEFGHIKLMNPQRSTVWY"
letters = {
    "H": "AAAFFGIIIILLLLLLMPSTVVVVWY",
    "1": polar + "KKKRRRSSEE",
    "2": polar + "DDEENNGGSSTT",
}
number = 0
for name, count in [("train", 60), ("test", 20)]:
    with open(folder / f"{name}.3line", "w") as file:
        for _ in range(count):
            number += 1
            side, labels = random.choice("12"), ""
            for _ in range(random.randint(1, 5)):
                labels += side * random.randint(8, 35) + "H" * random.randint(18, 25)
                side = "2" if side == "1" else "1"
            labels += side * random.randint(8, 35)
            sequence = "".join(random.choice(letters[label]) for label in labels)
            file.write(f">made-{number:02d}\n{sequence}\n{labels}\n")
