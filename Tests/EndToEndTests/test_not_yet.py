"""What this version answers with `unsupported`: issues of their own flip these tests."""

import pytest

from client import assert_error
from streams import teach

COMMANDS = [
    {"op": "checkpoint"},
    {"op": "grow", "layer": 0, "units": 4},
    {"op": "shrink", "layer": 0, "units": 2},
    {"op": "insert_layer", "layer": 1, "units": 4},
    {"op": "remove_layer", "layer": 0},
    {"op": "prune", "criterion": "magnitude", "scope": "units", "fraction": 0.1},
    {"op": "restore", "method": "random", "fraction": 0.5},
    {"op": "distill", "hidden": [4]},
]


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(
    str(value) for value in command.values()))
def test_a_command_of_a_later_version_is_unsupported(taught, command):
    before = taught.digest()
    error = assert_error(taught.connection("control").ask(command), "unsupported")
    assert command["op"] in error["message"]
    assert taught.digest() == before
