"""PROTOCOL 6: commands."""

import re

import pytest

from client import assert_error, only_json
from streams import samples, teach, two_classes

PROBE = {"x": [0.5, -0.25, 1.0]}


def test_ping_tells_the_version(client):
    reply = client.control("ping")
    assert reply["ok"] is True and reply["version"]


def test_the_id_of_a_command_is_echoed(client):
    assert client.control("ping", id="c1")["id"] == "c1"


def test_the_schema_names_features_and_classes(client):
    client.learn([{"x": {"temp": t, "wind": 3}, "y": label}
                  for t, label in ((1, "UP"), (3, "DOWN"))])
    text = str(client.control("schema"))
    for name in ("temp", "wind", "UP", "DOWN"):
        assert repr(name) in text
    # The mean of temp is among its statistics.
    assert re.search(r"\b2(\.0)?\b", text)


class TestDigest:
    def test_it_is_a_sha_256_and_belongs_to_an_offset(self, client):
        reply = client.control("digest")
        assert reply["ok"] is True and re.fullmatch("[0-9a-f]{64}", reply["digest"])
        assert type(reply["offset"]) is int

    def test_it_changes_with_every_learned_sample(self, client):
        seen = {client.digest()}
        for sample in samples(*two_classes(20)):
            client.learn(sample)
            seen.add(client.digest())
        assert len(seen) == 21

    def test_asking_changes_nothing(self, client):
        teach(client, 50)
        before = client.digest()
        for _ in range(20):
            for op in ("status", "schema", "ping", "digest"):
                client.control(op)
        assert client.digest() == before

    def test_equal_daemons_fed_alike_are_equal(self, start, connect):
        first, second = connect(start()), connect(start())
        assert first.digest() == second.digest()
        for client in (first, second):
            teach(client, 300)
        assert first.digest() == second.digest()

    def test_another_seed_is_another_state(self, start, connect):
        digests = set()
        for seed in (1, 2):
            client = connect(start(f"model.seed={seed}"))
            teach(client, 20)
            digests.add(client.digest())
        assert len(digests) == 2


class TestPause:
    def test_nothing_is_learned_and_predictions_go_on(self, client):
        teach(client, 100)
        before = client.predict(PROBE | {"consistent": True})
        assert client.control("pause")["ok"] is True
        for sample in samples(*two_classes(20, seed=7)):
            client.push(sample)
        assert client.predict(PROBE) == before
        assert client.status()["stream"]["learned"] == 100
        assert client.control("resume")["ok"] is True

    def test_what_came_meanwhile_is_learned_after_resume(self, client):
        teach(client, 100)
        client.control("pause")
        for sample in samples(*two_classes(20, seed=7)):
            client.push(sample)
        client.control("resume")
        client.wait_until_learned(120)

    def test_an_acknowledged_sample_is_refused_or_learned_later_never_lost(self, client):
        teach(client, 100)
        client.control("pause")
        dealer = client.fresh("learn")
        dealer.send(PROBE | {"y": "UP"})
        # Whatever the daemon does with it, it does not learn now.
        assert client.status()["stream"]["learned"] == 100
        client.control("resume")
        reply = only_json(dealer.receive())
        if reply.get("ok"):
            client.wait_until_learned(101)
        else:
            assert_error(reply, "paused", "busy")

    def test_pause_and_resume_may_be_repeated(self, client):
        for op in ("pause", "pause", "resume", "resume", "resume"):
            assert client.control(op)["ok"] is True
        teach(client, 10)


class TestSettings:
    @pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"])
    def test_the_optimizer_may_be_changed(self, client, name):
        teach(client, 50)
        assert client.control("optimizer", name=name, learning_rate=0.005)["ok"] is True
        teach(client, 50, seed=2)
        model = client.wait_until_learned(100)["model"]
        assert model["optimizer"] == name
        assert model["learning_rate"] == pytest.approx(0.005)

    def test_changing_the_optimizer_does_not_move_predictions(self, client):
        teach(client, 50)
        before = client.predict(PROBE | {"consistent": True})
        client.control("optimizer", name="sgd", learning_rate=0.5)
        assert client.predict(PROBE | {"consistent": True}) == before

    @pytest.mark.parametrize("name", [
        "constant", "exponential", "step", "sawtooth", "polynomial", "inverse_sqrt", "plateau",
        "drift"])
    def test_the_schedule_may_be_changed(self, client, name):
        teach(client, 50)
        assert client.control("schedule", name=name)["ok"] is True
        teach(client, 50, seed=2)
        assert client.wait_until_learned(100)["model"]["schedule"] == name

    def test_a_schedule_acts_on_the_rate(self, client):
        teach(client, 50)
        client.control("optimizer", name="sgd", learning_rate=0.08)
        client.control("schedule", name="step", every=10, factor=0.5)
        teach(client, 400, seed=2)
        rate = client.wait_until_learned(450)["model"]["learning_rate"]
        # Many halvings later it lies on the floor of 1e-5.
        assert rate == pytest.approx(1e-5, rel=0.01)

    def test_a_budget_may_be_changed_in_parts(self, client):
        assert client.control("budget", max_parameters=5_000)["ok"] is True
        assert client.control("budget", cpu_fraction=0.5)["ok"] is True
        budget = client.status()["controller"]["budget"]
        assert budget["max_parameters"] == 5_000 and budget["cpu_fraction"] == 0.5


class TestShutdown:
    def test_it_is_acknowledged_and_ends_the_process_with_zero(self, start, connect):
        daemon = start()
        client = connect(daemon)
        teach(client, 50)
        assert client.control("shutdown")["ok"] is True
        assert daemon.wait() == 0


def test_a_command_with_a_wrong_argument_changes_nothing(client):
    teach(client, 20)
    before = client.digest()
    assert_error(client.control("optimizer", name="sgd", learning_rate=-1), "bad_value")
    assert client.digest() == before
