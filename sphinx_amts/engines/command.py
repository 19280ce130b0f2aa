"""A program of one's own as an engine: requests go to its standard input, answers come from its standard output.

The program is started once for all requests of a call.  Each line that it reads is a JSON object (``_line``), each
line that it writes is one too: ``{"id", "target"}``, ``{"id", "refused": "why"}`` or ``{"id", "waiting": true}``.
Its standard error is for people; the last line of it explains a failure.
"""

from __future__ import annotations

import json
import os
import queue
import re
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

from sphinx_amts.engines import Answer, Status
from sphinx_amts.errors import ConfigError, EngineError
from sphinx_amts.model import InlineCode, Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Command", "meant"]

_LONGEST_LINE = 1_000_000
"""More bytes in one line are no answer to one sentence."""
_MOST_OUTPUT = 16_000_000
"""So much output is always allowed; beyond it, twenty times the input."""
_SECRET = re.compile(r"key|secret|token|password|passwd|credential|auth", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Command:
    """Runs ``command``, a list or a line that is split as a shell does; no shell runs.

    ``timeout`` is the longest silence in seconds: a program that writes no answer for so long is ended.
    Raises ``ConfigError`` for a command without a program and for a time-out that is not positive.
    """

    command: list[str] | str = field(repr=False)
    timeout: float = 600

    name: ClassVar[str] = "command"
    translates: ClassVar[bool] = True
    wants_matches: ClassVar[bool] = True
    """Requests come with the closest pairs from memory."""

    def __post_init__(self) -> None:
        if not self._arguments():
            raise ConfigError("engine 'command': the option 'command' is empty", hint="Name a program to run.")
        if not 0 < self.timeout <= threading.TIMEOUT_MAX:
            raise ConfigError("engine 'command': the option 'timeout' must be a positive number of seconds")

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer]:
        """Answers as the program writes them.

        Raises ``EngineError`` at what is no answer, at silence, at too much output, and at an exit status that is not
        0; what came before counts.
        """
        if not requests:
            return
        lines = [_line(request, source, target) for request in requests]
        program = _Program(self._arguments(), lines, self.timeout)
        try:
            for number, line in enumerate(program.lines(), 1):
                if line.strip():
                    yield _answer(line, f"line {number} of what {program.label} wrote")
            program.ended()
        finally:
            program.end()

    def _arguments(self) -> list[str]:
        if not isinstance(self.command, str):
            return list(self.command)
        try:
            return shlex.split(self.command)
        except ValueError as why:
            raise ConfigError(f"engine 'command': the option 'command' cannot be split: {why}") from why


