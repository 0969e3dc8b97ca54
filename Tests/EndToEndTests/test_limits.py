"""What happens at the limits: a full queue, a message too large, many connections."""

import socket
import time

import numpy as np
import pytest
import zmq

from client import assert_error, body, buffers
from process import DEADLINE
from streams import teach

PROBE = {"x": [0.0] * 8}


def block(rows=64):
    return buffers({"x": np.ones((rows, 8)), "y": np.arange(rows) % 2})



def test_a_full_queue_is_filled_again_as_soon_as_there_is_room(start, connect):
    """With nothing else to wake the daemon: no status, no controller, no request but predictions."""
    client = connect(start("learning.queue=256", "status.interval_seconds=3600",
                           "structure.policy=off"))
    client.learn(block())
    pusher = client.socket("samples", zmq.PUSH, sndtimeo=int(DEADLINE * 1000))
    for _ in range(4_000):
        pusher.send_multipart(block())
    learned = 0
    end = time.monotonic() + DEADLINE
    while learned < 4_001 * 64:
        assert time.monotonic() < end, f"{learned} samples learned, and no more since"
        learned = client.predict(PROBE)["model"]["samples"]


class TestFullQueue:
    @pytest.fixture
    def full(self, start, connect):
        """A paused daemon that was sent as much as it takes; how many samples that was."""
        client = connect(start("learning.queue=1024"))
        client.learn(block())
        client.control("pause")
        pusher = client.socket("samples", zmq.PUSH, sndhwm=1, sndtimeo=1_000)
        messages = 0
        try:
            # 80 MB: far more than queue, high-water mark and socket buffers hold together.
            while messages < 20_000:
                pusher.send_multipart(block())
                messages += 1
        except zmq.Again:
            pass
        assert messages < 20_000, "a full daemon must hold its senders back"
        return client, 64 * (messages + 1)

    def test_senders_are_held_back_and_nothing_is_lost(self, full):
        client, sent = full
        stream = client.status()["stream"]
        assert stream["queue_capacity"] == 1024
        # One message may stand across the limit.
        assert stream["queue"] <= 1024 + 64
        client.control("resume")
        stream = client.wait_until_learned(sent)["stream"]
        assert stream["learned"] == stream["received"] == sent and stream["shed"] == 0

    def test_the_other_sockets_are_served_meanwhile(self, full):
        client, _ = full
        for _ in range(20):
            assert "y" in client.predict(PROBE)
            assert client.control("ping")["ok"] is True

    def test_learn_is_refused_with_a_time_to_come_back(self, full):
        client, _ = full
        reply = client.learn({"x": [1] * 8, "y": 1})
        assert_error(reply, "busy", "paused")
        if reply["error"]["code"] == "busy":
            wait = reply.get("retry_after_ms", reply["error"].get("retry_after_ms"))
            assert wait > 0


class TestMessageSize:
    LIMIT = 100_000

    @pytest.fixture
    def limited(self, start, connect):
        client = connect(start(f"sockets.max_message_bytes={self.LIMIT}"))
        teach(client)
        return client

    @pytest.mark.parametrize("name", ["learn", "predict"])
    def test_a_frame_too_large_cuts_off_its_sender_only(self, limited, name):
        good = {"x": [1, 2, 3], "y": "UP"}
        offender, bystander = limited.fresh(name), limited.fresh(name)
        assert "error" not in bystander.ask(good)
        before = limited.digest()
        offender.send(body({"x": [1, 2, 3], "pad": "x" * self.LIMIT}))
        assert limited.digest() == before
        for _ in range(5):
            assert "error" not in bystander.ask(good)
        # The offender's socket connects again by itself and is served.
        offender.close()
        assert "error" not in limited.fresh(name).ask(good)

    def test_a_frame_just_below_the_limit_is_served(self, limited):
        pad = "x" * (self.LIMIT - 200)
        assert limited.learn({"x": [1, 2, 3], "y": "UP", "pad": pad})["accepted"] == 1

    def test_many_frames_below_the_limit_are_one_refusal(self, limited):
        before = limited.digest()
        message = [body({"x": {"dtype": "float64", "shape": [1, 3]}}), *[bytes(1_000)] * 500]
        assert_error(limited.learn(message), "bad_frame", "too_large")
        assert limited.digest() == before


class TestPeers:
    def test_two_hundred_connections_are_served(self, start, connect):
        client = connect(start())
        teach(client, 10)
        dealers = [client.fresh("predict") for _ in range(200)]
        for dealer in dealers:
            dealer.send({"x": [1, 2, 3]})
        for dealer in dealers:
            assert b'"y"' in dealer.receive()[0]

    def test_garbage_on_the_transport_harms_nobody(self, start, connect):
        client = connect(start())
        teach(client, 10)
        random = np.random.default_rng(5)
        for name in ("samples", "learn", "predict", "status", "control"):
            host, port = client.daemon.endpoint(name)[len("tcp://"):].rsplit(":", 1)
            for size in (0, 1, 10, 64, 1_000):
                with socket.create_connection((host, int(port)), timeout=DEADLINE) as bare:
                    bare.sendall(random.bytes(size))
        assert "y" in client.predict({"x": [1, 2, 3]})
        assert client.control("ping")["ok"] is True

    def test_a_client_that_never_reads_does_not_stop_the_others(self, start, connect):
        client = connect(start())
        teach(client, 10)
        deaf = client.socket("predict", zmq.DEALER, rcvhwm=1, sndhwm=0)
        question = body([{"x": [1, 2, 3]}] * 50)
        for _ in range(2_000):
            deaf.send(question)
        for _ in range(20):
            assert "y" in client.predict({"x": [1, 2, 3]})
