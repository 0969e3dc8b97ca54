"""PROTOCOL 2: every form of a message on every socket that takes samples."""

import json

import numpy as np
import pytest
import zmq

from client import Client, body, buffers, lines
from process import DEADLINE, PLAIN, Daemon
from streams import samples, teach, two_classes

X, Y = two_classes(24)
PROBE = {"x": [0.25, -0.5, 1.0]}
INDICES = np.array([0 if label == "UP" else 1 for label in Y])
NAMES = ["UP", "DOWN"]


# The same 24 samples in every form: what is learned must not depend on it.
FORMS = {
    "object": [[body(sample)] for sample in samples(X, Y)],
    "array": [[body(samples(X, Y))]],
    "ndjson": [[lines(samples(X, Y))]],
    "ndjson with a final newline": [[lines(samples(X, Y)) + b"\n"]],
    "ndjson with CRLF": [[lines(samples(X, Y)).replace(b"\n", b"\r\n")]],
    "array with white space": [[b" \n" + body(samples(X, Y)).replace(b",", b" ,\t") + b" \n"]],
    "sparse": [
        [body([{"x": {"indices": [0, 1, 2], "values": r["x"], "size": 3}, "y": r["y"]}
               for r in samples(X, Y)])]
    ],
    "buffers": [buffers({"x": X, "y": INDICES}, classes=NAMES)],
    "buffers with int32 labels": [
        buffers({"x": X, "y": INDICES.astype(np.int32)}, classes=NAMES)],
    "buffers with uint8 labels": [
        buffers({"x": X, "y": INDICES.astype(np.uint8)}, classes=NAMES)],
    "buffers with weights, times and ids": [
        buffers({"x": X, "y": INDICES, "w": np.ones(24, np.float32),
                 "t": np.arange(24.0), "id": np.arange(24)}, classes=NAMES)],
    "one row per buffer": [
        buffers({"x": X[n], "y": INDICES[n:n + 1]}, classes=NAMES) for n in range(24)],
}


@pytest.fixture(scope="module")
def expected(context, tmp_path_factory):
    """What the reference form, single objects on `learn`, leads to."""
    daemon = Daemon(tmp_path_factory.mktemp("reference"), *PLAIN)
    reference = Client(context, daemon)
    for message in FORMS["object"]:
        assert reference.learn(message)["accepted"] == 1
    answer = reference.predict(PROBE)
    quality = reference.status()["quality"]
    reference.close()
    daemon.stop()
    return answer, quality


def check(client, expected):
    status = client.wait_until_learned(24)
    answer, quality = expected
    assert client.predict(PROBE | {"consistent": True}) == answer
    assert status["quality"] == quality
    assert status["stream"]["rejected"] == 0


@pytest.mark.parametrize("form", FORMS)
def test_learn_takes(client, expected, form):
    for message in FORMS[form]:
        reply = client.learn(message)
        assert reply["ok"] is True and reply["rejected"] == []
    check(client, expected)


@pytest.mark.parametrize("form", FORMS)
def test_samples_takes(client, expected, form):
    for message in FORMS[form]:
        client.push(message)
    check(client, expected)


@pytest.fixture
def publisher(context):
    """An XPUB that says when the daemon has subscribed."""
    socket = context.socket(zmq.XPUB)
    socket.linger = 0
    socket.bind_to_random_port("tcp://127.0.0.1")
    yield socket
    socket.close()


def subscription(publisher):
    assert publisher.poll(DEADLINE * 1000), "the daemon did not subscribe"
    return publisher.recv()


def endpoint(publisher):
    return publisher.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")


@pytest.fixture
def fed(start, connect, publisher):
    client = connect(start(f"sockets.feed={endpoint(publisher)}"))
    assert subscription(publisher) == b"\x01"
    return client


@pytest.mark.parametrize("form", FORMS)
def test_feed_takes_a_topic_frame_and(fed, publisher, expected, form):
    for message in FORMS[form]:
        publisher.send_multipart([b"some/topic", *message])
    check(fed, expected)


def test_feed_takes_a_single_frame_of_topic_space_json(fed, publisher, expected):
    for message in FORMS["object"]:
        publisher.send(b"topic " + message[0])
    check(fed, expected)


def test_feed_takes_an_empty_topic(fed, publisher, expected):
    publisher.send_multipart([b"", *FORMS["array"][0]])
    check(fed, expected)


