"""A terminal that can be looked at: tmux without anybody in front of it."""

import shlex
import shutil
import subprocess

from process import environment, wait_for

TMUX = shutil.which("tmux")


class Terminal:
    """One shell in one window of a tmux server of its own."""

    def __init__(self, directory, columns=80, rows=24, env=None):
        self.socket = str(directory / "tmux")
        # A shell without habits of its owner, whose prompt is a dollar sign.
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "env", *(env or ()), "PS1=$ ", "sh",
                  env=environment() | {"TERM": "xterm-256color", "HOME": str(directory)})
        self.wait(lambda screen: "$" in screen, "the shell")

    def tmux(self, *arguments, env=None):
        result = subprocess.run(
            [TMUX, "-S", self.socket, *arguments], capture_output=True, text=True, check=False,
            env=env, timeout=30)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def run(self, *words):
        """Types a command and Enter; its exit code is shown when it ends."""
        self.tmux("send-keys", "-l", f"{shlex.join(map(str, words))}; echo ended $?")
        self.keys("Enter")

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def screen(self, colours=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def ask(self, name):
        return self.tmux("display-message", "-p", f"#{{{name}}}").strip()

    def wait(self, condition, what):
        """The screen, once `condition` holds of it."""
        last = [""]

        def look():
            last[0] = self.screen()
            return condition(last[0])

        try:
            wait_for(look, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; the screen shows:\n{last[0]}") from None
        return last[0]

    def close(self):
        subprocess.run([TMUX, "-S", self.socket, "kill-server"], check=False,
                       capture_output=True)
