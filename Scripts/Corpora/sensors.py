"""Readings of sensors with anomalies: python3 sensors.py FOLDER SEED SIZE.

A sensor's value is a daily wave, a slow walk and noise, each of its own size. Into this come spikes
(single readings far off), stuck phases (the same value again and again), drifts (a slope that does not
belong), and dropouts (values at the bottom of the scale).
"""
import math
import random
import sys

folder, seed, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)


def sensor(length):
    base, wave, noise = rng.uniform(10, 90), rng.uniform(1, 6), rng.uniform(0.1, 0.5)
    phase, level = rng.uniform(0, 6.28), 0.0
    values, labels = [], []
    for step in range(length):
        level += rng.gauss(0, noise / 10)
        values.append(base + wave * math.sin(phase + step / 48 * 6.28) + level + rng.gauss(0, noise))
        labels.append("normal")
    step = rng.randint(15, 40)
    while step < length - 25:
        kind = rng.choice(["spike", "stuck", "drift", "dropout"])
        if kind == "spike":
            last = step + rng.randint(1, 2)
            for t in range(step, last):
                values[t] += rng.choice([-1, 1]) * rng.uniform(3, 8) * (wave / 2 + noise * 4)
        elif kind == "stuck":
            last = step + rng.randint(5, 15)
            for t in range(step, last):
                values[t] = values[step]
        elif kind == "drift":
            last = step + rng.randint(8, 18)
            slope = rng.choice([-1, 1]) * rng.uniform(1.2, 2.5) * (wave / 4 + noise)
            for t in range(step, last):
                values[t] += slope * (t - step + 1)
        else:
            last = step + rng.randint(2, 6)
            for t in range(step, last):
                values[t] = abs(rng.gauss(0, 0.05))
        for t in range(step, last):
            labels[t] = kind
        step = last + rng.randint(20, 60)
    return values, labels


def write(name, count):
    with open(f"{folder}/{name}.csv", "w") as file:
        file.write("time,sensor,value,state\n")
        for number in range(count):
            values, labels = sensor(240)
            for step, (value, label) in enumerate(zip(values, labels)):
                minutes = step * 30
                day, minutes = 1 + minutes // 1440, minutes % 1440
                file.write(f"2026-03-{day:02d}T{minutes // 60:02d}:{minutes % 60:02d}:00Z,"
                           f"{name}-{number:03d},{value:.2f},{label}\n")


write("train", 40 * size)
write("dev", 6 * size)
write("test", 10 * size)