def test_feed_subscribes_to_the_configured_topics_only(start, connect, publisher):
    client = connect(start(f"sockets.feed={endpoint(publisher)}", "sockets.feed_topics=in/,also/"))
    assert {subscription(publisher), subscription(publisher)} == {b"\x01in/", b"\x01also/"}
    for topic in (b"out/", b"in/a", b"other", b"also/b"):
        publisher.send_multipart([topic, body({"x": [1, 2], "y": topic.decode()})])
    client.wait_until_learned(2)
    assert set(client.predict({"x": [1, 2]})["p"]) == {"in/a", "also/b"}


def test_feed_binds_when_the_endpoint_says_so(start, connect, context):
    probe = context.socket(zmq.PUB)
    port = probe.bind_to_random_port("tcp://127.0.0.1")
    probe.close()
    client = connect(start(f"sockets.feed=@tcp://127.0.0.1:{port}"))
    publisher = context.socket(zmq.XPUB)
    publisher.linger = 0
    publisher.connect(f"tcp://127.0.0.1:{port}")
    assert subscription(publisher) == b"\x01"
    publisher.send_multipart([b"t", body({"x": [1], "y": "A"})])
    client.wait_until_learned(1)
    publisher.close()


def test_feed_hears_several_publishers(start, connect, context, publisher):
    other = context.socket(zmq.XPUB)
    other.linger = 0
    other.bind_to_random_port("tcp://127.0.0.1")
    client = connect(start(f"sockets.feed={endpoint(publisher)},{endpoint(other)}"))
    for socket in (publisher, other):
        subscription(socket)
        socket.send_multipart([b"t", body({"x": [1], "y": "A"})])
    client.wait_until_learned(2)
    other.close()


DTYPES = ["float32", "float64", "int32", "int64", "uint8", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_buffers_of_each_dtype_mean_their_numbers(start, connect, dtype):
    integers = np.random.default_rng(4).integers(0, 2 if dtype == "bool" else 9, size=(40, 3))
    labels = (integers.sum(axis=1) > integers.sum(axis=1).mean()).astype(np.int64)
    by_json, by_buffer = connect(start()), connect(start())
    by_json.learn([{"x": row, "y": label}
                   for row, label in zip(integers.tolist(), labels.tolist(), strict=True)])
    reply = by_buffer.learn(buffers({"x": integers.astype(dtype), "y": labels}))
    assert reply["accepted"] == 40, reply

    probe = {"x": integers[0].tolist()}
    assert by_buffer.predict(probe) == by_json.predict(probe)


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


class TestPredict:
    """The same questions in every form get the same answers."""

    def test_object_array_and_lines_are_mirrored(self, taught):
        questions = [{"id": n, "x": row.tolist()} for n, row in enumerate(X[:6])]
        single = [taught.predict(question) for question in questions]
        assert all(isinstance(answer, dict) for answer in single)
        assert taught.predict(questions) == single
        assert taught.predict(lines(questions)) == single
        assert taught.predict(questions[:1]) == single[:1]

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_buffers_are_answered_with_a_buffer(self, taught, dtype):
        x = X[:6].astype(dtype)
        reply = taught.predict_raw(buffers({"x": x}))
        described, raw = decode(reply)
        assert described["classes"] == ["UP", "DOWN"]
        assert described["model"].keys() >= {"samples", "structure"}
        assert raw.shape == (6, 2)
        for row, probabilities in zip(x, raw, strict=True):
            answer = taught.predict({"x": row.tolist()})
            # float32 holds seven digits.
            wanted = [answer["p"]["UP"], answer["p"]["DOWN"]]
            assert probabilities == pytest.approx(wanted, abs=1e-6)

    def test_one_row_without_a_row_axis_is_one_prediction(self, taught):
        assert decode(taught.predict_raw(buffers({"x": X[0]})))[1].shape == (1, 2)


def decode(reply):
    assert len(reply) == 2, f"header and buffer expected, got {len(reply)} frames: {reply[0][:200]}"
    described = json.loads(reply[0])
    raw = np.frombuffer(reply[1], described["y"]["dtype"]).reshape(described["y"]["shape"])
    return described, raw


def test_unknown_keys_are_ignored(client):
    message = {"x": [1, 2, 3], "y": "A", "colour": {"deep": [1, {"er": None}]}, "X": 4}
    assert client.learn(message)["accepted"] == 1
