"""PROTOCOL 4: predictions."""

import numpy as np
import pytest

from client import assert_error, buffers, only_json
from streams import samples, teach, two_classes

PROBE = {"x": [0.5, -0.25, 1.0]}


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


class TestBeforeTheFirstLabel:
    def test_there_is_no_model(self, client):
        assert_error(client.predict(PROBE | {"id": 5}), "no_model")
        assert client.predict(PROBE | {"id": 5})["id"] == 5

    def test_an_unlabelled_sample_makes_none(self, client):
        client.learn(PROBE)
        assert_error(client.predict(PROBE), "no_model")

    def test_a_buffer_is_answered_with_one_error(self, client):
        assert_error(only_json(client.predict_raw(buffers({"x": np.ones((2, 3))}))), "no_model")

    def test_the_first_label_makes_one(self, client):
        client.learn(PROBE | {"y": "A"})
        assert client.predict(PROBE | {"consistent": True})["y"] == "A"


class TestAnswer:
    def test_probabilities_are_a_distribution_and_y_its_top(self, taught):
        for row in two_classes(50, seed=8)[0]:
            answer = taught.predict({"x": row.tolist()})
            assert list(answer["p"]) == ["UP", "DOWN"]
            assert sum(answer["p"].values()) == pytest.approx(1, abs=1e-6)
            assert all(0 <= p <= 1 for p in answer["p"].values())
            assert answer["y"] == max(answer["p"], key=answer["p"].get)

    def test_what_was_taught_is_known(self, taught):
        x, y = two_classes(200, seed=99)
        answers = taught.predict([{"x": row.tolist()} for row in x])
        right = sum(answer["y"] == label for answer, label in zip(answers, y, strict=True))
        assert right >= 180

    def test_it_says_which_model_answered(self, taught):
        model = taught.predict(PROBE | {"consistent": True})["model"]
        assert type(model["samples"]) is int and type(model["structure"]) is int
        assert model["samples"] == taught.status()["stream"]["learned"]

    @pytest.mark.parametrize("id", ["a17", "", "x" * 256, 0, 2**63 - 1, -(2**63)])
    def test_the_id_is_echoed_as_it_came(self, taught, id):
        echoed = taught.predict(PROBE | {"id": id})["id"]
        assert echoed == id and type(echoed) is type(id)

    def test_ids_are_echoed_in_an_array(self, taught):
        answers = taught.predict([PROBE | {"id": n} for n in (3, "b", 1)])
        assert [answer["id"] for answer in answers] == [3, "b", 1]

    def test_an_element_that_cannot_be_answered_is_an_error_in_its_place(self, taught):
        answers = taught.predict([PROBE, {"id": "bad", "x": [1]}, PROBE, {}])
        assert answers[0] == answers[2] and "y" in answers[0]
        assert_error(answers[1], "shape_mismatch")
        assert answers[1]["id"] == "bad"
        assert_error(answers[3], "missing_field")

    @pytest.mark.parametrize("extra", [{"y": "UP"}, {"y": None}, {"w": 2}, {"y": "new"}])
    def test_label_and_weight_are_ignored(self, taught, extra):
        assert taught.predict(PROBE | extra) == taught.predict(PROBE)

    def test_equal_questions_get_equal_bytes(self, taught):
        assert len({taught.predict_raw(PROBE)[0] for _ in range(50)}) == 1

    def test_the_id_buffer_is_taken(self, taught):
        reply = taught.predict_raw(buffers({"x": np.ones((3, 3)), "id": np.arange(3)}))
        assert len(reply) == 2


class TestFreshness:
    def test_consistent_means_with_every_acknowledged_sample(self, client):
        x, y = two_classes(300)
        count = 0
        for step, sample in enumerate(samples(x, y)):
            # Bursts of one to seven samples between two questions.
            batch = [sample] * (1 + step % 7)
            count += client.learn(batch)["accepted"]
            if step % 3 == 0:
                answer = client.predict(PROBE | {"consistent": True})
                assert answer["model"]["samples"] == count

    def test_consistent_holds_for_another_client(self, taught):
        other = taught.fresh("predict")
        for _ in range(30):
            taught.learn(PROBE | {"y": "UP"})
            want = taught.status()["stream"]["learned"]
            assert other.ask(PROBE | {"consistent": True})["model"]["samples"] >= want

    def test_consistent_in_arrays_and_headers(self, taught):
        taught.learn(PROBE | {"y": "UP"})
        want = taught.status()["stream"]["learned"]
        answers = taught.predict([PROBE | {"consistent": True}, PROBE])
        assert answers[0]["model"]["samples"] >= want
        reply = taught.predict_raw(buffers({"x": np.ones((1, 3))}, consistent=True))
        assert len(reply) == 2

    def test_an_idle_daemon_answers_from_its_newest_model(self, client):
        teach(client, 100)
        client.wait_for_status(
            lambda _: client.predict(PROBE)["model"]["samples"] == 100, "the newest snapshot")

    def test_samples_and_structure_only_grow(self, client):
        teach(client, 10)
        seen = []
        for seed in range(20):
            teach(client, 10, seed=seed)
            model = client.predict(PROBE)["model"]
            seen.append((model["samples"], model["structure"]))
        assert seen == sorted(seen)


def test_a_thousand_predictions_leave_the_state_as_it_was(taught):
    before = taught.digest()
    dealer = taught.fresh("predict")
    for start in range(0, 1_000, 50):
        for number in range(start, start + 50):
            dealer.send({"id": number, "x": [number, -number, 0.5]})
        for number in range(start, start + 50):
            assert only_json(dealer.receive())["id"] == number
    assert taught.digest() == before
