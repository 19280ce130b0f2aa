"""What real-time calls answered, kept in the user's cache until the book has it: a crash never pays twice.

Answers enter the book when a sync writes.  Until then each stands in a file of its own, as Amazon sent it, written
before anything else is done with it.  A file's name begins with its time; after 30 days it is dropped.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sphinx_amts.engines.amazon.html import masked_texts, segment_ids
from sphinx_amts.model import Request

__all__ = ["Paid"]

_LONGEST = 30 * 24 * 3600
_NAME = re.compile(r"(?P<time>[0-9]{1,12})-[0-9a-f]+\.(?:html|[0-9]+)")


@dataclass(frozen=True, slots=True)
class Paid:
    """The answers in a folder: those of one pair of languages, translated in one way."""

    folder: Path
    now: Callable[[], float] = time.time

    def answers(self, requests: Mapping[str, Request], fit: Callable[[Request, str], bool]) -> dict[str, str]:
        """The masked texts of requests, both by segment id, as far as they are known and fit to be used."""
        found: dict[str, str] = {}
        for html in self._read() if requests else ():
            here = [id for id in segment_ids(html) if id in requests and id not in found]
            texts = masked_texts(html, [requests[id] for id in here])
            found |= {id: text for id, text in texts.items() if isinstance(text, str) and fit(requests[id], text)}
        return found

    def keep(self, html: str) -> None:
        """Write an answer down; raises OSError where that cannot be done."""
        data = html.encode("utf-8", "replace")
        name = f"{int(self.now())}-{sha256(data).hexdigest()[:16]}"
        draft = self.folder / f"{name}.{os.getpid()}"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / f"{name}.html")

    def forget(self) -> None:
        """Drop what is older than 30 days, of all languages."""
        for file in self.folder.parent.glob("*/*"):
            if self._is_old(file):
                with suppress(OSError):
                    file.unlink()

    def _read(self) -> Iterator[str]:
        """The answers, the newest first."""
        for file in sorted(self.folder.glob("*.html"), reverse=True):
            if not self._is_old(file):
                with suppress(OSError, UnicodeDecodeError):
                    yield file.read_bytes().decode("utf-8")

    def _is_old(self, file: Path) -> bool:
        name = _NAME.fullmatch(file.name)
        return name is not None and int(name["time"]) < self.now() - _LONGEST
