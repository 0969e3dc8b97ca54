"""The Python package in samples/python/osier against the real daemon."""

import dataclasses
import json
import re
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
import zmq

from network import CutWire
from osier import (
    AcknowledgedDataLost,
    AsyncOsier,
    Endpoints,
    NoModel,
    Osier,
    Refused,
    Sparse,
    TimedOut,
)
from process import DEADLINE, ROOT, SOCKETS, wait_for
from streams import plane, two_classes


@pytest.fixture
def open_client(context):
    """Clients that are closed with the test."""
    made = []

    def open_one(daemon, **options):
        options = {"timeout": DEADLINE} | options
        endpoints = (
            daemon if isinstance(daemon, Endpoints)
            else Endpoints.from_port_file(daemon.port_file))
        made.append(Osier(endpoints, context=context, **options))
        return made[-1]

    yield open_one
    for client in made:
        client.close()


@pytest.fixture
def model(start, open_client):
    return open_client(start())


class TestOneByOne:
    def test_without_a_sample_there_is_no_model(self, model):
        with pytest.raises(NoModel) as caught:
            model.predict_one({"a": 1})
        assert caught.value.code == "no_model"

    @pytest.mark.parametrize(
        "labels", [("UP", "DOWN"), (True, False), (0, 1), (np.int64(7), np.int64(-3))], ids=str)
    def test_labels_come_back_in_the_type_that_was_sent(self, model, labels):
        for _ in range(200):
            model.learn_one({"a": 1.0}, labels[0])
            model.learn_one({"a": -1.0}, labels[1])
        for x, label in ((1.0, labels[0]), (-1.0, labels[1])):
            answer = model.predict_one({"a": x})
            plain = label.item() if isinstance(label, np.generic) else label
            assert answer == plain and type(answer) is type(plain)
            shares = model.predict_proba_one({"a": x})
            assert max(shares, key=shares.get) == plain
            assert {type(key) for key in shares} == {type(plain)}
            assert sum(shares.values()) == pytest.approx(1, abs=1e-5)

    def test_a_number_is_predicted(self, model):
        x, y = plane(2_000)
        model.learn_many(x, y)
        answer = model.predict(x[0])
        assert answer.p is None and answer.model.samples == 2_000
        assert answer.y == pytest.approx(y[0], abs=0.5)

    def test_several_numbers_are_predicted(self, model):
        x, y = plane(2_000)
        model.learn_one(x[0], [y[0], -y[0]])
        model.learn_many(x[1:], np.stack([y, -y], axis=1)[1:])
        assert model.predict_one(x[0]) == pytest.approx([y[0], -y[0]], abs=0.5)
        assert model.predict_many(x[:3]).shape == (3, 2)

    def test_values_may_be_missing_words_and_booleans(self, model):
        x = {"load": 0.5, "site": "north", "open": True, "gone": None, "nan": float("nan")}
        assert model.learn_one(x, "UP").accepted == 1
        names = {feature["name"] for feature in model.schema()["features"]}
        assert names >= {"load", "open", "gone", "nan"}

    def test_sparse_samples_are_samples(self, model):
        assert model.learn_one(Sparse([1, 4], [0.5, 2.0], 6), "UP").accepted == 1
        assert model.predict_one([0, 0.5, 0, 0, 2.0, 0]) == "UP"

    def test_a_missing_value_has_no_name_in_an_array(self, model):
        assert model.learn_one(np.array([1.0, np.nan]), "UP").accepted == 1

    def test_a_refusal_is_raised_with_the_daemons_words(self, model):
        model.learn_one([1, 2, 3], "UP")
        for act in (lambda: model.learn_one([1, 2], "UP"), lambda: model.predict([1, 2])):
            with pytest.raises(Refused) as caught:
                act()
            assert caught.value.code == "shape_mismatch" and "3" in caught.value.message

    @pytest.mark.parametrize("x", [{"a": float("inf")}, {"a": [1]}, [[1, 2]], ["north"]], ids=str)
    def test_what_no_message_can_hold_is_refused_before_it_is_sent(self, model, x):
        with pytest.raises((ValueError, TypeError)):
            model.learn_one(x, "UP")
        assert model.learn_one([1.0], "UP").accepted == 1

    def test_an_unlabelled_sample_is_no_learning(self, model):
        model.learn_one([1.0], "UP")
        model.learn_one([1.0])
        assert model.status()["stream"]["learned"] == 1


