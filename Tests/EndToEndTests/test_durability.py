"""What is acknowledged survives: kills at any moment, restarts, checkpoints, other settings."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

from client import assert_error, receive_of
from process import OSIER, environment, wait_for
from producers import BATCH, Swarm, request, samples, teach
from storage import KEEP_ALL, Store, injection, needs_strace

# More in a long run: Tests/kill-rounds.sh.
ROUNDS = int(os.environ.get("OSIER_KILL_ROUNDS", "200"))


def without_time(status):
    """What of a status must survive a restart."""
    return {
        "stream": {key: status["stream"][key]
                   for key in ("received", "learned", "held_out", "rejected", "unlabelled")},
        "quality": status["quality"],
        "model": status["model"],
        "drift": status["drift"],
        "offset": status["journal"]["offset"],
    }


@pytest.mark.parametrize("ending", ["kill", "stop"])
@pytest.mark.parametrize("sync", ["always", "interval", "never"])
def test_a_restart_goes_on_where_the_daemon_was(store, sync, ending):
    client = store.start(f"journal.sync={sync}", *KEEP_ALL)
    teach(client, 50)
    # Unlabelled samples and refused ones are counted as well.
    client.learn({"x": [1, 2, 3, 4]})
    client.push([{"x": [1, 2, 3, 4], "y": "UP"}])
    client.wait_for_status(lambda status: status["stream"]["learned"] == 50 * BATCH + 1, "it")
    assert client.control("optimizer", learning_rate=0.02)["ok"] is True
    question = {"x": [0.5, -0.25, 1, 2]}
    before = without_time(client.status()), client.control("digest"), client.predict(question)
    (store.kill if ending == "kill" else store.stop)()

    client = store.start(f"journal.sync={sync}", *KEEP_ALL)
    after = without_time(client.status()), client.control("digest"), client.predict(question)
    assert after == before
    assert client.status()["model"]["learning_rate"] == pytest.approx(0.02)


def test_a_paused_daemon_is_paused_after_a_restart(store):
    client = store.start()
    teach(client, 3)
    client.control("pause")
    store.kill()
    client = store.start()
    assert client.status()["state"] == "paused"
    assert_error(client.learn({"x": [1, 2, 3, 4], "y": "UP"}), "paused")


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing_and_double_nothing(store):
    """Three acknowledged producers, and a kill -9 in every round."""
    draw = random.Random(11)
    swarm = Swarm(store.context)
    for _ in range(ROUNDS):
        store.start(*KEEP_ALL)
        swarm.start(store.daemon.endpoint("learn"))
        time.sleep(draw.uniform(0, 0.12))
        store.daemon.kill()
        swarm.stop()
        store.close()
    check_history(store, swarm)


def check_history(store, swarm):
    """The journal holds every acknowledged request once, and leads to the same state by any way."""
    client = store.start(*KEEP_ALL)
    total = max(producer.acknowledged for producer in swarm.producers) + 20
    swarm.start(store.daemon.endpoint("learn"), until=total)
    swarm.join()
    status = client.status()
    assert status["stream"]["learned"] == len(swarm.producers) * total * BATCH
    assert status["stream"]["rejected"] == 0
    digest = client.control("digest")
    store.stop()
    # The last checkpoint alone, and then the whole journal without a single checkpoint: a run
    # that nothing interrupted.
    assert store.start(*KEEP_ALL).control("digest") == digest
    store.stop()
    alone = store.copy("alone", checkpoints=False)
    assert alone.start(*KEEP_ALL).control("digest") == digest
    alone.stop()


SYNCS = (range(1, int(os.environ["OSIER_KILL_SYNCS"]) + 1)
         if "OSIER_KILL_SYNCS" in os.environ else (1, 2, 3, 5, 8, 13, 21, 34, 55, 89))


@pytest.mark.slow
@needs_strace
def test_a_kill_at_a_sync_loses_nothing_and_doubles_nothing(store):
    swarm = Swarm(store.context)
    for number in SYNCS:
        try:
            store.start(*KEEP_ALL, wrapper=injection(f"signal=KILL:when={number}"))
        except AssertionError as refused:
            # The sync belonged to the start itself.
            assert "ended with -9" in str(refused)
            continue
        swarm.start(store.daemon.endpoint("learn"))
        wait_for(store.daemon.exited, f"the kill at sync {number}")
        swarm.stop()
        store.close()
    check_history(store, swarm)


class TestCheckpoints:
    def test_on_demand_it_is_durable_when_it_is_answered(self, store):
        client = store.start("checkpoint.interval_seconds=3600")
        listener = client.listen("checkpoint")
        teach(client, 10)
        reply = client.control("checkpoint")
        assert reply["ok"] is True and reply["samples"] == 10 * BATCH
        assert os.path.exists(reply["path"])
        told = receive_of(listener, "checkpoint")
        assert told["samples"] == 10 * BATCH and told["path"] == reply["path"]
        assert told["bytes"] > 0 and told["seconds"] >= 0 and told["structure"] == 0
        store.kill()
        with sqlite3.connect(store.directory / "journal.db") as database:
            assert database.execute("SELECT count(*) FROM checkpoints").fetchone() == (1,)
        database.close()
        status = store.start().status()
        assert status["journal"]["last_checkpoint_samples"] == 10 * BATCH

    def test_by_samples_and_by_time_they_come_by_themselves(self, store):
        client = store.start("checkpoint.interval_samples=100", "checkpoint.interval_seconds=3600")
        listener = client.listen("checkpoint")
        teach(client, 30)
        assert receive_of(listener, "checkpoint")["samples"] >= 25
        store.stop()
        client = store.start("checkpoint.interval_seconds=0.1")
        listener = client.listen("checkpoint")
        teach(client, 1, start=31)
        assert receive_of(listener, "checkpoint")["samples"] == 31 * BATCH

    def test_so_many_are_kept_and_the_journal_below_them_goes(self, store):
        client = store.start("checkpoint.keep=2", "checkpoint.interval_seconds=3600")
        for part in range(6):
            teach(client, 20, start=20 * part + 1)
            assert client.control("checkpoint")["ok"] is True
        digest = client.control("digest")
        store.stop()
        with sqlite3.connect(store.directory / "journal.db") as database:
            offsets = [row[0] for row in database.execute(
                "SELECT offset FROM checkpoints ORDER BY offset")]
            first, = database.execute("SELECT min(first_offset) FROM record_groups").fetchone()
        database.close()
        assert len(offsets) == 2
        assert first is None or first > offsets[0] - 40 * BATCH
        assert store.start().control("digest") == digest

    def test_learning_with_and_without_them_gives_the_same_digest(self, tmp_path, context):
        digests = set()
        for name, pairs in (
                ("many", ("checkpoint.interval_samples=1", "checkpoint.interval_seconds=0.01")),
                ("none", ("checkpoint.interval_seconds=100000",))):
            store = Store(tmp_path / name, context)
            client = store.start(*pairs)
            teach(client, 200)
            digests.add(client.digest())
            store.stop()
        assert len(digests) == 1

    def test_without_a_directory_there_are_none(self, client):
        error = assert_error(client.control("checkpoint"), "unsupported")
        assert "storage.directory" in error["message"]


class TestProducers:
    def test_they_are_remembered(self, store):
        client = store.start()
        teach(client, 7)
        last = client.learn({"op": "hello", "producer": "p"})
        assert last["last_seq"] == 7 and last["credit"] >= 1
        assert "durable" not in last or last["durable"] is True
        store.kill()
        client = store.start()
        assert client.learn({"op": "hello", "producer": "p", "last_acked": 7}) == last
        again = client.connection("learn").ask(request("p", 7))
        assert again["duplicate"] is True and again["seq"] == 7
        gap = client.connection("learn").ask(request("p", 9))
        assert assert_error(gap, "gap") and gap["expected"] == 8
        assert client.status()["stream"]["learned"] == 7 * BATCH

    def test_a_request_of_bad_samples_uses_up_its_number_for_good(self, store):
        client = store.start()
        teach(client, 1)
        bad = {"x": [1, 2], "y": "UP", "producer": "p", "seq": 2}
        assert_error(client.learn(bad), "shape_mismatch")
        store.kill()
        client = store.start()
        assert client.learn({"op": "hello", "producer": "p"})["last_seq"] == 2
        assert client.learn(bad)["duplicate"] is True

    def test_lost_data_is_an_alert(self, store):
        client = store.start()
        listener = client.listen("alert")
        reply = client.learn({"op": "hello", "producer": "q", "last_acked": 5})
        assert reply["lost"] is True and reply["last_seq"] == 0
        assert receive_of(listener, "alert")["code"] == "data_lost"

    def test_our_own_client_sends_again_after_a_kill(self, store, tmp_path):
        """`osier send --ack` goes on when the daemon is killed and started again."""
        file = tmp_path / "stream.jsonl"
        with open(file, "w") as lines:
            for sequence in range(1, 2_001):
                for sample in samples("file", sequence, 2):
                    row = {f"f{index}": value for index, value in enumerate(sample["x"])}
                    lines.write(str(row | {"y": sample["y"]}).replace("'", '"') + "\n")
        port = free_port()
        learn = f"sockets.learn=tcp://127.0.0.1:{port}"
        store.start(learn)
        sender = subprocess.Popen(
            [OSIER, "send", str(file), "--target", "y", "--ack", "--to",
             f"tcp://127.0.0.1:{port}", "--batch", "8", "--rate", "4000", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        for _ in range(3):
            time.sleep(0.2)
            store.kill()
            client = store.start(learn)
        out, err = sender.communicate(timeout=60)
        assert sender.returncode == 0, err
        assert client.status()["stream"]["learned"] == 4_000, out


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TestSettings:
    def test_other_settings_are_told_and_the_model_goes_on(self, store):
        client = store.start()
        teach(client, 10)
        digest = client.digest()
        store.stop()
        client = store.start("optimizer.learning_rate=0.5", "model.seed=9")
        assert client.status()["model"]["learning_rate"] == pytest.approx(0.5)
        assert client.status()["stream"]["learned"] == 10 * BATCH
        assert client.digest() != digest
        assert "model.seed=9" in store.daemon.stderr()
        # And they are in the journal: without any checkpoint the state is the same.
        digest = client.control("digest")
        store.stop()
        alone = store.copy("alone", checkpoints=False)
        assert alone.start(
            "optimizer.learning_rate=0.5", "model.seed=9").control("digest") == digest
        alone.stop()

    def test_a_second_daemon_on_the_directory_is_refused(self, store):
        store.start()
        refused = store.serve()
        assert refused.returncode == 1 and "in use" in refused.stderr
        assert str(store.daemon.process.pid) in refused.stderr
        store.stop()


def test_a_second_signal_and_a_signal_leave_a_whole_journal(store):
    client = store.start()
    teach(client, 20)
    store.daemon.signal(signal.SIGTERM)
    store.daemon.signal(signal.SIGTERM)
    store.daemon.wait()
    assert store.start().status()["stream"]["learned"] == 20 * BATCH
