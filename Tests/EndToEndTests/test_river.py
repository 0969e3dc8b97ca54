"""River's own evaluation over the daemon; skipped visibly where River is not installed."""

import pytest

from osier import Endpoints

river = pytest.importorskip("river", reason="River is not installed")
from river import compose, datasets, evaluate, metrics, stream  # noqa: E402

from osier.river import OsierClassifier, OsierRegressor  # noqa: E402


@pytest.fixture
def model(start):
    """Makes models over a fresh daemon, closed with the test."""
    made = []

    def one(kind, *pairs, **options):
        daemon = start("features.scaling=standard", *pairs)
        made.append(kind(Endpoints.from_port_file(daemon.port_file), timeout=30.0, **options))
        return made[-1]

    yield one
    for client in made:
        client.close()


def test_progressive_validation_of_a_classifier(model):
    classifier = model(OsierClassifier)
    accuracy = evaluate.progressive_val_score(
        datasets.Phishing(), classifier, metrics.Accuracy())
    quality = classifier.client.status()["quality"]
    assert quality["samples"] == 1_250
    # The daemon scores the first sample, for which River has no prediction, too.
    assert accuracy.get() == pytest.approx(quality["accuracy"], abs=1 / 1_250)
    assert accuracy.get() > 0.8


def test_probabilities_are_what_a_metric_of_probabilities_needs(model):
    loss = evaluate.progressive_val_score(
        datasets.Phishing().take(400), model(OsierClassifier), metrics.LogLoss())
    assert 0 < loss.get() < 0.6931


def test_progressive_validation_of_a_regressor(model):
    regressor = model(OsierRegressor)
    error = evaluate.progressive_val_score(
        datasets.TrumpApproval(), regressor, metrics.MAE())
    quality = regressor.client.status()["quality"]
    first = next(iter(datasets.TrumpApproval()))[1]
    # River scores the prediction before the first sample, which is 0.
    assert error.get() * 1_001 == pytest.approx(quality["mae"] * quality["samples"], abs=first + 1)
    # The dataset's targets have a standard deviation of 2.2 around their mean.
    assert error.get() < 2


def test_a_pipeline_of_rivers_stands_before_it(model):
    pipeline = compose.Select("age_of_domain", "long_url") | model(OsierClassifier)
    accuracy = evaluate.progressive_val_score(
        datasets.Phishing().take(100), pipeline, metrics.Accuracy())
    assert 0 <= accuracy.get() <= 1
    names = {one["name"] for one in pipeline["OsierClassifier"].client.schema()["features"]}
    assert names == {"age_of_domain", "long_url"}


def test_labels_that_come_late_are_learned_when_they_come(model):
    classifier = model(OsierClassifier, producer="river")
    phishing = [(x | {"at": float(index)}, y) for index, (x, y) in
                enumerate(datasets.Phishing().take(200))]
    evaluate.progressive_val_score(
        stream.iter_array([[*x.values()] for x, _ in phishing], [y for _, y in phishing],
                          feature_names=list(phishing[0][0])),
        classifier, metrics.Accuracy(), moment="at", delay=5)
    assert classifier.client.status()["stream"]["learned"] == 200
    assert classifier.client.last_acknowledged == 200