@pytest.fixture(scope="module")
def points():
    x, y = two_classes(3_000, width=4)
    return x, np.asarray(y)


def fingerprint(client, x):
    """The bits of a model's answers."""
    answer = client.predict_proba_many(x[:200])
    return answer.p.tobytes(), tuple(answer.classes), answer.model.samples


class TestMany:
    """However samples are sent, the learner takes in the same: its answers show it, bit by bit."""

    def answers(self, start, open_client, teach, x):
        client = open_client(start())
        teach(client)
        return fingerprint(client, x)

    def test_an_array_is_learned_like_its_rows(self, start, open_client, points):
        x, y = points

        def one_by_one(client):
            for row, label in zip(x, y, strict=True):
                client.learn_one(row, str(label), wait=False)
            assert client.flush().accepted == len(x)

        ways = (
            one_by_one,
            lambda client: client.learn_many(x, y),
            lambda client: client.learn_many(x.tolist(), list(y)),
            lambda client: [client.push_many(x, y), self.wait(client, len(x))],
        )
        assert len({self.answers(start, open_client, way, x) for way in ways}) == 1

    def wait(self, client, count):
        wait_for(lambda: client.status()["stream"]["learned"] == count, f"{count} samples")

    def test_a_frame_of_pandas_is_learned_like_its_records(self, start, open_client, points):
        pandas = pytest.importorskip("pandas")
        x, y = points
        table = pandas.DataFrame(x, columns=list("abcd"))
        records = table.to_dict("records")
        ways = (
            lambda client: client.learn_many(table, pandas.Series(y)),
            lambda client: client.learn_many(records, y),
            lambda client: [
                client.learn_one(row, label, wait=False)
                for (_, row), label in zip(table.iterrows(), y, strict=True)],
        )
        assert len({self.answers(start, open_client, way, table) for way in ways}) == 1

    def test_a_frame_of_words_and_gaps_is_learned(self, model):
        pandas = pytest.importorskip("pandas")
        table = pandas.DataFrame({
            "site": ["north", "south", None] * 50, "load": [1.0, -1.0, np.nan] * 50,
            "kind": pandas.Categorical(["a", "b", "a"] * 50)})
        y = pandas.Series(["UP", "DOWN", "UP"] * 50)
        assert model.learn_many(table, y).accepted == 150
        assert list(model.predict_many(table[:2])) == ["UP", "DOWN"]

    @pytest.mark.parametrize(
        "dtype", ["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint64",
                  "bool", ">f8", "object"])
    def test_every_kind_of_number_arrives(self, model, dtype):
        x = np.array([[0, 1], [1, 0], [1, 1]]).astype(dtype)
        assert model.learn_many(x, [3.0, 1.0, 2.0]).accepted == 3
        schema = model.schema()["features"]
        assert [feature["mean"] for feature in schema] == pytest.approx([2 / 3, 2 / 3])

    def test_arrays_in_fortran_order_and_slices_arrive_as_they_read(self, model):
        x = np.asfortranarray(np.arange(12.0).reshape(6, 2))
        model.learn_many(x[::2], [1.0, 2.0, 3.0])
        assert [f["mean"] for f in model.schema()["features"]] == [4, 5]

    def test_predictions_of_an_array_are_those_of_its_rows(self, model):
        x, y = two_classes(500)
        model.learn_many(x, y)
        labels = model.predict_many(x)
        assert (labels == np.asarray(y)).mean() > 0.95
        shares = model.predict_proba_many(x[:20])
        assert shares.classes == ["UP", "DOWN"] and shares.p.shape == (20, 2)
        for row, label, share in zip(x[:20], labels, shares.p, strict=False):
            answer = model.predict(row)
            assert answer.y == label
            assert [answer.p[name] for name in shares.classes] == pytest.approx(share, abs=1e-6)

    def test_refused_samples_are_listed(self, model):
        x = np.ones((5, 3))
        x[2, 1] = np.inf
        told = model.learn_many(x, ["UP"] * 5)
        assert told.accepted == 4
        assert [(one.index, one.code) for one in told.rejected] == [(2, "not_finite")]

    def test_refusals_are_counted_through_over_requests(self, model):
        samples = [{"a": 1.0}] * 700
        labels = ["UP"] * 700
        weights = [1.0] * 700
        weights[3] = weights[600] = -1.0
        told = model.learn_many(samples, labels, weights=weights)
        assert told.accepted == 698
        assert [one.index for one in told.rejected] == [3, 600]

    def test_a_sample_without_a_label_among_words_is_unlabelled(self, model):
        model.learn_many([{"a": 1}, {"a": 2}, {"a": 3}], ["UP", None, "UP"])
        assert model.status()["stream"]["learned"] == 2

    @pytest.mark.parametrize("arguments", [
        {"x": [[1, 2]], "y": ["UP", "DOWN"]}, {"x": [[1, 2]], "y": [1], "weights": [1, 2]},
        {"x": [{"a": 1}], "y": [1, 2]}], ids=str)
    def test_columns_of_unequal_length_are_refused(self, model, arguments):
        with pytest.raises(ValueError, match="1"):
            model.learn_many(**arguments)


