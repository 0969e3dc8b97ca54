"""Malformed messages for a model of three positional features and the classes UP and DOWN.

Each case names what is wrong, the frames, the code of the refusal (several where the contract
leaves the choice), and the sockets on which the message is malformed: `predict` ignores labels
and weights, and only `learn` knows producers.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from client import body, buffers


@dataclass(frozen=True)
class Case:
    name: str
    message: list
    codes: tuple
    sockets: tuple


EVERY = ("learn", "predict", "samples", "feed")
LABELLED = ("learn", "samples", "feed")
LEARN = ("learn",)


def case(name, message, *codes, sockets=EVERY):
    frames = message if isinstance(message, list) else [body(message)]
    return Case(name, frames, codes, sockets)


def not_json(name, text):
    return case(name, text.encode() if isinstance(text, str) else text, "bad_json")


def sample(**changes):
    return {"x": [1, 2, 3], "y": "UP"} | changes


SYNTAX = [
    not_json("white space only", "  \n "),
    not_json("plain words", "not json"),
    not_json("an open brace", "{"),
    not_json("a closing brace", "}"),
    not_json("an object cut short", '{"x":[1,2,3],"y":"U'),
    not_json("a brace too many", '{"x":[1,2,3],"y":"UP"}}'),
    not_json("two objects on one line", '{"x":[1,2,3],"y":"UP"} {"x":[1,2,3],"y":"UP"}'),
    not_json("a comma after the last key", '{"x":[1,2,3],"y":"UP",}'),
    not_json("a comma after the last number", '{"x":[1,2,3,],"y":"UP"}'),
    not_json("a missing comma", '{"x":[1 2,3],"y":"UP"}'),
    not_json("a missing colon", '{"x" [1,2,3],"y":"UP"}'),
    not_json("a key without quotes", '{x:[1,2,3],"y":"UP"}'),
    not_json("single quotes", "{'x':[1,2,3],'y':'UP'}"),
    not_json("a comment", '{"x":[1,2,3],/* label */"y":"UP"}'),
    not_json("a number with a leading zero", '{"x":[01,2,3],"y":"UP"}'),
    not_json("a number with a plus sign", '{"x":[+1,2,3],"y":"UP"}'),
    not_json("a number without its first digit", '{"x":[.5,2,3],"y":"UP"}'),
    not_json("a number without its last digit", '{"x":[1.,2,3],"y":"UP"}'),
    not_json("a number without its exponent", '{"x":[1e,2,3],"y":"UP"}'),
    not_json("a hexadecimal number", '{"x":[0x10,2,3],"y":"UP"}'),
    not_json("a lone minus", '{"x":[-,2,3],"y":"UP"}'),
    not_json("NaN", '{"x":[NaN,2,3],"y":"UP"}'),
    not_json("Infinity", '{"x":[-Infinity,2,3],"y":"UP"}'),
    not_json("a number beyond double range", '{"x":[1e400,2,3],"y":"UP"}'),
    not_json("a capital True", '{"x":[1,2,3],"y":True}'),
    not_json("half a literal", '{"x":[1,2,3],"y":tru}'),
    not_json("the same key twice", '{"x":[1,2,3],"x":[1,2,3],"y":"UP"}'),
    not_json("the same key twice, once escaped", '{"x":[1,2,3],"y":"UP","\\u0079":"UP"}'),
    not_json("the same feature twice", '{"x":{"a":1,"a":2},"y":"UP"}'),
    not_json("a lone surrogate", '{"x":[1,2,3],"y":"\\ud800"}'),
    not_json("surrogates in the wrong order", '{"x":[1,2,3],"y":"\\udc00\\ud800"}'),
    not_json("an unknown escape", '{"x":[1,2,3],"y":"\\x41"}'),
    not_json("a short escape", '{"x":[1,2,3],"y":"\\u12"}'),
    not_json("a control character in a string", b'{"x":[1,2,3],"y":"U\x01P"}'),
    not_json("a tab in a string", b'{"x":[1,2,3],"y":"U\tP"}'),
    not_json("a byte-order mark", b'\xef\xbb\xbf{"x":[1,2,3],"y":"UP"}'),
    not_json("invalid UTF-8", b'{"x":[1,2,3],"y":"\xff"}'),
    not_json("an overlong zero", b'{"x":[1,2,3],"y":"\xc0\x80"}'),
    not_json("a surrogate in UTF-8", b'{"x":[1,2,3],"y":"\xed\xa0\x80"}'),
    not_json("UTF-16", '{"x":[1,2,3],"y":"UP"}'.encode("utf-16")),
    not_json("a zero byte at the end", b'{"x":[1,2,3],"y":"UP"}\x00'),
    not_json("random bytes", bytes(np.random.default_rng(7).integers(128, 256, 64, np.uint8))),
    case("an array nested 100 deep", b'{"x":' + b"[" * 100 + b"]" * 100 + b"}", "too_deep"),
    case("an array nested 100,000 deep", b"[" * 100_000, "too_deep", "bad_json"),
    case("an ignored key nested 100 deep",
         b'{"x":[1,2,3],"y":"UP","z":' + b'{"a":' * 100 + b"1" + b"}" * 101, "too_deep"),
]

OBJECTS = [
    case("a bare number", b"42", "wrong_type"),
    case("a bare string", b'"text"', "wrong_type"),
    case("a bare null", b"null", "wrong_type"),
    case("an empty object", {}, "missing_field"),
    case("no features", {"y": "UP"}, "missing_field"),
    case("null features", sample(x=None), "wrong_type", "missing_field"),
    case("features in a string", sample(x="1,2,3"), "wrong_type"),
    case("a number for features", sample(x=5), "wrong_type"),
    case("true for features", sample(x=True), "wrong_type"),
    case("a string among numbers", sample(x=[1, "2", 3]), "wrong_type"),
    case("null among numbers", sample(x=[1, None, 3]), "wrong_type"),
    case("true among numbers", sample(x=[1, True, 3]), "wrong_type"),
    case("an array among numbers", sample(x=[1, [2], 3]), "wrong_type"),
    case("too few features", sample(x=[1, 2]), "shape_mismatch"),
    case("too many features", sample(x=[1, 2, 3, 4]), "shape_mismatch"),
    case("no numbers at all", sample(x=[]), "shape_mismatch"),
    case("sparse without values", sample(x={"indices": [0], "size": 3}),
         "missing_field", "shape_mismatch", "wrong_type"),
    case("sparse of another size", sample(x={"indices": [0], "values": [1], "size": 5}),
         "shape_mismatch"),
    case("sparse of two lengths", sample(x={"indices": [0, 1], "values": [1], "size": 3}),
         "shape_mismatch", "bad_value"),
    case("a sparse index beyond the size", sample(x={"indices": [3], "values": [1], "size": 3}),
         "bad_value", "shape_mismatch"),
    case("a negative sparse index", sample(x={"indices": [-1], "values": [1], "size": 3}),
         "bad_value", "shape_mismatch", "wrong_type"),
    case("a fractional sparse index", sample(x={"indices": [0.5], "values": [1], "size": 3}),
         "wrong_type", "bad_value"),
    case("a sparse index twice", sample(x={"indices": [1, 1], "values": [1, 2], "size": 3}),
         "bad_value", "shape_mismatch"),
    case("an object for a label", sample(y={"a": 1}), "wrong_type", sockets=LABELLED),
    case("an empty array for a label", sample(y=[]), "wrong_type", "bad_value", "shape_mismatch",
         sockets=LABELLED),
    case("an array of strings for a label", sample(y=["UP"]), "wrong_type", sockets=LABELLED),
    case("a fraction for a class", sample(y=1.5), "wrong_type", sockets=LABELLED),
    case("an array of numbers for a class", sample(y=[1.5, 2]), "wrong_type", "shape_mismatch",
         sockets=LABELLED),
    case("a negative weight", sample(w=-1), "bad_value", sockets=LABELLED),
    case("a weight in a string", sample(w="1"), "wrong_type", sockets=LABELLED),
    case("an endless weight", b'{"x":[1,2,3],"y":"UP","w":1e39}', "bad_value", "not_finite",
         sockets=LABELLED),
    case("a time in a string", sample(t="today"), "wrong_type", sockets=LABELLED),
    case("an id of 257 bytes", sample(id="x" * 257), "too_large"),
    case("an id of 257 bytes in 129 characters", sample(id="ß" * 128 + "x"), "too_large"),
    case("a fractional id", sample(id=1.5), "wrong_type"),
    case("a Boolean id", sample(id=True), "wrong_type"),
    case("an object for an id", sample(id={}), "wrong_type"),
    case("an id beyond 64 bits", b'{"x":[1,2,3],"y":"UP","id":9223372036854775808}',
         "wrong_type", "bad_value", "too_large"),
    case("a number for a producer", sample(producer=5, seq=1), "wrong_type", sockets=LEARN),
    case("a seq without a producer", sample(seq=1), "missing_field", sockets=LEARN),
    case("a seq in a string", sample(producer="p", seq="1"), "wrong_type", sockets=LEARN),
    case("a seq of zero", sample(producer="p", seq=0), "bad_value", sockets=LEARN),
    case("a negative seq", sample(producer="p", seq=-1), "bad_value", sockets=LEARN),
    case("a seq that leaves a gap", sample(producer="p", seq=3), "gap", sockets=LEARN),
    case("an unknown op", {"op": "frobnicate"}, "unknown_op", sockets=LEARN),
    case("a number for an op", {"op": 5}, "wrong_type", sockets=LEARN),
    case("hello without a producer", {"op": "hello"}, "missing_field", sockets=LEARN),
]

X = np.ones((4, 3))
Y = np.zeros(4, np.int64)
ROW = X[:1]


def headed(header, *raw):
    return [body(header), *raw]


def described(dtype="float64", shape=(4, 3), **more):
    return {"x": {"dtype": dtype, "shape": list(shape)}, **more}


RAW = X.tobytes()

BUFFERS = [
    case("a header without its buffer", headed(described(y={"dtype": "int64", "shape": [4]}), RAW),
         "bad_frame"),
    case("a buffer too many", [*buffers({"x": X}), RAW], "bad_frame"),
    case("a thousand frames", [*buffers({"x": X}), *[b"x"] * 1_000], "bad_frame", "too_large"),
    case("a header that is not JSON", [b"{", RAW], "bad_json"),
    case("a header that is a number", [b"7", RAW], "wrong_type", "bad_frame"),
    case("a sample for a header", [body(sample()), RAW], "bad_frame", "wrong_type", "bad_json"),
    # It may also be read as a header before a body of JSON.
    case("a header without x", headed({"y": {"dtype": "int64", "shape": [4]}}, Y.tobytes()),
         "missing_field", "bad_json"),
    case("an unknown dtype", headed(described("float16"), bytes(24)), "bad_dtype"),
    case("a dtype in NumPy's short form", headed(described("<f8"), RAW), "bad_dtype"),
    case("a complex dtype", headed(described("complex64"), RAW), "bad_dtype"),
    case("a number for a dtype", headed(described(64), RAW), "wrong_type", "bad_dtype"),
    case("no dtype", headed({"x": {"shape": [4, 3]}}, RAW), "missing_field"),
    case("no shape", headed({"x": {"dtype": "float64"}}, RAW), "missing_field"),
    case("a number for a shape", headed({"x": {"dtype": "float64", "shape": 12}}, RAW),
         "wrong_type"),
    case("a fractional shape", headed(described(shape=[4, 3.5]), RAW), "wrong_type"),
    case("a negative shape", headed(described(shape=[-4, -3]), RAW),
         "bad_value", "shape_mismatch", "wrong_type"),
    case("an empty shape", headed(described(shape=[]), RAW), "shape_mismatch", "bad_value"),
    case("three axes", headed(described(shape=[2, 2, 3]), RAW), "shape_mismatch"),
    case("more bytes than the shape says", headed(described(), RAW + b"x"), "shape_mismatch"),
    case("fewer bytes than the shape says", headed(described(), RAW[:-8]), "shape_mismatch"),
    case("no bytes", headed(described(), b""), "shape_mismatch"),
    case("a shape whose size overflows", headed(described(shape=[2**62, 8]), RAW),
         "shape_mismatch", "too_large"),
    case("a shape beyond 64 bits", headed(described(shape=[2**64, 3]), RAW),
         "shape_mismatch", "too_large", "wrong_type", "bad_value"),
    case("rows without columns", headed(described(shape=[4, 0]), b""), "shape_mismatch"),
    case("a column too many", buffers({"x": np.ones((1, 4))}), "shape_mismatch"),
    case("an infinite feature", buffers({"x": ROW * np.inf}), "not_finite"),
    case("names for two of three columns", buffers({"x": X}, features=["a", "b"]),
         "shape_mismatch", "bad_value"),
    case("a column name twice", buffers({"x": X}, features=["a", "b", "a"]), "bad_value",
         "bad_json"),
    case("a number for a column name", buffers({"x": X}, features=["a", "b", 3]), "wrong_type"),
    case("names for positional columns", buffers({"x": ROW}, features=["a", "b", "c"]),
         "shape_mismatch"),
    case("labels for fewer rows", buffers({"x": X, "y": Y[:3]}), "shape_mismatch",
         sockets=LABELLED),
    case("a class index beyond the classes", buffers(
        {"x": ROW, "y": Y[:1] + 2}, classes=["UP", "DOWN"]), "unknown_class", sockets=LABELLED),
    case("an infinite label", buffers({"x": ROW, "y": np.array([np.inf])}), "not_finite",
         sockets=LABELLED),
    case("an infinite weight", buffers(
        {"x": ROW, "y": Y[:1], "w": np.array([np.inf])}, classes=["UP"]), "not_finite",
         "bad_value", sockets=LABELLED),
    case("a negative weight in a buffer", buffers(
        {"x": ROW, "y": Y[:1], "w": np.array([-1.0])}, classes=["UP"]), "bad_value",
         sockets=LABELLED),
    case("ids that are not integers", buffers({"x": ROW, "id": np.array([1.5])}),
         "bad_dtype", "wrong_type"),
]

CASES = SYNTAX + OBJECTS + BUFFERS
assert len({c.name for c in CASES}) == len(CASES) >= 60


def on(socket):
    """The cases that are malformed on this socket, as pytest parameters."""
    return [pytest.param(c, id=c.name) for c in CASES if socket in c.sockets]
