"""`osier send`, `predict`, `status`, `watch` and `control` against a running daemon."""

import gzip
import json
import os
import pty
import select
import signal
import subprocess
import termios
import time

import pytest

from process import DEADLINE, OSIER, environment, osier
from streams import teach, two_classes

# Nobody listens on the port for "tcpmux" of a test machine.
NOBODY = "tcp://127.0.0.1:1"


@pytest.fixture(scope="module")
def taught(shared):
    teach(shared)
    return shared


@pytest.fixture
def file(tmp_path):
    x, y = two_classes(300, seed=4)
    rows = "".join(f"{a},{b},{c},{label}\n" for (a, b, c), label in zip(x, y, strict=True))
    path = tmp_path / "rows.csv"
    path.write_text("a,b,c,target\n" + rows)
    return path


def send(path, endpoint, *flags, **options):
    return osier("send", path, "--target", "target", "--to", endpoint, *flags, **options)


class TestSend:
    @pytest.mark.parametrize("name, flags", [
        ("samples", []), ("samples", ["--batch", "64"]), ("learn", ["--ack"]),
        ("learn", ["--ack", "--batch", "50"]), ("samples", ["--rate", "5000"])])
    def test_every_row_is_learned(self, client, file, name, flags):
        result = send(file, client.daemon.endpoint(name), *flags)
        assert result.returncode == 0, result.stderr
        assert client.wait_until_learned(300)["stream"]["rejected"] == 0

    def test_limit(self, client, file):
        assert send(file, client.daemon.endpoint("learn"), "--ack", "--limit", 7).returncode == 0
        assert client.status()["stream"]["received"] == 7

    def test_standard_input(self, client, file):
        result = send(
            "-", client.daemon.endpoint("learn"), "--ack", "--format", "csv",
            stdin=file.read_text())
        assert result.returncode == 0, result.stderr
        client.wait_until_learned(300)

    def test_gzip(self, client, file):
        zipped = file.with_suffix(".csv.gz")
        zipped.write_bytes(gzip.compress(file.read_bytes()))
        assert send(zipped, client.daemon.endpoint("learn"), "--ack").returncode == 0
        client.wait_until_learned(300)

    def test_no_progress_bar_and_no_colour_without_a_terminal(self, client, file):
        result = send(file, client.daemon.endpoint("samples"))
        assert "\x1b" not in result.stdout + result.stderr and "\r" not in result.stderr

    def test_a_missing_file_is_named(self, client):
        result = send("absent.csv", client.daemon.endpoint("samples"))
        assert result.returncode == 1 and "absent.csv" in result.stderr

    def test_refusals_are_reported(self, taught, tmp_path):
        wrong = tmp_path / "wrong.jsonl"
        wrong.write_text('{"x":[1,2,3],"y":"UP"}\n{"x":[1],"y":"UP"}\n')
        result = send(wrong, taught.daemon.endpoint("learn"), "--ack")
        assert "shape_mismatch" in result.stderr or "features" in result.stderr


class TestPredict:
    def test_features_on_the_command_line(self, taught):
        result = osier(
            "predict", "--to", taught.daemon.endpoint("predict"), "--features", "[2,2,2]",
            "--json")
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["y"] == "UP"

    def test_a_file(self, client, file):
        send(file, client.daemon.endpoint("learn"), "--ack")
        result = osier("predict", file, "--to", client.daemon.endpoint("predict"), "--json",
                       "--target", "target")
        assert result.returncode == 0, result.stderr
        answers = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(answers) == 300 and {answer["y"] for answer in answers} == {"UP", "DOWN"}

    def test_a_refusal_is_a_failure(self, taught):
        result = osier(
            "predict", "--to", taught.daemon.endpoint("predict"), "--features", "[1]")
        assert result.returncode == 1 and "shape_mismatch" in result.stderr

    def test_without_a_model_it_fails_and_says_so(self, client):
        result = osier(
            "predict", "--to", client.daemon.endpoint("predict"), "--features", "[1]")
        assert result.returncode == 1 and "no_model" in result.stderr

    def test_broken_features_are_wrong_usage(self, taught):
        result = osier(
            "predict", "--to", taught.daemon.endpoint("predict"), "--features", "[1,")
        assert result.returncode in (1, 64) and result.stderr


class TestStatus:
    def test_json_is_the_status_object(self, taught):
        result = osier("status", "--to", taught.daemon.endpoint("status"), "--json")
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["version"] == 1

    def test_it_knows_of_what_was_acknowledged_before(self, start, connect):
        """The latest status that a new subscriber gets at once may be a second old."""
        client = connect(start("status.interval_seconds=1"))
        assert client.learn([{"x": [n % 2], "y": "AB"[n % 2]} for n in range(50)])["accepted"] == 50
        result = osier("status", "--to", client.daemon.endpoint("status"), "--json")
        assert json.loads(result.stdout)["stream"]["learned"] == 50

    def test_a_status_that_is_rare_is_not_waited_for(self, start, connect):
        client = connect(start("status.interval_seconds=3600"))
        result = osier("status", "--to", client.daemon.endpoint("status"), "--json")
        assert result.returncode == 0 and json.loads(result.stdout)["sequence"] >= 1

    def test_a_person_reads_the_rest(self, taught):
        result = osier("status", "--to", taught.daemon.endpoint("status"))
        assert result.returncode == 0 and "accuracy" in result.stdout.lower()
        assert "\x1b" not in result.stdout


