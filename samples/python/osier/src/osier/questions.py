"""What both clients share about questions and their answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from . import encoding, replies
from .endpoints import Endpoints
from .errors import OsierError, Refused, Unreadable
from .messages import Label, Prediction, Probabilities, Rejection

NO_DAEMON = "start the daemon there, or raise the timeout"
UNANSWERED = NO_DAEMON + "; whether the command took effect is not known"
LOST_REQUEST = (
    NO_DAEMON + "; whether the samples were learned is not known: name a producer, and they are "
    "learned exactly once"
)

#: An answer to many samples: probabilities or `[samples, outputs]`, and the refused ones.
Part = tuple[Union[Probabilities, NDArray[np.float32]], list[Rejection]]


class Questions:
    """Builds questions for the `predict` socket and reads their answers."""

    endpoints: Endpoints
    consistent: bool

    def _endpoint(self, name: str) -> str:
        endpoint: str = getattr(self.endpoints, name)
        if not endpoint:
            raise OsierError(f"the daemon's socket {name} is switched off; see sockets.{name}")
        return endpoint

    def _options(self, remember: bool, consistent: bool | None) -> dict[str, Any]:
        wanted = self.consistent if consistent is None else consistent
        return ({"remember": True} if remember else {}) | ({"consistent": True} if wanted else {})

    def _question(
        self, x: Any, id: str | int | None, remember: bool, consistent: bool | None
    ) -> dict[str, Any]:
        return encoding.sample(x, id=id) | self._options(remember, consistent)

    def _questions(self, x: Any, consistent: bool | None) -> Iterator[list[bytes]]:
        options = self._options(False, consistent)
        for body in encoding.many(x):
            message = body.message(**options)
            yield message if body.header or options else message[1:]

    def _object(self, frame: bytes) -> dict[str, Any]:
        return replies.checked(frame, self.endpoints.predict)

    def _part(self, frames: list[bytes]) -> Part:
        parsed = replies.parse(frames[0], self.endpoints.predict)
        if isinstance(parsed, list):
            answers, rejected = replies.from_objects(parsed)
            if not any(answers):
                raise Refused(rejected[0].code, rejected[0].message)
            return replies.stacked(answers), rejected
        values = replies.predictions(frames, self.endpoints.predict)
        return values, replies.rejections(parsed)

    def _joined(self, parts: list[Part]) -> Part:
        if not parts:
            raise ValueError("x holds no sample")
        arrays, rejected, start = [], [], 0
        classes: list[Label] = []
        for values, refused in parts:
            rows = values.p if isinstance(values, Probabilities) else values
            rejected += [Rejection(start + one.index, one.code, one.message) for one in refused]
            start += len(rows)
            arrays.append(rows)
            if isinstance(values, Probabilities):
                classes += [label for label in values.classes if label not in classes]
        last = parts[-1][0]
        if not isinstance(last, Probabilities):
            return np.concatenate(arrays), rejected
        # A class that was met between two parts has no column in the first.
        shares = [
            _aligned(values, classes) for values, _ in parts if isinstance(values, Probabilities)]
        return Probabilities(np.concatenate(shares), classes, last.model), rejected

    def _best(self, part: Part) -> NDArray[Any]:
        values, rejected = part
        if isinstance(values, Probabilities):
            if rejected:
                raise Refused(rejected[0].code, f"sample {rejected[0].index}: {rejected[0].message}")
            return values.labels()
        return values[:, 0] if values.shape[1] == 1 else values

    def _as_probabilities(self, part: Part) -> Probabilities:
        if not isinstance(part[0], Probabilities):
            raise Unreadable(self.endpoints.predict, "numbers: the model is a regression")
        return part[0]

    def _probabilities(self, answer: Prediction) -> dict[Label, float]:
        if answer.p is None:
            raise Unreadable(self.endpoints.predict, "a number: the model is a regression")
        return answer.p


def _aligned(values: Probabilities, classes: list[Label]) -> NDArray[np.float32]:
    if values.classes == classes:
        return values.p
    wide = np.zeros((len(values.p), len(classes)), dtype=np.float32)
    for column, label in enumerate(values.classes):
        wide[:, classes.index(label)] = values.p[:, column]
    return wide
