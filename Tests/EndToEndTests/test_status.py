"""PROTOCOL 5: the status socket and the status object."""

import json
import time

import pytest
import zmq

from client import assert_clear, receive_of, receive_topic, receive_until
from streams import plane, samples, teach, two_classes

# The example of the contract, word for word; every key must be there with a value of its kind.
EXAMPLE = json.loads("""
{"version":1,"time":1700000000.0,"sequence":12,"state":"running","uptime_seconds":12.0,
 "stream":{"received":0,"learned":0,"held_out":0,"rejected":0,"shed":0,"pending_labels":0,"samples_per_second":0.0,
           "queue":0,"queue_capacity":65536,"lag_seconds":0.0},
 "predict":{"served":0,"per_second":0.0,"latency_microseconds":{"p50":0,"p99":0,"max":0}},
 "model":{"task":"classification","inputs":8,"hidden":[32,16],"outputs":2,"parameters":0,
          "nonzero_parameters":0,"bytes":0,"structure":0,"activation":"relu","loss":"cross_entropy",
          "optimizer":"adam","schedule":"constant","learning_rate":0.001},
 "committee":[{"id":0,"role":"lead","hidden":[32,16],"weight":1.0,"optimizer":"adam","learning_rate":0.001}],
 "quality":{"samples":0,"accuracy":0.0,"kappa":0.0,"log_loss":0.0,
            "window":{"size":1000,"accuracy":0.0,"kappa":0.0,"log_loss":0.0},
            "validation":{"samples":0,"loss":0.0},
            "baselines":{"majority":0.0,"no_change":0.0}},
 "controller":{"policy":"dqn","mode":"act","decisions":0,"kept":0,"reverted":0,"epsilon":0.05,
               "observation":{},"last_action":null,"last_reward":null,
               "budget":{"cpu_fraction":1.0,"memory_bytes":null,"predict_p99_microseconds":null,"max_parameters":1000000}},
 "resources":{"cpu_fraction":0.0,"resident_bytes":0,"threads":0,"open_files":0},
 "drift":{"detector":"adwin","detections":0,"last_at_sample":null},
 "journal":{"offset":0,"durable_offset":0,"bytes":0,"last_checkpoint_samples":0}}
""")
REGRESSION = {"mae": 0.0, "rmse": 0.0, "r2": 0.0}
CLASSIFICATION = ("accuracy", "kappa", "log_loss")


def differences(example, found, path=""):
    """Where `found` lacks a key of `example` or holds another kind of value."""
    if example is None:
        return []
    if isinstance(example, dict):
        if not isinstance(found, dict):
            return [f"{path}: object expected, got {found!r}"]
        return [line for key, value in example.items()
                for line in (differences(value, found[key], f"{path}.{key}") if key in found
                             else [f"{path}.{key} is missing"])]
    if isinstance(example, list):
        if not isinstance(found, list):
            return [f"{path}: array expected, got {found!r}"]
        return [line for element in found for line in differences(example[0], element, f"{path}[]")]
    # Null stands for what cannot be told yet, where the contract's number is a measurement.
    kinds = {str: str, bool: bool, int: int, float: (int, float)}[type(example)]
    if "latency" in path:
        kinds = (int, float)
    good = isinstance(found, kinds) and (isinstance(example, bool) or not isinstance(found, bool))
    return [] if good else [f"{path}: {type(example).__name__} expected, got {found!r}"]


