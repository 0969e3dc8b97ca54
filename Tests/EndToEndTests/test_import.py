"""`osier serve --import`: files of Osier's own, and networks saved by PyTorch."""

import json

import numpy as np
import pytest

from modelfile import Model, answer, read, write
from process import PLAIN, osier, settings
from streams import samples, teach, two_classes
from test_export import exported, mixed_samples

RAW = ("features.scaling=none", "features.clip=0")


def layers(*names, widths=(3, 4, 2), dtype=np.float32, seed=1):
    """Random linear layers, weights [units, inputs], under such names."""
    random = np.random.default_rng(seed)
    tensors = {}
    for name, inputs, units in zip(names, widths, widths[1:]):
        tensors[f"{name}.weight"] = random.normal(size=(units, inputs)).astype(dtype)
        tensors[f"{name}.bias"] = random.normal(size=units).astype(dtype)
    return tensors


def forward(tensors, names, rows):
    """PyTorch's answer: linear layers with relu between them."""
    for place, name in enumerate(names):
        rows = rows @ tensors[f"{name}.weight"].T + tensors.get(f"{name}.bias", 0)
        if place < len(names) - 1:
            rows = np.maximum(rows, 0)
    return rows


def softmax(rows):
    shifted = np.exp(rows - rows.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def refused(tmp_path, content, *pairs):
    """What `serve --import` says of a file; it must end with 1 before it is ready."""
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    free = [f"sockets.{name}=tcp://127.0.0.1:0"
            for name in ("samples", "learn", "predict", "status", "control")]
    done = osier("serve", "--import", file, *settings(*free, *PLAIN, *pairs))
    assert done.returncode == 1 and "ready" not in done.stdout, done
    line = done.stderr.strip().splitlines()[-1]
    assert str(file) in line, done.stderr
    return line


@pytest.fixture
def serve(start, connect, tmp_path):
    """A client of a daemon that started from a file, and what it said."""

    def serve_one(content, *pairs):
        file = tmp_path / "model.safetensors"
        file.write_bytes(content)
        daemon = start(*pairs, arguments=["--import", str(file)])
        return connect(daemon), daemon.stderr()

    return serve_one


@pytest.mark.parametrize("names", [
    ("layers.0", "layers.1"), ("0", "2"), ("fc1", "fc2"), ("net.9", "net.10"),
    ("model.hidden", "model.a_head")], ids=" ".join)
def test_a_network_of_pytorch_predicts_as_it_did(serve, names):
    tensors = layers(*names)
    client, said = serve(write(tensors), *RAW)
    rows = np.random.default_rng(2).normal(size=(10, 3))
    replies = client.predict([{"x": row} for row in rows.tolist()])
    got = [[reply["p"]["0"], reply["p"]["1"]] for reply in replies]
    np.testing.assert_allclose(got, softmax(forward(tensors, names, rows)), atol=1e-5)
    assert replies[0]["model"]["samples"] == 0
    for place, name in enumerate(names):
        assert f"{name}.weight" in said and f"layer {place}" in said
    model = client.status()["model"]
    assert model["hidden"] == [4] and model["inputs"] == 3 and model["outputs"] == 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_regression_is_imported_from_every_precision(serve, dtype):
    tensors = layers("0", "2", "4", widths=(2, 3, 3, 1), dtype=dtype)
    del tensors["2.bias"]
    client, _ = serve(write(tensors), *RAW, "model.task=regression")
    rows = np.random.default_rng(3).normal(size=(5, 2))
    got = [reply["y"] for reply in client.predict([{"x": row} for row in rows.tolist()])]
    wide = {name: array.astype(np.float64) for name, array in tensors.items()}
    np.testing.assert_allclose(
        got, forward(wide, ["0", "2", "4"], rows)[:, 0], rtol=1e-4, atol=1e-5)


def test_names_of_features_and_classes_come_from_the_configuration(serve):
    tensors = layers("fc1", "fc2", widths=(2, 3, 1))
    client, _ = serve(
        write(tensors), *RAW, "features.names=[a,b]", "model.classes=[no,yes]")
    reply = client.predict({"x": {"b": 2.0, "a": -1.0}})
    logit = forward(tensors, ["fc1", "fc2"], np.array([[-1.0, 2.0]]))[0, 0]
    assert reply["p"]["yes"] == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-5)


