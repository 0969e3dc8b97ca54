"""PROTOCOL 3: acknowledged samples."""

import numpy as np
import pytest

from client import assert_clear, assert_error, body, buffers, lines, only_json, receive_of
from streams import samples, teach, two_classes

GOOD = {"x": [1, 2, 3], "y": "UP"}
BAD = {"x": [1, 2], "y": "UP"}


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


class TestReply:
    def test_it_has_every_key_of_the_contract(self, taught):
        reply = taught.learn(GOOD | {"id": "a17", "producer": taught.producer(), "seq": 1})
        assert reply["ok"] is True and reply["accepted"] == 1 and reply["rejected"] == []
        assert reply["id"] == "a17" and reply["seq"] == 1
        assert type(reply["offset"]) is int

    def test_it_says_that_memory_is_not_durable(self, taught):
        assert taught.learn(GOOD)["durable"] is False

    def test_offsets_rise(self, taught):
        offsets = [taught.learn([GOOD] * count)["offset"] for count in (1, 5, 1, 64)]
        assert offsets == sorted(set(offsets))

    @pytest.mark.parametrize("id", ["a17", "", "größe", "x" * 256, 0, -5, 2**63 - 1, -(2**63)])
    def test_the_id_is_echoed_as_it_came(self, taught, id):
        echoed = taught.learn(GOOD | {"id": id})["id"]
        assert echoed == id and type(echoed) is type(id)

    def test_a_refusal_echoes_the_id(self, taught):
        assert taught.learn(BAD | {"id": "lost"})["id"] == "lost"


class TestBatch:
    FORMS = {
        "array": lambda batch: [body(batch)],
        "ndjson": lambda batch: [lines(batch)],
        "header and array": lambda batch: [body({}), body(batch)],
    }

    @pytest.mark.parametrize("form", FORMS)
    def test_good_samples_stand_beside_bad_ones(self, taught, form):
        before = taught.status()["stream"]["learned"]
        batch = [GOOD, BAD, GOOD, {"y": "UP"}, GOOD | {"w": -1}, GOOD]
        reply = taught.learn(self.FORMS[form](batch))
        assert reply["ok"] is True and reply["accepted"] == 3
        assert [(r["index"], r["error"]["code"]) for r in reply["rejected"]] == [
            (1, "shape_mismatch"), (3, "missing_field"), (4, "bad_value")]
        for refused in reply["rejected"]:
            assert_clear(refused["error"]["message"])
        taught.wait_until_learned(before + 3)

    def test_a_bad_row_of_a_buffer_is_named(self, taught):
        x = np.ones((5, 3))
        x[2, 1] = np.inf
        reply = taught.learn(buffers({"x": x, "y": np.ones(5, np.int64)}, classes=["UP", "DOWN"]))
        assert reply["accepted"] == 4
        assert [(r["index"], r["error"]["code"]) for r in reply["rejected"]] == [(2, "not_finite")]

    def test_a_line_that_is_not_json_is_that_lines_refusal(self, taught):
        reply = taught.learn(lines([GOOD, b'{"x":[1,2', GOOD]))
        assert reply["accepted"] == 2
        assert [(r["index"], r["error"]["code"]) for r in reply["rejected"]] == [(1, "bad_json")]

    def test_a_single_bad_sample_is_answered_with_the_error(self, taught):
        assert_error(taught.learn(BAD), "shape_mismatch")

    def test_a_batch_of_nothing_but_bad_ones_lists_them(self, taught):
        reply = taught.learn([BAD, BAD])
        assert reply["accepted"] == 0 and [r["index"] for r in reply["rejected"]] == [0, 1]

    def test_a_large_batch_is_learned_whole(self, taught):
        before = taught.status()["stream"]["learned"]
        x, y = two_classes(5_000, seed=3)
        assert taught.learn(samples(x, y))["accepted"] == 5_000
        taught.wait_until_learned(before + 5_000)


