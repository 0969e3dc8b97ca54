"""Which instruction set the kernels use: chosen at start, told in the status and in checkpoints."""

import json
import subprocess

import pytest
from process import OSIER, environment


def osier(*arguments, isa):
    return subprocess.run(
        [OSIER, *arguments], env={**environment(), "OSIER_ISA": isa},
        capture_output=True, text=True, timeout=60)


def test_an_unknown_level_is_refused_with_those_there_are():
    refused = osier("serve", "--check", isa="v9")
    assert refused.returncode == 78
    assert "OSIER_ISA = v9" in refused.stderr and "baseline" in refused.stderr
    assert refused.stdout == ""


def test_an_empty_level_is_none():
    assert osier("serve", "--check", isa="").returncode == 0


@pytest.fixture
def stream(tmp_path):
    path = tmp_path / "stream.csv"
    rows = [f"{index % 17},{index % 5},{int(index % 17 > index % 5)}" for index in range(2000)]
    path.write_text("a,b,y\n" + "\n".join(rows) + "\n")
    return path


def test_every_level_that_the_machine_has_learns_alike(stream):
    """Levels with fused multiply-add to the last digit, the baseline to a percent."""
    results = {}
    for level in ("baseline", "v3", "v4"):
        run = osier(
            "evaluate", str(stream), "--target", "y", "--json",
            "--set", "learning.committee=1", "--set", "structure.policy=off", isa=level)
        if run.returncode == 78:
            assert level != "baseline" and "this machine has" in run.stderr
            continue
        assert run.returncode == 0, run.stderr
        results[level] = json.loads(run.stdout)["quality"]
    if "v3" in results and "v4" in results:
        assert results["v3"] == results["v4"]
    for quality in results.values():
        assert quality["accuracy"] == pytest.approx(results["baseline"]["accuracy"], abs=0.01)
