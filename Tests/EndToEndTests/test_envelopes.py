"""PROTOCOL 1: envelopes, pipelining, order of replies."""

import json

import pytest
import zmq

from client import body, only_json
from streams import teach

ROUTERS = {
    "learn": {"op": "hello", "producer": "envelope"},
    "predict": {"x": [1, 2, 3], "id": "envelope"},
    "control": {"op": "ping"},
}


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


@pytest.mark.parametrize("name", ROUTERS)
def test_a_req_socket_is_answered(taught, name):
    asker = taught.fresh(name, zmq.REQ)
    for _ in range(3):
        reply = asker.ask(ROUTERS[name])
        assert "error" not in reply


@pytest.mark.parametrize("name", ROUTERS)
def test_a_dealer_gets_back_the_envelope_that_it_sent(taught, name):
    dealer = taught.fresh(name)
    dealer.socket.send_multipart([body(ROUTERS[name])])
    bare = dealer.receive()
    dealer.socket.send_multipart([b"", body(ROUTERS[name])])
    delimited = dealer.receive()

    assert len(bare) == 1 and bare[0] != b""
    assert len(delimited) == 2 and delimited[0] == b""
    assert json.loads(bare[0]) == json.loads(delimited[1])


def test_a_req_socket_goes_on_after_a_malformed_request(taught):
    asker = taught.fresh("predict", zmq.REQ)
    assert asker.ask(b"{")["error"]["code"] == "bad_json"
    assert "y" in asker.ask({"x": [1, 2, 3]})


@pytest.mark.parametrize("name", ["predict", "learn"])
def test_pipelined_requests_are_answered_in_their_order(taught, name):
    dealer = taught.fresh(name)
    count = 60
    for number in range(count):
        sample = {"id": number, "x": [number, 1, 2], "y": "UP"}
        # Every seventh is refused: errors keep their place too.
        dealer.send(sample if number % 7 else sample | {"x": [1]})
    replies = [only_json(dealer.receive()) for _ in range(count)]

    assert [reply["id"] for reply in replies] == list(range(count))
    assert [n for n, reply in enumerate(replies) if "error" in reply] == list(range(0, count, 7))


def test_mixed_envelopes_on_one_connection_keep_their_order(taught):
    dealer = taught.fresh("predict")
    for number in range(20):
        delimiter = [b""] if number % 2 else []
        dealer.socket.send_multipart([*delimiter, body({"id": number, "x": [1, 2, 3]})])
    for number in range(20):
        reply = dealer.receive()
        assert (reply[0] == b"") == bool(number % 2)
        assert json.loads(reply[-1])["id"] == number


def test_many_clients_each_get_their_own_replies(taught):
    dealers = [taught.fresh("predict") for _ in range(40)]
    for number, dealer in enumerate(dealers):
        for turn in range(5):
            dealer.send({"id": f"{number}/{turn}", "x": [number, turn, 0]})
    for number, dealer in enumerate(dealers):
        for turn in range(5):
            assert only_json(dealer.receive())["id"] == f"{number}/{turn}"


def test_a_client_that_leaves_without_reading_harms_nobody(taught):
    for _ in range(20):
        rude = taught.fresh("predict")
        rude.send({"x": [1, 2, 3]})
        rude.close()
    assert "y" in taught.predict({"x": [1, 2, 3]})
