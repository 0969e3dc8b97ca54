"""The benchmarks run: a quick round of every section, with every figure in its place, never a time."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from process import OSIER, ROOT, environment

PROGRAM = Path(OSIER).with_name("Benchmarks")
SECTIONS = {
    "limits", "kernels", "learner", "decoding", "throughput", "latency", "predictions",
    "durability", "memory",
}

UNITS = {"ns/sample", "samples/s", "us", "s", "GFLOP/s", "GB/s", "ratio", "bytes"}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    if not PROGRAM.exists():
        pytest.skip(f"{PROGRAM.name} was not built beside {OSIER}")
    path = tmp_path_factory.mktemp("benchmarks") / "figures.json"
    done = subprocess.run(
        [PROGRAM, "--quick", "--osier", OSIER, "--python", sys.executable, "--json", path,
         "--sender", ROOT / "Tests/Benchmarks/sender.py"],
        capture_output=True, text=True, env=environment(), timeout=120, check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(path.read_text()) | {"table": done.stdout}


def test_the_report_says_what_was_measured_where_and_when(report):
    assert report["version"] == 1
    assert report["quick"] is True
    assert report["date"] and report["osier"]
    machine = report["machine"]
    assert machine["cpu"] and machine["kernel"]
    assert machine["cores"] >= 1 and machine["memory_bytes"] > 0


def test_every_section_has_figures_of_all_fields(report):
    assert {figure["section"] for figure in report["figures"]} == SECTIONS
    for figure in report["figures"]:
        assert figure["unit"] in UNITS, figure
        numbers = [figure[key] for key in ("minimum", "median", "maximum")]
        assert all(math.isfinite(number) and number >= 0 for number in numbers), figure
        assert numbers == sorted(numbers), figure
        assert figure["rounds"] >= 1


def test_names_are_unique_and_stand_in_the_table(report):
    names = [(figure["section"], figure["name"]) for figure in report["figures"]]
    assert len(set(names)) == len(names)
    for _, name in names:
        assert f"| {name} |" in report["table"]


def test_learned_samples_and_round_trips_beside_an_echo_are_reported(report):
    units = {(figure["section"], figure["name"]): figure["unit"] for figure in report["figures"]}
    assert units["throughput", "buffers of 64, float32"] == "samples/s"
    for sync in ("always", "interval", "never"):
        assert units["durability", f"sync {sync}: acknowledged buffers of 64"] == "samples/s"
        assert units["durability", f"sync {sync}: acknowledgement p99"] == "us"
    assert units["durability", "sync of 4 KiB p50"] == "us"
    assert units["durability", "large model: restart"] == "s"
    assert units["predictions", "64 requests under way: ratio to one"] == "ratio"
    for state in ("idle", "learning", "learning and changing structure"):
        for quantile in ("p50", "p99", "p99.9"):
            assert units["latency", f"one sample, {state}: predict {quantile}"] == "us"
            assert units["latency", f"one sample, {state}: echo {quantile}"] == "us"
            assert units["latency", f"one sample, {state}: predict/echo {quantile}"] == "ratio"
