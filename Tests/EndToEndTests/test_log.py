"""The daemon's log: one line per event, for people or for programs, and nobody's data."""

import json
import re

import pytest

from streams import teach

SECRET = "s3cr3t"


def refuse(client):
    """Has samples refused whose text tells what is in them."""
    for message in ({"x": {SECRET: [SECRET]}, "y": "UP"}, f"not json {SECRET}".encode(),
                    {"x": [1, 2, 3], "y": {SECRET: 1}}):
        client.push(message)
    client.wait_for_status(lambda status: status["stream"]["rejected"] >= 3, "the refusals")


def stopped_log(client):
    client.daemon.stop()
    return client.daemon.stderr().splitlines()


@pytest.fixture
def daemon(start, connect):
    def make(*pairs):
        client = connect(start("status.interval_seconds=0.05", *pairs))
        teach(client, 10)
        return client
    return make


def test_text_is_a_time_a_level_and_words(daemon):
    client = daemon()
    refuse(client)
    lines = stopped_log(client)
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z (info|warning) \S.*"
    assert lines and all(re.fullmatch(pattern, line) for line in lines), lines
    assert any("refused" in line and "bad_json" in line for line in lines)


def test_json_is_an_object_on_each_line(daemon):
    client = daemon("log.format=json")
    refuse(client)
    entries = [json.loads(line) for line in stopped_log(client)]
    assert entries and all(
        {"time", "level", "message"} <= set(entry) <= {"time", "level", "message", "left_out"}
        for entry in entries)


def test_what_producers_send_is_told_only_when_asked_for(daemon):
    client = daemon()
    refuse(client)
    assert SECRET not in "\n".join(stopped_log(client))
    asked = daemon("log.level=debug")
    refuse(asked)
    assert SECRET in "\n".join(stopped_log(asked))


@pytest.mark.parametrize("level, heard", [("info", True), ("warning", True), ("error", False)])
def test_the_level_decides(daemon, level, heard):
    client = daemon(f"log.level={level}")
    refuse(client)
    assert any("refused" in line for line in stopped_log(client)) == heard


def test_a_flood_is_cut(start, connect):
    client = connect(start("status.interval_seconds=0.01"))
    for count in range(1, 120):
        client.push(b"{")
        client.wait_for_status(
            lambda status, count=count: status["stream"]["rejected"] == count, "the refusal")
    lines = [line for line in stopped_log(client) if "refused" in line]
    assert 1 <= len(lines) < 100
