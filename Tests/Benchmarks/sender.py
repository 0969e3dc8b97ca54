#!/usr/bin/env python3
"""Sends samples to a running daemon as fast as it takes them, and says how many it learned.

Prints "sending" once the stream flows, and at the end one JSON object:
{"samples": all samples sent, "rounds": [{"samples": …, "seconds": …}, …]}. A round's time runs from its
first message until the daemon's status has counted its last sample as learned.
"""

import argparse
import itertools
import json
import time

import numpy as np
import zmq

FEATURES = 10
BATCH = 64
FORMS = ("float32", "float64", "array", "named", "lines", "acknowledged")


def samples(count):
    """Features to four decimals, and on which side of a plane each point lies."""
    x = np.random.default_rng(1).normal(size=(count, FEATURES)).round(4)
    return x, (x.sum(axis=1) > 0).astype(np.int64)


def objects(form, x, y):
    """One JSON object for each sample."""
    for row, label in zip(x.tolist(), y.tolist(), strict=True):
        if form == "named":
            row = {f"sensor_{index}": value for index, value in enumerate(row)}
        yield json.dumps({"x": row, "y": label}, separators=(",", ":")).encode()


def messages(form, count):
    """So many messages as lists of frames, made before anything is measured."""
    size = batch_of(form)
    x, y = samples(count * size)
    if form in ("array", "named"):
        return [[body] for body in objects(form, x, y)]
    slices = [slice(start, start + BATCH) for start in range(0, len(x), BATCH)]
    if form == "lines":
        return [[b"\n".join(objects(form, x[part], y[part]))] for part in slices]
    x = x.astype(np.float32 if form != "float64" else np.float64)
    header = json.dumps({
        "x": {"dtype": str(x.dtype), "shape": [BATCH, FEATURES]},
        "y": {"dtype": str(y.dtype), "shape": [BATCH]},
    }).encode()
    return [[header, x[part].tobytes(), y[part].tobytes()] for part in slices]


def batch_of(form):
    return 1 if form in ("array", "named") else BATCH


class Daemon:
    """The sockets of one daemon."""

    def __init__(self, ports, form):
        context = zmq.Context.instance()
        self.control = self.connect(context, zmq.DEALER, ports["control"][0])
        self.samples = self.connect(context, zmq.PUSH, ports["samples"][0])
        self.learn = self.connect(context, zmq.DEALER, ports["learn"][0])
        self.stream = itertools.cycle(messages(form, 512 if batch_of(form) > 1 else 8192))
        self.batch = batch_of(form)
        self.is_acknowledged = form == "acknowledged"
        self.sequence = 0
        # Another sender may have been here before.
        self.learned_before = self.learned()

    @staticmethod
    def connect(context, kind, endpoint):
        socket = context.socket(kind)
        socket.linger = 0
        socket.connect(endpoint)
        return socket

    def learned(self):
        """The daemon's own count of learned samples, once it has handled what came before."""
        self.control.send(b'{"op":"status"}')
        return json.loads(self.control.recv())["status"]["stream"]["learned"]

    def send(self, seconds):
        """Sends for so long; returns the number of samples sent."""
        if self.is_acknowledged:
            return self.send_acknowledged(seconds)
        end = time.perf_counter() + seconds
        sent = 0
        while time.perf_counter() < end:
            # The clock is not asked for each message.
            for frames in itertools.islice(self.stream, 16):
                self.samples.send_multipart(frames, copy=True)
                sent += self.batch
        return sent

    def send_acknowledged(self, seconds):
        """Numbered requests, as many in flight as the daemon gives credit for."""
        self.learn.send(b'{"op":"hello","producer":"benchmark"}')
        hello = json.loads(self.learn.recv())
        credit, self.sequence = hello["credit"], hello["last_seq"]
        in_flight = {}
        waiting = []
        accepted = 0
        end = time.perf_counter() + seconds
        while in_flight or waiting or time.perf_counter() < end:
            while len(in_flight) < credit and not waiting and time.perf_counter() < end:
                self.sequence += 1
                in_flight[self.sequence] = self.numbered(next(self.stream))
                self.learn.send_multipart(in_flight[self.sequence])
            reply = json.loads(self.learn.recv())
            if reply.get("ok"):
                accepted += reply["accepted"]
                del in_flight[reply["seq"]]
                continue
            # Busy or, behind a busy one, a gap: once all are answered, send again what was refused.
            waiting.append(reply)
            if len(waiting) == len(in_flight):
                time.sleep(max(r.get("retry_after_ms", 0) for r in waiting) / 1000)
                waiting.clear()
                for frames in in_flight.values():
                    self.learn.send_multipart(frames)
        return accepted

    def numbered(self, frames):
        header = frames[0][:-1] + b',"producer":"benchmark","seq":%d}' % self.sequence
        return [header, *frames[1:]]

    def wait_until_learned(self, count):
        while (learned := self.learned() - self.learned_before) < count:
            time.sleep(0.001)
        if learned != count:
            raise SystemExit(f"sent {count} samples, the daemon has learned {learned}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ports", required=True, help="the daemon's port file")
    parser.add_argument("--form", choices=FORMS, required=True)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long a round sends")
    parser.add_argument("--rounds", type=int, default=1)
    return parser.parse_args()


def main():
    options = arguments()
    with open(options.ports, encoding="utf-8") as file:
        daemon = Daemon(json.load(file), options.form)
    # Unmeasured: the model comes to be, and every buffer gets its size.
    total = daemon.send(min(0.3, options.seconds))
    daemon.wait_until_learned(total)
    print("sending", flush=True)
    rounds = []
    for _ in range(options.rounds):
        start = time.perf_counter()
        sent = daemon.send(options.seconds)
        total += sent
        daemon.wait_until_learned(total)
        rounds.append({"samples": sent, "seconds": time.perf_counter() - start})
    print(json.dumps({"samples": total, "rounds": rounds}), flush=True)


if __name__ == "__main__":
    main()