class TestProducer:
    def test_an_unknown_producer_starts_at_zero(self, taught):
        reply = taught.learn({"op": "hello", "producer": taught.producer()})
        assert reply["ok"] is True and reply["last_seq"] == 0
        assert type(reply["credit"]) is int and reply["credit"] >= 1

    def test_hello_tells_where_to_go_on(self, taught):
        producer = taught.producer()
        for seq in range(1, 5):
            assert taught.learn(GOOD | {"producer": producer, "seq": seq})["seq"] == seq
        # From another connection too: the producer counts, not its socket.
        hello = {"op": "hello", "producer": producer, "last_acked": 4}
        reply = taught.fresh("learn").ask(hello)
        assert reply["last_seq"] == 4 and not reply.get("lost", False)

    @pytest.mark.parametrize("form", ["object", "header and array", "header and ndjson", "buffers"])
    def test_a_repeated_seq_is_acknowledged_and_not_learned_again(self, taught, form):
        keys = {"producer": taught.producer(), "seq": 1}
        x, y = np.ones((3, 3)), np.zeros(3, np.int64)
        message, count = {
            "object": ([body(GOOD | keys)], 1),
            "header and array": ([body(keys), body([GOOD] * 3)], 3),
            "header and ndjson": ([body(keys), lines([GOOD] * 3)], 3),
            "buffers": (buffers({"x": x, "y": y}, classes=["UP"], **keys), 3),
        }[form]
        first = taught.learn(message)
        assert first["accepted"] == count and not first.get("duplicate", False)
        taught.wait_for_status(lambda s: s["stream"]["queue"] == 0, "an empty queue")
        learned, digest = taught.status()["stream"]["learned"], taught.digest()

        for _ in range(3):
            again = taught.learn(message)
            assert again["ok"] is True and again["duplicate"] is True and again["seq"] == 1
            assert again["offset"] in (first["offset"], None)
        assert taught.status()["stream"]["learned"] == learned
        assert taught.digest() == digest

    @pytest.mark.parametrize("seq, expected", [(2, 1), (5, 1), (2**62, 1)])
    def test_a_gap_is_refused_and_says_what_was_expected(self, taught, seq, expected):
        producer = taught.producer()
        learned = taught.status()["stream"]["learned"]
        reply = taught.learn(GOOD | {"producer": producer, "seq": seq})
        assert_error(reply, "gap")
        assert reply["error"].get("expected", reply.get("expected")) == expected
        assert taught.learn({"op": "hello", "producer": producer})["last_seq"] == 0
        assert taught.status()["stream"]["learned"] == learned

    def test_producers_do_not_disturb_each_other(self, taught):
        names = [taught.producer() for _ in range(5)]
        for seq in range(1, 6):
            for name in names:
                assert taught.learn(GOOD | {"producer": name, "seq": seq})["accepted"] == 1

    def test_as_many_requests_as_the_credit_may_be_in_flight(self, taught):
        producer = taught.producer()
        dealer = taught.fresh("learn")
        credit = dealer.ask({"op": "hello", "producer": producer})["credit"]
        for seq in range(1, credit + 1):
            dealer.send(GOOD | {"producer": producer, "seq": seq})
        replies = [only_json(dealer.receive()) for _ in range(credit)]
        assert [reply.get("seq") for reply in replies] == list(range(1, credit + 1))
        assert all(reply.get("ok") for reply in replies)

    def test_acknowledged_data_that_is_gone_raises_an_alert(self, taught):
        alerts = taught.listen("alert")
        producer = taught.producer()
        reply = taught.learn({"op": "hello", "producer": producer, "last_acked": 17})
        assert reply["ok"] is True and reply["lost"] is True and reply["last_seq"] == 0
        alert = receive_of(alerts, "alert")
        assert {"severity", "code", "message"} <= alert.keys()
        assert_clear(alert["message"])
        assert producer in alert["message"]


class TestWeight:
    def test_weight_zero_is_taken_in_and_moves_no_weight(self, start, connect):
        client = connect(start("model.hidden=[]", "features.scaling=none"))
        client.learn({"x": [1, 1], "y": "A", "w": 0})
        client.learn({"x": [1, 1], "y": "B", "w": 0})
        assert client.status()["stream"]["learned"] == 2
        assert client.predict({"x": [3, -4]})["p"] == {"A": 0.5, "B": 0.5}

    def test_a_heavier_sample_pulls_harder(self, start, connect):
        pulls = []
        for weight in (0.5, 1, 2):
            client = connect(start(
                "model.hidden=[]", "features.scaling=none", "optimizer.name=sgd",
                "optimizer.learning_rate=0.1", "optimizer.gradient_clip=0"))
            client.learn([{"x": [1], "y": "A", "w": 0}, {"x": [1], "y": "B", "w": weight}])
            pulls.append(client.predict({"x": [1]})["p"]["B"])
        assert 0.5 < pulls[0] < pulls[1] < pulls[2]
