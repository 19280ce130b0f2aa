"""A real browser for tests: headless Chromium, driven through a pipe by its DevTools protocol; it reaches no network."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

__all__ = ["Tab", "chromium"]


class Tab:
    """One tab: ``errors`` are what its pages complained of, ``requests`` the addresses that they asked for."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._out, self._in = questions, answers
        self._buffer, self._number, self._session = b"", 0, ""
        self.errors: list[str] = []
        self.requests: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """Call a method of the protocol, and note what happens meanwhile."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        self._out.flush()
        answer = self._until(lambda said: said.get("id") == self._number)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, page: Path | str) -> None:
        """Go to a page and wait until it has loaded."""
        self.call("Page.navigate", url=page.as_uri() if isinstance(page, Path) else page)
        self.loaded()

    def loaded(self) -> None:
        """Wait until a page has loaded."""
        self._until(lambda said: said.get("method") == "Page.loadEventFired")

    def click(self, selector: str) -> None:
        """Follow a link, as a reader does."""
        self.call("Runtime.evaluate", expression=f"document.querySelector({selector!r}).click()")
        self.loaded()

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def see(self, *, width: int = 1100, height: int = 700, dark: bool = False) -> None:
        """Give the window a size, and say what colours its user likes."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def picture(self) -> bytes:
        """A PNG of the window."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def _until(self, wanted: Any) -> Any:
        while True:
            while b"\0" not in self._buffer:
                more = os.read(self._in.fileno(), 1 << 16)
                assert more, "the browser has ended"
                self._buffer += more
            text, _, self._buffer = self._buffer.partition(b"\0")
            said = json.loads(text)
            self._note(said)
            if wanted(said):
                return said

    def _note(self, said: dict[str, Any]) -> None:
        method, params = said.get("method"), said.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.errors.append(" ".join(str(part.get("value", part.get("description"))) for part in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")


_LAUNCH = """
import fcntl, os, sys
places = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
os.dup2(places[0], 3)
os.dup2(places[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""The browser reads from descriptor 3 and writes to 4, whatever else has these numbers here."""


@contextmanager
def chromium(profile: Path) -> Iterator[Tab]:
    """A browser with one tab and an empty profile; the test is skipped where there is none."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium is installed")
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={profile}",
        "--remote-debugging-pipe",
    ]
    command = [sys.executable, "-c", _LAUNCH, str(their_in), str(their_out), program, *options]
    with (
        subprocess.Popen(command, pass_fds=(their_in, their_out), stderr=subprocess.DEVNULL),
        os.fdopen(our_in, "rb") as answers,
        os.fdopen(our_out, "wb") as questions,  # it ends when nobody drives it any more
    ):
        os.close(their_in)
        os.close(their_out)
        yield Tab(questions, answers)