class TestAcknowledged:
    def test_a_producer_goes_on_where_it_was(self, start, open_client):
        daemon = start()
        for last in (3, 6):
            client = open_client(daemon, producer="meter-7")
            for _ in range(3):
                client.learn_one([1.0], "UP")
            assert client.last_acknowledged == last

    def test_flush_sums_up_what_nobody_waited_for(self, model):
        for index in range(300):
            model.learn_one([1.0, 2.0] if index != 200 else [1.0], "UP", wait=False)
        told = model.flush()
        assert told.accepted == 299
        assert [(one.index, one.code) for one in told.rejected] == [(200, "shape_mismatch")]
        assert model.flush().accepted == 0

    def test_leaving_the_context_waits_for_everything(self, start, connect):
        daemon = start()
        with Osier(Endpoints.from_port_file(daemon.port_file), producer="p") as client:
            for _ in range(500):
                client.learn_one([1.0], "UP", wait=False)
        assert connect(daemon).status()["stream"]["learned"] == 500

    def test_a_full_daemon_is_waited_for(self, start, open_client):
        client = open_client(start("learning.queue=64"), producer="p")
        x, y = two_classes(20_000, width=8)
        for begin in range(0, len(x), 100):
            client.learn_many(x[begin:begin + 100], y[begin:begin + 100], wait=False)
        assert client.flush().accepted == 20_000
        assert client.status()["stream"]["learned"] == 20_000

    def test_a_paused_daemon_is_named_when_time_is_up(self, start, open_client):
        client = open_client(start(), producer="p", timeout=0.5)
        client.learn_one([1.0], "UP")
        client.pause()
        with pytest.raises(TimedOut) as caught:
            client.learn_one([1.0], "UP")
        assert caught.value.last.code == "paused"
        client.resume()
        assert client.flush().accepted == 1
        assert client.status()["stream"]["learned"] == 2

    def test_connections_that_break_lose_and_repeat_nothing(self, start, open_client):
        """The same model, to the last bit, as over a sound wire."""
        x, y = two_classes(2_000)
        answers = []
        for limit in (None, 20_000):
            daemon = start()
            wire = CutWire(daemon.endpoint("learn"), limit)
            endpoints = dataclasses.replace(
                Endpoints.from_port_file(daemon.port_file), learn=wire.endpoint)
            client = open_client(endpoints, producer="p", resend_after=0.2)
            for row, label in zip(x, y, strict=True):
                client.learn_one(row, label, wait=False)
            told = client.flush()
            assert told.accepted == 2_000 and not told.rejected
            assert client.status()["stream"]["learned"] == 2_000
            answers.append(fingerprint(client, x))
            wire.close()
        assert wire.cuts >= 5
        assert answers[0] == answers[1]

    def test_late_labels_join_their_features(self, model):
        try:
            model.learn_one([1.0], "UP")
            model.predict([1.0], id="a17", remember=True)
            assert model.label("a17", "UP").accepted == 1
        except Refused as refusal:
            if refusal.code != "unsupported":
                raise
            pytest.skip("this daemon has no late labels")
        assert model.status()["stream"]["learned"] == 2


