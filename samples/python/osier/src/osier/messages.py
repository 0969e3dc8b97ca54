"""What goes to a daemon and what comes back, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

#: A class. The daemon gives labels back in the type that it met first.
Label = Union[str, bool, int]


@dataclass(frozen=True)
class Sparse:
    """Features of which only some are not zero."""

    indices: Sequence[int]
    values: Sequence[float]
    size: int


@dataclass(frozen=True)
class ModelVersion:
    """Which model answered. Both numbers only ever grow."""

    samples: int
    structure: int


@dataclass(frozen=True)
class Prediction:
    """The answer to one question."""

    #: A label, a number, or a list of numbers where there are several outputs.
    y: Any
    #: Probability of each class; `None` for a regression.
    p: dict[Label, float] | None
    #: Where the target lies with the configured coverage, as soon as that can be estimated.
    interval: tuple[float, float] | None
    model: ModelVersion
    id: str | int | None = None


@dataclass(frozen=True)
class Probabilities:
    """Class probabilities of many samples."""

    #: Shape `[samples, classes]`; a row of NaN for a sample that the daemon refused.
    p: NDArray[np.float32]
    #: What the columns stand for.
    classes: list[Label]
    model: ModelVersion

    def labels(self) -> NDArray[Any]:
        """The most probable class of each row; ties go to the class that was met first."""
        chosen: NDArray[Any] = as_labels(self.classes)[np.argmax(self.p, axis=1)]
        return chosen


@dataclass(frozen=True)
class Rejection:
    """A sample that the daemon will not learn."""

    #: Its place among the samples of the call (for `flush`: among those since the last one).
    index: int
    code: str
    message: str


@dataclass
class Acknowledgement:
    """What became of samples that the daemon has taken in."""

    accepted: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    #: Requests that the daemon had already when they were sent again.
    duplicates: int = 0
    #: The journal's number of the last event; `None` where it is no longer known.
    offset: int | None = None
    #: Whether the daemon keeps them over a restart.
    durable: bool = True

    #: More rejections than this are not kept one by one; `accepted` still tells.
    LIMIT = 10_000

    def add(self, other: Acknowledgement, first_index: int) -> None:
        """Takes in the acknowledgement of samples that follow, the first at this index."""
        self.accepted += other.accepted
        room = self.LIMIT - len(self.rejected)
        self.rejected += [
            Rejection(first_index + one.index, one.code, one.message)
            for one in other.rejected[:room]
        ]
        self.duplicates += other.duplicates
        self.offset = other.offset if other.offset is not None else self.offset
        self.durable = self.durable and other.durable


@dataclass(frozen=True)
class Event:
    """A message of the status socket."""

    #: `status`, `adaptation`, `drift`, `rejected`, `checkpoint` or `alert`.
    topic: str
    #: The object as it came; always with `time` and `sequence`.
    body: dict[str, Any]


@dataclass(frozen=True)
class Adaptation:
    """A change of the network's structure: proposed, kept, reverted or forced."""

    time: float
    sequence: int
    structure: int | None
    event: str
    action: dict[str, Any] | None
    #: `{"before": [...], "after": [...]}`, and so for `parameters`.
    hidden: dict[str, Any] | None
    parameters: dict[str, Any] | None
    by: str | None
    observation: dict[str, Any] | None
    action_values: Any
    reward: float | None
    reason: str | None

    @classmethod
    def of(cls, body: dict[str, Any]) -> Adaptation:
        """The adaptation that a message tells of; keys that it lacks are `None`."""
        keys: dict[str, Any] = {name: body.get(name) for name in cls.__dataclass_fields__}
        return cls(**keys)


def as_labels(classes: Sequence[Label]) -> NDArray[Any]:
    """An array of the classes, of their own type where they share one."""
    if len({type(label) for label in classes}) == 1:
        return np.asarray(classes)
    mixed = np.empty(len(classes), dtype=object)
    mixed[:] = classes
    return mixed
