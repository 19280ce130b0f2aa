"""One word in place of another in the files of pairs that a book names: those of memory, and parallel data from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sphinx_amts.document.inline import CannotRestore
from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs.renaming import Renaming
from sphinx_amts.pairs.rewriting import rewritten
from sphinx_amts.sync.job import Job
from sphinx_amts.upkeep.respelling import Sentence, respelled

__all__ = ["NewFile", "new_files"]


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file with the new word, not yet written."""

    path: Path
    content: bytes
    places: int

    def write(self) -> None:
        """Put it in place, all of it or nothing."""
        draft = self.path.with_name(f".{self.path.name}.new")
        try:
            with draft.open("wb") as stream:
                stream.write(self.content)
                stream.flush()
                os.fsync(stream.fileno())
            draft.chmod(self.path.stat().st_mode)
            draft.replace(self.path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ConfigError(f"this file cannot be written: {error.strerror}", path=self.path) from None


def new_files(job: Job, renaming: Renaming) -> Iterator[NewFile]:
    """The files in which the word changes; raises ConfigError for one that is missing or damaged."""
    data = job.settings.amazon.get("parallel_data")
    names = [*job.settings.memory, *(data if isinstance(data, (list, tuple)) else ())]
    for path in dict.fromkeys(job.base / name for name in names):
        prose = _Prose(job, renaming)
        content = rewritten(path, job.source_language.code, job.language.code, prose.change)
        if prose.places:
            yield NewFile(path, content, prose.places)


class _Prose:
    """Changes the prose of texts whose markup nobody names: what is a code in Markdown or in reST is left alone."""

    def __init__(self, job: Job, renaming: Renaming) -> None:
        self.places = 0
        self._renaming = renaming
        self._grammars = [job.book.grammar_of(suffix, "") for suffix in (".md", ".rst")]

    def change(self, text: str) -> str:
        """A target with the new word."""
        if not self._renaming.apply(text)[1]:
            return text
        try:
            (one,), (other,) = (respelled([Sentence(0, text)], set(), self._renaming, each) for each in self._grammars)
        except CannotRestore:
            return text
        if one.text != other.text:
            return text
        self.places += one.places
        return one.text
