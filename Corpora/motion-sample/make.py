#!/usr/bin/env python3
"""Makes the sample: six recordings of a made-up wrist sensor, 3 axes of acceleration (g) at 10 frames a second.

Equal runs give equal files (numpy's PCG64, seed 7)."""
import pathlib
import numpy as np

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
labels = ["background", "rest", "walk", "jump"]
# Frequency (Hz), size of the swing and tilt of each activity.
kinds = {"background": (0.3, 0.25, 0.5), "rest": (0.1, 0.03, 0.0), "walk": (1.7, 0.35, 0.15), "jump": (2.4, 1.1, 0.1)}
for name in ["features", "groundTruth", "splits"]:
    (folder / name).mkdir(exist_ok=True)
names = [f"r{k + 1}" for k in range(6)]
for name in names:
    truth, rows, previous, phase = [], [], "", 0.0
    for _ in range(12):
        label = random.choice([l for l in labels if l != previous])
        previous = label
        frequency, size, tilt = kinds[label]
        frequency *= random.uniform(0.85, 1.15)
        size *= random.uniform(0.7, 1.3)
        for _ in range(int(random.integers(12, 50))):
            phase += 2 * np.pi * frequency / 10
            swing = size * np.sin(phase)
            rows.append([tilt + 0.4 * swing, 0.5 * size * np.cos(phase), 1 + swing])
            truth.append(label)
    values = (np.array(rows) + random.normal(0, 0.12, (len(rows), 3))).astype("<f4")
    np.save(folder / "features" / f"{name}.npy", np.ascontiguousarray(values.T))
    (folder / "groundTruth" / f"{name}.txt").write_text("".join(l + "\n" for l in truth))
(folder / "mapping.txt").write_text("".join(f"{k} {l}\n" for k, l in enumerate(labels)))
(folder / "splits" / "train.split1.bundle").write_text("".join(f"{n}.txt\n" for n in names[:4]))
(folder / "splits" / "test.split1.bundle").write_text("".join(f"{n}.txt\n" for n in names[4:]))
