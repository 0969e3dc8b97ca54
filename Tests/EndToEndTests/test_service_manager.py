"""What the daemon tells systemd, over a real notification socket."""

import itertools
import os
import signal
import socket

import pytest

from process import DEADLINE
from streams import teach

NUMBER = itertools.count()


@pytest.fixture
def manager(request, tmp_path):
    """Address and socket of a service manager, by path unless a test says otherwise."""
    kind = getattr(request, "param", "path")
    name = f"osier-test-{os.getpid()}-{next(NUMBER)}"
    address = f"@{name}" if kind == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name if kind == "abstract" else address)
        listener.settimeout(DEADLINE)
        yield address, listener


def hear(listener, wanted):
    """Messages up to and with the first that has this line, as lists of lines."""
    heard = []
    while True:
        heard.append(listener.recv(4096).decode().split("\n"))
        if any(line.startswith(wanted) for line in heard[-1]):
            return heard


@pytest.mark.parametrize("manager", ["path", "abstract"], indirect=True)
def test_it_says_when_it_is_ready_and_when_it_stops(start, connect, manager):
    address, listener = manager
    daemon = start(env={"NOTIFY_SOCKET": address})
    assert hear(listener, "READY=1")[0] == ["READY=1", "STATUS=ready"]
    # Ready means that every socket answers.
    assert connect(daemon).control("ping")["ok"] is True
    daemon.signal(signal.SIGTERM)
    words = hear(listener, "STOPPING=1")
    assert not any("WATCHDOG=1" in one for one in words), "no watchdog was asked for"
    assert daemon.wait() == 0


def test_shutdown_by_command_is_told_too(start, connect, manager):
    address, listener = manager
    daemon = start(env={"NOTIFY_SOCKET": address})
    connect(daemon).control("shutdown")
    hear(listener, "STOPPING=1")
    assert daemon.wait() == 0


def test_the_watchdog_is_fed_idle_and_at_work(start, connect, manager):
    address, listener = manager
    client = connect(start(env={"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "400000"}))
    for _ in range(3):
        hear(listener, "WATCHDOG=1")
    teach(client, 5_000)
    for _ in range(3):
        hear(listener, "WATCHDOG=1")
    # A status tells of the work.
    teach(client, 1_000)
    hear(listener, "STATUS=6000 samples taken in")


def test_a_watchdog_of_another_process_is_left_alone(start, manager):
    address, listener = manager
    daemon = start(
        env={"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"})
    hear(listener, "READY=1")
    daemon.signal(signal.SIGTERM)
    assert not any("WATCHDOG=1" in words for words in hear(listener, "STOPPING=1"))
    assert daemon.wait() == 0


def test_a_reload_is_answered_so_that_nobody_waits(start, manager):
    address, listener = manager
    daemon = start(env={"NOTIFY_SOCKET": address})
    hear(listener, "READY=1")
    daemon.signal(signal.SIGHUP)
    reloading = hear(listener, "RELOADING=1")[-1]
    assert any(
        line.startswith("MONOTONIC_USEC=") and int(line.split("=")[1]) > 0 for line in reloading)
    ready = hear(listener, "READY=1")[-1]
    assert any("restart" in line for line in ready)


def test_a_manager_that_is_gone_is_no_reason_to_stop(start, connect, tmp_path):
    daemon = start(
        env={"NOTIFY_SOCKET": str(tmp_path / "nobody"), "WATCHDOG_USEC": "100000"})
    assert connect(daemon).control("ping")["ok"] is True


def test_a_start_that_fails_is_never_ready(start, manager, context):
    address, listener = manager
    taken = start()
    with pytest.raises(AssertionError, match="osier serve ended"):
        start(f"sockets.learn={taken.endpoint('learn')}", env={"NOTIFY_SOCKET": address})
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.recv(4096)
