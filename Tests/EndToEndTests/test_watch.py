"""`osier watch` in a real terminal."""

import os
import signal
import time

import pytest

from client import receive_until
from process import OSIER, wait_for
from streams import GROWING, points, samples, teach, two_classes
from terminal import TMUX, Terminal

pytestmark = pytest.mark.skipif(TMUX is None, reason="tmux is not installed")


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def open_one(**options):
        # The names of Unix sockets are short.
        opened.append(Terminal(tmp_path, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def taught(start, connect):
    client = connect(start("status.interval_seconds=0.2"))
    teach(client, 1000)
    return client


def watch(terminal, client):
    terminal.run(OSIER, "watch", "--to", client.daemon.endpoint("status"))
    return terminal.wait(lambda screen: "learned 1,000" in screen, "the view")


def test_a_small_terminal_shows_all_that_matters(terminal, taught):
    screen = watch(terminal(), taught)
    lines = screen.rstrip("\n").split("\n")
    assert len(lines) <= 24 and all(len(line) <= 80 for line in lines)
    for title in ("osier running", "stream", "predict", "quality", "network", "layer 0",
                  "controller", "resources", "drift", "events"):
        assert title in screen, f"{title} is missing:\n{screen}"
    assert "majority" in screen and "no change" in screen and "q quits" in screen


def test_curves_follow_the_stream(terminal, taught):
    window = terminal()
    watch(window, taught)
    taught.learn(samples(*two_classes(3000, seed=3)))
    window.wait(lambda screen: "learned 4,000" in screen and any(
        block in screen for block in "▂▃▄▅▆▇█"), "the new samples and a curve")


def test_it_fits_itself_to_the_window(terminal, taught):
    window = terminal()
    watch(window, taught)
    window.resize(120, 40)
    wide = window.wait(
        lambda screen: any(len(line) > 100 for line in screen.split("\n")), "the whole width")
    assert all(len(line) <= 120 for line in wide.split("\n"))
    window.resize(60, 16)
    window.wait(lambda screen: "osier running" in screen.split("\n")[0]
                and all(len(line) <= 60 for line in screen.split("\n")), "a small view")


@pytest.mark.parametrize("leave, code", [("q", 0), ("C-c", 130), (signal.SIGTERM, 143)],
                         ids=["q", "Ctrl-C", "SIGTERM"])
def test_it_leaves_the_terminal_as_it_was(terminal, taught, leave, code):
    window = terminal()
    before = window.screen()
    watch(window, taught)
    assert window.ask("alternate_on") == "1" and window.ask("cursor_flag") == "0"
    if isinstance(leave, str):
        window.keys(leave)
    else:
        os.kill(running(window), leave)
    after = window.wait(lambda screen: f"ended {code}" in screen, "the shell")
    assert after.startswith(before.rstrip())
    assert window.ask("alternate_on") == "0" and window.ask("cursor_flag") == "1"
    # Keys are shown again, and Enter ends a line.
    window.run("echo", "still", "here")
    window.wait(lambda screen: screen.count("still here") == 2, "an echo")


def running(window):
    """The process of `osier` below the shell."""
    shell = window.ask("pane_pid")

    def child():
        with open(f"/proc/{shell}/task/{shell}/children", encoding="ascii") as children:
            return children.read().split()

    return int(wait_for(child, "the command")[0])


@pytest.mark.parametrize("colourless", [False, True])
def test_colours_are_for_those_who_want_them(terminal, taught, colourless):
    window = terminal(env=["NO_COLOR=1"] if colourless else ["-u", "NO_COLOR"])
    watch(window, taught)
    assert ("\x1b[3" in window.screen(colours=True)) != colourless


def test_it_says_that_the_daemon_is_gone_and_finds_it_again(terminal, start, connect):
    client = connect(start("status.interval_seconds=0.2"))
    teach(client, 1000)
    window = terminal()
    watch(window, client)
    client.daemon.stop()
    window.wait(lambda screen: "silent for" in screen, "the silence")
    endpoint = client.daemon.endpoint("status")
    start(f"sockets.status={endpoint}", "status.interval_seconds=0.2")
    screen = window.wait(
        lambda screen: "learned 0 " in screen and "silent" not in screen, "the new daemon")
    assert "started again" in screen


def test_before_there_is_a_daemon_it_waits(terminal):
    window = terminal()
    window.run(OSIER, "watch", "--to", "tcp://127.0.0.1:1")
    window.wait(lambda screen: "waits for a status from tcp://127.0.0.1:1" in screen, "patience")
    window.keys("q")
    window.wait(lambda screen: "ended 0" in screen, "the end")


def test_it_follows_a_change_of_structure(terminal, taught):
    window = terminal()
    watch(window, taught)
    assert taught.control("grow", layer=0, units=8)["hidden"]["after"] == [16]
    window.wait(lambda screen: "forced grow" in screen and "[8] → [16]" in screen, "the event")


def test_it_follows_the_controller(terminal, start, connect):
    client = connect(start("status.interval_seconds=0.2", *GROWING))
    window = terminal(columns=120, rows=30)
    client.learn(points(500, seed=99))
    window.run(OSIER, "watch", "--to", client.daemon.endpoint("status"))
    window.wait(lambda screen: "layer 0" in screen, "the view")
    told = client.listen("adaptation")
    for part in range(24):
        client.learn(points(500, seed=part))
    receive_until(told, lambda _, body: body.get("event") == "kept")
    heard = time.monotonic()
    screen = window.wait(
        lambda screen: "kept grow layer 0" in screen and " kept, " in screen
        and "0 kept, " not in screen, "the event and its count")
    assert time.monotonic() - heard < 2.5
    assert "by rules" in screen
