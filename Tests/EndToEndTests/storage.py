"""Storage directories, the daemons that work in them, and system calls that misbehave."""

import os
import shutil
import sqlite3

import pytest

from client import Client
from process import PLAIN, Daemon, osier, settings

# The whole of the journal stays: the oldest of so many checkpoints is never left behind.
# The limit of the journal is that high because it asks for checkpoints of its own, too.
KEEP_ALL = ("checkpoint.keep=100000", "checkpoint.interval_samples=300",
            "checkpoint.interval_seconds=0.05", "journal.max_bytes=1000000000000")


class Store:
    """A storage directory, and the daemons that work in it one after the other."""

    def __init__(self, path, context):
        self.path = path
        self.context = context
        self.directory = path / "store"
        self.runs = 0
        self.daemon = None
        self.client = None

    def start(self, *pairs, arguments=(), wrapper=()):
        self.close()
        self.daemon = None
        self.runs += 1
        self.daemon = Daemon(
            self.path / f"run-{self.runs}", *PLAIN, f"storage.directory={self.directory}", *pairs,
            arguments=arguments, wrapper=wrapper)
        self.client = Client(self.context, self.daemon)
        return self.client

    def kill(self):
        self.daemon.kill()
        self.close()

    def stop(self):
        self.daemon.stop()
        self.close()

    def close(self):
        if self.client is not None:
            self.client.close()
            self.client = None
        if self.daemon is not None:
            self.daemon.kill()

    def serve(self, *pairs, arguments=()):
        """Runs a daemon that is expected to refuse; gives back the finished process."""
        return osier("serve", *settings(
            *(f"sockets.{name}=tcp://127.0.0.1:0"
              for name in ("samples", "learn", "predict", "status", "control")),
            *PLAIN, f"storage.directory={self.directory}", *pairs), *arguments)

    def copy(self, name, *, checkpoints=True):
        """The directory as it is now, if need be without its checkpoints."""
        other = Store(self.path / name, self.context)
        shutil.copytree(self.directory, other.directory)
        if not checkpoints:
            with sqlite3.connect(other.directory / "journal.db") as database:
                database.execute("DELETE FROM checkpoints")
            database.close()
        return other


STRACE = shutil.which("strace")


def can_trace():
    return STRACE is not None and os.system(
        f"{STRACE} -f -qq -o /dev/null true >/dev/null 2>&1") == 0


needs_strace = pytest.mark.skipif(not can_trace(), reason="needs strace and the right to trace")


def injection(fault, call="fdatasync"):
    """A wrapper that makes a system call of the daemon misbehave."""
    return (STRACE, "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
            "-e", f"inject={call}:{fault}")
