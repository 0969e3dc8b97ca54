"""A burst of 64 times the usual rate in the real process, on a budget of half a core."""

import threading
import time

import numpy as np
import pytest
import zmq

from client import buffers, receive_topic
from process import DEADLINE

CLASSES = ["a", "b", "c", "d"]
WIDTH = 16
BLOCK = 250
QUIET_RATE = 2_000
BURST = 64
BURST_SECONDS = 3.0
LIMIT = 1.0


class Trace(threading.Thread):
    """Replays an arrival trace: quiet, a burst, quiet until it is told to end."""

    def __init__(self, context, endpoint):
        super().__init__(daemon=True)
        self.socket = context.socket(zmq.PUSH)
        self.socket.linger = 0
        self.socket.sndtimeo = int(DEADLINE * 1_000)
        self.socket.connect(endpoint)
        self.rate = QUIET_RATE
        self.sent = 0
        self.over = threading.Event()
        # More points than a narrow network can hold, and too many samples to know them by heart.
        draw = np.random.default_rng(3)
        centres = draw.normal(size=(96, WIDTH))
        self.blocks = []
        for _ in range(400):
            index = draw.integers(len(centres), size=BLOCK)
            x = (centres[index] + 0.5 * draw.normal(size=(BLOCK, WIDTH))).astype(np.float32)
            self.blocks.append(buffers({"x": x, "y": index % 4}, classes=CLASSES))

    def run(self):
        due = time.monotonic()
        while not self.over.is_set():
            self.socket.send_multipart(self.blocks[self.sent // BLOCK % len(self.blocks)])
            self.sent += BLOCK
            due = max(due + BLOCK / self.rate, time.monotonic() - 0.1)
            self.over.wait(max(0, due - time.monotonic()))
        self.socket.close()


def widths(status):
    return sum(status["model"]["hidden"])


@pytest.mark.parametrize("policy", ["rules", "dqn"])
def test_a_burst_is_lived_through_and_what_was_given_up_is_tried_again(
    context, start, connect, policy
):
    client = connect(start(
        "model.hidden=[512]", f"structure.policy={policy}", "budget.cpu_fraction=0.5",
        f"budget.max_lag_seconds={LIMIT}", "status.interval_seconds=0.05",
    ))
    told = client.listen("adaptation")
    trace = Trace(context, client.daemon.endpoint("samples"))
    trace.start()
    asked = {"x": [0.0] * WIDTH}
    try:
        client.wait_for_status(lambda s: s["stream"]["learned"] >= 3_000, "a quiet start")
        before = client.status()
        trace.rate = QUIET_RATE * BURST
        end = time.monotonic() + BURST_SECONDS
        lags, smallest, answered, reacted, decisions = [], widths(before), 0, False, []
        while time.monotonic() < end or len(lags) < 4:
            assert time.monotonic() < end + DEADLINE, "the controller did not react"
            assert client.predict(asked)["y"] in CLASSES
            answered += 1
            while told.poll(0):
                topic, heard = receive_topic(told)
                is_relief = topic == "adaptation" and heard["event"] == "kept"
                reacted = reacted or is_relief
                if topic == "status":
                    smallest = min(smallest, widths(heard))
                    if reacted:
                        lags.append(heard["stream"]["lag_seconds"])
        trace.rate = QUIET_RATE
        assert answered > 10
        # The first one may tell of a sample that was learned before the reaction.
        assert lags[1:] and max(lags[1:]) <= LIMIT, lags
        # What was given up comes back: the share that is learned, and the width in a trial, whose
        # verdict is the samples'.
        grown = False
        while not grown:
            assert time.monotonic() < end + DEADLINE, f"it did not grow back: {decisions}"
            status = client.status()
            is_whole = smallest == widths(before)
            grown = ((is_whole or any(action["op"] in ("restore", "grow")
                                     for _, action, _ in decisions))
                     and status["controller"]["observation"]["train_share"] == 0)
            while told.poll(20):
                topic, heard = receive_topic(told)
                if topic == "adaptation":
                    decisions.append((heard["event"], heard["action"], heard["reason"]))
    finally:
        trace.over.set()
        trace.join()
    stream = client.wait_for_status(
        lambda s: s["stream"]["learned"] + s["stream"]["shed"] == trace.sent, "every sample"
    )["stream"]
    assert stream["shed"] > 0 or smallest < widths(before)
