#!/usr/bin/env python3
"""Asks a running Osier daemon for predictions: one, and a NumPy array of them.

    pip install pyzmq numpy
    python3 send.py && python3 predict.py
"""

import argparse
import json

import numpy as np
import zmq


def checked(reply):
    """The reply, or the daemon's own words when it could not answer."""
    if "error" in reply:
        raise SystemExit(f"{reply['error']['code']}: {reply['error']['message']}")
    return reply


def predict_one(dealer):
    # `consistent`: answered by a model that has taken in all that was acknowledged before.
    dealer.send_json({"id": "q1", "x": [0.5, -0.25, 1.0], "consistent": True})
    answer = checked(dealer.recv_json())
    print(f"one: {answer['y']} {answer['p']} after {answer['model']['samples']} samples")


def predict_array(dealer):
    x = np.random.default_rng(4).normal(size=(5, 3)).astype(np.float32)
    header = {"x": {"dtype": str(x.dtype), "shape": x.shape}}
    dealer.send_multipart([json.dumps(header).encode(), x.tobytes()])
    header, *raw = dealer.recv_multipart()
    described = checked(json.loads(header))
    array = np.frombuffer(raw[0], described["y"]["dtype"]).reshape(described["y"]["shape"])
    print("classes:", described["classes"])
    for features, probabilities in zip(x, array, strict=True):
        best = described["classes"][int(probabilities.argmax())]
        print(f"  {np.round(features, 2)} -> {best} {np.round(probabilities, 3)}")


def main():
    parser = argparse.ArgumentParser(description="Asks an Osier daemon for predictions.")
    parser.add_argument("--predict", default="tcp://127.0.0.1:5703", help="its `predict` endpoint")
    arguments = parser.parse_args()

    with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.rcvtimeo = 10_000
        dealer.connect(arguments.predict)
        predict_one(dealer)
        predict_array(dealer)


if __name__ == "__main__":
    main()