class TestTime:
    @pytest.fixture
    def nowhere(self):
        with zmq.Context() as own, own.socket(zmq.ROUTER) as socket:
            port = socket.bind_to_random_port("tcp://127.0.0.1")
        return Endpoints(**{name: f"tcp://127.0.0.1:{port}" for name in SOCKETS})

    @pytest.mark.parametrize("producer", [None, "p"])
    @pytest.mark.parametrize(
        "act", [lambda c: c.learn_one([1.0], "UP"), lambda c: c.predict([1.0]),
                lambda c: c.status(), lambda c: c.push_one([1.0], "UP")],
        ids=["learn", "predict", "status", "push"])
    def test_who_does_not_answer_is_named(self, open_client, nowhere, producer, act):
        client = open_client(nowhere, producer=producer, timeout=0.3)
        with pytest.raises(TimedOut, match=nowhere.learn) as caught:
            act(client)
        assert isinstance(caught.value, TimeoutError) and "start the daemon" in str(caught.value)

    def test_what_was_not_acknowledged_is_sent_when_the_daemon_comes(
        self, start, open_client, nowhere
    ):
        client = open_client(nowhere, producer="p", timeout=0.3, resend_after=0.1)
        with pytest.raises(TimedOut):
            client.learn_one([1.0], "UP")
        start(f"sockets.learn={nowhere.learn}")
        client.timeout = DEADLINE
        assert client.flush().accepted == 1

    def test_a_daemon_that_comes_late_is_found(self, start, open_client, nowhere):
        client = open_client(nowhere, timeout=DEADLINE)
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(client.status()))
        waiting.start()
        start(f"sockets.control={nowhere.control}")
        waiting.join(DEADLINE)
        assert answers[0]["state"] == "running"


class TestRestart:
    def restart(self, start, daemon, *pairs):
        """Kills the daemon and starts another one on its ports."""
        daemon.signal(signal.SIGKILL)
        daemon.process.wait()
        ports = [f"sockets.{name}={daemon.endpoint(name)}" for name in SOCKETS]
        return start(*ports, *pairs)

    def test_a_daemon_that_forgot_is_told_from_one_that_did_not(self, start, open_client):
        daemon = start()
        client = open_client(daemon, producer="p", resend_after=0.1)
        client.learn_many(np.ones((10, 2)), ["UP"] * 10)
        assert client.learn_one([1.0, 1.0], "UP").durable is False
        self.restart(start, daemon)
        with pytest.raises(AcknowledgedDataLost) as caught:
            client.learn_one([1.0, 1.0], "UP")
        assert caught.value.acknowledged == 2 and caught.value.daemon_has == 0

    def test_it_goes_on_without_them_when_that_is_wanted(self, start, open_client):
        daemon = start()
        client = open_client(daemon, producer="p", resend_after=0.1, on_lost="continue")
        for _ in range(5):
            client.learn_one([1.0], "UP")
        again = self.restart(start, daemon)
        for _ in range(7):
            client.learn_one([1.0], "UP")
        assert client.last_acknowledged == 7
        assert open_client(again).status()["stream"]["learned"] == 7
        assert client.predict_one([1.0]) == "UP"

    def test_a_daemon_with_a_journal_loses_nothing(self, start, open_client, tmp_path):
        storage = f"storage.directory={tmp_path / 'state'}"
        daemon = start(storage)
        client = open_client(daemon, producer="p", resend_after=0.1)
        x, y = two_classes(600)
        if not client.learn_one(x[0], y[0]).durable:
            pytest.skip("this daemon keeps nothing over a restart")
        for row, label in zip(x[1:300], y[1:300], strict=True):
            client.learn_one(row, label, wait=False)
        again = self.restart(start, daemon, storage)
        for row, label in zip(x[300:], y[300:], strict=True):
            client.learn_one(row, label, wait=False)
        client.flush()
        assert client.last_acknowledged == 600
        assert open_client(again).status()["stream"]["learned"] == 600