def test_an_imported_network_goes_on_learning(serve):
    client, _ = serve(write(layers("0", "2")), "model.classes=[UP,DOWN]")
    x, y = two_classes(600)
    assert client.learn(samples(x, y))["accepted"] == 600
    right = [reply["y"] == label for reply, label in
             zip(client.predict([{"x": row} for row in x[-100:].tolist()]), y[-100:])]
    assert sum(right) >= 90


FOREIGN = {
    "shapes that do not follow": (
        layers("0") | layers("2", widths=(5, 2)), (), "no order"),
    "two orders": (
        {name + ".weight": np.ones((2, 2), np.float32) for name in "ab"}
        | {"c.weight": np.ones((2, 3), np.float32)}, (), "more than one"),
    "something else": (
        layers("0", "2") | {"norm.running_mean": np.ones(4, np.float32)}, (), "running_mean"),
    "a kernel": ({"conv.weight": np.ones((2, 3, 3), np.float32)}, (), "[2, 3, 3]"),
    "a bias too long": (
        layers("0") | {"0.bias": np.ones(3, np.float32)}, (), "0.bias"),
    "integers": ({"0.weight": np.ones((2, 3), np.uint8)}, (), "U8"),
    "nothing": ({}, (), "no layer"),
    "not a number": (
        layers("0") | {"0.bias": np.full(4, np.nan, np.float32)}, (), "NaN"),
    "too large for 32 bits": ({"0.weight": np.full((2, 3), 1e300)}, (), "NaN or infinite"),
    "names that are too few": (layers("0", "2"), ("features.names=[a,b]",), "features.names"),
    "classes that are too many": (
        layers("0", "2"), ("model.classes=[a,b,c]",), "model.classes"),
    "too many inputs": (layers("0", "2"), ("features.max_features=2",), "max_features"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_network_that_does_not_fit_is_refused(tmp_path, name):
    tensors, pairs, reason = FOREIGN[name]
    assert reason in refused(tmp_path, write(tensors), *pairs)


@pytest.mark.parametrize("pairs", [(), ("features.scaling=minmax", "model.activation=tanh")],
                         ids=["defaults", "other settings"])
def test_a_file_of_our_own_brings_schema_and_statistics(start, connect, serve, pairs):
    first = connect(start(*pairs))
    first.learn(mixed_samples(600, 1, ["UP", 7, True]))
    file = exported(first, "safetensors")
    # The file decides; the second daemon has other settings.
    second, said = serve(file)
    assert "600 samples" in said
    asked = [{"x": sample["x"]} for sample in mixed_samples(50, 2)]
    for left, right in zip(first.predict(asked), second.predict(asked)):
        assert left["p"] == right["p"] and left["y"] == right["y"]
    assert exported_facts(second) == exported_facts(first)
    # And it goes on from there.
    more = mixed_samples(100, 3, ["UP", 7, True])
    assert second.learn(more)["accepted"] == 100
    features = {feature["name"]: feature for feature in second.control("schema")["features"]}
    assert features["a"]["count"] > 500


def exported_facts(client):
    return Model(exported(client, "safetensors")).inputs


def test_regression_keeps_the_scale_of_its_target(start, connect, serve):
    first = connect(start())
    first.learn(mixed_samples(300, 1))
    second, _ = serve(exported(first, "safetensors"))
    asked = [{"x": sample["x"]} for sample in mixed_samples(20, 2)]
    for left, right in zip(first.predict(asked), second.predict(asked)):
        assert answer(left, None) == answer(right, None)


def broken(content, change):
    """A file of our own with a part replaced."""
    tensors, metadata = read(content)
    change(tensors, metadata)
    return write(tensors, metadata)


def drop(name):
    return lambda tensors, metadata: tensors.pop(name)


def put(name, array):
    return lambda tensors, metadata: tensors.update({name: array})


OWN = {
    "from a later version": (
        lambda tensors, metadata: metadata.update({"osier.format": "2", "osier.version": "9.1"}),
        "9.1"),
    "of no version": (
        lambda tensors, metadata: metadata.update({"osier.format": "new"}), "'new'"),
    "without a layer": (drop("layers.0.weight"), "layers.0.weight"),
    "without a bias": (drop("layers.1.bias"), "layers.1.bias"),
    "without its state": (drop("osier.state"), "osier.state"),
    "with half a state": (
        lambda tensors, metadata: tensors.update(
            {"osier.state": tensors["osier.state"][:40].copy()}), "osier.state"),
    "with too much state": (
        lambda tensors, metadata: tensors.update(
            {"osier.state": np.append(tensors["osier.state"], np.uint8(0))}), "damaged"),
    "of another shape": (put("layers.0.weight", np.ones((8, 2), np.float32)), "damaged"),
    "with an unknown loss": (
        lambda tensors, metadata: metadata.update(
            {"osier.model": metadata["osier.model"].replace("logistic", "hope")}), "osier.model"),
    "with metadata that is no JSON": (
        lambda tensors, metadata: metadata.update({"osier.model": "{"}), "osier.model"),
}


@pytest.fixture(scope="module")
def own(shared):
    teach(shared)
    return exported(shared, "safetensors")


@pytest.mark.parametrize("name", OWN)
def test_a_damaged_file_of_our_own_is_refused(tmp_path, own, name):
    change, reason = OWN[name]
    assert reason in refused(tmp_path, broken(own, change))


def header(text, data=b"", length=None):
    content = text.encode() if isinstance(text, str) else text
    claimed = len(content) if length is None else length
    return claimed.to_bytes(8, "little") + content + data


def entry(name="w", dtype="F32", shape="[1,1]", offsets="[0,4]"):
    return f'"{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}'


# What RELIABILITY asks the reader to refuse; the unit tests hold more of each kind.
MALFORMED = {
    "empty": b"",
    "length beyond the file": header("{}", length=9),
    "length above the limit": header("{}", length=100_000_001),
    "length 2^63": header("{}", length=1 << 63),
    "hole": header("{" + entry(offsets="[4,8]") + "}", bytes(8)),
    "overlap": header("{" + entry(shape="[1,2]", offsets="[0,8]") + ","
                      + entry("v", offsets="[4,8]") + "}", bytes(8)),
    "trailing bytes": header("{" + entry() + "}", bytes(5)),
    "truncation": header("{" + entry() + "}", bytes(3)),
    "shape is not size": header("{" + entry(shape="[2,1]") + "}", bytes(4)),
    "metadata that is no text": header('{"__metadata__":{"a":1},' + entry() + "}", bytes(4)),
    "duplicate tensor": header("{" + entry(shape="[0,1]", offsets="[0,0]") + ","
                               + entry(shape="[0,1]", offsets="[0,0]") + "}"),
    "duplicate key": header('{"__metadata__":{"a":"","a":""}}'),
    "leading space": header(" {" + entry() + "}", bytes(4)),
    "NaN": header("{" + entry() + "}", np.float32(np.nan).tobytes()),
    "infinity": header("{" + entry() + "}", np.float32(-np.inf).tobytes()),
    "no UTF-8": header(b'{"\xff":{}}'),
    "deep nesting": header('{"a":' * 100_000),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_refused(tmp_path, name):
    refused(tmp_path, MALFORMED[name])


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = osier("serve", "--import", tmp_path / "none")
    assert done.returncode == 1 and str(tmp_path / "none") in done.stderr


def test_an_import_survives_a_restart_and_a_replay(start, connect, tmp_path):
    store, file = tmp_path / "store", tmp_path / "m"
    file.write_bytes(write(layers("0", "2")))
    arguments = ["--import", str(file)]
    daemon = start(f"storage.directory={store}", "model.classes=[UP,DOWN]", arguments=arguments)
    client = connect(daemon)
    x, y = two_classes(50)
    client.learn(samples(x, y))
    digest = client.digest()
    daemon.kill()
    replayed = json.loads(osier("replay", store, "--json").stdout)
    assert replayed["digest"] == digest and replayed["samples"] == 50
    again = connect(start(f"storage.directory={store}", "model.classes=[UP,DOWN]"))
    assert again.digest() == digest


def test_an_import_does_not_replace_a_model_that_is_there(start, connect, tmp_path):
    store = tmp_path / "store"
    daemon = start(f"storage.directory={store}")
    teach(connect(daemon))
    daemon.stop()
    file = write(layers("0", "2"))
    line = refused_with_store(tmp_path, file, store)
    assert "400 samples" in line and "storage.directory" in line


def refused_with_store(tmp_path, content, store):
    file = tmp_path / "m"
    file.write_bytes(content)
    done = osier("serve", "--import", file, *settings(*PLAIN, f"storage.directory={store}"))
    assert done.returncode == 1, done
    return done.stderr.strip().splitlines()[-1]
