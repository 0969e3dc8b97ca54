"""A real Chromium without a window, driven by its DevTools protocol."""

import base64
import itertools
import json
import shutil
import subprocess
import urllib.request

import websocket

from process import DEADLINE, wait_for

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


class Browser:
    """One browser with its own profile; `page()` opens tabs in it."""

    def __init__(self, directory):
        directory.mkdir(parents=True, exist_ok=True)
        with open(directory / "log", "wb") as log:
            self.process = subprocess.Popen(
                [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                 "--hide-scrollbars", "--force-color-profile=srgb",
                 "--remote-debugging-port=0", f"--user-data-dir={directory}", "about:blank"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.port_file = directory / "DevToolsActivePort"
        self.pages = []
        try:
            wait_for(lambda: self.port_file.exists() and self.port_file.read_text().count("\n"),
                     "the browser's port")
        except BaseException:
            self.close()
            raise
        self.port = self.port_file.read_text().split("\n")[0]

    def page(self, url, **look):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
            target = json.load(answer)
        self.pages.append(Page(target["webSocketDebuggerUrl"], url, **look))
        return self.pages[-1]

    def close(self):
        for page in self.pages:
            page.close()
        self.process.terminate()
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Page:
    """A tab, and everything that its console said."""

    def __init__(self, target, url, width=1280, height=900, dark=False, scale=1, script=None):
        self.socket = websocket.create_connection(
            target, timeout=DEADLINE, suppress_origin=True)
        self.numbers = itertools.count(1)
        self.complaints = []
        self.call("Runtime.enable")
        self.call("Log.enable")
        self.call("Page.enable")
        self.look(width, height, dark, scale)
        if script:
            self.call("Page.addScriptToEvaluateOnNewDocument", source=script)
        self.call("Page.navigate", url=url)

    def call(self, method, **arguments):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": arguments}))
        while True:
            message = json.loads(self.socket.recv())
            self.note(message)
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]

    def note(self, message):
        method, about = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(about["exceptionDetails"])[:1000])
        elif method == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(about["args"])[:1000])
        elif method == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.complaints.append(about["entry"]["text"])

    def look(self, width, height, dark=False, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def run(self, script):
        """The value of a JavaScript expression; a promise is waited for."""
        result = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, script, what):
        """Until the expression is true; its value."""
        return wait_for(lambda: self.run(script), what)

    def screenshot(self, path):
        shot = self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self):
        """Closes the tab: a browser holds only six connections to a server, and each tab one."""
        if self.socket.connected:
            self.socket.send(json.dumps({"id": 0, "method": "Page.close"}))
            self.socket.close()
