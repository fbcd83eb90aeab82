"""Measures `seqkit tei` on a large corpus beside other libraries; prints Markdown. Run by
Scripts/benchmark-tei."""
import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("--seqkit", required=True)
parser.add_argument("--data", required=True)
parser.add_argument("--python", required=True)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--huge", action="store_true", help="measure the peak on 1 GB as well")
parser.add_argument("sections", nargs="*",
                    default=["import", "write", "threads", "hostile", "peers", "noop"])
arguments = parser.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
session = os.path.join(arguments.data, "tei")


def measure(command, **options):
    """CPU and wall seconds and peak in MB of a child, through a small process: a child's peak begins
    with its parent's."""
    probe = (
        "import os,resource,subprocess,sys,time;t=time.time();"
        "r=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode;"
        "u=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(u.ru_utime+u.ru_stime,time.time()-t,u.ru_maxrss/1024,r)")
    out = subprocess.run([sys.executable, "-S", "-c", probe, *command], capture_output=True, text=True,
                         **options).stdout.split()
    return [float(x) for x in out]


def best(command):
    rows = [measure(command) for _ in range(arguments.runs)]
    return [statistics.median(row[i] for row in rows) for i in range(3)] + [rows[0][3]]


def row(what, cpu, wall, peak, note=""):
    print(f"| {what} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {note} |", flush=True)


sessions = sorted(
    (os.path.getsize(os.path.join(p, n)), os.path.join(p, n))
    for p, _, names in os.walk(session) for n in names if n.endswith(".ana.xml"))
if not sessions:
    sys.exit(f"no annotated session in {session}")
with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as scratch:
    large = os.path.join(scratch, "corpus.xml")

    def make(path, copies):
        subprocess.run([sys.executable, os.path.join(here, "make_tei.py"), chosen, path, str(copies),
                        "--links"], check=True)

    def make_size(path, megabytes):
        make(path, 1)
        one = os.path.getsize(path)
        make(path, max(1, round(megabytes * 1e6 / one)))

    # Sixty copies of the session with 11,968 tokens are the 718,080 tokens of the bars; others serve too.
    def tokens_of(path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return text.count("<w ") + text.count("<pc ")

    chosen = next((path for _, path in sessions if tokens_of(path) == 11968), sessions[-1][1])
    make(large, 60)
    tokens = subprocess.run([arguments.seqkit, "tei", "import", large, "--to", "conllu", "-o", os.devnull],
                            capture_output=True, text=True).stderr.splitlines()[0]
    print(f"Corpus: {os.path.getsize(large) / 1e6:.0f} MB, {tokens}\n")
    print("| what | CPU s | wall s | peak MB | |")
    print("| --- | --- | --- | --- | --- |")
    seqkit = [arguments.seqkit, "tei"]
    quiet = ["--quiet", "-j", "1"]
    if "import" in arguments.sections:
        row("import, CoNLL-U with offsets, one thread",
            *best(seqkit + ["import", large, "-o", os.devnull, *quiet])[:3])
        if arguments.huge:
            huge = os.path.join(scratch, "huge.xml")
            make_size(huge, 1000)
            row("the same, 1 GB", *measure(seqkit + ["import", huge, "-o", os.devnull, *quiet])[:3])
            os.remove(huge)
    if "write" in arguments.sections:
        tags = os.path.join(scratch, "tags.conllu")
        bare = os.path.join(scratch, "bare.xml")
        import re
        with open(large, encoding="utf-8") as source, open(bare, "w", encoding="utf-8") as target:
            for line in source:
                target.write(re.sub(r' (?:msd|lemma|pos)="[^"]*"', "", line))
        subprocess.run(seqkit + ["import", bare, "--to", "conllu", "--no-sources", "-o", tags, "--quiet"],
                       check=True)
        with open(tags, encoding="utf-8") as source, open(tags + "2", "w", encoding="utf-8") as target:
            for line in source:
                fields = line.split("\t")
                if len(fields) == 10 and "-" not in fields[0]:
                    fields[3] = "NOUN"
                    line = "\t".join(fields)
                elif len(fields) == 10:
                    continue
                target.write(line)
        for what, options in [("write a tag to every word, attributes", []),
                              ("the same, apart from the text", ["--standoff"])]:
            out = os.path.join(scratch, "out.xml")
            write = best(seqkit + ["write", bare, "--from", tags + "2", "-o", out, "--quiet", *options])
            row(what + " (reading the tags included)", *write[:3])
        row("of that, reading the tags", *best(
            [arguments.seqkit, "corpus", "convert", tags + "2", "--to", "conllu", "-o", os.devnull])[:3])
        strip = best(seqkit + ["strip", out, "-o", os.path.join(scratch, "back.xml"), *quiet])
        row("strip the last", *strip[:3])
        same = subprocess.run(["cmp", bare, os.path.join(scratch, "back.xml")]).returncode == 0
        print(f"| strip gives the corpus back | | | | {'yes' if same else 'NO'} |")
        for name in (tags, tags + "2", bare, out, os.path.join(scratch, "back.xml")):
            os.remove(name)
    if "threads" in arguments.sections:
        parts = os.path.join(scratch, "parts")
        os.mkdir(parts)
        for number in range(8):
            make_size(os.path.join(parts, f"part{number}.xml"), 20)
        walls = {}
        for threads in ("1", "2"):
            result = best(seqkit + ["import", parts, "-o", os.path.join(scratch, f"{threads}.conllu"),
                                    "--quiet", "-j", threads])
            walls[threads] = result[1]
            row(f"import of 8 files, {threads} thread{'s' if threads == '2' else ''}", *result[:3])
        equal = subprocess.run(["cmp", os.path.join(scratch, "1.conllu"),
                                os.path.join(scratch, "2.conllu")]).returncode == 0
        print(f"| two threads over files | | {walls['1'] / walls['2']:.2f} times | | "
              f"outputs {'equal' if equal else 'DIFFER'} |")
    if "peers" in arguments.sections:
        peer = [arguments.python, os.path.join(here, "tei_peers.py")]
        row("lxml iterparse, tokens and names in Python", *measure(peer + ["iterparse", large])[:3])
        row("lxml DOM", *measure(peer + ["dom", large])[:3])
    if "hostile" in arguments.sections:
        edge = os.path.join(arguments.data, "tei/edge-cases")
        worst = [0, 0, 0]
        for name in sorted(os.listdir(edge)):
            if name.endswith(".xml") and name[:2] >= "37":
                result = measure(seqkit + ["import", os.path.join(edge, name), "-o", os.devnull])
                worst = [max(a, b) for a, b in zip(worst, result)]
        row("hostile and broken cases, the worst of each", *worst)
if "noop" in arguments.sections:
    folder = os.path.join(arguments.data, "tei")
    files = sorted(os.path.join(p, n) for p, _, names in os.walk(folder) for n in names
                   if n.endswith((".xml", ".tei")))
    print("\n| copy without a change, by cmp | |\n| --- | --- |")
    same = refused = 0
    for path in files:
        result = subprocess.run([arguments.seqkit, "tei", "strip", path], capture_output=True)
        if result.returncode:
            refused += 1
        elif result.stdout == open(path, "rb").read():
            same += 1
    print(f"| seqkit | {same} of {len(files)} identical, {refused} refused with a message |")
    for name in ("lxml", "standoffconverter"):
        out = subprocess.run([arguments.python, os.path.join(here, "tei_peers.py"), "noop-" + name, *files],
                             capture_output=True, text=True)
        print(f"| {name} | {out.stdout.strip() or out.stderr.strip().splitlines()[-1]} |")
