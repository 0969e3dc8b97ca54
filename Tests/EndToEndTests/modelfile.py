"""An exported model by hand: reads a safetensors file of Osier's and predicts with NumPy alone."""

import json

import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64, "F16": np.float16, "U8": np.uint8}


def read(content):
    """Tensors and metadata of a safetensors file."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = np.frombuffer(content[begin:end], TYPES[entry["dtype"]]).reshape(
            entry["shape"])
    return tensors, metadata


def write(tensors, metadata=None):
    """A safetensors file, as PyTorch users save one."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    names = {np.dtype(kind): name for name, kind in TYPES.items()}
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": names[array.dtype], "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def fnv(content):
    bits = 0xCBF29CE484222325
    for byte in content:
        bits = ((bits ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return bits


def fold(bits, count):
    return (bits ^ (bits >> 32)) % count


def text_of(value):
    """A categorical value as the text that it is compared by; None for a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


class Model:
    """A file of Osier's, as its documentation describes it."""

    def __init__(self, content):
        self.tensors, metadata = read(content)
        assert metadata["osier.format"] == "1"
        self.model = json.loads(metadata["osier.model"])
        self.inputs = json.loads(metadata["osier.inputs"])
        self.classes = json.loads(metadata.get("osier.classes", "null"))
        self.target = json.loads(metadata.get("osier.target", "null"))

    def predict(self, sample):
        """The answer to one sample: a list of numbers, or an object of named values."""
        row = self.encode(sample)
        total = 0
        for index, member in enumerate(self.model["members"]):
            prefix = "" if index == 0 else f"members.{index}."
            total = total + member["share"] * self.forward(row, prefix, member["activation"])
        if self.classes is not None:
            return np.array([1 - total[0], total[0]]) if len(total) == 1 else total
        return np.array(self.target["mean"]) + total * np.array(self.target["deviation"])

    def forward(self, row, prefix, activation):
        layer = 0
        while f"{prefix}layers.{layer}.weight" in self.tensors:
            weight = self.tensors[f"{prefix}layers.{layer}.weight"].astype(np.float64)
            row = weight @ row + self.tensors[f"{prefix}layers.{layer}.bias"]
            layer += 1
            if f"{prefix}layers.{layer}.weight" in self.tensors:
                row = {
                    "relu": lambda z: np.maximum(z, 0),
                    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
                    "tanh": np.tanh,
                    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
                }[activation](row)
        if self.model["output"] == "sigmoid":
            return 1 / (1 + np.exp(-row))
        if self.model["output"] == "softmax":
            shifted = np.exp(row - row.max())
            return shifted / shifted.sum()
        return row

    def encode(self, sample):
        names = [feature["name"] for feature in self.inputs["features"]]
        values = sample if isinstance(sample, dict) else dict(zip(names, sample))
        return np.array([self.column(column, values, names) for column in self.inputs["columns"]])

    def column(self, column, values, names):
        kind = column["kind"]
        if kind.startswith("past"):
            return column["now"]
        if kind == "bucket":
            return self.bucket(column, values, names)
        feature = self.inputs["features"][column["feature"]]
        value = values.get(names[column["feature"]])
        text = text_of(value)
        if kind == "category":
            return float(text is not None and self.is_category(column, feature, text))
        number = None if value is None or text is not None or value != value else float(value)
        if kind == "value":
            return float(number is not None and number == column["value"])
        return column["missing"] if number is None else scaled(number, column)

    def is_category(self, column, feature, text):
        if text in feature["categories"]:
            return column.get("category") == text
        content = text.encode()
        is_hashed = len(feature["categories"]) >= 256 or len(content) > 256
        return is_hashed and column.get("overflow") == fold(fnv(content), 64)

    def bucket(self, column, values, names):
        total = 0.0
        for name, value in values.items():
            text = text_of(value)
            if text is not None:
                place = fold(fnv(name.encode() + b"\xff" + text.encode()), self.inputs["hashing"])
                total += place == column["bucket"]
            elif value is not None and name not in names:
                place = fold(fnv(name.encode()), self.inputs["hashing"])
                total += scaled(value, column) if place == column["bucket"] else 0
        return total


def scaled(number, column):
    shifted = (number - column["shift"]) * column["factor"]
    return min(max(shifted, -column["bound"]), column["bound"])


def answer(reply, classes):
    """What the daemon answered, as an array: probabilities by class, or values."""
    if classes is None:
        return np.atleast_1d(np.array(reply["y"], dtype=np.float64))
    return np.array([reply["p"][text_of(label) or str(label)] for label in classes])