class TestObject:
    def test_every_key_of_the_contract_is_there(self, client):
        teach(client)
        client.predict({"x": [1, 2, 3]})
        topic, report = receive_topic(client.subscribe("status"))
        assert topic == "status"
        assert differences(EXAMPLE, report) == []
        assert report["version"] == 1 and report["state"] == "running"
        assert abs(report["time"] - time.time()) < 60

    def test_the_control_socket_gives_the_same_object(self, client):
        teach(client)
        assert differences(EXAMPLE, client.status()) == []

    def test_regression_has_its_own_quality(self, client):
        x, y = plane(200)
        client.learn(samples(x, y.tolist()))
        quality = client.status()["quality"]
        assert differences(REGRESSION, quality) == []
        assert differences(REGRESSION, quality["window"]) == []
        assert differences({"mean": 0.0, "no_change": 0.0}, quality["baselines"]) == []
        assert not any(key in quality for key in CLASSIFICATION)

    def test_the_model_is_described_as_configured(self, start, connect):
        client = connect(start(
            "model.hidden=[5, 4]", "model.activation=tanh", "optimizer.name=adagrad",
            "optimizer.learning_rate=0.02"))
        teach(client)
        model = client.status()["model"]
        assert (model["hidden"], model["activation"]) == ([5, 4], "tanh")
        assert (model["optimizer"], model["schedule"]) == ("adagrad", "constant")
        assert model["learning_rate"] == pytest.approx(0.02)
        assert (model["task"], model["inputs"], model["outputs"]) == ("classification", 3, 2)
        # 3x5+5, 5x4+4, and one logit (or two) of 4 weights and a bias.
        assert model["parameters"] - (20 + 24) in (5, 10)

    def test_a_new_daemon_has_a_status_before_the_first_sample(self, client):
        status = client.status()
        assert status["stream"]["received"] == 0 and status["state"] == "running"


class TestCounters:
    def test_received_is_the_sum_of_what_became_of_it(self, client):
        teach(client, 50)
        client.learn([{"x": [1, 2, 3]}] * 7)
        client.learn([{"x": [1, 2]}] * 3)
        client.push([{"x": [1, 2, 3], "y": "UP"}] * 10 + [{"x": [1]}] * 4)
        client.push(b"{")
        stream = client.wait_for_status(
            lambda s: s["stream"]["received"] >= 75, "75 received samples")["stream"]
        assert stream["received"] == 75
        assert stream["learned"] == 60 and stream["rejected"] == 8 and stream["shed"] == 0
        assert stream["received"] == (
            stream["learned"] + stream["shed"] + stream["rejected"] + stream["unlabelled"]
            + stream["queue"])

    def test_held_out_samples_are_counted_among_the_learned(self, start, connect):
        client = connect(start("learning.holdout=0.2"))
        teach(client, 1_000)
        status = client.wait_until_learned(1_000)
        assert status["stream"]["learned"] == 1_000
        # Binomial with p = 0.2: five standard deviations are 63.
        assert 130 <= status["stream"]["held_out"] <= 270
        assert status["quality"]["validation"]["samples"] > 0

    def test_predictions_are_counted(self, client):
        teach(client, 10)
        for _ in range(5):
            client.predict({"x": [1, 2, 3]})
        client.predict([{"x": [1, 2, 3]}] * 3)
        predict = client.wait_for_status(
            lambda s: s["predict"]["served"] >= 8, "8 served predictions")["predict"]
        assert predict["served"] == 8
        latency = predict["latency_microseconds"]
        assert 0 < latency["p50"] <= latency["p99"] <= latency["max"]

    def test_baselines_are_those_counted_by_hand(self, client):
        client.learn([{"x": [1], "y": label} for label in "AABABB"])
        quality = client.status()["quality"]
        assert quality["samples"] == 6
        # The first sample is a miss for both: nothing was known before it.
        # Last label:  - A A B A B   hits the 2nd and the 6th.
        # Majority:    - A A A A A   hits the 2nd and the 4th.
        assert quality["baselines"]["no_change"] == pytest.approx(2 / 6)
        assert quality["baselines"]["majority"] == pytest.approx(2 / 6)

    def test_the_window_forgets(self, start, connect):
        client = connect(start("status.window=50"))
        x, y = two_classes(400)
        flipped = ["DOWN" if label == "UP" else "UP" for label in y]
        client.learn(samples(x, flipped)[:300] + samples(x, y))
        for _ in range(5):
            client.learn(samples(x, y))
        quality = client.status()["quality"]
        assert quality["window"]["size"] == 50
        assert quality["window"]["accuracy"] > quality["accuracy"]


