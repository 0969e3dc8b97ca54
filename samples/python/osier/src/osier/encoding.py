"""Samples as frames: JSON where values have names or words, buffers where they are arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .messages import Label, Sparse

#: What the protocol can carry as it lies in memory.
DTYPES = ("float32", "float64", "int32", "int64", "uint8", "bool")

#: Bytes of features in one request, far below the daemon's `sockets.max_message_bytes`.
REQUEST_BYTES = 1 << 20

#: Samples in one request of JSON.
JSON_ROWS = 256


@dataclass(frozen=True)
class Body:
    """The samples of one request: keys of the header frame, and the frames behind it."""

    header: dict[str, Any]
    frames: tuple[bytes, ...]
    rows: int

    def message(self, **envelope: Any) -> list[bytes]:
        """The frames of the request with these keys besides."""
        return [to_json(self.header | envelope), *self.frames]


def to_json(value: object) -> bytes:
    """Strict JSON in UTF-8."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


# --- one sample --------------------------------------------------------------------------------


def one(
    x: Any = None, y: Any = None, *, weight: float | None = None, id: str | int | None = None,
    time: float | None = None,
) -> Body:
    """One sample. Without `x` it is a late label."""
    if id is None and isinstance(x, np.ndarray) and x.dtype.kind == "f" and np.isnan(x).any():
        # JSON has no NaN, which means missing; buffers have.
        weights = None if weight is None else [weight]
        times = None if time is None else [time]
        return next(many(x.reshape(1, -1), None if y is None else [y], weights, None, times))
    keys = sample(x, id=id)
    label = target(y)
    if label is not None:
        keys["y"] = label
    if weight is not None:
        keys["w"] = float(weight)
    if time is not None:
        keys["t"] = float(time)
    return Body({}, (to_json([keys]),), 1)


def sample(x: Any, *, id: str | int | None = None) -> dict[str, Any]:
    """The object of a sample: its features, and its id when it has one."""
    keys: dict[str, Any] = {}
    if id is not None:
        keys["id"] = plain(id)
    if x is not None:
        keys["x"] = features(x)
    return keys


def features(x: Any) -> Any:
    """What `x` is in JSON: an object of named values, or an array of numbers."""
    if isinstance(x, Sparse):
        return {
            "indices": [int(index) for index in x.indices],
            "values": [float(value) for value in x.values],
            "size": int(x.size),
        }
    if isinstance(x, Mapping) or hasattr(x, "items"):
        return {str(name): named(name, value) for name, value in x.items()}
    array = np.asarray(x)
    if array.ndim != 1:
        raise ValueError(f"x has shape {array.shape}; one sample is one row of features")
    array = transportable(array, "x")
    if not np.isfinite(array).all():
        raise ValueError(
            "x holds NaN or infinity, which an array in JSON cannot; "
            "name the features, or use learn_many and predict_many, where NaN means missing"
        )
    values: list[Any] = array.tolist()
    return values


def named(name: object, value: Any) -> Any:
    """A named value: a number, a boolean, a word, or `None` for what is missing."""
    value = plain(value)
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return None
        raise ValueError(f"feature {name!r} is {value}; send a finite number, or None if missing")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(
        f"feature {name!r} is a {type(value).__name__}; send a number, a boolean, text or None"
    )


def target(y: Any) -> Any:
    """What `y` is in JSON; `None` where it is not known."""
    y = plain(y)
    if isinstance(y, float) and math.isnan(y):
        return None
    if y is None or isinstance(y, (bool, int, float, str)):
        return y
    return [float(value) for value in y]


