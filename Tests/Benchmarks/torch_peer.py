"""MS-TCN in torch, written from the paper (Farha and Gall 2019, doi:10.1109/CVPR.2019.00369), as the
peer of `Scripts/benchmark-frames`: 4 stages of 10 dilated residual layers with 64 maps, dropout 0.5,
Adam at 0.0005, one recording a step, truncated mean squared error at 0.15.

    torch_peer.py train FOLDER EPOCHS     trains on split 1 of a data set in MS-TCN's layout
    torch_peer.py run FRAMES TIMES        scores random frames of 12 numbers

Prints frames and the CPU seconds of the loop alone: neither starting nor reading counts.
"""

import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, maps, dilation):
        super().__init__()
        self.dilated = nn.Conv1d(maps, maps, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(maps, maps, 1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        return x + self.dropout(self.mix(F.relu(self.dilated(x))))


class Stage(nn.Module):
    def __init__(self, inputs, labels, maps=64, layers=10):
        super().__init__()
        self.entry = nn.Conv1d(inputs, maps, 1)
        self.layers = nn.Sequential(*[Layer(maps, 2**i) for i in range(layers)])
        self.exit = nn.Conv1d(maps, labels, 1)

    def forward(self, x):
        return self.exit(self.layers(self.entry(x)))


class Network(nn.Module):
    def __init__(self, inputs, labels, stages=4):
        super().__init__()
        self.stages = nn.ModuleList(
            [Stage(inputs if s == 0 else labels, labels) for s in range(stages)]
        )

    def forward(self, x):
        scores = []
        for stage in self.stages:
            x = stage(x)
            scores.append(x)
            x = F.softmax(x, dim=1)
        return scores


def loss_of(scores, gold):
    total = 0
    for z in scores:
        total = total + F.cross_entropy(z, gold)
        p = F.log_softmax(z, dim=1)
        step = (p[:, :, 1:] - p.detach()[:, :, :-1]) ** 2
        total = total + 0.15 * torch.clamp(step, 0, 16).mean()
    return total


def read(folder):
    numbers = dict(
        reversed(line.split(maxsplit=1)) for line in open(f"{folder}/mapping.txt") if line.strip()
    )
    numbers = {name.strip(): int(number) for name, number in numbers.items()}
    pairs = []
    for line in open(f"{folder}/splits/train.split1.bundle"):
        name = line.strip().removesuffix(".txt")
        if not name:
            continue
        x = np.load(f"{folder}/features/{name}.npy").astype("f4")
        y = [numbers[label.strip()] for label in open(f"{folder}/groundTruth/{name}.txt")]
        pairs.append((x, y))
    everything = np.concatenate([x for x, _ in pairs], axis=1)
    mean, deviation = everything.mean(1, keepdims=True), everything.std(1, keepdims=True) + 1e-9
    return [
        (torch.from_numpy((x - mean) / deviation)[None], torch.tensor(y)[None]) for x, y in pairs
    ], len(numbers)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    if sys.argv[1] == "train":
        pairs, labels = read(sys.argv[2])
        network = Network(pairs[0][0].shape[1], labels)
        optimizer = torch.optim.Adam(network.parameters(), lr=5e-4)
        network.train()
        frames, start = 0, time.process_time()
        for _ in range(int(sys.argv[3])):
            for x, gold in pairs:
                optimizer.zero_grad()
                loss_of(network(x), gold).backward()
                optimizer.step()
                frames += gold.shape[1]
    else:
        T, times = int(sys.argv[2]), int(sys.argv[3])
        network = Network(12, 13).eval()
        x = torch.randn(1, 12, T)
        with torch.inference_mode():
            network(x)
            frames, start = 0, time.process_time()
            for _ in range(times):
                F.log_softmax(network(x)[-1], dim=1)
                frames += T
    print(frames, time.process_time() - start)


main()
