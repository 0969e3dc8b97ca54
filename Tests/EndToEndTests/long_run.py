"""A long stream with everything that could make a daemon grow, and what it takes of memory.

    OSIER_BINARY=… python long_run.py [SAMPLES]     10,000,000 unless told otherwise

New feature names, categories and classes keep coming, identifiers wait for labels of which half
never come, the concept turns over every 50,000 samples, and predictions are asked and remembered
all the while. `test_long_run.py` runs a short one.
"""

import json
import pathlib
import sys
import tempfile
import time

import numpy as np
import zmq

from client import Client, body
from process import PLAIN, Daemon

PER_MESSAGE = 500
TEMPLATES = 8
TURN = 50_000
# Every table that could grow has a limit that the stream reaches while it warms up.
LIMITS = (
    "features.max_features=40", "features.hashing=128", "model.max_classes=12",
    "join.capacity=2000", "join.ttl_seconds=5", "drift.detector=adwin", "learning.holdout=0.01",
    "schedule.name=drift", "status.interval_seconds=0.2",
)


def template(random, turned):
    """One message: labelled, unlabelled with an identifier, and labels for the last message's."""
    samples = []
    for number in range(PER_MESSAGE):
        x = {f"f{column}": round(float(value), 3)
             for column, value in enumerate(random.normal(size=6))}
        total = sum(x.values())
        label = "LOW" if (total < 0) != turned else "HIGH"
        if number % 50 == 0:
            x["name-NEW"] = 1.5
            x["category"] = "value-NEW"
        if number == 1:
            label = "class-NEW"
        if number % 5 == 3:
            samples.append({"id": f"THIS-{number}", "x": x})
        elif number % 10 == 4:
            samples.append({"id": f"LAST-{number - 1}", "y": label})
        else:
            samples.append({"x": x, "y": label})
    return json.dumps(samples, separators=(",", ":"))


def run(client, count, report=lambda learned, resident: None):
    """Sends `count` samples; returns pairs of samples sent and resident bytes."""
    random = np.random.default_rng(1)
    templates = [[template(random, turned) for _ in range(TEMPLATES)] for turned in (False, True)]
    learn = client.connection("learn")
    readings = []
    every = max(1, count // PER_MESSAGE // 40)
    in_flight = 0
    for number in range(count // PER_MESSAGE):
        concept = number * PER_MESSAGE // TURN % 2
        text = templates[concept][number % TEMPLATES]
        text = text.replace("THIS", str(number)).replace("LAST", str(number - 1))
        learn.send(body(text.replace("NEW", str(number)).encode()))
        in_flight += 1
        if in_flight == 8:
            learn.receive()
            in_flight -= 1
        if number % 20 == 0:
            client.predict({"id": f"p{number}", "x": {"f0": 1.0, "f1": -1.0}, "remember": True})
        if number % every == every - 1:
            while in_flight:
                learn.receive()
                in_flight -= 1
            status = client.status()
            readings.append((number * PER_MESSAGE, status["resources"]["resident_bytes"]))
            report(*readings[-1])
    while in_flight:
        learn.receive()
        in_flight -= 1
    return readings


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory, zmq.Context() as context:
        daemon = Daemon(pathlib.Path(directory) / "run", *PLAIN, *LIMITS)
        client = Client(context, daemon)
        try:
            run(client, count, lambda sent, resident: print(
                f"{sent:>12,} samples {resident / 1e6:8.1f} MB {time.monotonic() - began:6.0f} s",
                flush=True))
            print(json.dumps(client.status()["stream"]))
        finally:
            client.close()
            daemon.stop()


if __name__ == "__main__":
    main()
