"""PROTOCOL 6: changes of the structure of a running network, told on `adaptation` (section 5)."""

import numpy as np
import pytest

from client import assert_error, receive_of, receive_until
from streams import samples, teach, two_classes

PROBES = [{"x": x.tolist()} for x in np.random.default_rng(5).normal(size=(200, 3)) * 2]
KEYS = {"time", "sequence", "structure", "event", "action", "hidden", "parameters", "by",
        "observation", "action_values", "reward", "reason"}


def answers(client):
    """The probability of UP for every probe, from a model that has taken everything in."""
    client.predict(PROBES[0] | {"consistent": True})
    return np.array([answer["p"]["UP"] for answer in client.predict(PROBES)])


def change(client, command, before, after):
    """Asks for a change and holds the reply and the `adaptation` to what it should say."""
    heard = client.listen("adaptation")
    revision = client.status()["model"]["structure"]
    reply = client.connection("control").ask(command)
    assert reply.get("ok") is True, reply
    assert reply["hidden"] == {"before": before, "after": after}
    assert reply["structure"] == revision + 1
    told = receive_until(heard, lambda topic, object: topic == "adaptation"
                         and object["structure"] == reply["structure"])[-1][1]
    assert set(told) >= KEYS
    assert told["event"] == "forced" and told["by"] == "operator"
    assert told["hidden"] == reply["hidden"] and told["parameters"] == reply["parameters"]
    assert told["action"].items() >= {
        key: value for key, value in command.items()}.items()
    assert told["reason"]
    model = client.status()["model"]
    assert model["hidden"] == after and model["structure"] == reply["structure"]
    assert model["parameters"] == reply["parameters"]["after"]
    return reply


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "sigmoid"])
def test_growth_and_new_layers_keep_every_answer(start, connect, activation):
    client = connect(start(f"model.activation={activation}"))
    teach(client)
    before = answers(client)
    change(client, {"op": "grow", "layer": 0, "units": 16}, [8], [24])
    assert np.array_equal(answers(client), before)
    change(client, {"op": "insert_layer", "layer": 1}, [24], [24, 24])
    change(client, {"op": "insert_layer", "layer": 1, "units": 4}, [24, 24], [24, 4, 24])
    assert np.abs(answers(client) - before).max() <= 1e-5
    teach(client, 200, seed=2)
    assert not np.array_equal(answers(client), before)


def test_what_was_cut_away_can_come_back(client):
    teach(client, 600)
    prune = {"op": "prune", "criterion": "magnitude", "scope": "units", "fraction": 0.25}
    change(client, prune, [8], [6])
    before = answers(client)
    change(client, {"op": "restore", "method": "random", "fraction": 0.5}, [6], [7])
    assert np.abs(answers(client) - before).max() <= 1e-5
    change(client, {"op": "shrink", "layer": 0, "units": 3}, [7], [4])
    change(client, {"op": "remove_layer", "layer": 0}, [4], [])
    change(client, {"op": "insert_layer", "layer": 0, "units": 5}, [], [5])
    teach(client, 200, seed=2)


def test_cut_connections_stay_zero(client):
    teach(client)
    whole = client.status()["model"]["nonzero_parameters"]
    reply = client.control("prune", criterion="gradient", scope="connections", fraction=0.5)
    assert reply.get("ok") is True, reply
    cut = client.status()["model"]["nonzero_parameters"]
    # Half of 24 weights and half of 8; a unit that nothing leads to goes altogether.
    assert cut <= whole - 16
    teach(client, 300, seed=2)
    assert client.status()["model"]["nonzero_parameters"] <= cut
    assert client.control("restore", method="greedy", fraction=1.0).get("ok") is True


def test_a_distilled_network_takes_over_when_it_is_no_worse(client):
    teach(client, 1_000)
    heard = client.listen("adaptation")
    assert client.control("distill", hidden=[5, 3]) == {"ok": True, "started": True}
    assert client.status()["model"]["hidden"] == [8]
    x, y = two_classes(6_000, seed=3)
    client.learn(samples(x, y))
    told = receive_of(heard, "adaptation")
    assert set(told) >= KEYS and told["action"] == {"op": "distill", "hidden": [5, 3]}
    assert told["event"] == "forced" and told["hidden"] == {"before": [8], "after": [5, 3]}
    assert client.status()["model"]["hidden"] == [5, 3]


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


@pytest.mark.parametrize("command", [
    {"op": "grow", "layer": 1, "units": 1},
    {"op": "grow", "layer": 0, "units": 5_000},
    {"op": "shrink", "layer": 0, "units": 7},
    {"op": "shrink", "layer": 3, "units": 1},
    {"op": "insert_layer", "layer": 2},
    {"op": "insert_layer", "layer": 1, "units": 1},
    {"op": "remove_layer", "layer": 1},
    {"op": "grow", "layer": 0, "units": 1, "member": 17},
    {"op": "prune", "criterion": "magnitude", "scope": "units", "fraction": 0.9},
    {"op": "prune", "criterion": "beauty", "scope": "units", "fraction": 0.1},
    {"op": "prune", "criterion": "magnitude", "scope": "units", "fraction": 1.5},
    {"op": "restore", "method": "random", "fraction": 0.5},
    {"op": "distill", "hidden": [1]},
    {"op": "distill", "hidden": [9] * 7},
    {"op": "distill", "hidden": [4_000, 4_000]},
], ids=lambda command: " ".join(str(value) for value in command.values()))
def test_an_illegal_command_is_refused_and_changes_nothing(taught, command):
    before = taught.digest()
    assert_error(taught.connection("control").ask(command), "bad_value")
    assert taught.digest() == before


def test_before_the_first_sample_there_is_nothing_to_change(client):
    before = client.digest()
    assert_error(client.control("grow", layer=0, units=1), "no_model")
    assert client.digest() == before


def test_a_budget_of_parameters_bounds_growth(client):
    teach(client)
    client.control("budget", max_parameters=100)
    assert_error(client.control("grow", layer=0, units=20), "bad_value")
    assert client.control("grow", layer=0, units=2)["parameters"]["after"] <= 100
