"""Disks that fail, fill up, rot or take their time: each as the table of faults says."""

import os
import random
import shutil
import sqlite3
import subprocess

import pytest

from client import assert_error, receive_of, receive_until
from process import wait_for
from producers import BATCH, Swarm, request, teach
from storage import KEEP_ALL, Store, injection, needs_strace

QUESTION = {"x": [0.5, -0.25, 1, 2]}


def execute(store, statement):
    with sqlite3.connect(store.directory / "journal.db") as database:
        rows = database.execute(statement).fetchall()
    database.close()
    return rows


@needs_strace
@pytest.mark.parametrize("call", ["fdatasync:error=EIO:when=40+", "pwrite64:error=EIO:when=120+"])
def test_an_io_error_ends_acknowledgements_and_the_process(store, call):
    client = store.start(wrapper=injection(call.split(":", 1)[1], call.split(":")[0]))
    alerts = client.listen("alert")
    swarm = Swarm(store.context)
    swarm.start(store.daemon.endpoint("learn"))
    told = receive_until(alerts, lambda topic, _: topic == "alert")[-1][1]
    assert told["code"] == "journal_failed" and told["severity"] == "error"
    # Predictions go on for a moment; samples are refused.
    assert "y" in client.predict(QUESTION) or client.predict(QUESTION)["error"]["code"] == "no_model"
    refused = client.learn({"x": [1, 2, 3, 4], "y": "UP"})
    assert_error(refused, "read_only")
    assert store.daemon.wait() == 1
    assert "disk failed" in store.daemon.stderr()
    swarm.stop()
    # What was acknowledged is there, and nothing twice.
    client = store.start()
    had = 0
    for producer in swarm.producers:
        last = client.learn({"op": "hello", "producer": producer.name})["last_seq"]
        assert last >= producer.acknowledged
        had += last
    assert client.status()["stream"]["learned"] == had * BATCH


@needs_strace
def test_a_full_disk_pauses_learning_and_nothing_else(store):
    client = store.start(wrapper=injection("error=ENOSPC:when=80..105", "pwrite64"))
    alerts = client.listen("alert")
    teach(client, 1)
    swarm = Swarm(store.context)
    swarm.start(store.daemon.endpoint("learn"), until=150)
    told = receive_of(alerts, "alert")
    assert told["code"] == "disk_full" and told["severity"] == "error"
    assert "y" in client.predict(QUESTION)
    reply = client.learn({"x": [1, 2, 3, 4], "y": "UP"})
    error = assert_error(reply, "busy")
    assert "no room" in error["message"] and reply["retry_after_ms"] > 0
    # Commands need the journal as well; whoever only asks is answered.
    assert_error(client.control("pause"), "busy")
    assert client.status()["state"] == "running"
    # There is room again, and learning goes on by itself.
    assert receive_of(alerts, "alert")["severity"] == "info"
    swarm.join()
    assert client.status()["stream"]["learned"] == (1 + 3 * 150) * BATCH
    digest = client.control("digest")
    store.stop()
    assert store.start().control("digest") == digest


@needs_strace
def test_a_slow_disk_makes_groups_larger_and_predictions_no_slower(store):
    client = store.start("checkpoint.interval_seconds=3600", wrapper=injection(
        "delay_exit=50000"))
    teach(client, 1)
    asked = client.connection("predict")
    for sequence in range(2, 202):
        client.connection("learn").send(request("p", sequence))
    # Many predictions are answered before the first acknowledgement is.
    answered = 0
    while client.connection("learn").is_silent(0):
        assert "y" in asked.ask(QUESTION)
        answered += 1
    for _ in range(200):
        client.connection("learn").receive()
    assert answered >= 3
    store.kill()
    groups = execute(store, "SELECT count(*) FROM record_groups")[0][0]
    assert groups < 60, f"200 requests made {groups} groups"


def test_a_small_journal_makes_room_by_itself(store):
    client = store.start(
        "journal.max_bytes=1048576", "checkpoint.keep=2", "checkpoint.interval_seconds=3600",
        "checkpoint.interval_samples=100000000")
    swarm = Swarm(store.context)
    swarm.start(store.daemon.endpoint("learn"), until=5_000)
    swarm.join()
    status = client.status()
    assert status["stream"]["learned"] == 15_000 * BATCH
    assert status["journal"]["bytes"] < 1_500_000
    digest = client.control("digest")
    store.kill()
    assert store.start("checkpoint.keep=2").control("digest") == digest


