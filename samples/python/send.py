#!/usr/bin/env python3
"""Sends samples to a running Osier daemon: as JSON, as NumPy buffers, and acknowledged.

    pip install pyzmq numpy
    osier serve &
    python3 send.py
"""

import argparse
import json

import numpy as np
import zmq


def made_up(count, seed):
    """Points of three features; the label says on which side of a plane a point lies."""
    x = np.random.default_rng(seed).normal(size=(count, 3))
    return x, (x.sum(axis=1) > 0).astype(np.int64)


def send_json(push):
    """One sample per message. Blocks when the daemon is full; nothing is dropped."""
    x, y = made_up(200, seed=1)
    for features, label in zip(x, y, strict=True):
        push.send_json({"x": features.tolist(), "y": ["DOWN", "UP"][label]})
    print(f"sent {len(x)} samples as JSON")


def send_buffers(push):
    """Many samples per message: a JSON header, then each array's bytes as they lie in memory."""
    x, y = made_up(6_400, seed=2)
    for start in range(0, len(x), 64):
        rows, labels = x[start:start + 64], y[start:start + 64]
        header = {
            "x": {"dtype": str(rows.dtype), "shape": rows.shape},
            "y": {"dtype": str(labels.dtype), "shape": labels.shape},
            "classes": ["DOWN", "UP"],
        }
        push.send_multipart([json.dumps(header).encode(), rows.tobytes(), labels.tobytes()])
    print(f"sent {len(x)} samples as buffers of 64")


def send_acknowledged(dealer):
    """Numbered requests: one that is sent twice, say after a lost connection, is learned once."""
    dealer.send_json({"op": "hello", "producer": "send.py"})
    sequence = dealer.recv_json()["last_seq"]
    x, y = made_up(10, seed=3)
    for features, label in zip(x, y, strict=True):
        sequence += 1
        dealer.send_json({
            "producer": "send.py", "seq": sequence,
            "x": features.tolist(), "y": ["DOWN", "UP"][label],
        })
        reply = dealer.recv_json()
        if not reply.get("ok"):
            raise SystemExit(f"refused: {reply['error']['message']}")
    print(f"{len(x)} samples acknowledged, the last as seq {sequence}")


def main():
    parser = argparse.ArgumentParser(description="Sends made-up samples to an Osier daemon.")
    parser.add_argument("--samples", default="tcp://127.0.0.1:5701", help="its `samples` endpoint")
    parser.add_argument("--learn", default="tcp://127.0.0.1:5702", help="its `learn` endpoint")
    arguments = parser.parse_args()

    with zmq.Context() as context:
        with context.socket(zmq.PUSH) as push:
            push.connect(arguments.samples)
            send_json(push)
            send_buffers(push)
        with context.socket(zmq.DEALER) as dealer:
            dealer.rcvtimeo = 10_000
            dealer.connect(arguments.learn)
            send_acknowledged(dealer)


if __name__ == "__main__":
    main()
