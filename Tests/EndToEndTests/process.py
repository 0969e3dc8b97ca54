"""The real process: starts `osier`, waits for it, stops it."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OSIER = os.environ.get("OSIER_BINARY") or str(ROOT / ".build/release/osier")
DATA = Path(os.environ.get("OSIER_TEST_DATA") or ROOT.parent / "shared/data")

SOCKETS = ("samples", "learn", "predict", "status", "control")

# Patience for anything that must happen: long, because a loaded machine is no failure.
DEADLINE = 30.0

# A small network that learns every sample at once, in few samples, and that nothing else changes.
PLAIN = (
    "model.hidden=[8]",
    "optimizer.learning_rate=0.01",
    "learning.committee=1",
    "learning.replay=0",
    "learning.holdout=0",
    "learning.batch=1",
    "structure.policy=off",
    "drift.detector=off",
)


def wait_for(condition, what, deadline=DEADLINE):
    """Polls until `condition()` is true and returns its value; fails naming `what`."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline:.0f} s in vain for {what}")
        time.sleep(0.01)


def environment(extra=None):
    """The caller's environment without settings of Osier's own, plus `extra`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("OSIER_")}
    return clean | {"NO_COLOR": "1"} | (extra or {})


def osier(*arguments, stdin=None, env=None, timeout=DEADLINE * 3):
    """Runs one `osier` command to its end; texts in and out."""
    return subprocess.run(
        [OSIER, *map(str, arguments)], input=stdin, capture_output=True, text=True,
        env=environment(env), timeout=timeout, check=False,
        **({} if stdin is not None else {"stdin": subprocess.DEVNULL}),
    )


def settings(*pairs):
    """`--set` flags for `KEY=VALUE` pairs."""
    return [flag for pair in pairs for flag in ("--set", pair)]


class Daemon:
    """One `osier serve` on free ports.

    `pairs` are `KEY=VALUE` settings on top of free ports; `arguments` are passed as they are, and
    `wrapper` is a command that runs the daemon as its child or in its own place.
    `program` is another `osier` than the one that was built here.
    """

    def __init__(self, directory, *pairs, arguments=(), env=None, wrapper=(), program=OSIER):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port_file = self.directory / "ports.json"
        free = [f"sockets.{name}=tcp://127.0.0.1:0" for name in SOCKETS]
        # The caller's pairs come last and win.
        command = [*wrapper, program, "serve", "--port-file", str(self.port_file)]
        command += settings(*free, *pairs) + list(arguments)
        with open(self.directory / "stdout", "wb") as out, open(
            self.directory / "stderr", "wb"
        ) as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment(env)
            )
        try:
            wait_for(lambda: self.port_file.exists() or self.exited(), "the port file")
            if self.exited():
                raise AssertionError(
                    f"osier serve ended with {self.process.returncode}: {self.stderr()}"
                )
        except BaseException:
            self.kill()
            raise
        self.endpoints = json.loads(self.port_file.read_text())

    def endpoint(self, name):
        return self.endpoints[name][0]

    def stdout(self):
        return (self.directory / "stdout").read_text(errors="replace")

    def stderr(self):
        return (self.directory / "stderr").read_text(errors="replace")

    def exited(self):
        return self.process.poll() is not None

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        """SIGTERM; the daemon must drain and exit 0."""
        if not self.exited():
            self.signal(signal.SIGTERM)
        code = self.wait()
        assert code == 0, f"exit code {code} after SIGTERM: {self.stderr()[-2000:]}"

    def wait(self, deadline=DEADLINE * 2):
        """The exit code; a daemon that does not end in time is killed and is a failure."""
        try:
            return self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"osier serve still ran after {deadline:.0f} s: {self.stderr()[-2000:]}"
            ) from None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
