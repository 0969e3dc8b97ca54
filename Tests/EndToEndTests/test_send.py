"""`osier send`: the same learning as `osier evaluate`, at any pace, and an end in order."""

import json
import random
import signal
import subprocess

import pytest

from process import DEADLINE, OSIER, PLAIN, environment, osier, settings


def sending(path, endpoint, *flags):
    return ["send", path, "--target", "target", "--to", endpoint, *flags]


@pytest.fixture
def mixed(tmp_path):
    """Numbers with all their digits, gaps, and here and there a word: every way to be sent."""
    draw = random.Random(5)
    lines = ["a,b,c,target"]
    for row in range(600):
        a, b = draw.gauss(0, 1), draw.random() / 3
        word = "" if row % 7 == 0 else draw.choice(["x", "y"]) if row % 50 > 40 else f"{row / 7}"
        lines.append(f"{a!r},{'' if row % 11 == 0 else repr(b)},{word},{'UP' if a > b else 'DOWN'}")
    path = tmp_path / "mixed.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def timed(tmp_path):
    def write(times):
        path = tmp_path / "timed.jsonl"
        path.write_text("".join(
            json.dumps({"x": [index, 1], "y": "UP"} | ({} if time is None else {"t": time})) + "\n"
            for index, time in enumerate(times)))
        return path

    return write


@pytest.mark.parametrize("name, flags", [("samples", []), ("learn", ["--ack", "--batch", "17"])])
def test_the_daemon_learns_what_evaluate_learns(client, mixed, name, flags):
    offline = json.loads(osier(
        "evaluate", mixed, "--target", "target", "--json", *settings(*PLAIN)).stdout)
    result = osier(*sending(mixed, client.daemon.endpoint(name), *flags))
    assert result.returncode == 0, result.stderr
    quality = client.wait_until_learned(600)["quality"]
    for figure in ("accuracy", "kappa", "log_loss"):
        assert quality[figure] == offline["quality"][figure]


def test_the_result_counts(client, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("a,target\n1,UP\n2,DOWN\n3\n")
    result = osier(*sending(path, client.daemon.endpoint("learn"), "--ack", "--json"))
    assert result.returncode == 0 and "line 4" in result.stderr
    counts = json.loads(result.stdout)
    assert [counts[key] for key in ("sent", "accepted", "rejected", "unreadable")] == [2, 2, 0, 1]


def test_a_loop_ends_at_its_limit(client, mixed):
    result = osier(*sending(
        mixed, client.daemon.endpoint("samples"), "--loop", "--limit", 1_500))
    assert result.returncode == 0, result.stderr
    assert client.wait_until_learned(1_500)["stream"]["received"] == 1_500


def test_a_paused_daemon_loses_nothing(client, mixed):
    control = client.connection("control")
    assert control.ask({"op": "pause"})["ok"]
    result = osier(*sending(mixed, client.daemon.endpoint("samples")))
    assert result.returncode == 0, result.stderr
    assert control.ask({"op": "resume"})["ok"]
    client.wait_until_learned(600)


def test_event_times_set_the_pace(client, timed):
    path = timed([100.0, 100.4, 100.8])
    result = osier(*sending(path, client.daemon.endpoint("samples"), "--speedup", 2, "--json"))
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["seconds"] >= 0.4
    client.wait_until_learned(3)


def test_event_times_that_are_missing_are_told(client, timed):
    result = osier(*sending(timed([1.0, None]), client.daemon.endpoint("samples"), "--speedup", 9))
    assert result.returncode == 1 and "sample 2" in result.stderr


def test_nobody_there_is_a_failure_that_names_the_endpoint(mixed):
    nobody = "tcp://127.0.0.1:1"
    result = osier(*sending(mixed, nobody, "--timeout", 0.5))
    assert result.returncode == 1 and nobody in result.stderr


@pytest.mark.parametrize("flags", [
    ["--batch", 0], ["--rate", 0], ["--rate", 1, "--speedup", 1], ["--limit", 0],
    ["--timeout", 0]], ids=str)
def test_flags_that_make_no_sense_are_wrong_usage(mixed, flags):
    assert osier(*sending(mixed, "tcp://127.0.0.1:1", *flags)).returncode == 64


class TestInterruption:
    def interrupted(self, arguments, when, **options):
        """The exit code and output of a command that gets Ctrl-C once `when` is true."""
        process = subprocess.Popen(
            [OSIER, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(), text=True, **options)
        try:
            when()
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=DEADLINE)
            return process.returncode, output
        finally:
            process.kill()

    def test_an_endless_loop_ends_with_130_and_its_result(self, client, mixed):
        code, output = self.interrupted(
            sending(mixed, client.daemon.endpoint("learn"), "--ack", "--loop", "--rate", 2_000,
                    "--json"),
            lambda: client.wait_for_status(
                lambda status: status["stream"]["learned"] > 0, "the first samples"),
            stdin=subprocess.DEVNULL)
        assert code == 130 and json.loads(output)["sent"] > 0

    def test_a_wait_for_input_ends_with_130(self, client):
        code, _ = self.interrupted(
            sending("-", client.daemon.endpoint("samples"), "--format", "csv"),
            lambda: client.status(), stdin=subprocess.PIPE)
        # Where the signal came before the command was ready for it, the shell says 130, too.
        assert code in (130, -signal.SIGINT)
