"""Models for River that are learned by a daemon.

    from osier.river import OsierClassifier

    model = OsierClassifier()                # instead of linear_model.LogisticRegression()
    evaluate.progressive_val_score(dataset, model, metrics.Accuracy())
"""

from __future__ import annotations

from typing import Any

from river import base

from .client import Osier
from .endpoints import Endpoints
from .errors import NoModel


class _Model:
    """What classifiers and regressors share: one client, connected when it is first used."""

    def __init__(
        self, endpoints: Endpoints | None = None, producer: str | None = None,
        timeout: float = 5.0,
    ) -> None:
        self.endpoints = endpoints
        self.producer = producer
        self.timeout = timeout
        self._client: Osier | None = None

    @property
    def client(self) -> Osier:
        """The client behind the model, for everything that River does not know."""
        if self._client is None:
            self._client = Osier(self.endpoints, producer=self.producer, timeout=self.timeout)
        return self._client

    def close(self) -> None:
        """Closes the connections; the next call opens them again."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_client": None}


class OsierClassifier(_Model, base.Classifier):
    """A classifier of River's that a daemon learns.

    A prediction takes in every sample that was learned before, as River's evaluation expects.

    Args:
        endpoints: Where the daemon listens.
        producer: A name with which samples are learned once even over a restart of the daemon.
        timeout: Seconds to wait for an answer.
    """

    @property
    def _multiclass(self) -> bool:
        return True

    def learn_one(self, x: dict[Any, Any], y: Any, w: float | None = None) -> None:
        """Learns one sample."""
        self.client.learn_one(x, y, weight=w)

    def predict_proba_one(self, x: dict[Any, Any], **options: Any) -> dict[Any, float]:
        """The probability of each class; none before the first sample."""
        try:
            return dict(self.client.predict_proba_one(x, **options))
        except NoModel:
            return {}

    def predict_one(self, x: dict[Any, Any], **options: Any) -> Any:
        """The most probable class; `None` before the first sample."""
        try:
            return self.client.predict_one(x, **options)
        except NoModel:
            return None


class OsierRegressor(_Model, base.Regressor):
    """A regressor of River's that a daemon learns; arguments as of `OsierClassifier`."""

    def learn_one(self, x: dict[Any, Any], y: float, w: float | None = None) -> None:
        """Learns one sample."""
        # An integer would be a class to the daemon.
        self.client.learn_one(x, float(y), weight=w)

    def predict_one(self, x: dict[Any, Any], **options: Any) -> Any:
        """The predicted number; 0 before the first sample, as River's own models say."""
        try:
            return float(self.client.predict_one(x, **options))
        except NoModel:
            return 0.0


__all__ = ["OsierClassifier", "OsierRegressor"]
