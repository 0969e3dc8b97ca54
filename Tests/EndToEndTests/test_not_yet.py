"""What this version answers with `unsupported`: issues of their own flip these tests."""

import pytest

from client import assert_error
from streams import teach

COMMANDS = [
    {"op": "checkpoint"},
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
