"""PROTOCOL 2: labels that come late, out of order, twice or never."""

import math

import numpy as np
import pytest

from client import assert_error, body, buffers, lines
from streams import samples, teach, two_classes

PROBE = {"x": [0.4, -0.2, 0.9]}


def kept(client, identifier, x=(1.0, 2.0, 3.0)):
    """A prediction whose features wait under an identifier."""
    return client.predict({"id": identifier, "x": list(x), "remember": True})


def labels(client):
    return client.status()["stream"]["late_labels"]


class TestJoin:
    def test_a_late_label_teaches_what_a_whole_sample_would(self, start, connect):
        whole, late = connect(start()), connect(start())
        x, y = two_classes(300)
        whole.learn(samples(x, y))
        late.learn(samples(x[:100], y[:100]))
        for number in range(100, 300):
            kept(late, number, x[number])
            assert late.learn({"id": number, "y": y[number]})["accepted"] == 1
        assert late.predict(PROBE | {"consistent": True}) == whole.predict(
            PROBE | {"consistent": True})
        assert labels(late)["joined"] == 200

    @pytest.mark.parametrize("identifier", ["a17", "größe", "", 17, -(2**63), "17"])
    def test_any_identifier_joins(self, client, identifier):
        teach(client)
        kept(client, identifier)
        reply = client.learn({"id": identifier, "y": "UP"})
        assert reply["accepted"] == 1 and reply["rejected"] == [] and reply["id"] == identifier
        assert client.status()["stream"]["learned"] == 401

    def test_an_integer_and_its_text_are_two_identifiers(self, client):
        teach(client)
        kept(client, 17)
        assert_error(client.learn({"id": "17", "y": "UP"}), "unknown_id")
        assert client.learn({"id": 17, "y": "UP"})["accepted"] == 1

    @pytest.mark.parametrize("x", [
        [1, 2, 3], {"indices": [1], "values": [2.0], "size": 3}])
    def test_an_unlabelled_sample_waits_for_its_label(self, client, x):
        teach(client)
        assert client.learn({"id": "u", "x": x})["accepted"] == 1
        assert client.status()["stream"]["pending_labels"] == 1
        assert client.learn({"id": "u", "y": "DOWN"})["accepted"] == 1
        stream = client.status()["stream"]
        assert stream["pending_labels"] == 0 and stream["unlabelled"] == 1
        assert stream["learned"] == 401 and stream["received"] == 402

    def test_labels_come_in_any_order_and_on_any_socket(self, client):
        teach(client)
        for number in range(20):
            client.push({"id": number, "x": [number, 1, 2]})
        client.wait_for_status(
            lambda status: status["stream"]["pending_labels"] == 20, "twenty waiting samples")
        client.learn([{"id": number, "y": "UP"} for number in reversed(range(10))])
        client.push(lines([{"id": number, "y": "DOWN"} for number in range(10, 15)]))
        client.push(buffers({"y": np.zeros(5, np.int64), "id": np.arange(15, 20)},
                            classes=["UP", "DOWN"]))
        status = client.wait_until_learned(420)
        assert status["stream"]["pending_labels"] == 0
        assert status["stream"]["late_labels"]["joined"] == 20

    def test_named_features_wait_with_names_that_are_new(self, client):
        client.learn([{"x": {"a": 1, "b": "red"}, "y": 0}, {"x": {"a": 2, "b": "blue"}, "y": 1}])
        client.predict({"id": 1, "x": {"a": 1, "c": 5, "b": "green"}, "remember": True})
        before = client.predict({"x": {"a": 1, "b": "red"}, "consistent": True})
        assert client.learn({"id": 1, "y": 1})["accepted"] == 1
        assert {"a", "b", "c"} <= {
            feature["name"] for feature in client.control("schema")["features"]}
        assert before["p"].keys() == {"0", "1"}

    def test_a_late_label_may_be_a_new_class(self, client):
        teach(client)
        kept(client, "n")
        assert client.learn({"id": "n", "y": "FLAT"})["accepted"] == 1
        assert list(client.predict(PROBE | {"consistent": True})["p"]) == ["UP", "DOWN", "FLAT"]

    def test_a_stream_may_begin_with_late_labels(self, client):
        for number in range(4):
            assert_error(kept(client, number, [number, 0, 1]), "no_model")
        assert client.learn(
            [{"id": number, "y": "UP" if number % 2 else "DOWN"} for number in range(4)]
        )["accepted"] == 4
        assert client.predict(PROBE | {"consistent": True})["model"]["samples"] == 4

    def test_regression_with_an_array_of_predictions(self, client):
        x = np.random.default_rng(3).normal(size=(200, 2))
        y = x.sum(axis=1)
        client.learn(buffers({"x": x, "y": y}))
        client.predict_raw(buffers({"x": x[:50], "id": np.arange(50)}, remember=True))
        reply = client.learn(buffers({"y": y[:50], "id": np.arange(50)}))
        assert reply["accepted"] == 50
        assert client.status()["quality"]["samples"] == 250

    def test_weights_hold(self, client):
        teach(client)
        kept(client, "zero")
        before = client.predict(PROBE | {"consistent": True})
        client.learn({"id": "zero", "y": "DOWN", "w": 0})
        after = client.predict(PROBE | {"consistent": True})
        assert after["p"] == before["p"] and after["model"]["samples"] == 401


