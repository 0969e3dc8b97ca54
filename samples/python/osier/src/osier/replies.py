"""Replies as values."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import Refused, Unreadable
from .messages import Label, ModelVersion, Prediction, Probabilities, Rejection


def parse(frame: bytes, endpoint: str) -> Any:
    """The JSON of a frame."""
    try:
        return json.loads(frame)
    except ValueError as error:
        raise Unreadable(endpoint, error) from None


def checked(frame: bytes, endpoint: str) -> dict[str, Any]:
    """The object of a reply; an error is raised."""
    reply = parse(frame, endpoint)
    if not isinstance(reply, dict):
        raise Unreadable(endpoint, f"{type(reply).__name__} instead of an object")
    if "error" in reply:
        raise Refused.of(reply["error"])
    return reply


def prediction(reply: dict[str, Any]) -> Prediction:
    """The answer to one question; an error is raised."""
    if "error" in reply:
        raise Refused.of(reply["error"])
    y, p, interval = reply["y"], reply.get("p"), reply.get("interval")
    return Prediction(
        y=y,
        p=None if p is None else {typed(label, y): float(share) for label, share in p.items()},
        interval=None if interval is None else (interval[0], interval[1]),
        model=version(reply["model"]),
        id=reply.get("id"),
    )


def typed(key: str, like: Any) -> Label:
    """The label that a key of an object stands for, in the type of the predicted one."""
    if isinstance(like, bool) and key in ("true", "false"):
        return key == "true"
    if isinstance(like, int) and not isinstance(like, bool):
        try:
            number = int(key)
        except ValueError:
            return key
        return number if str(number) == key else key
    return key


def version(model: dict[str, Any]) -> ModelVersion:
    return ModelVersion(samples=int(model["samples"]), structure=int(model["structure"]))


def predictions(frames: list[bytes], endpoint: str) -> Probabilities | NDArray[np.float32]:
    """The answer to buffers: probabilities, or numbers `[samples, outputs]`.

    Samples that were refused have NaN in their row; a question of one is refused itself.
    """
    header = checked(frames[0], endpoint)
    if len(frames) != 2:
        raise Unreadable(endpoint, f"{len(frames)} frames instead of header and buffer")
    described = header["y"]
    values = np.frombuffer(frames[1], described["dtype"]).reshape(described["shape"])
    if "classes" not in header or header["classes"] is None:
        return values
    return Probabilities(values, list(header["classes"]), version(header["model"]))


def rejections(reply: dict[str, Any]) -> list[Rejection]:
    """The refused samples that a reply lists."""
    return [
        Rejection(
            int(one.get("index", 0)), str(one["error"]["code"]), str(one["error"]["message"]))
        for one in reply.get("rejected", [])
    ]


def from_objects(
    replies: list[dict[str, Any]]
) -> tuple[list[Prediction | None], list[Rejection]]:
    """The answers to an array of questions: `None` and a rejection where there is none."""
    answers: list[Prediction | None] = []
    rejected = []
    for index, reply in enumerate(replies):
        if "error" in reply:
            rejected.append(
                Rejection(index, str(reply["error"]["code"]), str(reply["error"]["message"])))
            answers.append(None)
        else:
            answers.append(prediction(reply))
    return answers, rejected


def stacked(answers: list[Prediction | None]) -> Probabilities | NDArray[np.float32]:
    """Answers to single questions as one array, rows of NaN where there is no answer."""
    known = [answer for answer in answers if answer is not None]
    best = max(known, key=lambda answer: answer.model.samples)
    if best.p is None:
        width = len(best.y) if isinstance(best.y, list) else 1
        numbers = np.full((len(answers), width), np.nan, dtype=np.float32)
        for row, answer in enumerate(answers):
            if answer is not None:
                numbers[row] = answer.y
        return numbers
    classes = list(best.p)
    shares = np.full((len(answers), len(classes)), np.nan, dtype=np.float32)
    for row, answer in enumerate(answers):
        if answer is not None and answer.p is not None:
            shares[row] = [answer.p.get(label, 0.0) for label in classes]
    return Probabilities(shares, classes, best.model)