class TestControl:
    def control(self, taught, *arguments):
        return osier("control", *arguments, "--to", taught.daemon.endpoint("control"))

    @pytest.mark.parametrize("op", ["ping", "status", "schema", "digest", "pause", "resume"])
    def test_commands_without_arguments(self, taught, op):
        result = self.control(taught, op, "--json")
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["ok"] is True

    def test_arguments_are_numbers_where_they_look_like_numbers(self, taught):
        result = self.control(taught, "optimizer", "name=adam", "learning_rate=0.002")
        assert result.returncode == 0, result.stderr
        model = taught.status()["model"]
        assert model["optimizer"] == "adam" and model["learning_rate"] == pytest.approx(0.002)

    def test_a_refusal_is_a_failure_with_its_reason(self, taught):
        result = self.control(taught, "grow", "layer=7", "units=16")
        assert result.returncode == 1 and "layer 7" in result.stderr

    def test_an_unknown_command_fails(self, taught):
        assert self.control(taught, "frobnicate").returncode in (1, 64)

    def test_shutdown(self, client):
        assert self.control(client, "shutdown").returncode == 0
        assert client.daemon.wait() == 0


class TestExitCodes:
    @pytest.mark.parametrize("command", [
        ["status", "--to", NOBODY], ["control", "ping", "--to", NOBODY],
        ["predict", "--features", "[1]", "--to", NOBODY]], ids=lambda c: c[0])
    def test_nobody_there_is_a_failure_that_names_the_endpoint(self, command):
        result = osier(*command)
        assert result.returncode == 1 and NOBODY in result.stderr

    @pytest.mark.parametrize("command", [
        ["frobnicate"], ["send"], ["status", "--frobnicate"], ["predict", "--to"], ["control"]])
    def test_wrong_usage_is_64(self, command):
        result = osier(*command)
        assert result.returncode == 64 and result.stderr

    @pytest.mark.parametrize("command", [
        [], *([name] for name in (
            "serve", "evaluate", "send", "predict", "status", "watch", "control"))])
    def test_help_is_there(self, command):
        result = osier(*command, "--help")
        assert result.returncode == 0 and "USAGE" in result.stdout

    def test_the_version_is_told(self):
        assert osier("--version").stdout.strip()


class TestWatch:
    """On a pseudo-terminal: shows the daemon, and leaves the terminal as it found it."""

    @pytest.mark.parametrize("leave", [b"q", "SIGINT", "SIGTERM"], ids=str)
    def test_it_leaves_the_terminal_clean(self, taught, leave):
        terminal, inner = pty.openpty()
        before = termios.tcgetattr(inner)
        watch = subprocess.Popen(
            [OSIER, "watch", "--to", taught.daemon.endpoint("status")],
            stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
            env=environment({"TERM": "xterm-256color"}))
        try:
            shown = read_until(terminal, b"", lambda text: b"400" in text or b"sample" in text)
            if isinstance(leave, bytes):
                os.write(terminal, leave)
            else:
                watch.send_signal(getattr(signal, leave))
            shown = read_until(terminal, shown, lambda _: watch.poll() is not None)
            assert watch.returncode in (0, 130, 143)
            assert termios.tcgetattr(inner) == before
            # Alternate screen and hidden cursor: what was turned on is turned off after it.
            for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h")):
                if on in shown:
                    assert shown.rindex(off) > shown.rindex(on)
        finally:
            watch.kill()
            watch.wait()
            os.close(terminal)
            os.close(inner)

    def test_without_a_terminal_it_is_wrong_usage_or_plain_text(self, taught):
        watch = subprocess.Popen(
            [OSIER, "watch", "--to", taught.daemon.endpoint("status")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment())
        try:
            readable, _, _ = select.select([watch.stdout, watch.stderr], [], [], DEADLINE)
            assert readable
            assert b"\x1b" not in os.read(readable[0].fileno(), 65_536)
        finally:
            watch.kill()
            watch.communicate()


def read_until(terminal, seen, condition):
    """What a terminal shows until `condition` holds of it."""
    end = time.monotonic() + DEADLINE
    while True:
        readable, _, _ = select.select([terminal], [], [], 0.05)
        if readable:
            seen += os.read(terminal, 65_536)
        elif condition(seen):
            return seen
        assert time.monotonic() < end, f"the screen shows {seen[-500:]!r}"
