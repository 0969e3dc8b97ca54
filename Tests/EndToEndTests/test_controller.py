"""The structure controller in the real process: decisions, budgets, simulation."""

import json

import pytest

from client import assert_error, receive_until
from process import osier
from streams import GROWING, points, two_classes

KEYS = {
    "time", "sequence", "structure", "event", "action", "hidden", "parameters", "by",
    "observation", "action_values", "reward", "reason",
}

TINY = """
name: tiny
samples: 3000
rungs: [4, 16]
arrival: {kind: bursts, rate: 20000, factor: 64, quiet_samples: 1000, burst_samples: 500}
stream: {kind: prototypes, inputs: 8, classes: 4, complexity: 3}
budget: {cpu_fraction: 0.8, max_lag_seconds: 0.002}
"""


def test_a_running_daemon_grows_and_explains_it(start, connect):
    client = connect(start(*GROWING))
    told = client.listen("adaptation")
    for part in range(24):
        client.learn(points(500, seed=part))
    kept = receive_until(told, lambda _, body: body.get("event") == "kept")[-1][1]
    assert kept.keys() >= KEYS
    assert kept["by"] == "rules"
    assert kept["action"]["op"] == "grow"
    assert kept["hidden"]["after"][0] > kept["hidden"]["before"][0]
    assert kept["parameters"]["after"] > kept["parameters"]["before"]
    assert "nats" in kept["reason"]
    status = client.status()
    assert status["model"]["hidden"][0] > 2
    assert status["controller"]["kept"] >= 1
    assert status["controller"]["decisions"] >= status["controller"]["kept"]
    assert {"load", "growth_signal", "train_share"} <= status["controller"]["observation"].keys()


def test_a_daemon_beyond_its_budget_sheds_training_and_not_predictions(start, connect):
    client = connect(start(
        "model.hidden=[32]", "structure.policy=rules", "budget.cpu_fraction=0.000001",
    ))
    x, y = two_classes(500)
    rows = [{"x": list(map(float, a)), "y": b} for a, b in zip(x, y, strict=True)]
    for _ in range(30):
        client.learn(rows)
    client.wait_for_status(lambda status: status["stream"]["shed"] > 0, "shed samples")
    stream = client.status()["stream"]
    assert stream["learned"] + stream["shed"] == 15_000
    assert client.predict({"x": rows[0]["x"]})["y"] in y


def test_policy_and_mode_change_while_it_runs(client):
    assert client.control("controller", policy="rules", mode="observe")["ok"]
    controller = client.status()["controller"]
    assert (controller["policy"], controller["mode"]) == ("rules", "observe")
    assert client.control("controller", policy="q-learning")["ok"]
    assert client.control("controller", mode="act")["ok"]
    controller = client.status()["controller"]
    assert (controller["policy"], controller["mode"]) == ("q-learning", "act")
    assert_error(client.control("controller", policy="magic"), "bad_value", "wrong_type")
    assert client.status()["controller"]["policy"] == "q-learning"
    assert client.control("controller", policy="off")["ok"]
    assert client.status()["controller"]["policy"] == "off"


def test_an_evaluation_counts_decisions_and_repeats_them(tmp_path):
    path = tmp_path / "points.csv"
    rows = points(12_000)
    path.write_text(
        "a,b,c,d,e,f,target\n"
        + "".join(",".join(map(str, row["x"])) + f",c{row['y']}\n" for row in rows)
    )
    results = []
    for _ in range(2):
        done = osier(
            "evaluate", path, "--target", "target", "--json", "--set", "model.hidden=[2]",
            "--set", "learning.committee=1", "--set", "structure.policy=rules",
            "--set", "learning.holdout=0.05",
        )
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout.splitlines()[-1])
        for key in ("seconds", "samples_per_second", "resident_bytes"):
            del result[key]
        results.append(result)
    assert results[0] == results[1]
    controller = results[0]["controller"]
    assert controller["policy"] == "rules"
    assert controller["decisions"] >= 1
    assert controller["kept"] >= 1
    assert results[0]["model"]["structure"] >= 1


def test_simulate_compares_policies_with_intervals(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    done = osier("simulate", path, "--policy", "all", "--seeds", "2", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    names = [line["policy"] for line in result["policies"]]
    for name in (
        "fixed-4", "fixed-16", "dqn", "rules", "q-learning", "random", "shed-16", "ladder",
        "committee-3", "observations-permuted", "rewards-permuted",
    ):
        assert name in names
    for line in result["policies"]:
        assert line["utility"]["low"] <= line["utility"]["mean"] <= line["utility"]["high"]
        assert 0 <= line["violations"] <= 1
    again = osier("simulate", path, "--policy", "all", "--seeds", "2", "--json")
    assert again.stdout == done.stdout


FILE = """\
name: recorded
samples: 3000
hidden: [8]
rungs: [2, 8]
stream: {kind: file, file: recorded/stream.csv, target: side}
"""


def test_a_recorded_stream_is_simulated_again_and_again(tmp_path):
    scenario = tmp_path / "recorded.yaml"
    scenario.write_text(FILE)
    (tmp_path / "recorded").mkdir()
    table = tmp_path / "recorded" / "stream.csv"
    x, y = two_classes(500)
    rows = [",".join([*map(str, a), str(b)]) for a, b in zip(x, y, strict=True)]
    header = ",".join([*(f"x{i}" for i in range(len(x[0]))), "side"])
    table.write_text("\n".join([header, *rows]) + "\n")
    # Named from the scenario's folder, wherever the command is run; read six times over.
    done = osier("simulate", scenario, "--policy", "rules", "--seeds", "1", "--json")
    assert done.returncode == 0, done.stderr
    lines = {line["policy"]: line for line in json.loads(done.stdout)["policies"]}
    assert lines["fixed-8"]["utility"]["mean"] > 0.9

    # Labels that no feature tells: nothing can be learned from this file.
    labels = ["left" if i % 2 else "right" for i in range(len(rows))]
    same = [f"{','.join('1' for _ in x[0])},{label}" for label in labels]
    table.write_text("\n".join([header, *same]) + "\n")
    done = osier("simulate", scenario, "--policy", "rules", "--seeds", "1", "--json")
    assert done.returncode == 0, done.stderr
    lines = {line["policy"]: line for line in json.loads(done.stdout)["policies"]}
    assert lines["fixed-8"]["utility"]["mean"] < 0.7

    for content, said in (("", "stream.csv"), (header + "\n" + rows[0] + "\n", "fewer than 50")):
        table.write_text(content)
        refused = osier("simulate", scenario, "--policy", "rules", "--seeds", "1")
        assert refused.returncode == 78
        assert said in refused.stderr
    table.unlink()
    refused = osier("simulate", scenario, "--policy", "rules", "--seeds", "1")
    assert refused.returncode == 78
    assert "stream.csv" in refused.stderr


def test_measured_service_times_are_published_and_the_simulator_reckons_with_them(
    start, connect, tmp_path
):
    client = connect(start(
        "model.hidden=[8]", "structure.policy=rules", "structure.mode=observe",
        "learning.committee=1",
    ))

    def measured(widths):
        x, y = two_classes(500)
        rows = [{"x": list(map(float, a)), "y": b} for a, b in zip(x, y, strict=True)]
        for _ in range(4):
            client.learn(rows)
        return client.wait_for_status(
            lambda status: any(
                entry["hidden"] == widths for entry in status["controller"]["service_times"]),
            f"a service time of {widths}",
        )

    measured([8])
    assert client.control("grow", layer=0, units=504)["ok"]
    status = measured([512])
    small, large = status["controller"]["service_times"]
    assert (small["hidden"], large["hidden"]) == ([8], [512])
    assert small["parameters"] < large["parameters"] == status["model"]["parameters"]
    assert 0 < small["seconds"] and 0 < large["seconds"]
    assert small["samples"] > 0

    # Whatever this machine has measured: ten times the cost makes more samples late.
    scenario, told = tmp_path / "tiny.yaml", tmp_path / "status.json"
    scenario.write_text(TINY)
    late = []
    for factor in (1e-3, 1, 100):
        small["seconds"], large["seconds"] = 1e-6 * factor, 9e-6 * factor
        told.write_text(json.dumps(status))
        done = osier(
            "simulate", scenario, "--policy", "rules", "--seeds", "1", "--json",
            "--service-times", told,
        )
        assert done.returncode == 0, done.stderr
        late.append(json.loads(done.stdout)["policies"][0]["violations"])
    assert late[0] == 0 < late[2]
    assert late[0] <= late[1] <= late[2]

    status["controller"]["service_times"] = [small]
    for text in (json.dumps(status), "{", None):
        told.unlink()
        if text is not None:
            told.write_text(text)
        refused = osier("simulate", scenario, "--service-times", told)
        assert refused.returncode == 1
        assert str(told) in refused.stderr


@pytest.mark.parametrize(
    "text", ["name: [", "samples: 5", "name: x\nsamples: 0", "name: x\nrungs: []"]
)
def test_a_scenario_that_is_none_is_refused(tmp_path, text):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    done = osier("simulate", path)
    assert done.returncode == 78
    assert str(path) in done.stderr


def test_training_writes_a_policy_that_a_daemon_can_use(tmp_path):
    path = tmp_path / "policy.txt"
    done = osier("train-policy", "--episodes", "2", "--seed", "3", "--output", path)
    assert done.returncode == 0, done.stderr
    assert path.read_text().startswith("osier-policy 1 dqn ")
    checked = osier("serve", "--check", "--set", f"structure.policy_file={path}")
    assert checked.returncode == 0, checked.stderr
    path.write_text("nonsense")
    refused = osier("serve", "--check", "--set", f"structure.policy_file={path}")
    assert refused.returncode == 78
    assert "structure.policy_file" in refused.stderr
