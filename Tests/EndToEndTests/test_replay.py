"""`osier replay` and `osier inspect` on a storage directory."""

import json

import pytest

from modelfile import write
from process import osier
from streams import GROWING, points, samples, two_classes
from test_import import layers


def replay(store, *arguments):
    done = osier("replay", store, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def learn_as(client, producer, seq, values):
    body = b"\n".join(json.dumps(value).encode() for value in values)
    head = json.dumps({"producer": producer, "seq": seq}).encode()
    reply = client.learn([head, body])
    assert reply.get("accepted") == len(values), reply
    return reply["offset"]


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def run(start, connect, store):
    """Runs a daemon on the store, or on another one, as long as `work(client)` takes; killed then,
    so that the journal alone is left."""

    def run_one(work, *pairs, directory=None):
        daemon = start(f"storage.directory={directory or store}", *pairs)
        result = work(connect(daemon))
        daemon.kill()
        return result

    return run_one


def test_a_replay_comes_to_every_state_that_was(run, store):
    x, y = two_classes(300)

    def work(client):
        digests = {}
        for begin in range(0, 300, 60):
            learn_as(client, "p", begin // 60 + 1, samples(x[begin:begin + 60], y[begin:begin + 60]))
            reply = client.control("digest")
            digests[reply["offset"]] = reply["digest"]
            client.control("optimizer", learning_rate=0.001 * (1 + begin))
        digests["end"] = client.digest()
        return digests

    digests = run(work)
    last = digests.pop("end")
    for offset, digest in digests.items():
        assert replay(store, "--until", offset) == {
            "digest": digest, "offset": offset, "samples": 60 * (1 + list(digests).index(offset))}
    whole = replay(store)
    assert whole["digest"] == last and whole["samples"] == 300
    assert replay(store, "--until", 100)["samples"] in range(95, 101)


def test_a_replay_changes_nothing_and_a_restart_goes_on(run, store):
    digest = run(lambda client: (learn_as(client, "p", 1, samples(*two_classes(50))),
                                 client.digest())[1])
    before = {file.name: file.read_bytes() for file in store.iterdir() if file.name != "lock"}
    assert replay(store)["digest"] == digest
    assert osier("inspect", store).returncode == 0
    after = {file.name: file.read_bytes() for file in store.iterdir() if file.name != "lock"}
    assert before == after
    assert run(lambda client: client.digest()) == digest


def named(x, y, prefix):
    return [{"x": {f"{prefix}0": row[0], f"{prefix}1": row[1], "kind": prefix}, "y": label}
            for row, label in zip(x.tolist(), y)]


@pytest.mark.parametrize("form", ["positional", "named"])
def test_without_a_producer_the_model_is_as_if_it_had_never_been_there(run, store, tmp_path, form):
    x, y = two_classes(400)
    x2, _ = two_classes(400, seed=2)
    if form == "positional":
        good = samples(x, y)
        # It comes first, with classes of its own.
        bad = samples(x2, ["BAD" if row[0] > 0 else "WORSE" for row in x2])
    else:
        good, bad = named(x, y, "g"), named(x2, ["BAD"] * 400, "b")

    def both(client):
        for seq in range(4):
            learn_as(client, "bad", seq + 1, bad[100 * seq:100 * seq + 100])
            learn_as(client, "good", seq + 1, good[100 * seq:100 * seq + 100])
        return client.digest()

    def alone(client):
        for seq in range(4):
            learn_as(client, "good", seq + 1, good[100 * seq:100 * seq + 100])
        return client.digest()

    recorded = run(both)
    wanted = run(alone, directory=tmp_path / "other")
    found = replay(store, "--without-producer", "bad")
    assert found["digest"] == wanted and found["samples"] == 400
    assert found["recorded"]["digest"] == recorded and found["recorded"]["samples"] == 800
    if form == "positional":
        assert found["quality"]["accuracy"] > found["recorded"]["quality"]["accuracy"]
    # Who was never there takes nothing away.
    assert replay(store, "--without-producer", "nobody")["digest"] == recorded


def test_other_settings_give_the_model_that_they_would_have_given(run, store, tmp_path):
    x, y = two_classes(300)
    other = ("model.hidden=[4,4]", "optimizer.name=adam", "features.scaling=minmax")

    def work(client):
        learn_as(client, "p", 1, samples(x, y))
        return client.digest()

    recorded = run(work)
    wanted = run(work, *other, directory=tmp_path / "other")
    flags = [flag for pair in other for flag in ("--set", pair)]
    found = replay(store, *flags)
    assert found["digest"] == wanted and found["recorded"]["digest"] == recorded
    curve = found["curve"]
    assert curve[-1]["offset"] == found["offset"]
    assert set(curve[-1]["changed"]) >= {"accuracy", "kappa", "log_loss"}
    text = osier("replay", store, *flags)
    assert text.returncode == 0 and "recorded" in text.stdout and wanted in text.stdout


def test_another_controller_gives_the_structure_that_it_would_have_chosen(run, store):
    """Measurements are in the journal, so that a policy can be tried on them."""

    def work(client):
        for seq in range(24):
            learn_as(client, "p", seq + 1, points(500, seed=seq))
        # The controller sees what is here at its next tick at the latest.
        client.wait_for_status(lambda status: status["controller"]["kept"] > 0, "a change")
        return client.control("digest")

    # A tick may come behind it.
    told = run(work, *GROWING, "checkpoint.keep=1000")
    assert replay(store, "--until", told["offset"])["digest"] == told["digest"]
    same = replay(store, "--set", "structure.policy=rules")
    recorded, hidden = same["recorded"]["digest"], same["recorded"]["hidden"]
    assert (same["digest"], same["hidden"]) == (recorded, hidden) and hidden != [2]
    off = replay(store, "--set", "structure.policy=off")
    assert off["digest"] != recorded and off["hidden"] == [2] and off["samples"] == 12_000
    text = osier("replay", store, "--set", "structure.policy=dqn")
    assert text.returncode == 0 and f"hidden: recorded {hidden}" in text.stdout
    assert "no measurements" not in text.stderr


def test_a_controller_without_measurements_is_told(run, store):
    run(lambda client: learn_as(client, "p", 1, samples(*two_classes(50))))
    done = osier("replay", store, "--set", "structure.policy=rules")
    assert done.returncode == 0 and "no measurements" in done.stderr


def test_a_trimmed_journal_is_replayed_from_its_oldest_checkpoint(run, store):
    x, y = two_classes(600)

    def work(client):
        for seq in range(6):
            learn_as(client, "early" if seq == 0 else "p", max(1, seq),
                     samples(x[100 * seq:100 * seq + 100], y[100 * seq:100 * seq + 100]))
            assert client.control("checkpoint")["ok"] is True
        return client.digest()

    digest = run(work, "checkpoint.keep=2", "structure.policy=rules")
    facts = json.loads(osier("inspect", store, "--json").stdout)
    oldest = min(checkpoint["offset"] for checkpoint in facts["checkpoints"])
    assert len(facts["checkpoints"]) == 2
    assert replay(store)["digest"] == digest
    if facts["first_offset"] > 1:
        # The controller that is in the checkpoint gives way to the one that is asked for.
        assert replay(store, "--set", "structure.policy=rules")["digest"] == digest
        assert replay(store, "--set", "structure.policy=off")["digest"] != digest
        done = osier("replay", store, "--until", oldest - 1)
        assert done.returncode == 1 and str(oldest) in done.stderr
        done = osier("replay", store, "--without-producer", "early")
        assert done.returncode == 1 and "early" in done.stderr
    else:
        assert replay(store, "--without-producer", "early")["samples"] == 500


def test_a_running_daemon_keeps_its_directory_to_itself(start, connect, store):
    client = connect(start(f"storage.directory={store}"))
    for command in ("replay", "inspect"):
        done = osier(command, store)
        assert done.returncode == 1 and "in use" in done.stderr
    assert client.control("ping")["ok"] is True


@pytest.mark.parametrize("arguments, code, word", [
    (["--until", "9999"], 1, "9999"), (["--until", "0"], 64, "--until"),
    (["--set", "model.hiden=3"], 78, "hiden"), (["--set", "features.hashing=8"], 78, "hashing")])
def test_what_cannot_be_replayed_is_said(run, store, arguments, code, word):
    run(lambda client: learn_as(client, "p", 1, samples(*two_classes(20))))
    done = osier("replay", store, *arguments)
    assert done.returncode == code and word in done.stderr
    assert done.stdout == ""


def test_a_directory_without_a_journal_is_named(tmp_path):
    for command in ("replay", "inspect"):
        done = osier(command, tmp_path)
        assert done.returncode == 1 and str(tmp_path) in done.stderr


def test_a_flipped_bit_is_found(run, store):
    run(lambda client: [learn_as(client, "p", 1 + seq, samples(*two_classes(200, seed=seq + 1)))
                        for seq in range(5)])
    for name in ("journal.db-wal", "journal.db"):
        file = store / name
        content = bytearray(file.read_bytes())
        if len(content) > 20_000:
            content[len(content) // 2] ^= 4
            file.write_bytes(content)
    for command in ("replay", "inspect"):
        done = osier(command, store)
        assert done.returncode == 1 and done.stderr.strip(), done.stdout


def test_inspect_tells_what_a_journal_holds(run, store):
    def work(client):
        learn_as(client, "p", 1, samples(*two_classes(100)))
        client.control("checkpoint")
        return client.control("digest")

    digest = run(work)
    for place in (store, store / "journal.db"):
        facts = json.loads(osier("inspect", place, "--json").stdout)
        assert facts["kind"] == "journal" and facts["version"] == version()
        assert facts["first_offset"] == 1 and facts["last_offset"] == digest["offset"]
        assert facts["producers"][0]["producer"] == "p" and facts["producers"][0]["last_seq"] == 1
        assert facts["checkpoints"][0]["samples"] == 100 and facts["damage"] is None
        assert facts["model"]["hidden"] == [8] and facts["model"]["digest"] == digest["digest"]
        assert "model.hidden=[8]" in facts["model"]["settings"]
    text = osier("inspect", store).stdout
    assert "kind: journal" in text and "model.hidden" in text


def version():
    return osier("--version").stdout.split()[-1]


def test_inspect_tells_what_a_model_file_holds(client, tmp_path):
    client.learn(samples(*two_classes(100)))
    for form in ("safetensors", "onnx"):
        file = tmp_path / f"m.{form}"
        osier("export", "--format", form, file, "--to", client.daemon.endpoint("control"))
        facts = json.loads(osier("inspect", file, "--json").stdout)
        assert facts["kind"] == form and facts["version"] == version()
        assert facts["model"]["samples"] == 100 and facts["classes"] == ["UP", "DOWN"]
        shapes = {tensor["name"]: tensor["shape"] for tensor in facts["tensors"]}
        assert shapes["layers.0.weight"] == ([8, 3] if form == "safetensors" else [3, 8])
        text = osier("inspect", file)
        assert text.returncode == 0 and f"kind: {form}" in text.stdout
        # Every truncation is refused, in one line.
        content = file.read_bytes()
        for count in (0, 7, 9, len(content) // 2, len(content) - 1):
            cut = tmp_path / f"cut.{form}"
            cut.write_bytes(content[:count])
            done = osier("inspect", cut)
            assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1


def test_inspect_reads_files_of_other_programs(tmp_path):
    file = tmp_path / "net.safetensors"
    file.write_bytes(write(layers("fc1", "fc2"), {"format": "pt"}))
    facts = json.loads(osier("inspect", file, "--json").stdout)
    assert facts["metadata"] == {"format": "pt"}
    assert [tensor["name"] for tensor in facts["tensors"]][0] == "fc1.weight"
    (tmp_path / "text").write_text("hello, this is no model at all")
    done = osier("inspect", tmp_path / "text")
    assert done.returncode == 1 and str(tmp_path / "text") in done.stderr
    assert osier("inspect", tmp_path / "none").returncode == 1