class TestScore:
    def test_the_prediction_given_then_is_scored(self, start, connect):
        """The model says UP, is taught the opposite, and the label UP comes: a hit, not a miss."""
        client = connect(start("status.window=1", "model.hidden=[]"))
        x, y = two_classes(400)
        client.learn(samples(x, y))
        given = kept(client, "then", [2.0, 2.0, 2.0])
        assert given["y"] == "UP"
        flipped = ["DOWN" if label == "UP" else "UP" for label in y]
        for _ in range(20):
            client.learn(samples(x, flipped))
        assert client.predict({"x": [2, 2, 2], "consistent": True})["y"] == "DOWN"
        client.learn({"id": "then", "y": "UP"})
        window = client.status()["quality"]["window"]
        assert window["accuracy"] == 1
        assert window["log_loss"] == pytest.approx(-math.log(given["p"]["UP"]), rel=1e-4)

    def test_in_regression_too(self, start, connect):
        client = connect(start("status.window=1"))
        x = np.random.default_rng(5).normal(size=(500, 2))
        client.learn(buffers({"x": x, "y": x.sum(axis=1)}))
        given = client.predict({"id": 5, "x": [1, 1], "remember": True})["y"]
        client.learn(buffers({"x": x, "y": -x.sum(axis=1)}))
        client.learn({"id": 5, "y": 10.0})
        assert client.status()["quality"]["window"]["mae"] == pytest.approx(
            abs(given - 10), rel=1e-4)

    def test_an_identifier_used_again_keeps_the_newest(self, start, connect):
        client = connect(start("status.window=1"))
        x, y = two_classes(400)
        client.learn(samples(x, y))
        kept(client, "again", [-2.0, -2.0, -2.0])
        newest = kept(client, "again", [2.0, 2.0, 2.0])
        assert client.learn({"id": "again", "y": "UP"})["accepted"] == 1
        status = client.status()
        assert status["quality"]["window"]["log_loss"] == pytest.approx(
            -math.log(newest["p"]["UP"]), rel=1e-4)
        assert status["stream"]["late_labels"]["replaced_features"] == 1
        assert_error(client.learn({"id": "again", "y": "UP"}), "unknown_id")


