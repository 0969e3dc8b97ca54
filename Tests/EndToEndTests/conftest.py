"""Fixtures: a daemon and an outside client, fresh for a test or shared by a module."""

import os
import signal

import pytest
import zmq

from client import Client
from process import DATA, OSIER, PLAIN, Daemon
from storage import Store


def pytest_sessionstart(session):
    if not os.access(OSIER, os.X_OK):
        pytest.exit(f"no executable at {OSIER}: build it, or name it in OSIER_BINARY", 2)
    # A shell's background job ignores Ctrl-C, and so would all that is started from here.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def context():
    with zmq.Context() as made:
        yield made


@pytest.fixture
def start(tmp_path):
    """Starts daemons that end with the test; each must then exit 0 on SIGTERM."""
    started = []

    def start_one(*pairs, arguments=(), env=None, plain=True):
        daemon = Daemon(
            tmp_path / f"daemon-{len(started)}", *(PLAIN if plain else ()), *pairs,
            arguments=arguments, env=env,
        )
        started.append(daemon)
        return daemon

    yield start_one
    stop_all(started)


@pytest.fixture
def connect(context):
    """Clients that are closed with the test."""
    made = []

    def connect_one(daemon):
        made.append(Client(context, daemon))
        return made[-1]

    yield connect_one
    for client in made:
        client.close()


@pytest.fixture
def client(start, connect):
    """A client of a fresh daemon that has learned nothing."""
    return connect(start())


@pytest.fixture(scope="module")
def shared(context, tmp_path_factory):
    """A client of a daemon that the tests of a module share."""
    daemon = Daemon(tmp_path_factory.mktemp("shared"), *PLAIN)
    client = Client(context, daemon)
    yield client
    client.close()
    stop_all([daemon])


@pytest.fixture
def store(tmp_path, context):
    """A storage directory in which no daemon has been yet."""
    made = Store(tmp_path, context)
    yield made
    made.close()


@pytest.fixture
def stream():
    """Paths of the development streams; a test that misses one is skipped and says so."""

    def path(name):
        file = DATA / f"{name}.csv.gz"
        if not file.exists():
            pytest.skip(f"the stream {name} is not at {file}")
        return file

    return path


def stop_all(daemons):
    """Stops each daemon and only then complains, so that no process is left behind."""
    failures = []
    for daemon in daemons:
        try:
            if not daemon.exited():
                daemon.stop()
        except AssertionError as failure:
            failures.append(str(failure))
        finally:
            daemon.kill()
    assert not failures, "; ".join(failures)
