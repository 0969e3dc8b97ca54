"""Acknowledged producers that go on wherever the daemon was killed."""

import json
import random
import threading

import zmq

BATCH = 4
WINDOW = 16


def samples(name, sequence, count=BATCH):
    """The samples of one request, which follow from producer and number alone."""
    draw = random.Random(f"{name}/{sequence}")
    made = []
    for _ in range(count):
        x = [draw.gauss(0, 1) for _ in range(4)]
        made.append({"x": x, "y": "UP" if x[0] + x[1] > 0 else "DOWN"})
    return made


def request(name, sequence):
    """The frames of one request."""
    header = json.dumps({"producer": name, "seq": sequence}).encode()
    return [header, json.dumps(samples(name, sequence)).encode()]


class Producer:
    """Sends numbered requests, several at a time, and remembers what was acknowledged."""

    def __init__(self, name):
        self.name = name
        self.acknowledged = 0
        self.failures = []
        self.latencies = []
        self.socket = None
        self.sent = 0

    def check(self, condition, what):
        if not condition:
            self.failures.append(f"{self.name}: {what}")

    def hello(self, context, endpoint, alive):
        """Connects and asks where to go on."""
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.socket.send_json(
            {"op": "hello", "producer": self.name, "last_acked": self.acknowledged})
        reply = self.receive(alive)
        if reply is None:
            return False
        self.check(reply.get("ok") is True, f"hello was answered {reply}")
        self.check("lost" not in reply, f"acknowledged data is gone: {reply}")
        self.check(reply["last_seq"] >= self.acknowledged,
                   f"{self.acknowledged} was acknowledged, the daemon has {reply['last_seq']}")
        # What the daemon says here it never takes back.
        self.acknowledged = reply["last_seq"]
        self.sent = reply["last_seq"]
        return True

    def receive(self, alive):
        while alive():
            if self.socket.poll(20):
                return self.socket.recv_json()
        return None

    def run(self, context, endpoint, alive, until=None):
        """Produces while `alive()`, or until so many requests are acknowledged."""
        try:
            if not self.hello(context, endpoint, alive):
                return
            while alive() and (until is None or self.acknowledged < until):
                last = self.acknowledged + WINDOW
                while self.sent < (last if until is None else min(last, until)):
                    self.sent += 1
                    self.socket.send_multipart(request(self.name, self.sent))
                reply = self.receive(alive)
                if reply is None:
                    return
                if reply.get("error", {}).get("code") == "read_only":
                    return
                if reply.get("error", {}).get("code") in ("busy", "gap"):
                    self.settle(alive)
                    continue
                self.check(reply.get("ok") is True and reply.get("accepted") == BATCH,
                           f"a request was answered {reply}")
                self.check(reply.get("seq") == self.acknowledged + 1,
                           f"after {self.acknowledged} came {reply}")
                self.acknowledged = reply.get("seq", self.acknowledged)
        finally:
            if self.socket is not None:
                self.socket.close()
                self.socket = None

    def settle(self, alive):
        """Takes the answers to what is on its way, and begins again after what was taken."""
        while alive() and self.socket.poll(100):
            reply = self.socket.recv_json()
            if reply.get("ok") is True:
                self.acknowledged = max(self.acknowledged, reply["seq"])
        self.sent = self.acknowledged


class Swarm:
    """Three producers on threads of their own."""

    def __init__(self, context, names=("a", "b", "c")):
        self.context = context
        self.producers = [Producer(name) for name in names]
        self.ended = threading.Event()
        self.threads = []

    def start(self, endpoint, until=None):
        """Produces until `stop`, or until all have so many requests acknowledged."""
        self.ended.clear()
        self.threads = [
            threading.Thread(
                target=producer.run,
                args=(self.context, endpoint, lambda: not self.ended.is_set(), until))
            for producer in self.producers
        ]
        for thread in self.threads:
            thread.start()

    def join(self):
        """Waits until all are done."""
        for thread in self.threads:
            thread.join()
        assert not self.failures(), "; ".join(self.failures()[:5])

    def stop(self):
        self.ended.set()
        self.join()

    def failures(self):
        return [failure for producer in self.producers for failure in producer.failures]

    @property
    def acknowledged(self):
        """Requests that are acknowledged, of all producers."""
        return sum(producer.acknowledged for producer in self.producers)


def teach(client, count, producer="p", start=1):
    """Sends so many requests of one producer and gives back the answers' frames."""
    for sequence in range(start, start + count):
        client.connection("learn").send(request(producer, sequence))
    replies = [client.connection("learn").receive() for _ in range(count)]
    return replies
