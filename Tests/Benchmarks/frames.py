"""Measures `seqkit frames` beside the same network in torch, and prints a table.

CPU seconds, one thread unless said otherwise. Training and tagging count whole processes of seqkit,
of which a process that reads and does next to nothing is taken away; torch's loop alone is counted.
Repetitions of the two alternate, and medians are told.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np


def measure(command, stdin=None):
    """CPU seconds, peak MB, wall seconds and standard output of one process."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as sink:
        source = open(stdin, "rb") if stdin else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=source, stdout=sink, stderr=subprocess.PIPE)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"failed: {' '.join(map(str, command))}\n{errors.decode()}")
        sink.seek(0)
        text = sink.read(1000).decode()
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.perf_counter() - start, text


def row(what, own, peer=None, note=""):
    ratio = f"{own / peer:.2f}" if peer else ""
    print(f"| {what} | {own:,.0f} | {f'{peer:,.0f}' if peer else ''} | {ratio} | {note} |", flush=True)


class Benchmark:
    def __init__(self, arguments):
        self.a = arguments
        self.seqkit = arguments.seqkit
        self.folder = tempfile.mkdtemp(prefix="seqkit-frames-")
        self.hapt = f"{arguments.data}/frames/hapt"
        self.model = None

    def peer(self, *words):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch_peer.py")
        _, peak, _, text = measure([self.a.python, script, *map(str, words)])
        frames, seconds = text.split()
        return int(frames) / float(seconds), peak

    def train(self, recipe, epochs, output, *more):
        return measure(
            [self.seqkit, "frames", "train", "--data", self.hapt, "--split", "1", "--recipe", recipe]
            + ["--epochs", str(epochs), "--fps", "10", "-o", output, "-j", "1", *more]
        )

    def a_model(self, recipe="mstcn"):
        """A network of the published size whose learning does not matter."""
        path = f"{self.folder}/{recipe}.model"
        if not os.path.exists(path):
            tiny = f"{self.folder}/tiny"
            if not os.path.exists(tiny):
                for part in ("features", "groundTruth", "splits"):
                    os.makedirs(f"{tiny}/{part}")
                labels = [line.split()[1] for line in open(f"{self.hapt}/mapping.txt")]
                open(f"{tiny}/mapping.txt", "w").write(
                    "".join(f"{i} {label}\n" for i, label in enumerate(labels))
                )
                np.save(f"{tiny}/features/a.npy", self.random(200).T)
                open(f"{tiny}/groundTruth/a.txt", "w").write(
                    "".join(labels[t // 10 % len(labels)] + "\n" for t in range(200))
                )
                open(f"{tiny}/splits/train.split1.bundle", "w").write("a.txt\n")
            measure(
                [self.seqkit, "frames", "train", "--data", tiny, "--recipe", recipe, "--epochs", "1"]
                + ["-o", path, "-j", "1"]
            )
        return path

    def random(self, frames):
        return np.random.default_rng(1).standard_normal((frames, 12)).astype("f4")

    def training(self):
        own, peer, peaks = [], [], []
        for _ in range(self.a.runs):
            output = f"{self.folder}/hapt.model"
            idle = self.train("hmm", 1, output)[0]
            cpu, peak, _, _ = self.train("mstcn", self.a.epochs, output)
            own.append(154_134 * self.a.epochs / max(cpu - idle, 1e-9))
            speed, peer_peak = self.peer("train", self.hapt, self.a.epochs)
            peer.append(speed)
            peaks.append((peak, peer_peak))
        row("training MS-TCN on hapt, frames/s", statistics.median(own), statistics.median(peer),
            f"peak {max(p[0] for p in peaks):.0f} MB, torch {max(p[1] for p in peaks):.0f}")

    def tag_seconds(self, T, copies, threads=1):
        """CPU and wall seconds that `copies` recordings of T frames take, less those of one."""
        paths = []
        for i in range(copies + 1):
            path = f"{self.folder}/T{T}-{i}.npy"
            if not os.path.exists(path):
                np.save(path, self.random(T).T)
            paths.append(path)
        command = [self.seqkit, "frames", "--model", self.a_model(), "-j", str(threads)]
        one, all_ = measure(command + paths[:1]), measure(command + paths)
        return all_[0] - one[0], all_[2] - one[2]

    def inference(self):
        for T in (3_600, 18_000):
            copies = max(1, 108_000 // T)
            own, peer = [], []
            for _ in range(self.a.runs):
                own.append(T * copies / self.tag_seconds(T, copies)[0])
                peer.append(self.peer("run", T, copies)[0])
            row(f"tagging, T = {T:,}, frames/s", statistics.median(own), statistics.median(peer),
                "seqkit with reading, decoding and writing")

    def threads(self):
        ratios, walls = [], []
        for _ in range(self.a.runs):
            one, two = self.tag_seconds(108_000, 1)[1], self.tag_seconds(108_000, 1, 2)[1]
            ratios.append(one / two)
            walls.append(108_000 / two)
        row("two threads, one recording of 108,000, frames/s (wall)", statistics.median(walls), None,
            f"{statistics.median(ratios):.2f} times one thread")
        ratios = []
        for _ in range(self.a.runs):
            output = f"{self.folder}/two.model"
            one, two = (self.train("mstcn", 1, output, "-j", n)[2] for n in ("1", "2"))
            ratios.append(one / two)
        row("two threads, training, frames/s (wall)", 154_134 / two, None,
            f"{statistics.median(ratios):.2f} times one thread")

    def live(self):
        model = self.a_model("mstcn-causal")
        command = [self.seqkit, "frames", "--live", "--model", model, "-j", "1"]
        # One frame at a time: the next is sent when the tag of the last has come.
        count = 20_000
        rows = self.random(count)
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        out = os.fdopen(os.dup(process.stdout.fileno()), "rb")
        for t in range(count):
            process.stdin.write(rows[t].tobytes())
            out.readline()
        process.stdin.close()
        _, _, usage = os.wait4(process.pid, 0)
        row("live, causal, each frame answered before the next, frames/s",
            count / (usage.ru_utime + usage.ru_stime))
        peaks, speed = [], 0
        for frames in (100_000, self.a.live_frames):
            path = f"{self.folder}/live.raw"
            with open(path, "wb") as file:
                left = frames
                while left > 0:
                    file.write(rows[: min(left, count)].tobytes())
                    left -= count
            cpu, peak, _, _ = measure(command, stdin=path)
            peaks.append(peak)
            speed = frames / cpu
        row(f"live, causal, {self.a.live_frames:,} frames as fast as they are read, frames/s", speed, None,
            f"peak {peaks[0]:.1f} MB at 100,000 frames, {peaks[1]:.1f} MB at {self.a.live_frames:,}")

    def large(self):
        T, D = 1_000_000, 2_048
        path = f"{self.folder}/large.npy"
        tiny = f"{self.folder}/wide"
        for part in ("features", "groundTruth", "splits"):
            os.makedirs(f"{tiny}/{part}")
        generator = np.random.default_rng(1)
        open(f"{tiny}/mapping.txt", "w").write("0 a\n1 b\n")
        np.save(f"{tiny}/features/a.npy", generator.standard_normal((100, D)).astype("f2"))
        open(f"{tiny}/groundTruth/a.txt", "w").write("a\n" * 50 + "b\n" * 50)
        open(f"{tiny}/splits/train.split1.bundle", "w").write("a.txt\n")
        model = f"{self.folder}/wide.model"
        measure([self.seqkit, "frames", "train", "--data", tiny, "--layout", "TD", "--epochs", "1"]
                + ["-o", model, "-j", "1"])
        # Written, not mapped: a process begins with its parent's highest memory as its own.
        block = generator.standard_normal((10_000, D)).astype("f2")
        with open(path, "wb") as file:
            header = {"descr": "<f2", "fortran_order": False, "shape": (T, D)}
            np.lib.format.write_array_header_1_0(file, header)
            for _ in range(0, T, len(block)):
                block.tofile(file)
        cpu, peak, wall, _ = measure([self.seqkit, "frames", path, "--model", model, "-j", "1"])
        row("1,000,000 frames of 2,048 numbers from disk, frames/s", T / cpu, None,
            f"peak {peak:.0f} MB, {wall:.0f} s")
        os.unlink(path)

    def start(self):
        model = self.a_model()
        np.save(f"{self.folder}/one.npy", self.random(1).T)
        command = [self.seqkit, "frames", f"{self.folder}/one.npy", "--model", model, "-j", "1", "--quiet"]
        walls = sorted(measure(command)[2] * 1000 for _ in range(50))
        print(f"| start, one frame tagged, ms | {walls[25]:.1f} | | | the best {walls[0]:.1f} |", flush=True)


PARTS = ["training", "inference", "threads", "live", "large", "start"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seqkit", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--live-frames", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    benchmark = Benchmark(arguments)
    print("| what | seqkit | torch | ratio | |\n| --- | ---: | ---: | ---: | --- |", flush=True)
    for part in arguments.only:
        getattr(benchmark, part)()


main()
