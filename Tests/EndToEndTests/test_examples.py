"""The examples in `samples/` run as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from process import OSIER, ROOT, environment
from streams import teach

PYTHON = ROOT / "samples/python"


def run(*command, **extra):
    """What an example prints; it must succeed."""
    path = os.pathsep.join([str(Path(OSIER).parent), os.environ["PATH"]])
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, timeout=100,
        stdin=subprocess.DEVNULL,
        env=environment({"PATH": path, "PYTHONPATH": str(PYTHON / "osier/src")} | extra))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_sender_predictor_and_follower_in_python(start):
    daemon = start()
    sent = run(sys.executable, PYTHON / "send.py", "--samples", daemon.endpoint("samples"),
               "--learn", daemon.endpoint("learn"))
    assert "10 samples acknowledged" in sent
    answers = run(sys.executable, PYTHON / "predict.py", "--predict", daemon.endpoint("predict"))
    assert "classes: ['DOWN', 'UP']" in answers or "classes: ['UP', 'DOWN']" in answers
    followed = run(sys.executable, PYTHON / "follow.py", "--status", daemon.endpoint("status"),
                   "--count", "1")
    assert "learned" in followed


def test_the_comparison_with_river(start):
    pytest.importorskip("river", reason="River is not installed")
    printed = run(sys.executable, PYTHON / "river_comparison.py", "--ports", start().port_file,
                  "--limit", "300")
    river, ours = printed.splitlines()
    assert river.startswith("River: ") and ours.startswith("Osier: ")
    assert float(ours.split()[1].rstrip("%,")) > 60


def test_the_picture_of_a_run(start, connect, tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    daemon = start("status.interval_seconds=0.1")
    teach(connect(daemon))
    picture = tmp_path / "run.png"
    printed = run(sys.executable, PYTHON / "plot_run.py", picture, "--ports", daemon.port_file,
                  "--seconds", "1", MPLCONFIGDIR=str(tmp_path))
    assert "drawn to" in printed
    assert picture.read_bytes().startswith(b"\x89PNG\r\n") and picture.stat().st_size > 10_000


def test_the_shell(start):
    daemon = start()
    printed = run(ROOT / "samples/send.sh", *(
        daemon.endpoint(name) for name in ("learn", "predict", "status")))
    assert "UP" in printed and "DOWN" in printed and "2,000" in printed or "2000" in printed


def test_the_client_in_swift(start):
    program = Path(OSIER).with_name("SwiftClient")
    if not program.exists():
        pytest.skip(f"{program.name} was not built beside {OSIER}")
    daemon = start()
    printed = run(program, *(daemon.endpoint(name) for name in ("learn", "predict", "control")))
    assert "20 requests acknowledged" in printed and "320 samples learned" in printed
    assert "[0.9, 0.1]: " in printed