class TestRefusal:
    def test_unknown_twice_and_too_late_are_told_apart(self, start, connect):
        client = connect(start("join.capacity=2"))
        teach(client)
        for number in (1, 2, 3):
            kept(client, number)
        assert "unknown" not in assert_error(
            client.learn({"id": 1, "y": "UP"}), "unknown_id")["message"]
        assert client.learn({"id": 3, "y": "UP"})["accepted"] == 1
        assert_error(client.learn({"id": 3, "y": "UP"}), "unknown_id")
        assert_error(client.learn({"id": "never", "y": "UP"}), "unknown_id")
        counted = labels(client)
        assert [counted[key] for key in ("joined", "unknown", "duplicate", "expired")] == [
            1, 1, 1, 1]
        assert counted["yielded_features"] == 1
        stream = client.status()["stream"]
        assert stream["rejected_by_code"] == {"unknown_id": 3}
        assert stream["pending_labels"] == 1 and stream["learned"] == 401

    def test_features_wait_no_longer_than_the_limit(self, start, connect):
        client = connect(start("join.ttl_seconds=0.05"))
        teach(client)
        kept(client, "old")

        def is_expired():
            client.learn({"x": [1, 2, 3], "y": "UP"})
            return client.status()["stream"]["late_labels"]["expired_features"] == 1

        client.wait_for_status(lambda _: is_expired(), "the features to expire")
        assert_error(client.learn({"id": "old", "y": "UP"}), "unknown_id")
        assert labels(client)["expired"] == 1

    def test_features_expire_though_nothing_else_comes(self, start, connect):
        client = connect(start("join.ttl_seconds=0.3", "status.interval_seconds=0.05"))
        teach(client)
        client.push({"id": "alone", "x": [1, 2, 3]})
        client.wait_for_status(
            lambda status: status["stream"]["late_labels"]["expired_features"] == 1,
            "the features to expire")
        assert client.status()["stream"]["pending_labels"] == 0
        assert client.status()["stream"]["received"] == 401

    def test_in_a_batch_the_others_are_accepted(self, client):
        teach(client)
        kept(client, "known")
        reply = client.learn([
            {"id": "unknown", "y": "UP"}, {"id": "known", "y": "UP"}, {"x": [1, 2, 3], "y": "UP"},
            {"id": "known", "y": "UP"}])
        assert reply["accepted"] == 2
        assert [(r["index"], r["error"]["code"]) for r in reply["rejected"]] == [
            (0, "unknown_id"), (3, "unknown_id")]

    def test_a_label_that_is_refused_leaves_the_features_waiting(self, client):
        client.learn([{"x": [1, 2, 3], "y": 1.5}, {"x": [2, 2, 3], "y": 2.5}])
        kept(client, "r")
        assert_error(client.learn({"id": "r", "y": "text"}), "wrong_type")
        assert client.learn({"id": "r", "y": 4.5})["accepted"] == 1

    def test_a_label_without_reply_is_counted(self, client):
        teach(client)
        client.push({"id": "a17", "y": "UP"})
        client.wait_for_status(
            lambda status: status["stream"]["rejected_by_code"].get("unknown_id") == 1,
            "the refusal to be counted")

    def test_remember_without_an_identifier_is_refused(self, client):
        teach(client)
        assert_error(client.predict({"x": [1, 2, 3], "remember": True}), "missing_field")

    def test_only_what_asks_is_remembered(self, client):
        teach(client)
        client.predict([{"id": 1, "x": [1, 2, 3], "remember": True}, {"id": 2, "x": [1, 2, 3]},
                        {"x": [1, 2, 3]}])
        assert client.learn({"id": 1, "y": "UP"})["accepted"] == 1
        assert_error(client.learn({"id": 2, "y": "UP"}), "unknown_id")

    def test_what_cannot_be_answered_is_not_remembered(self, client):
        teach(client)
        client.predict([{"id": 1, "x": [1, 2], "remember": True},
                        {"id": 2, "x": [1, 2, 3], "remember": True}])
        assert_error(client.learn({"id": 1, "y": "UP"}), "unknown_id")
        assert client.learn({"id": 2, "y": "UP"})["accepted"] == 1


class TestState:
    def test_100_000_predictions_leave_the_digest_unchanged(self, client):
        x, _ = teach(client)
        before = client.digest()
        block = np.tile(x, (25, 1))
        for _ in range(10):
            client.connection("predict").send(buffers({"x": block}))
        for _ in range(10):
            reply = client.connection("predict").receive()
            assert len(reply[1]) == 10_000 * 2 * 4
        client.wait_for_status(
            lambda status: status["predict"]["served"] >= 100_000, "the predictions to be counted")
        assert client.digest() == before

    def test_waiting_changes_no_prediction(self, client):
        teach(client)
        before = client.predict(PROBE)
        for number in range(100):
            kept(client, number, [1e3, -1e3, 50])
            client.learn({"id": f"u{number}", "x": [5, 5, 1e6]})
        assert client.predict(PROBE | {"consistent": True}) == before
        assert client.status()["stream"]["pending_labels"] == 200

    def test_features_wait_through_a_restart(self, store):
        client = store.start()
        teach(client)
        client.learn({"id": "u", "x": [2, 2, 2]})
        kept(client, "p", [2, 2, 2])
        # Acknowledged behind them, so they are as safe as it is.
        client.learn({"x": [1, 1, 1], "y": "UP"})
        before = client.digest()
        store.kill()
        client = store.start()
        assert client.digest() == before
        assert client.status()["stream"]["pending_labels"] == 2
        assert client.learn([{"id": "u", "y": "UP"}, {"id": "p", "y": "UP"}])["accepted"] == 2
        assert_error(client.learn({"id": "p", "y": "UP"}), "unknown_id")

    def test_consistent_knows_a_late_label_acknowledged_before(self, client):
        teach(client)
        for number in range(30):
            kept(client, number)
            client.learn({"id": number, "y": "UP"})
            answer = client.predict(body(PROBE | {"consistent": True}))
            assert answer["model"]["samples"] == 401 + number
