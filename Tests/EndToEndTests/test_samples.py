"""The samples in Python do what they say, against a fresh daemon."""

import subprocess
import sys

import pytest

from process import ROOT, SOCKETS, environment

SAMPLES = ROOT / "samples/python"


def run(name, *arguments):
    result = subprocess.run(
        [sys.executable, str(SAMPLES / name), *map(str, arguments)],
        capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
        env=environment(), check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_send_predict_and_follow(client):
    ends = {name: client.daemon.endpoint(name) for name in SOCKETS}
    sent = run("send.py", "--samples", ends["samples"], "--learn", ends["learn"])
    assert "acknowledged" in sent
    learned = client.wait_for_status(
        lambda s: s["stream"]["learned"] > 0 and s["stream"]["queue"] == 0, "learned samples")
    assert learned["stream"]["rejected"] == 0

    predicted = run("predict.py", "--predict", ends["predict"])
    assert "UP" in predicted and "DOWN" in predicted

    followed = run("follow.py", "--status", ends["status"], "--count", 1)
    assert "learned" in followed


@pytest.mark.parametrize("name", ["send.py", "predict.py", "follow.py"])
def test_help(name):
    assert "--help" in run(name, "--help")
