"""An outside client of the wire protocol: pyzmq and NumPy, nothing of Osier's own."""

import itertools
import json
import time

import numpy as np
import zmq

from process import DEADLINE, wait_for


def body(value):
    """A JSON frame; bytes are taken as they are, so that broken messages can be sent."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def lines(values):
    """Newline-delimited JSON, one frame."""
    return b"\n".join(body(value) for value in values)


def buffers(arrays=None, /, **header):
    """A buffer message: the header frame and one raw frame per array, in the order x y w t id."""
    arrays = arrays or {}
    ordered = [name for name in ("x", "y", "w", "t", "id") if name in arrays]
    described = {
        name: {"dtype": str(arrays[name].dtype), "shape": list(arrays[name].shape)}
        for name in ordered
    }
    raw = [np.ascontiguousarray(arrays[name]).tobytes() for name in ordered]
    return [body(described | header), *raw]


def frames(message):
    """A message as frames: a list stands for itself, anything else is one frame of JSON."""
    if isinstance(message, list) and message and isinstance(message[0], bytes):
        return message
    return [body(message)]


class Connection:
    """A DEALER to one ROUTER of the daemon."""

    def __init__(self, context, endpoint, kind=zmq.DEALER):
        self.socket = context.socket(kind)
        self.socket.linger = 0
        self.socket.ipv6 = True
        self.socket.connect(endpoint)

    def send(self, message):
        self.socket.send_multipart(frames(message))

    def receive(self, deadline=DEADLINE):
        """The frames of the next reply."""
        if not self.socket.poll(deadline * 1000):
            raise AssertionError(f"no reply within {deadline:.0f} s")
        return self.socket.recv_multipart()

    def ask_raw(self, message):
        self.send(message)
        return self.receive()

    def ask(self, message):
        """The reply to one request, which must be a single frame of JSON."""
        return only_json(self.ask_raw(message))

    def is_silent(self, seconds=0.2):
        """Whether no reply comes for a while. Weak alone: use it after a later reply came."""
        return not self.socket.poll(seconds * 1000)

    def close(self):
        self.socket.close()


def only_json(reply):
    assert len(reply) == 1, f"one JSON frame expected, got {len(reply)}: {reply[0][:200]}"
    return json.loads(reply[0])


class Client:
    """Connections to every socket of one daemon, opened when first used."""

    def __init__(self, context, daemon):
        self.context = context
        self.daemon = daemon
        self.opened = {}
        self.extra = []
        self.producers = itertools.count()

    def connection(self, name):
        if name not in self.opened:
            self.opened[name] = self.fresh(name)
        return self.opened[name]

    def fresh(self, name, kind=zmq.DEALER):
        """A further connection, its own routing identity."""
        made = Connection(self.context, self.daemon.endpoint(name), kind)
        self.extra.append(made)
        return made

    def socket(self, name, kind, **options):
        """A bare socket, connected, closed with the client."""
        made = self.context.socket(kind)
        made.linger = 0
        for option, value in options.items():
            setattr(made, option, value)
        made.connect(self.daemon.endpoint(name))
        self.extra.append(made)
        return made

    def learn(self, message):
        return self.connection("learn").ask(message)

    def predict(self, message):
        return self.connection("predict").ask(message)

    def predict_raw(self, message):
        return self.connection("predict").ask_raw(message)

    def control(self, op, **arguments):
        return self.connection("control").ask({"op": op} | arguments)

    def status(self):
        reply = self.control("status")
        assert reply.get("ok") is True, reply
        return reply["status"]

    def digest(self):
        reply = self.control("digest")
        assert reply.get("ok") is True, reply
        return reply["digest"]

    def push(self, message):
        """Sends on `samples`; blocks when the daemon holds senders back, up to the deadline."""
        if "push" not in self.opened:
            self.opened["push"] = self.socket("samples", zmq.PUSH, sndtimeo=int(DEADLINE * 1000))
        self.opened["push"].send_multipart(frames(message))

    def subscribe(self, *topics):
        """A SUB on `status` for these topics."""
        made = self.socket("status", zmq.SUB)
        for topic in topics:
            made.subscribe(topic.encode())
        return made

    def listen(self, topic):
        """A SUB for this topic that is in force: what is published from now on will come.

        It hears `status` too, whose remembered value is the proof; `receive_of` skips that.
        """
        made = self.subscribe(topic, "status")
        receive_until(made, lambda heard, _: heard == "status")
        return made

    def wait_for_status(self, condition, what):
        """Polls the status until `condition(status)` holds and returns that status."""
        last = {}

        def check():
            last.clear()
            last.update(self.status())
            return condition(last)

        try:
            wait_for(check, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; stream was {last.get('stream')}") from None
        return dict(last)

    def wait_until_learned(self, count):
        return self.wait_for_status(
            lambda status: status["stream"]["learned"] >= count, f"{count} learned samples"
        )

    def producer(self):
        """A producer's name that this client has not used yet."""
        return f"producer-{next(self.producers)}"

    def close(self):
        for made in self.extra:
            made.close()


def receive_topic(socket, deadline=DEADLINE):
    """The next two-frame message of a status subscription: topic and object."""
    assert socket.poll(deadline * 1000), f"no message on the status socket within {deadline:.0f} s"
    received = socket.recv_multipart()
    assert len(received) == 2, f"topic and object expected, got {len(received)} frames"
    return received[0].decode(), json.loads(received[1])


def receive_until(socket, condition, deadline=DEADLINE):
    """Messages of a subscription up to and with the first for which `condition(topic, object)`."""
    end = time.monotonic() + deadline
    seen = []
    while True:
        seen.append(receive_topic(socket, max(0.1, end - time.monotonic())))
        if condition(*seen[-1]):
            return seen


def receive_of(socket, topic):
    """The next object of one topic, whatever else comes before it."""
    return receive_until(socket, lambda heard, _: heard == topic)[-1][1]


def assert_error(reply, *codes):
    """`reply` is an error object of one of these codes with one clear line; returns the error."""
    extras = {"id", "seq", "expected", "retry_after_ms"}
    assert set(reply) - extras == {"error"}, f"not a plain error: {reply}"
    error = reply["error"]
    assert error["code"] in codes, f"expected {' or '.join(codes)}: {error}"
    assert_clear(error["message"])
    return error


def assert_clear(message):
    """One line that says something."""
    assert isinstance(message, str) and len(message.split()) >= 3, f"says too little: {message!r}"
    assert "\n" not in message and "\r" not in message, f"more than one line: {message!r}"
    assert len(message) <= 1000, f"endless: {message!r}"