def plain(value: Any) -> Any:
    """The Python value of a NumPy scalar or a missing value of pandas; others as they are."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value


# --- many samples ------------------------------------------------------------------------------


def many(
    x: Any, y: Any = None, weights: Any = None, ids: Any = None, times: Any = None
) -> Iterator[Body]:
    """Requests that together hold all samples, in order.

    `x` is an array `[samples, features]`, a pandas DataFrame, or an iterable of single samples.
    """
    table = frame_of_numbers(x)
    if table is None or ids is not None:
        yield from json_requests(x, y, weights, ids, times)
        return
    array, names = table
    count = len(array)
    labels = None if y is None else targets(y, count)
    if labels is not None and labels[0] is None:
        yield from json_requests(x, y, weights, ids, times)
        return
    columns = {"w": column(weights, count, "weights"), "t": column(times, count, "times")}
    rows = max(1, REQUEST_BYTES // max(1, array.dtype.itemsize * array.shape[1]))
    for start in range(0, count, rows):
        part = slice(start, start + rows)
        header: dict[str, Any] = {}
        buffers = {"x": array[part]}
        if names is not None:
            header["features"] = names
        if labels is not None and labels[0] is not None:
            buffers["y"] = labels[0][part]
            if labels[1] is not None:
                header["classes"] = labels[1]
        buffers |= {name: values[part] for name, values in columns.items() if values is not None}
        for name, values in buffers.items():
            header[name] = {"dtype": str(values.dtype), "shape": list(values.shape)}
        raw = tuple(np.ascontiguousarray(values).tobytes() for values in buffers.values())
        yield Body(header, raw, len(buffers["x"]))


def frame_of_numbers(x: Any) -> tuple[NDArray[Any], list[str] | None] | None:
    """The numbers of `x` and the names of their columns; `None` if they are not all numbers."""
    if hasattr(x, "columns") and hasattr(x, "dtypes"):
        if not all(isinstance(dtype, np.dtype) and dtype.kind in "fiub" for dtype in x.dtypes):
            return None
        return transportable(x.to_numpy(), "x"), [str(name) for name in x.columns]
    if not isinstance(x, np.ndarray):
        rows = x if isinstance(x, Sequence) else None
        if rows is None or not len(rows) or not isinstance(rows[0], (Sequence, np.ndarray)):
            return None
        x = np.asarray(rows)
    if x.ndim != 2:
        raise ValueError(f"x has shape {x.shape}; send [samples, features]")
    return transportable(x, "x"), None


def transportable(array: NDArray[Any], name: str) -> NDArray[Any]:
    """The array in a type that the protocol knows, little-endian."""
    kind = array.dtype.kind
    if kind == "O" and all(isinstance(value, (int, float, np.number)) for value in array.flat):
        array, kind = array.astype(np.float64), "f"
    if kind not in "fiub":
        raise TypeError(
            f"{name} is an array of {array.dtype}; send numbers, or samples with named values"
        )
    if str(array.dtype) not in DTYPES:
        wide = np.int64 if kind in "iu" and array.dtype != np.uint64 else np.float64
        array = array.astype(wide)
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def column(values: Any, count: int, name: str) -> NDArray[Any] | None:
    """One number for each sample."""
    if values is None:
        return None
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (count,):
        raise ValueError(f"{name} has shape {array.shape} for {count} samples; send [{count}]")
    return array


def targets(y: Any, count: int) -> tuple[NDArray[Any] | None, list[Label] | None]:
    """The buffer of `y`, and the labels if it counts through them; no buffer if none can hold it."""
    array = np.asarray(y)
    if array.ndim not in (1, 2) or len(array) != count:
        raise ValueError(f"y has shape {array.shape} for {count} samples; send [{count}]")
    if array.ndim == 2:
        return transportable(array.astype(np.float64), "y"), None
    if array.dtype.kind in "fiub":
        return transportable(array, "y"), None
    labels = [plain(label) for label in array.tolist()]
    if not all(isinstance(label, (str, int)) for label in labels):
        return None, None
    # By type too: 1, True and "1" must not become one by Python's equality before the daemon looks.
    numbers: dict[tuple[type, Label], int] = {}
    codes = [numbers.setdefault((type(label), label), len(numbers)) for label in labels]
    return np.asarray(codes, dtype=np.int64), [label for _, label in numbers]


def json_requests(x: Any, y: Any, weights: Any, ids: Any, times: Any) -> Iterator[Body]:
    """Requests of JSON objects."""
    samples = list(records(x, ids, y))
    columns = {
        name: None if values is None else list(values)
        for name, values in {"y": y, "w": weights, "t": times, "id": ids}.items()
    }
    for name, values in columns.items():
        if values is not None and len(values) != len(samples):
            raise ValueError(f"{name} has {len(values)} values for {len(samples)} samples")
    objects = []
    for index, values in enumerate(samples):
        keys = {} if values is None else {"x": features(values)}
        for name, given in columns.items():
            value = None if given is None else target(given[index])
            if value is not None:
                keys[name] = value
        objects.append(keys)
    for start in range(0, len(objects), JSON_ROWS):
        part = objects[start : start + JSON_ROWS]
        yield Body({}, (to_json(part),), len(part))


def records(x: Any, ids: Any, y: Any) -> Iterable[Any]:
    """The single samples of `x`; `None` for each late label."""
    if x is None:
        return [None] * len(list(ids if ids is not None else y))
    if hasattr(x, "to_dict") and hasattr(x, "columns"):
        rows: list[Any] = x.to_dict("records")
        return rows
    return x  # type: ignore[no-any-return]