class Damage:
    """A directory with a known history, to be damaged in copies."""

    def __init__(self, store):
        client = store.start(*KEEP_ALL[:1], "checkpoint.interval_seconds=3600")
        for part in range(3):
            teach(client, 20, start=1 + 20 * part)
            if part < 2:
                client.control("checkpoint")
        self.digest = client.control("digest")
        # The log is copied while it is still there: the end of the process empties it.
        self.store = store
        wait_for(lambda: (store.directory / "watermark").exists(), "the watermark")
        store.kill()

    def check(self, copy, *, arguments=()):
        """Starts a daemon on damaged files: it says so and refuses, or nothing is lost."""
        try:
            client = copy.start(arguments=arguments)
        except AssertionError as refused:
            text = str(refused)
            assert "ended with 1" in text, text
            assert "Fatal" not in text and "--accept-data-loss" in text or "cannot" in text, text
            return "refused"
        digest = client.control("digest")
        assert digest == self.digest
        copy.stop()
        return "intact"


@pytest.fixture
def damage(store):
    return Damage(store)


def flip(path, draw):
    data = bytearray(path.read_bytes())
    data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal"])
def test_flipped_bits_are_noticed_or_harmless(damage, name):
    draw = random.Random(3)
    if name == "journal.db":
        # All of it copied back from the log, and every event needed.
        damage.store.start("checkpoint.interval_seconds=3600")
        damage.store.stop()
        execute(damage.store, "DELETE FROM checkpoints")
    outcomes = set()
    for number in range(20):
        copy = damage.store.copy(f"{name}-{number}")
        flip(copy.directory / name, draw)
        outcomes.add(damage.check(copy))
    assert "refused" in outcomes, "not one of the flips hit anything"


@pytest.mark.parametrize("name", ["journal.db", "journal.db-wal"])
def test_files_that_are_cut_off_are_noticed_or_harmless(damage, name):
    draw = random.Random(5)
    for number in range(8):
        copy = damage.store.copy(f"{name}-{number}")
        path = copy.directory / name
        os.truncate(path, draw.randrange(path.stat().st_size))
        damage.check(copy)


def test_a_damaged_checkpoint_gives_way_to_the_one_before_it(damage):
    execute(damage.store, "UPDATE checkpoints SET state = zeroblob(length(state)) "
            "WHERE offset = (SELECT max(offset) FROM checkpoints)")
    client = damage.store.start()
    assert client.control("digest") == damage.digest
    alerts = client.subscribe("alert")
    told = receive_of(alerts, "alert")
    assert told["code"] == "recovery" and "is not used" in told["message"]


def test_damage_in_the_journal_stops_and_names_the_way_on(damage):
    execute(damage.store, "UPDATE record_groups SET records = zeroblob(9) "
            "WHERE last_offset = (SELECT max(last_offset) FROM record_groups)")
    refused = damage.store.serve()
    assert refused.returncode == 1
    assert "damaged: events" in refused.stderr and "--accept-data-loss" in refused.stderr
    client = damage.store.start(arguments=("--accept-data-loss",))
    assert 40 * BATCH <= client.status()["stream"]["learned"] < 60 * BATCH
    assert client.learn({"op": "hello", "producer": "p", "last_acked": 60})["lost"] is True
    assert any(name.startswith("journal.db.damaged") for name in os.listdir(
        damage.store.directory))
    # The loss was accepted once; from here on it is a journal like any other.
    teach(client, 5, producer="q")
    digest = client.control("digest")
    damage.store.kill()
    assert damage.store.start().control("digest") == digest


def test_a_model_that_is_lost_wholly_begins_anew_when_that_is_accepted(store):
    client = store.start("checkpoint.keep=2", "checkpoint.interval_seconds=3600")
    for part in range(8):
        teach(client, 20, start=20 * part + 1)
        client.control("checkpoint")
    store.stop()
    execute(store, "UPDATE checkpoints SET state = x'00'")
    refused = store.serve()
    assert refused.returncode == 1 and "every checkpoint" in refused.stderr
    client = store.start(arguments=("--accept-data-loss",))
    assert client.status()["stream"]["learned"] == 0
    teach(client, 5, producer="q")
    digest = client.control("digest")
    store.kill()
    assert store.start().control("digest") == digest


def test_a_journal_of_a_later_version_is_refused_in_words(damage):
    execute(damage.store, "UPDATE meta SET value = '99.1' WHERE key = 'writer'")
    execute(damage.store, "PRAGMA user_version = 99")
    refused = damage.store.serve()
    assert refused.returncode == 1
    assert "format 99" in refused.stderr and "99.1" in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None or subprocess.run(
    ["unshare", "-m", "true"], check=False, capture_output=True).returncode != 0,
    reason="needs root and the right to mount")
def test_a_read_only_file_system_is_a_clear_error(damage):
    directory = damage.store.directory
    readonly = ("unshare", "-m", "sh", "-c",
                f'mount --bind "{directory}" "{directory}" && '
                f'mount -o remount,bind,ro "{directory}" && exec "$@"', "sh")
    with pytest.raises(AssertionError, match="ended with 1") as refused:
        damage.store.start(wrapper=readonly)
    assert "cannot be written" in str(refused.value) or "Read-only" in str(refused.value)
    assert damage.store.start().control("digest") == damage.digest