class _Program:
    """A running program: it is fed, read and listened to by a thread each, so none of them can block the others."""

    def __init__(self, arguments: list[str], lines: list[bytes], timeout: float) -> None:
        self.label = f"the program {Path(arguments[0]).name!r}"
        self._arguments = arguments
        self._timeout = timeout
        self._most = max(_MOST_OUTPUT, 20 * sum(map(len, lines)))
        self._output: queue.Queue[bytes] = queue.Queue(maxsize=1000)
        self._complaint = b""
        self._left = threading.Event()
        try:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as why:
            raise EngineError(
                f"{self.label} cannot be started: {getattr(why, 'strerror', None) or why}",
                hint="Check the option 'command'; a program is looked for on PATH.",
            ) from why
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._threads = [
            threading.Thread(target=work, args=arguments, daemon=True)
            for work, arguments in (
                (self._feed, (self._process.stdin, lines)),
                (self._read, (self._process.stdout,)),
                (self._listen, (self._process.stderr,)),
            )
        ]
        for thread in self._threads:
            thread.start()

    def lines(self) -> Iterator[bytes]:
        """What it writes, line by line, until it closes its output (an empty line, without an end, says so)."""
        total = 0
        while True:
            try:
                line = self._output.get(timeout=self._timeout)
            except queue.Empty:
                raise EngineError(
                    f"{self.label} was silent for {self._timeout:g} seconds", hint="A larger 'timeout' waits longer."
                ) from None
            if not line:
                return
            total += len(line)
            if len(line) > _LONGEST_LINE:
                raise EngineError(f"{self.label} wrote a line of more than {_LONGEST_LINE} bytes")
            if total > self._most:
                raise EngineError(f"{self.label} wrote more than {self._most} bytes")
            yield line

    def ended(self) -> None:
        """Raises ``EngineError`` if it does not end, or not with status 0."""
        try:
            status = self._process.wait(self._timeout)
        except subprocess.TimeoutExpired:
            raise EngineError(f"{self.label} closed its output and did not end") from None
        if status:
            self._threads[-1].join(timeout=1)
            how = f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"
            raise EngineError(f"{self.label} {how}{self._why()}")

    def end(self) -> None:
        """End it, and whatever it started, if it still runs."""
        self._left.set()
        # Once it was waited for, its number may be another process's.
        if self._process.returncode is None:
            with suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(timeout=1)

    def _feed(self, pipe: IO[bytes], lines: list[bytes]) -> None:
        # A program may stop reading before the end: what it does not answer is refused later.
        with suppress(OSError), pipe:
            for line in lines:
                pipe.write(line)

    def _read(self, pipe: IO[bytes]) -> None:
        with suppress(OSError, ValueError), pipe:
            while line := pipe.readline(_LONGEST_LINE + 1):
                if not self._hand_over(line):
                    return
        self._hand_over(b"")

    def _hand_over(self, line: bytes) -> bool:
        """Wait until somebody takes the line; false if nobody ever will."""
        while not self._left.is_set():
            with suppress(queue.Full):
                self._output.put(line, timeout=0.1)
                return True
        return False

    def _listen(self, pipe: IO[bytes]) -> None:
        with suppress(OSError, ValueError), pipe:
            while line := pipe.readline(10_000):
                if line.strip():
                    self._complaint = line

    def _why(self) -> str:
        """The last thing that it said to people, without what looks like a secret."""
        text = self._complaint.decode("utf-8", "replace").strip()
        for secret in sorted(_secrets(self._arguments, os.environ), key=len, reverse=True):
            text = text.replace(secret, "***")
        return f": {text[:300]}" if text else ""


def _secrets(arguments: Sequence[str], environment: Mapping[str, str]) -> set[str]:
    """The values that no message may show: of variables and options that are named like a secret."""
    found = {value for name, value in environment.items() if _SECRET.search(name)}
    for option, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = option.partition("=")
        if _SECRET.search(name) and name.startswith("-"):
            found.add(value if equals else following)
    return {value for value in found if len(value) >= 6}


def _line(request: Request, source: Language, target: Language) -> bytes:
    """A request as the program reads it: one line, ASCII only, so that no locale can garble it."""
    what = {
        "id": request.id,
        "source": request.source,
        "codes": [
            {"tag": number, "kind": code.kind, "text": _written(code)} for number, code in enumerate(request.codes, 1)
        ],
        "before": request.before,
        "after": request.after,
        "document": request.document,
        "source_language": source.code,
        "target_language": target.code,
        "matches": [{"source": one.source, "target": one.target, "score": one.score} for one in request.matches],
    }
    return json.dumps(what).encode("ascii") + b"\n"


def _written(code: InlineCode) -> str:
    """A code as it stands in the source, an ellipsis in place of a pair's text."""
    return code.opening if code.closing is None else f"{code.opening}…{code.closing}"


def _answer(line: bytes, where: str) -> Answer:
    """The answer that a line gives; raises ``EngineError`` if it cannot be told to which request."""
    try:
        given = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        start = line[:60].decode("utf-8", "backslashreplace").strip()
        raise EngineError(
            f"{where} is not a JSON object with an id: {start!r}",
            hint="Messages for people belong on standard error.",
        )
    return meant(given["id"], {name: given[name] for name in ("target", "refused", "waiting") if name in given})


def meant(id: str, says: Mapping[Any, Any]) -> Answer:
    """The answer that an object without its id means; one that says nothing clear is refused."""
    match dict(says):
        case {"target": str(text), **others} if not others:
            return Answer(id, Status.DONE, text)
        case {"refused": str(why), **others} if not others:
            return Answer(id, Status.REFUSED, reason=why)
        case {"waiting": True, **others} if not others:
            return Answer(id, Status.WAITING)
    return Answer(id, Status.REFUSED, reason="it needs one of: a text 'target', a text 'refused', 'waiting': true")
