"""The processes: a segment goes in, its translation comes out, and no segment leaves anything behind for the next.

Starting the programs costs a hundred times what a segment costs, so they stay.  One of them remembers: a tagger that
meets a word of a kind that its model lacks takes unknown words for something else from then on, and would translate what
follows one way or another as the order falls.  Asked to debug, it says when that happens: such a tagger is
replaced before the next segment.  Each segment is translated as if it were the first.
"""

from __future__ import annotations

import itertools
import os
import selectors
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from sphinx_amts.engines.apertium.installed import Mode

__all__ = ["LONGEST", "Broken", "Pipe"]

LONGEST = 50_000
"""Characters of the longest segment that is sent."""
_TAGGER = "apertium-tagger"
_LOOK = 0.2
"""Seconds between two looks at the clock while nothing comes."""
_TRIES = 3
_CHUNK = 65_536


class Broken(Exception):
    """A process died, hangs, or answers something else than what it was asked."""


@dataclass(slots=True)
class Pipe:
    """Translates streams, one at a time; its processes start with the first one and end with ``close``.

    ``timeout`` is how many seconds a segment may take by ``clock``.
    """

    mode: Mode
    timeout: float = 60.0
    clock: Callable[[], float] = time.monotonic
    _chains: list[_Chain] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __enter__(self) -> Pipe:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def processes(self) -> tuple[int, ...]:
        """The ids of the processes."""
        return tuple(process.pid for chain in self._chains for process in chain.processes)

    def translate(self, stream: str) -> str:
        """The translation of one segment, both in Apertium's own format.

        Where a process dies or hangs, all are started again, and the segment is tried again.
        Raises Broken when that does not help, and for a segment that is too long.
        """
        if len(stream) > LONGEST:
            raise Broken(f"longer than {LONGEST:,} characters")
        why = Broken("not tried")
        for _ in range(_TRIES):
            try:
                return self._translate(stream)
            except (Broken, OSError) as error:
                why = error if isinstance(error, Broken) else Broken(f"a process cannot be used: {error.strerror}")
                self.close()
        raise why

    def close(self) -> None:
        """End all processes."""
        for chain in self._chains:
            chain.close()
        self._chains = []

    def _translate(self, stream: str) -> str:
        # A stage that is killed makes the others answer nothing, in time and without complaint.
        sentinel = f"[][amts{next(self._numbers)}]"
        data = f"{stream}.{sentinel}".encode("utf-8", "replace")
        deadline = self.clock() + self.timeout
        if not self._chains:
            self._chains = _chains(self.mode)
        for number, chain in enumerate(self._chains):
            data = chain.exchange(data, deadline, self.clock)
            if chain.has_complained:
                chain.close()
                self._chains[number] = _Chain(chain.stages)
        answer = data.decode("utf-8", "replace")
        if not answer.endswith(sentinel):
            raise Broken("the answer is not whole")
        return answer.removesuffix(sentinel).removesuffix(".")


def _chains(mode: Mode) -> list[_Chain]:
    """The programs of a mode; a tagger is a chain of its own."""
    found: list[_Chain] = []
    for is_tagger, group in itertools.groupby(mode.stages, lambda stage: stage[0] == _TAGGER):
        stages = list(group)
        found.extend([_Chain([(one[0], "-d", *one[1:])]) for one in stages] if is_tagger else [_Chain(stages)])
    return found


class _Chain:
    """Programs, the output of each the input of the next."""

    def __init__(self, stages: Sequence[tuple[str, ...]]) -> None:
        self.stages = stages
        self.has_complained = False
        self.processes: list[subprocess.Popen[bytes]] = []
        self._is_heard = len(stages) == 1
        try:
            for stage in stages:
                self._start(stage)
        except OSError:
            self.close()
            raise
        first, last = self.processes[0].stdin, self.processes[-1].stdout
        assert first is not None
        assert last is not None
        self._first, self._last, self._complaints = first, last, self.processes[0].stderr
        for end in (first, last, self._complaints):
            if end is not None:
                os.set_blocking(end.fileno(), False)

    def _start(self, stage: tuple[str, ...]) -> None:
        before = self.processes[-1] if self.processes else None
        process = subprocess.Popen(
            stage,
            bufsize=0,
            stdin=before.stdout if before else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if self._is_heard else subprocess.DEVNULL,
            # Apertium refuses to read letters where the locale has none.
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        # Only the two programs may hold their pipe: else neither sees the other end.
        if before and before.stdout:
            before.stdout.close()
        self.processes.append(process)

    def exchange(self, data: bytes, deadline: float, clock: Callable[[], float]) -> bytes:
        """What comes back for one segment.

        It is written and read at the same time: a pipe holds little, and a full one would stop both sides for ever.
        """
        left, answer = memoryview(data + b"\0"), bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(self._last, selectors.EVENT_READ)
            ready.register(self._first, selectors.EVENT_WRITE)
            while not answer.endswith(b"\0"):
                events = ready.select(_LOOK)
                if clock() > deadline:
                    raise Broken("it takes too long")
                for key, _ in events:
                    if key.fileobj is self._first:
                        left = left[os.write(self._first.fileno(), left[:_CHUNK]) :]
                        if not left:
                            ready.unregister(self._first)
                    elif chunk := os.read(self._last.fileno(), _CHUNK):
                        answer += chunk
                    else:
                        raise Broken("a process ended")
                self._listen()
        return bytes(answer[:-1])

    def _listen(self) -> None:
        if self._complaints is not None:
            with suppress(BlockingIOError):
                while os.read(self._complaints.fileno(), _CHUNK):
                    self.has_complained = True

    def close(self) -> None:
        """End the programs, whatever they do."""
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()
            for end in (process.stdin, process.stdout, process.stderr):
                if end is not None:
                    with suppress(OSError):
                        end.close()
