#!/usr/bin/env python3
"""Follows a running Osier daemon: its state every second, and all that it has to report.

    pip install pyzmq
    python3 follow.py
"""

import argparse
import json

import zmq


def line(topic, report):
    """One line for a person."""
    if topic != "status":
        return f"{topic}: {json.dumps(report)}"
    stream, quality = report["stream"], report["quality"]
    measures = ("accuracy", "kappa", "log_loss", "mae", "rmse", "r2")
    shown = " ".join(
        f"{name} {quality['window'][name]:.4f}" for name in measures if name in quality["window"])
    return (
        f"#{report['sequence']} learned {stream['learned']} "
        f"({stream['samples_per_second']:.0f}/s, {stream['queue']} waiting) {shown}")


def main():
    parser = argparse.ArgumentParser(description="Follows an Osier daemon's status socket.")
    parser.add_argument("--status", default="tcp://127.0.0.1:5704", help="its `status` endpoint")
    parser.add_argument("--topic", default="", help="status, adaptation, drift, rejected, ...")
    parser.add_argument("--count", type=int, help="end after so many messages")
    arguments = parser.parse_args()

    with zmq.Context() as context, context.socket(zmq.SUB) as subscription:
        subscription.linger = 0
        subscription.connect(arguments.status)
        subscription.subscribe(arguments.topic)
        received = 0
        while arguments.count is None or received < arguments.count:
            topic, report = subscription.recv_multipart()
            print(line(topic.decode(), json.loads(report)), flush=True)
            received += 1


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