class TestSocket:
    def test_a_new_subscriber_gets_the_latest_value_at_once(self, start, connect):
        # So rare that only the remembered value can come within the deadline.
        client = connect(start("status.interval_seconds=3600"))
        first = receive_topic(client.subscribe("status"))
        second = receive_topic(client.subscribe(""))
        assert first == second and first[0] == "status"

    def test_sequence_numbers_rise_by_one(self, start, connect):
        client = connect(start("status.interval_seconds=0.05"))
        subscription = client.subscribe("status")
        received = [receive_topic(subscription)[1] for _ in range(8)]
        first = received[0]["sequence"]
        assert [r["sequence"] for r in received] == list(range(first, first + 8))
        times = [r["time"] for r in received]
        assert times == sorted(times)

    def test_only_the_wanted_topics_come(self, start, connect):
        client = connect(start("status.interval_seconds=0.05"))
        teach(client, 5)
        everything, rejections = client.subscribe(""), client.subscribe("rejected")
        client.push({"x": [1]})
        topic, _ = receive_topic(rejections)
        assert topic == "rejected"
        seen = receive_until(everything, lambda topic, _: topic == "rejected")
        assert {topic for topic, _ in seen} == {"status", "rejected"}

    def test_the_latest_rejection_is_remembered_too(self, client):
        teach(client, 5)
        client.push({"x": [1]})
        early = receive_topic(client.subscribe("rejected"))
        late = receive_topic(client.subscribe("rejected"))
        assert late[1]["sequence"] >= early[1]["sequence"]

    def test_a_rejection_is_summarised(self, client):
        teach(client, 5)
        subscription = client.subscribe("rejected")
        client.push([b'{"x":[1,2,3],"pad":"' + b"p" * 5_000 + b'","y":}'])
        topic, summary = receive_topic(subscription)
        assert summary["code"] == "bad_json" and summary["socket"] == "samples"
        assert summary["count"] == 1 and {"time", "sequence"} <= summary.keys()
        assert_clear(summary["message"])
        excerpts = [value for key, value in summary.items()
                    if isinstance(value, str) and key not in ("code", "message", "socket")]
        assert excerpts and all(len(value.encode()) <= 200 for value in excerpts)

    def test_a_flood_of_rejections_is_one_summary_now_and_then(self, client):
        teach(client, 5)
        subscription = client.listen("rejected")
        for _ in range(2_000):
            client.push({"x": [1]})
        counted = 0
        messages = 0
        while counted < 2_000:
            counted += receive_of(subscription, "rejected")["count"]
            messages += 1
        assert messages <= 100

    def test_a_subscriber_that_never_reads_holds_nobody_up(self, start, connect, context):
        client = connect(start("status.interval_seconds=0.05"))
        deaf = client.socket("status", zmq.SUB, rcvhwm=1)
        deaf.subscribe(b"")
        reader = client.subscribe("status")
        for _ in range(20):
            receive_topic(reader)
        assert client.control("ping")["ok"] is True


def test_a_refusal_among_many_messages_of_one_sample_shows_its_own(client):
    told = client.listen("rejected")
    for number in range(600):
        x = [number + 0.25] if number == 311 else [number / 600, 1.0, -2.0]
        client.push({"x": x, "y": number % 2})
    stream = client.wait_until_learned(599)["stream"]
    assert (stream["learned"], stream["rejected"], stream["received"]) == (599, 1, 600)
    refused = receive_of(told, "rejected")
    assert refused["code"] == "shape_mismatch"
    assert json.loads(refused["excerpt"]) == {"x": [311.25], "y": 1}
