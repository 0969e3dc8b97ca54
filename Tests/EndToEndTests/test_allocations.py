"""Nothing is allocated for a sample once the stream flows, counted in the daemon from outside."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import zmq
from process import OSIER, PLAIN, wait_for

LIBRARY = Path(OSIER).with_name("libAllocationCounter.so")
FEATURES = 10
ROWS = 64
# A controller looks at the clock and may leave samples out; here every sample is learned.
SETTINGS = (*PLAIN, "structure.policy=off")


def buffers(x, y):
    header = json.dumps({
        "x": {"dtype": "float32", "shape": [ROWS, FEATURES]},
        "y": {"dtype": "int64", "shape": [ROWS]},
    }).encode()
    return [
        [header, x[start:start + ROWS].astype(np.float32).tobytes(), y[start:start + ROWS].tobytes()]
        for start in range(0, len(x), ROWS)
    ]


def objects(x, y):
    return [
        [json.dumps({"x": row, "y": label}).encode()]
        for row, label in zip(x.tolist(), y.tolist(), strict=True)
    ]


class Counts:
    """The allocations of a running daemon by the name of the thread."""

    def __init__(self, path, process):
        self.path = path
        self.process = process

    def read(self):
        rows = struct.iter_unpack("<QQ", self.path.read_bytes())
        return {self.name(thread): count for thread, count in rows if thread}

    def name(self, thread):
        return Path(f"/proc/{self.process.pid}/task/{thread}/comm").read_text().strip()


@pytest.mark.parametrize(
    ("form", "size", "of_trainer", "of_network"),
    # A message costs a few, for its header and the block that takes its samples on.
    [(buffers, ROWS, 0.05, 0.5), (objects, 1, 0.05, 3)])
def test_samples_allocate_nothing(
    start, connect, tmp_path, context, form, size, of_trainer, of_network
):
    path = tmp_path / "counts"
    daemon = start(
        *SETTINGS, plain=False,
        env={"LD_PRELOAD": str(LIBRARY), "ALLOCATION_COUNTS": str(path)})
    client = connect(daemon)
    x = np.random.default_rng(1).normal(size=(64 * ROWS, FEATURES)).round(3)
    messages = form(x, (x.sum(axis=1) > 0).astype(np.int64))
    socket = context.socket(zmq.PUSH)
    socket.linger = 0
    socket.connect(daemon.endpoint("samples"))

    sent = 0

    def send(count):
        nonlocal sent
        for index in range(count // size):
            socket.send_multipart(messages[index % len(messages)])
            sent += size
        wait_for(lambda: client.status()["stream"]["learned"] == sent, "all to be learned")

    counts = Counts(path, daemon.process)
    # Until every buffer has the size that it needs.
    send(12_800)
    before = counts.read()
    send(12_800)
    after = counts.read()
    socket.close()
    per_sample = {name: (after[name] - before.get(name, 0)) / 12_800 for name in after}
    assert per_sample["trainer"] <= of_trainer, per_sample
    assert per_sample["network"] <= of_network, per_sample
