"""PROTOCOL 2: positional, named and sparse features; what is missing; what may grow."""

import math

import numpy as np
import pytest

from client import assert_error, buffers
from streams import teach, two_classes


def named(x, y=None, names=("a", "b", "c")):
    return [{"x": dict(zip(names, row, strict=True))} | ({} if y is None else {"y": label})
            for row, label in zip(x.tolist(), y or [None] * len(x), strict=True)]


@pytest.fixture(scope="module")
def positional(shared):
    teach(shared)
    return shared


class TestPositional:
    @pytest.mark.parametrize("x", [[1], [1, 2], [1, 2, 3, 4], []])
    def test_another_number_of_features_is_refused(self, positional, x):
        error = assert_error(positional.predict({"x": x}), "shape_mismatch")
        assert "3" in error["message"] and str(len(x)) in error["message"]

    def test_named_features_are_refused(self, positional):
        assert_error(positional.learn({"x": {"a": 1}, "y": "UP"}), "shape_mismatch")

    def test_sparse_means_zero_elsewhere(self, positional):
        sparse = {"indices": [1], "values": [2.5], "size": 3}
        assert positional.predict({"x": sparse}) == positional.predict({"x": [0, 2.5, 0]})
        empty = {"indices": [], "values": [], "size": 3}
        assert positional.predict({"x": empty}) == positional.predict({"x": [0, 0, 0]})

    def test_a_missing_number_in_a_buffer_is_the_mean(self, positional):
        # Taught from points centred at zero: the mean is near 0, and a plain 5 is far from it.
        def up(x):
            reply = positional.predict_raw(buffers({"x": np.array([x])}))
            return np.frombuffer(reply[1], np.float32)[0]

        assert abs(up([1, math.nan, 1]) - up([1, 0, 1])) < 0.1
        assert math.isfinite(up([math.nan] * 3))


class TestNamed:
    def test_order_of_names_does_not_matter(self, client):
        x, y = two_classes(60)
        client.learn(named(x, y))
        assert client.predict({"x": {"a": 1, "b": 2, "c": -1}}) == client.predict(
            {"x": {"c": -1, "a": 1, "b": 2}})

    def test_null_and_absence_are_missing_alike(self, client):
        x, y = two_classes(60)
        client.learn(named(x, y))
        assert client.predict({"x": {"a": 1, "b": None, "c": 1}}) == client.predict(
            {"x": {"a": 1, "c": 1}})

    def test_column_names_make_a_buffer_named(self, client):
        x, y = two_classes(60)
        client.learn(named(x, y))
        reply = client.predict_raw(
            buffers({"x": np.array([[1.0, 2, math.nan]])}, features=["c", "a", "b"]))
        answer = client.predict({"x": {"a": 2, "c": 1}})
        assert np.frombuffer(reply[1], np.float32)[0] == pytest.approx(
            answer["p"]["UP"], abs=1e-6)

    def test_a_feature_may_come_later(self, client):
        x, y = two_classes(300)
        client.learn(named(x[:, :2], y, ("a", "b")))
        known = {"x": {"a": 1, "b": 2}}
        before = client.predict(known)
        # Not learned yet: a prediction ignores the name.
        assert client.predict({"x": known["x"] | {"c": 7}}) == before
        reply = client.learn(named(x, y))
        assert reply["accepted"] == 300 and reply["rejected"] == []
        answers = [client.predict({"x": {"a": 0.1, "b": 0.1, "c": c}}) for c in (-2, 2)]
        assert [answer["y"] for answer in answers] == ["DOWN", "UP"]

    def test_a_feature_may_go_missing(self, client):
        x, y = two_classes(60)
        client.learn(named(x, y))
        assert client.learn({"x": {"b": 1}, "y": "UP"})["accepted"] == 1

    def test_booleans_and_strings_are_learned(self, start, connect):
        client = connect(start("model.hidden=[32]"))
        random = np.random.default_rng(3)
        batch = []
        for _ in range(600):
            colour = str(random.choice(["red", "green", "blue"]))
            wet = bool(random.integers(2))
            batch.append({"x": {"colour": colour, "wet": wet, "noise": float(random.normal())},
                          "y": "yes" if (colour == "red") != wet else "no"})
        # Not a linear truth: colour and wetness must both be inputs.
        for _ in range(5):
            assert client.learn(batch)["accepted"] == 600
        for colour in ("red", "green", "blue"):
            for wet in (True, False):
                answer = client.predict({"x": {"colour": colour, "wet": wet, "noise": 0}})
                assert answer["y"] == ("yes" if (colour == "red") != wet else "no"), (colour, wet)

    def test_a_category_never_met_is_answered(self, client):
        client.learn([{"x": {"colour": c}, "y": c} for c in ("red", "green") * 30])
        assert client.predict({"x": {"colour": "ultraviolet"}})["y"] in ("red", "green")

    def test_names_of_any_script_are_features(self, client):
        sample = {"x": {"größe": 1, "温度": 2.5, "": 3, "a\tb": 4, "🌿": 5}, "y": "A"}
        assert client.learn(sample)["accepted"] == 1
        assert client.control("schema")["ok"] is True

    def test_more_than_the_limit_are_refused(self, start, connect):
        client = connect(start("features.max_features=5"))
        many = {f"f{n}": n for n in range(6)}
        assert_error(client.learn({"x": many, "y": "A"}), "too_many_features")
        assert client.learn({"x": {f"f{n}": n for n in range(5)}, "y": "A"})["accepted"] == 1
        assert_error(client.learn({"x": {"f9": 1}, "y": "A"}), "too_many_features")

    def test_hashing_takes_any_number_of_names(self, start, connect):
        client = connect(start("features.max_features=5", "features.hashing=64"))
        for turn in range(40):
            names = {f"f{turn}-{n}": 1 for n in range(10)}
            assert client.learn({"x": names, "y": "A"})["accepted"] == 1
        assert client.status()["model"]["inputs"] <= 69


class TestConfigured:
    def test_names_in_the_configuration_fix_the_order(self, start, connect):
        client = connect(start("features.names=a,b,c"))
        x, y = two_classes(60)
        client.learn(named(x, y, ("c", "a", "b")))
        text = str(client.control("schema"))
        assert text.index("'a'") < text.index("'b'") < text.index("'c'")

    def test_missing_reject_refuses(self, start, connect):
        client = connect(start("features.missing=reject"))
        assert client.learn({"x": {"a": 1, "b": 2}, "y": "A"})["accepted"] == 1
        assert_error(
            client.learn({"x": {"a": 1, "b": None}, "y": "A"}),
            "bad_value", "missing_field", "not_finite")

    def test_previous_targets_are_features(self, start, connect):
        # The label repeats in pairs, so only the last two targets tell the next.
        client = connect(start("features.target_history=2"))
        labels = ["A", "A", "B", "B"] * 300
        client.learn([{"x": [0.5], "y": label} for label in labels])
        quality = client.status()["quality"]
        assert quality["window"]["accuracy"] > 0.9, quality
