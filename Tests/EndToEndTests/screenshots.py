"""Makes the pictures of the documentation from a real run: `python screenshots.py DIRECTORY`.

A stream of five features drifts now and then; the daemon starts with four hidden units and grows by
itself, while the dashboard and `osier watch` follow it.
"""

import html
import re
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np
import zmq

from browser import Browser
from client import Client
from process import OSIER, Daemon
from terminal import Terminal
from web import Web

SECONDS = 75
PICTURES = {
    "dashboard-light": {"width": 1280, "height": 1320},
    "dashboard-dark": {"width": 1280, "height": 1320, "dark": True},
    "dashboard-phone": {"width": 390, "height": 844, "dark": True},
}
# The sixteen colours of a terminal, as far as the view uses them, on a dark ground.
COLOURS = {"31": "#f28b82", "32": "#6fcf97", "33": "#e5b453", "36": "#78c5d6"}


def stream(client, stop):
    """Sends states of machines, which lie in many places, and asks for predictions.

    More places than a small network can tell apart: it has to grow. Now and then they move.
    """
    random = np.random.default_rng(7)
    labels = ["fine", "worn", "fault"]
    centres = random.normal(size=(24, 4))
    sent = 0
    while not stop.is_set():
        for _ in range(int(16 + 8 * np.sin(time.time() / 4))):
            place = int(random.integers(len(centres)))
            a, b, c, d = centres[place] + 0.22 * random.normal(size=4)
            sent += 1
            if sent % 30_000 == 0:
                centres[:12] = random.normal(size=(12, 4))
            client.push({
                "x": {"temperature": 20 + 5 * a, "pressure": 1013 + 8 * b,
                      "humidity": None if random.random() < 0.02 else 60 + 12 * c, "load": d,
                      "line": "ABC"[int(random.integers(3))]},
                "y": labels[place % 3]})
        for _ in range(3):
            client.predict({"x": {"temperature": 21, "load": 0}})
        time.sleep(0.01)


def page_of(screen):
    """The screen of a terminal as HTML."""
    lines = []
    for line in screen.rstrip("\n").split("\n"):
        parts, style = [], ""
        for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
            if not piece.startswith("\x1b"):
                parts.append(f'<span style="{style}">{html.escape(piece)}</span>')
                continue
            for code in piece[2:-1].split(";"):
                if code in ("", "0", "39", "22"):
                    style = ""
                elif code == "1":
                    style += "font-weight:700;color:#fff;"
                elif code == "2":
                    style += "color:#8d988f;"
                elif code in COLOURS:
                    style += f"color:{COLOURS[code]};"
        lines.append("".join(parts))
    return (
        "<meta charset=utf-8><body style='margin:0;background:#121613'><pre style='margin:0;"
        "padding:16px 18px;color:#dfe6e0;font:15px/1.32 \"DejaVu Sans Mono\",monospace'>"
        + "\n".join(lines) + "</pre>")


def main(directory):
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, zmq.Context() as context:
        work = Path(name)
        daemon = Daemon(
            work / "daemon", "http.address=127.0.0.1:0", "status.interval_seconds=0.2",
            "model.hidden=[4]", "status.window=2000")
        client = Client(context, daemon)
        stop = threading.Event()
        sender = threading.Thread(target=stream, args=(Client(context, daemon), stop))
        browser, terminal = None, None
        try:
            browser = Browser(work / "browser")
            terminal = Terminal(work, columns=100, rows=36, env=["-u", "NO_COLOR"])
            terminal.run(OSIER, "watch", "--to", daemon.endpoint("status"))
            sender.start()
            time.sleep(SECONDS)
            shots = [("watch", f"data:text/html,{quote(page_of(terminal.screen(colours=True)))}",
                      {"width": 940, "height": 748})]
            shots += [(name, f"http://{Web(daemon).address}/", look)
                      for name, look in PICTURES.items()]
            for name, address, look in shots:
                page = browser.page(address, **look)
                time.sleep(3)
                page.screenshot(directory / f"{name}.png")
                page.close()
        finally:
            stop.set()
            if sender.is_alive():
                sender.join()
            for opened in (browser, terminal):
                if opened:
                    opened.close()
            daemon.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
