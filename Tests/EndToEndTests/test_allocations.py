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
    """The allocations of a running daemon by the name of the thread, libzmq's own left out: it
    takes memory for each frame of more than 33 bytes."""

    def __init__(self, path, process):
        self.path = path
        self.process = process

    def read(self):
        rows = struct.iter_unpack("<QQQ", self.path.read_bytes())
        return {self.name(thread): count - of_zmq for thread, count, of_zmq in rows if thread}

    def name(self, thread):
        return Path(f"/proc/{self.process.pid}/task/{thread}/comm").read_text().strip()


@pytest.fixture
def counted(start, tmp_path):
    """Starts a daemon whose allocations are counted."""
    path = tmp_path / "counts"
    daemon = start(
        *SETTINGS, plain=False,
        env={"LD_PRELOAD": str(LIBRARY), "ALLOCATION_COUNTS": str(path)})
    return daemon, Counts(path, daemon.process)


@pytest.mark.parametrize(
    ("form", "size", "of_trainer", "of_network"),
    # Blocks come back from the trainer to be filled again, but not all when many are on the way.
    [(buffers, ROWS, 0.05, 0.1), (objects, 1, 0.05, 0.3)])
def test_samples_allocate_nothing(
    counted, connect, context, form, size, of_trainer, of_network
):
    daemon, counts = counted
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

    # Until every buffer has the size that it needs.
    send(12_800)
    before = counts.read()
    send(12_800)
    after = counts.read()
    socket.close()
    per_sample = {name: (after[name] - before.get(name, 0)) / 12_800 for name in after}
    assert per_sample["trainer"] <= of_trainer, per_sample
    assert per_sample["network"] <= of_network, per_sample


def request_of_object(x):
    return [json.dumps({"x": x[0]}).encode()]


def request_of_array(x):
    return [json.dumps([{"x": row} for row in x[:8]]).encode()]


def request_of_buffers(x):
    header = {"x": {"dtype": "float32", "shape": [len(x), FEATURES]}}
    return [json.dumps(header).encode(), np.array(x, dtype=np.float32).tobytes()]


@pytest.mark.parametrize(
    ("request_of", "target", "limit"),
    [
        (request_of_object, lambda value: int(value > 0), 0.05),
        (request_of_array, lambda value: int(value > 0), 0.05),
        (request_of_buffers, lambda value: int(value > 0), 0.05),
        # Each end of the interval and the number: the text of one of more than fifteen characters
        # is a string on the heap.
        (request_of_object, float, 3.05),
    ],
    ids=["object", "array", "buffers", "number"])
@pytest.mark.parametrize("outstanding", [1, 32])
def test_predictions_allocate_nothing(
    counted, connect, context, request_of, target, limit, outstanding
):
    daemon, counts = counted
    x = np.random.default_rng(1).normal(size=(ROWS, FEATURES)).round(3).tolist()
    client = connect(daemon)
    for row in x * 4:
        client.learn({"x": row, "y": target(sum(row))})
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(daemon.endpoint("predict"))
    message = request_of(x)

    def ask(count):
        for _ in range(count // outstanding):
            for _ in range(outstanding):
                socket.send_multipart(message)
            for _ in range(outstanding):
                assert b"error" not in socket.recv_multipart()[0]

    # Until every buffer has the size that it needs.
    ask(1_600)
    before = counts.read()
    ask(3_200)
    after = counts.read()
    socket.close()
    per_request = (after["predictor"] - before["predictor"]) / 3_200
    assert per_request <= limit
