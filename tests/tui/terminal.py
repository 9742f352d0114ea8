"""A terminal that a test types on and reads: a session of a tmux server of its own."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal.command_line import PATIENCE_S, awaited

TMUX = shutil.which("tmux")
#: what the shell says when it waits for a line
PROMPT = "ready>"


@dataclass(frozen=True, slots=True)
class Terminal:
    """One session; nothing but keys goes in, nothing but the screen comes out."""

    server: TmuxServer
    name: str

    def type(self, text: str) -> None:
        """Type a text as it is."""
        self.server.run("send-keys", "-t", self.name, "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by their tmux names, such as Enter, Tab, Down, Escape."""
        self.server.run("send-keys", "-t", self.name, "--", *keys)

    def enter(self, line: str) -> None:
        """Type a line for the shell."""
        self.type(line)
        self.press("Enter")

    def screen(self) -> str:
        """What the screen shows."""
        return self.server.run("capture-pane", "-p", "-t", self.name)

    def next_field(self) -> None:
        """Go to the next field of a form, and wait until the cursor is there.

        A key that a screen acts on may be overtaken by letters that come with it in one burst.
        """
        before = self.cursor()
        self.press("Tab")
        awaited(lambda: self.cursor() != before, f"the cursor in another field of {self.name}")

    def cursor(self) -> str:
        """Column and row of the cursor."""
        return self.server.run("display-message", "-p", "-t", self.name, "#{cursor_x},#{cursor_y}")

    def await_gone(self, text: str) -> None:
        """Wait until the screen does not show it any more."""
        awaited(lambda: text not in self.screen(), f"{text!r} gone from {self.name}")

    def await_any(self, *texts: str, within_s: float = PATIENCE_S) -> str:
        """Wait until the screen shows one of these; the first of them that it does."""

        def look() -> str | None:
            screen = self.screen()
            return next((text for text in texts if text in screen), None)

        try:
            return awaited(look, f"one of {texts} on the screen of {self.name}", within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}") from None

    def await_text(self, *texts: str, within_s: float = PATIENCE_S) -> str:
        """Wait until the screen shows all of these at once; the screen, as it is then."""

        def look() -> str | None:
            screen = self.screen()
            return screen if all(text in screen for text in texts) else None

        try:
            return awaited(look, f"{texts} on the screen of {self.name}", within_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}") from None


class TmuxServer:
    """A server that nobody else speaks to, with its socket in a folder of its own."""

    def __init__(self, name: str, socket_folder: Path) -> None:
        self._name = name
        self._environment = {**os.environ, "TMUX_TMPDIR": str(socket_folder)}
        self._environment.pop("TMUX", None)

    def run(self, *arguments: str) -> str:
        """One tmux command; its output."""
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-L", self._name, "-f", os.devnull, *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30.0,
            check=True,
        )
        return done.stdout

    def open(
        self, name: str, size: tuple[int, int], folder: Path, environment: Mapping[str, str]
    ) -> Terminal:
        """A session with a plain shell in `folder`, where `groundsys` is the one under test."""
        programs = Path(sys.executable).parent
        settings = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PS1": f"{PROMPT} ",
            "TERM": "tmux-256color",
            "LANG": "C.UTF-8",
            **environment,
        }
        told = " ".join(f"{key}={shlex.quote(value)}" for key, value in settings.items())
        columns, rows = size
        self.run(
            *("new-session", "-d", "-s", name, "-x", str(columns), "-y", str(rows)),
            *("-c", str(folder), f"exec env {told} sh"),
            *(";", "set-option", "-t", name, "status", "off"),
        )
        terminal = Terminal(self, name)
        terminal.await_text(PROMPT)
        return terminal


@contextlib.contextmanager
def tmux_server(name: str) -> Iterator[TmuxServer]:
    """A tmux server, which is gone with everything in it when the test ends."""
    with tempfile.TemporaryDirectory(prefix="tmux-") as folder:  # a socket's path must be short
        server = TmuxServer(name, Path(folder))
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # it may have ended by itself
                server.run("kill-server")