class TestWatching:
    def test_events_come_with_their_topic(self, model):
        numbers = []
        for event in model.events("status"):
            assert event.topic == "status" and event.body["state"] == "running"
            numbers.append(event.body["sequence"])
            if len(numbers) == 2:
                break
        assert numbers[0] < numbers[1]

    def test_events_end_when_nothing_comes(self, model):
        assert list(model.events("drift", timeout=0.1)) == []

    def test_adaptations_are_told_with_every_key(self, context, open_client):
        told = {
            "time": 1.5, "sequence": 3, "structure": 2, "event": "kept",
            "action": {"op": "grow", "layer": 0, "units": 16},
            "hidden": {"before": [8], "after": [24]}, "parameters": {"before": 50, "after": 146},
            "by": "rules", "observation": {"lag": 0.0}, "action_values": None, "reward": 0.1,
            "reason": "the wider network was better"}
        with context.socket(zmq.XPUB) as publisher:
            publisher.linger = 0
            port = publisher.bind_to_random_port("tcp://127.0.0.1")
            client = open_client(Endpoints(status=f"tcp://127.0.0.1:{port}"))

            def publish():
                assert publisher.recv() == b"\x01adaptation"
                publisher.send_multipart([b"adaptation", json.dumps(told).encode()])

            thread = threading.Thread(target=publish)
            thread.start()
            adaptation = next(client.adaptations(timeout=DEADLINE))
            thread.join()
        assert dataclasses.asdict(adaptation) == told


