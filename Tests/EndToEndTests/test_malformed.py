"""PROTOCOL 7: each malformed message gets one clear error, and nobody else notices."""

import itertools

import pytest
import zmq

from client import Client, assert_error, body, only_json
from malformed import CASES, on
from process import DEADLINE, PLAIN, Daemon
from streams import teach

PROBE = {"x": [0.5, -0.25, 1.0]}
HELLO = {"op": "hello", "producer": "bystander"}


@pytest.fixture(scope="module")
def publisher(context):
    socket = context.socket(zmq.XPUB)
    socket.linger = 0
    socket.bind_to_random_port("tcp://127.0.0.1")
    yield socket
    socket.close()


@pytest.fixture(scope="module")
def taught(context, tmp_path_factory, publisher):
    """A client of a daemon that has learned, and will learn nothing of what follows."""
    endpoint = publisher.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")
    daemon = Daemon(
        tmp_path_factory.mktemp("malformed"), *PLAIN, f"sockets.feed={endpoint}")
    client = Client(context, daemon)
    assert publisher.poll(DEADLINE * 1000)
    publisher.recv()
    teach(client)
    client.wait_until_learned(400)
    yield client
    client.close()
    daemon.stop()


@pytest.fixture
def unmoved(taught):
    """Around each case: the next prediction is bit-identical, and so is the whole state."""
    before = taught.predict_raw(PROBE), taught.digest()
    yield
    assert (taught.predict_raw(PROBE), taught.digest()) == before


def check_answered(taught, case, name, good):
    sender, bystander = taught.fresh(name), taught.fresh(name)
    sender.send(case.message)
    # The bystander asks while the malformed message is on its way.
    bystander.send(good)
    assert "error" not in only_json(bystander.receive())
    assert_error(only_json(sender.receive()), *case.codes)
    # Exactly one error: the next reply on the same connection is that of the next request.
    assert "error" not in sender.ask(good)
    sender.close()
    bystander.close()


@pytest.mark.parametrize("case", on("learn"))
def test_learn_refuses(taught, unmoved, case):
    check_answered(taught, case, "learn", HELLO)


@pytest.mark.parametrize("case", on("predict"))
def test_predict_refuses(taught, unmoved, case):
    check_answered(taught, case, "predict", PROBE)


def check_counted(taught, case, send):
    before = taught.status()["stream"]
    send()
    after = taught.wait_for_status(
        lambda s: s["stream"]["rejected"] > before["rejected"], "the refusal to be counted"
    )["stream"]
    rise = {
        code: count - before["rejected_by_code"].get(code, 0)
        for code, count in after["rejected_by_code"].items()
    }
    risen = {code: more for code, more in rise.items() if more}
    assert sum(risen.values()) == after["rejected"] - before["rejected"]
    assert set(risen) <= set(case.codes), risen
    assert after["learned"] == before["learned"]


@pytest.mark.parametrize("case", on("samples"))
def test_samples_counts(taught, unmoved, case):
    check_counted(taught, case, lambda: taught.push(case.message))


@pytest.mark.parametrize("case", on("feed"))
def test_feed_counts(taught, unmoved, publisher, case):
    check_counted(
        taught, case, lambda: publisher.send_multipart([b"topic", *case.message]))


@pytest.mark.parametrize("message", [[b""], [b"", b""], [b"", b"", b""], [b""] * 50])
@pytest.mark.parametrize("name", ["learn", "predict", "control"])
def test_empty_frames_are_refused(taught, unmoved, name, message):
    sender = taught.fresh(name)
    sender.socket.send_multipart(message)
    assert_error(only_json([sender.receive()[-1]]), "bad_frame", "bad_json")


def test_an_empty_frame_on_samples_is_counted(taught, unmoved):
    before = taught.status()["stream"]["rejected"]
    taught.push([b""])
    taught.wait_for_status(lambda s: s["stream"]["rejected"] == before + 1, "the refusal")


@pytest.mark.parametrize("frame", [b"topic", b"", b"topic {", b"topic\t{}", b" "])
def test_a_single_frame_without_topic_and_json_is_counted(taught, unmoved, publisher, frame):
    before = taught.status()["stream"]["rejected"]
    publisher.send(frame)
    taught.wait_for_status(lambda s: s["stream"]["rejected"] == before + 1, "the refusal")


CONTROL = [
    (b"{", ["bad_json"]),
    (b"[1]", ["wrong_type"]),
    (b"null", ["wrong_type"]),
    ({}, ["missing_field"]),
    ({"op": None}, ["wrong_type", "missing_field"]),
    ({"op": 7}, ["wrong_type"]),
    ({"op": "frobnicate"}, ["unknown_op"]),
    ({"op": ""}, ["unknown_op"]),
    ({"op": "PING"}, ["unknown_op"]),
    ({"op": "budget", "max_parameters": -1}, ["bad_value"]),
    ({"op": "budget", "max_parameters": "many"}, ["wrong_type"]),
    ({"op": "optimizer", "name": "newton"}, ["bad_value"]),
    ({"op": "optimizer", "name": "sgd", "learning_rate": -1}, ["bad_value"]),
    ({"op": "optimizer", "name": "sgd", "learning_rate": "fast"}, ["wrong_type", "bad_value"]),
    ({"op": "schedule", "name": "moon"}, ["bad_value"]),
    ({"op": "schedule", "name": "step", "every": 0}, ["bad_value"]),
]


@pytest.mark.parametrize("command, codes", CONTROL, ids=lambda value: str(value)[:60])
def test_control_refuses(taught, unmoved, command, codes):
    sender = taught.fresh("control")
    assert_error(sender.ask(command), *codes)
    assert sender.ask({"op": "ping"})["ok"] is True


def test_a_storm_of_malformed_messages_leaves_the_model_alone(taught, unmoved):
    dealers = {name: taught.fresh(name) for name in ("learn", "predict")}
    for name, dealer in dealers.items():
        cases = [c for c in CASES if name in c.sockets]
        for case in itertools.chain(cases, reversed(cases)):
            dealer.send(case.message)
        for case in itertools.chain(cases, reversed(cases)):
            assert_error(only_json(dealer.receive()), *case.codes)


def test_the_id_of_a_refused_request_is_echoed(taught, unmoved):
    for name in ("learn", "predict"):
        assert taught.connection(name).ask({"id": 77, "x": [1], "y": "UP"})["id"] == 77


def test_a_refused_message_is_quoted_without_its_line_breaks(taught, unmoved):
    reply = taught.learn(body({"x": [1, 2, 3], "y": {"a\r\nb": 1}}))
    assert_error(reply, "wrong_type")
