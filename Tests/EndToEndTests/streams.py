"""Small made-up streams with a known truth."""

import numpy as np


def two_classes(count, seed=1, width=3):
    """Points labelled UP where their sum is positive, DOWN elsewhere; the first is an UP."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, width))
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
