"""Small made-up streams with a known truth."""

import random

import numpy as np


def two_classes(count, seed=1, width=3):
    """Points labelled UP where their sum is positive, DOWN elsewhere; the first is an UP."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(count, width))
    # A gap around the border: what is learned can be asserted without luck.
    x += np.sign(x.sum(axis=1, keepdims=True)) * 0.3
    if x[0].sum() < 0:
        x[0] = -x[0]
    y = ["UP" if total > 0 else "DOWN" for total in x.sum(axis=1)]
    return x, y


def samples(x, y):
    """One JSON sample per row."""
    return [{"x": row.tolist(), "y": label} for row, label in zip(x, y, strict=True)]


def plane(count, seed=1):
    """y = 2a - b + 1 without noise."""
    x = np.random.default_rng(seed).normal(size=(count, 2))
    return x, 2 * x[:, 0] - x[:, 1] + 1


def teach(client, count=400, seed=1, width=3):
    """Teaches UP and DOWN with acknowledged samples; returns the points."""
    x, y = two_classes(count, seed, width)
    reply = client.learn(samples(x, y))
    assert reply.get("accepted") == count, reply
    return x, y


# A network that is too small for `points`, on a machine that never has too little time.
GROWING = (
    "model.hidden=[2]", "structure.policy=rules", "learning.holdout=0.05",
    "budget.cpu_fraction=1000", "budget.max_lag_seconds=1000",
)


def points(count, seed=1):
    """Six classes of three points each, with little noise."""
    concept = random.Random(7)
    centres = [[concept.gauss(0, 1) for _ in range(6)] for _ in range(18)]
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        index = draw.randrange(len(centres))
        rows.append({"x": [v + draw.gauss(0, 0.2) for v in centres[index]], "y": index % 6})
    return rows
