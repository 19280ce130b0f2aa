"""What to sync, and what an engine has said so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sphinx_amts.config import Settings
from sphinx_amts.document.reader import Book
from sphinx_amts.engines import Engine, Estimate, Notice, Receipt
from sphinx_amts.locales import Language
from sphinx_amts.sync.leverage import Leverage
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["Exchange", "Job", "Progress"]


class Progress(Protocol):
    """Is told how far a stage has come."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


@dataclass(slots=True)
class Exchange:
    """What went to an engine and what came back, over all the times that it was asked."""

    characters_sent: int = 0
    sent_to: Counter[str] = field(default_factory=Counter)
    """The same by the document in which each text stands first."""
    engine_calls: int = 0
    leverage: Leverage | None = None
    """What a dry run found to be done."""
    estimate: Estimate | None = None
    notices: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def hear(self, said: Notice | Receipt) -> None:
        """Remember what an engine says to people, once."""
        if isinstance(said, Receipt):
            self.receipts.append(said)
        elif said.text not in self.notices:
            self.notices.append(said.text)


@dataclass(slots=True)
class Job:
    """What to sync: a book that Sphinx has read, and the tree of one language."""

    book: Book
    tree: LocaleTree
    source_language: Language
    language: Language
    settings: Settings
    engine: Engine
    base: Path
    """The directory that ``amts_memory`` is relative to."""
    only: Sequence[str] = ()
    """Docnames or paths; all of them if empty."""
    dry_run: bool = False
    wait: bool = True
    """Whether to wait for an engine that answers later; nothing is written before it has answered."""
    processes: int = 1
    """How many processes verify."""
    progress: Progress = field(default=lambda stage, done, total: None)
    exchange: Exchange = field(default_factory=Exchange)
