#!/usr/bin/env python3
"""A tagger of universal parts of speech by python-crfsuite, as an external system of seqkit report.

    crfsuite_tagger.py learn TRAIN MODEL     learns from CoNLL-U
    crfsuite_tagger.py tag MODEL             CoNLL-U from standard input to standard output
    crfsuite_tagger.py version

Attributes: the word, its case and shape, prefixes and suffixes of up to four letters, the words of
two positions to either side and the suffixes of the neighbours.
"""

import importlib.metadata
import re
import sys

import pycrfsuite


def sentences(lines):
    """Each sentence as its lines and the indices of those that hold words."""
    block, words = [], []
    for line in lines:
        block.append(line)
        if line == "\n":
            yield block, words
            block, words = [], []
        elif re.match(r"\d+\t", line):
            words.append(len(block) - 1)
    if block:
        yield block, words


def attributes(forms):
    lower = [form.lower() for form in forms]
    at = lambda index: lower[index] if 0 <= index < len(lower) else "_"
    items = []
    for i, form in enumerate(forms):
        word = lower[i]
        item = ["bias", "w=" + form, "l=" + word]
        item += [f"p{n}={word[:n]}" for n in range(1, 5)]
        item += [f"s{n}={word[-n:]}" for n in range(1, 5)]
        shape = re.sub(r"[A-Z]", "X", re.sub(r"[a-z]", "x", re.sub(r"\d", "0", form)))
        item += ["shape=" + re.sub(r"(.)\1+", r"\1", shape)]
        item += [f"w{n:+d}={at(i + n)}" for n in (-2, -1, 1, 2)]
        item += [f"s{n:+d}={at(i + n)[-3:]}" for n in (-1, 1)]
        item += [f"w-1,0={at(i - 1)},{word}", f"w0,+1={word},{at(i + 1)}"]
        items.append(item)
    return items


def main():
    verb, *paths = sys.argv[1:]
    if verb == "version":
        print("python-crfsuite", importlib.metadata.version("python-crfsuite"))
    elif verb == "learn":
        trainer = pycrfsuite.Trainer(verbose=False)
        with open(paths[0], encoding="utf-8") as lines:
            for block, words in sentences(lines):
                fields = [block[index].split("\t") for index in words]
                trainer.append(attributes([field[1] for field in fields]), [f[3] for f in fields])
        trainer.set_params({"c1": 0.0, "c2": 1.0, "max_iterations": 100})
        trainer.train(paths[1])
    elif verb == "tag":
        tagger = pycrfsuite.Tagger()
        tagger.open(paths[0])
        out = open(1, "w", encoding="utf-8")
        for block, words in sentences(open(0, encoding="utf-8")):
            fields = [block[index].split("\t") for index in words]
            tags = tagger.tag(attributes([field[1] for field in fields]))
            for index, field, tag in zip(words, fields, tags):
                field[3] = tag
                block[index] = "\t".join(field)
            out.writelines(block)
        out.flush()
    else:
        sys.exit(__doc__)


main()