class TestCommands:
    def test_commands_take_effect(self, model):
        assert "version" in model.ping()
        model.learn_one([1.0], "UP")
        model.optimizer(name="sgd", learning_rate=0.25)
        model.budget(max_parameters=5_000)
        status = model.status()
        assert status["model"]["optimizer"] == "sgd"
        assert status["model"]["learning_rate"] == 0.25
        assert status["controller"]["budget"]["max_parameters"] == 5_000

    def test_a_command_that_is_refused_raises(self, model):
        with pytest.raises(Refused) as caught:
            model.control("levitate")
        assert caught.value.code == "unknown_op"

    @pytest.mark.parametrize("kind", [Osier, AsyncOsier])
    def test_every_command_of_the_protocol_is_a_method(self, kind):
        page = (ROOT / "Sources/WireFormat/WireFormat.docc/Protocol.md").read_text()
        table = page.split("### Commands\n", 1)[1].split("### ", 1)[0]
        commands = re.findall(r"^\| `(\w+)` \|", table, re.M)
        assert len(commands) >= 20
        assert [name for name in commands if not hasattr(kind, name)] == []

    def test_the_structure_of_a_running_daemon(self, start, open_client):
        """Each change is answered with what it did, and told to whoever iterates."""
        model = open_client(start(
            "model.hidden=[8]", "learning.committee=1", "structure.policy=off",
            "learning.holdout=0.1"))
        for n in range(400):
            model.learn_one([float(n % 2), float(n % 3)], "AB"[n % 2], wait=False)
        model.flush()
        heard = model.adaptations(timeout=DEADLINE)
        before = model.predict_proba_one([1.0, 2.0])
        assert model.grow(0, 4)["hidden"] == {"before": [8], "after": [12]}
        assert model.predict_proba_one([1.0, 2.0]) == before
        told = next(heard)
        assert (told.event, told.by, told.action) == (
            "forced", "operator", {"op": "grow", "layer": 0, "units": 4})
        assert told.hidden == {"before": [8], "after": [12]} and told.structure == 1
        assert model.insert_layer(1, 12)["hidden"]["after"] == [12, 12]
        assert model.shrink(1, 4)["hidden"]["after"] == [12, 8]
        assert model.remove_layer(1)["hidden"]["after"] == [12]
        assert model.prune("magnitude", "connections", fraction=0.2)["ok"]
        assert model.restore("random", 1.0)["ok"]
        assert model.refresh(0.1)["ok"]
        assert next(heard).event == "forced"
        assert model.distill([6])["started"]
        for n in range(5_000):
            model.learn_one([float(n % 2), float(n % 3)], "AB"[n % 2], wait=False)
        model.flush()
        outcome = next(one for one in heard if one.action["op"] == "distill")
        assert outcome.event in ("forced", "reverted") and outcome.reason
        assert model.controller(policy="rules", mode="observe")["ok"]
        assert model.budget(cpu_fraction=0.5)["ok"]
        controller = model.status()["controller"]
        assert (controller["policy"], controller["mode"]) == ("rules", "observe")
        assert controller["budget"]["cpu_fraction"] == 0.5

    def test_structure_commands_have_the_arguments_of_the_protocol(self, context, open_client):
        """Each request as a daemon gets it."""
        expected = [
            {"op": "grow", "layer": 0, "units": 4},
            {"op": "shrink", "layer": 0, "units": 2, "member": 1},
            {"op": "insert_layer", "layer": 1},
            {"op": "remove_layer", "layer": 0},
            {"op": "prune", "criterion": "magnitude", "scope": "units", "fraction": 0.1},
            {"op": "restore", "method": "random", "fraction": 0.5},
            {"op": "refresh", "fraction": 0.2, "member": 2},
            {"op": "distill", "hidden": [4]},
            {"op": "controller", "mode": "observe"},
        ]
        calls = [
            lambda c: c.grow(0, 4), lambda c: c.shrink(0, 2, member=1),
            lambda c: c.insert_layer(1), lambda c: c.remove_layer(0),
            lambda c: c.prune("magnitude", "units", fraction=0.1),
            lambda c: c.restore("random", 0.5), lambda c: c.refresh(0.2, member=2),
            lambda c: c.distill([4]),
            lambda c: c.controller(mode="observe"),
        ]
        heard = []
        with context.socket(zmq.ROUTER) as router:
            router.linger = 0
            port = router.bind_to_random_port("tcp://127.0.0.1")

            def answer():
                for _ in range(len(calls) + 1):
                    address, request = router.recv_multipart()
                    heard.append(json.loads(request))
                    extra = [b"model"] if heard[-1]["op"] == "export" else []
                    router.send_multipart([address, b'{"ok":true}', *extra])

            thread = threading.Thread(target=answer)
            thread.start()
            client = open_client(Endpoints(control=f"tcp://127.0.0.1:{port}"))
            for call in calls:
                assert call(client)["ok"]
            assert client.export("onnx") == b"model"
            thread.join()
        assert heard == [*expected, {"op": "export", "format": "onnx"}]

    def test_the_model_comes_as_a_file(self, model):
        model.learn_one([1.0, 2.0], "UP")
        file = model.export("safetensors")
        size = int.from_bytes(file[:8], "little")
        assert isinstance(json.loads(file[8:8 + size]), dict)

    def test_shutdown_ends_the_daemon(self, start, open_client):
        daemon = start()
        open_client(daemon).shutdown()
        assert daemon.wait() == 0


class TestPackage:
    def test_it_installs_and_says_that_it_is_typed(self, tmp_path):
        package = ROOT / "samples/python/osier"
        # A copy: a build leaves its traces beside the sources.
        copy = tmp_path / "package"
        copy.mkdir()
        subprocess.run(["cp", "-R", f"{package}/.", str(copy)], check=True)
        result = subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target",
             str(tmp_path / "site"), str(copy)],
            capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert (tmp_path / "site/osier/py.typed").exists()

    @pytest.mark.slow
    def test_its_types_hold(self):
        pytest.importorskip("mypy")
        package = ROOT / "samples/python/osier"
        result = subprocess.run(
            [sys.executable, "-m", "mypy", "--no-incremental", "--cache-dir", "/dev/null", "src"],
            cwd=package, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout
