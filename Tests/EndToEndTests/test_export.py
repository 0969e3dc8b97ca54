"""The live model as a file: what it predicts alone is what the daemon predicts."""

import json
import os
import stat

import numpy as np
import pytest

from client import assert_error, buffers, only_json
from modelfile import Model, answer
from process import osier
from streams import plane, samples, teach, two_classes


def exported(client, form, **arguments):
    """The bytes of the reply's second frame."""
    reply = client.connection("control").ask_raw(
        json.dumps({"op": "export", "format": form} | arguments).encode())
    assert len(reply) == 2, reply[0]
    head = json.loads(reply[0])
    assert head["ok"] is True and head["format"] == form and head["bytes"] == len(reply[1])
    return reply[1]


def mixed_samples(count, seed, classes=None):
    """Named values of every kind: numbers, gaps, few-valued numbers, texts, Booleans, and both."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        x = {
            "a": float(random.normal(3, 2)),
            "hour": int(random.integers(0, 5)),
            "colour": str(random.choice(["red", "green", "blue é", ""])),
            "flag": bool(random.integers(0, 2)),
            "both": float(random.normal()) if random.random() < 0.5 else "none",
            "big": float(random.normal(1000, 300)),
        }
        total = x["a"] + 2 * (x["colour"] == "red") - 3 * x["flag"] + 0.002 * x["big"]
        for name in list(x):
            if random.random() < 0.1:
                x[name] = None
            elif random.random() < 0.1:
                del x[name]
        y = total if classes is None else classes[int(total * 3) % len(classes)]
        made.append({"x": x, "y": y})
    return made


# Settings, samples: each combination goes through both formats.
STREAMS = {
    "a committee": (
        ["learning.committee=4"], lambda n, s: mixed_samples(n, s, ["UP", 7, True])),
    "a committee of regressors": (["learning.committee=3"], mixed_samples),
    "two classes": (["model.activation=tanh"], lambda n, s: samples(*two_classes(n, s))),
    "three classes": (
        ["model.hidden=[6,5]", "model.activation=leaky_relu"],
        lambda n, s: mixed_samples(n, s, ["UP", 7, True])),
    "numbers": (
        ["features.scaling=minmax", "model.activation=sigmoid", "features.missing=zero"],
        mixed_samples),
    "unscaled": (
        ["features.scaling=none", "features.clip=0", "model.hidden=[]",
         "optimizer.learning_rate=0.000001"],
        lambda n, s: [{"x": [a, b], "y": y} for (a, b), y in
                      zip(plane(n, s)[0].tolist(), plane(n, s)[1].tolist())]),
    "several numbers": (
        [], lambda n, s: [{"x": [a, b], "y": [a + b, 100 * a - b]} for a, b in
                          plane(n, s)[0].tolist()]),
}
HASHED = {
    "hashed": (["features.hashing=16"], mixed_samples),
    "many categories": (
        [], lambda n, s: [{"x": {"id": f"k{i}", "a": i % 7}, "y": i % 7 + i % 2}
                          for i in np.random.default_rng(s).integers(0, 900, n).tolist()]),
}


@pytest.fixture(params=[*STREAMS, *HASHED])
def taught(request, start, connect):
    pairs, make = (STREAMS | HASHED)[request.param]
    client = connect(start(*pairs))
    assert client.learn(make(600, 1))["rejected"] == []
    # What it is asked holds more: a category and a name that it has not met, and a gap.
    asked = make(60, 2)
    if isinstance(asked[0]["x"], dict):
        asked += [{"x": {"colour": "violet", "unmet": 3.0}}, {"x": {"a": 1e9}}]
    else:
        asked += [{"x": [1e9] + [None] * (len(asked[0]["x"]) - 1)}]
        asked[-1]["x"][1:] = [0.5] * (len(asked[0]["x"]) - 1)
    return client, [sample["x"] for sample in asked], request.param


def test_numpy_alone_predicts_as_the_daemon_does(taught):
    client, asked, _ = taught
    model = Model(exported(client, "safetensors"))
    replies = client.predict([{"x": x} for x in asked])
    assert model.model["samples"] == replies[0]["model"]["samples"]
    for x, reply in zip(asked, replies):
        np.testing.assert_allclose(
            model.predict(x), answer(reply, model.classes), rtol=1e-5, atol=1e-5)


def test_onnxruntime_predicts_as_the_daemon_does(taught):
    client, asked, name = taught
    if name in HASHED:
        reply = client.connection("control").ask({"op": "export", "format": "onnx"})
        assert "hash" in assert_error(reply, "unsupported")["message"]
        return
    onnx = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    content = exported(client, "onnx")
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    session = runtime.InferenceSession(content)
    facts = session.get_modelmeta().custom_metadata_map
    feeds = {}
    for port in session.get_inputs():
        names = json.loads(facts[f"osier.{port.name}"])
        rows = [x if isinstance(x, dict) else dict(zip(map(str, range(len(x))), x)) for x in asked]
        if port.name == "x":
            feeds["x"] = np.array(
                [[number(row.get(name)) for name in names] for row in rows], np.float32)
        else:
            feeds["categories"] = np.array(
                [[category(row.get(name)) for name in names] for row in rows], object)
    got = session.run(None, feeds)
    assert len(got) == 1 and got[0].dtype == np.float32
    classes = json.loads(facts["osier.classes"]) if "osier.classes" in facts else None
    wanted = [answer(reply, classes) for reply in client.predict([{"x": x} for x in asked])]
    np.testing.assert_allclose(got[0], wanted, rtol=1e-5, atol=1e-5)


def number(value):
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else np.nan


def category(value):
    # A text that is no category stands for a missing one.
    return {True: "true", False: "false"}.get(value, value) if isinstance(
        value, (bool, str)) else "\x00missing"


def test_past_targets_are_inputs_of_their_own(start, connect):
    client = connect(start("features.target_history=2"))
    x, y = plane(300)
    client.learn([{"x": row, "y": value} for row, value in zip(x.tolist(), y.tolist())])
    model = Model(exported(client, "safetensors"))
    reply = client.predict({"x": [0.5, -0.5]})
    np.testing.assert_allclose(model.predict([0.5, -0.5]), [reply["y"]], rtol=1e-5)
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(exported(client, "onnx"))
    past = [[column["now"] for column in model.inputs["columns"] if "now" in column]]
    got = session.run(None, {"x": np.array([[0.5, -0.5]], np.float32),
                             "past": np.array(past, np.float32)})
    np.testing.assert_allclose(got[0], [[reply["y"]]], rtol=1e-5)


def test_a_single_class_is_all_that_can_be_answered(client):
    client.learn([{"x": [float(i)], "y": "only"} for i in range(5)])
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(exported(client, "onnx"))
    assert session.run(None, {"x": np.zeros((2, 1), np.float32)})[0].tolist() == [[1], [1]]


def test_without_a_model_there_is_nothing_to_export(client):
    reply = client.connection("control").ask({"op": "export", "format": "onnx", "id": "q"})
    assert_error(reply, "no_model")
    assert reply["id"] == "q"


def test_a_name_needs_a_storage_directory(client):
    teach(client)
    reply = client.control("export", format="onnx", name="m.onnx")
    assert "storage.directory" in assert_error(reply, "unsupported")["message"]


def test_a_named_export_is_written_into_exports(start, connect, tmp_path):
    client = connect(start(f"storage.directory={tmp_path / 'store'}"))
    teach(client)
    before = client.digest()
    long = "m" * 255
    for name in ("model.safetensors", "model.safetensors", long, ".hidden"):
        reply = client.control("export", format="safetensors", name=name)
        written = tmp_path / "store/exports" / name
        assert reply["ok"] is True and reply["path"] == str(written)
        assert written.read_bytes() == exported(client, "safetensors")
        assert stat.S_IMODE(os.stat(written).st_mode) == 0o600
    assert sorted(os.listdir(tmp_path / "store/exports")) == [".hidden", long, "model.safetensors"]
    assert client.digest() == before


@pytest.mark.parametrize("name", ["../m", "/m", "a/b", "..", ".", "", "a\0b"])
def test_a_name_that_leads_elsewhere_is_refused(client, name):
    teach(client)
    assert_error(client.control("export", format="onnx", name=name), "bad_value")


def test_a_link_in_exports_is_replaced_and_not_followed(start, connect, tmp_path):
    client = connect(start(f"storage.directory={tmp_path / 'store'}"))
    teach(client)
    (tmp_path / "store/exports").mkdir()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "store/exports/m").symlink_to(victim)
    assert client.control("export", format="onnx", name="m")["ok"] is True
    assert victim.read_text() == "mine"


def test_the_command_writes_what_the_socket_gives(shared, tmp_path):
    teach(shared)
    for form in ("safetensors", "onnx"):
        file = tmp_path / f"model.{form}"
        done = osier("export", "--format", form, file, "--to", shared.daemon.endpoint("control"))
        assert done.returncode == 0, done.stderr
        assert file.read_bytes() == exported(shared, form)


def test_the_command_names_what_fails(shared, tmp_path):
    teach(shared)
    to = ["--to", shared.daemon.endpoint("control")]
    done = osier("export", "--format", "onnx", tmp_path / "none/m", *to)
    assert done.returncode == 1 and str(tmp_path / "none") in done.stderr
    assert osier("export", "--format", "pickle", tmp_path / "m", *to).returncode == 64
    assert list(tmp_path.iterdir()) == []


def test_exports_while_samples_stream_are_whole(start, connect):
    client = connect(start("model.hidden=[64,64]"))
    x, y = two_classes(256)
    arrays = {"x": x.astype(np.float32), "y": np.array([label == "UP" for label in y], np.int64)}
    client.connection("learn").send(buffers(arrays))
    assert only_json(client.connection("learn").receive())["accepted"] == 256
    for _ in range(20):
        client.connection("learn").send(buffers(arrays))
        assert Model(exported(client, "safetensors")).model["samples"] > 0
    for _ in range(20):
        assert only_json(client.connection("learn").receive())["accepted"] == 256
