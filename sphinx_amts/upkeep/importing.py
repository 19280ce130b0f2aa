"""Work that was done elsewhere fills a locale tree: PO catalogues by whole units, pairs in TMX and tables by sentences.

An import is a sync that asks files in place of memory and engine.  So what a person wrote, merging, verification and
writing are the sync's; this module only says what stands for a unit.

1. A unit whose text is a message's, white space aside, and none of whose sentences has a target, gets the message's
   translation.  Content decides; of several translations the one that names the unit's document and the nearest line.
2. Where both sides have as many sentences and each has its source's codes, sentence stands for sentence; else the unit's
   sentences become one group.
3. A fuzzy message is a proposal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sphinx_amts.document.encodings import decode
from sphinx_amts.document.inline import Grammar, protect, wrapping
from sphinx_amts.document.inline.matching import in_source_numbers
from sphinx_amts.document.segments import segments
from sphinx_amts.errors import ConfigError
from sphinx_amts.masked import key
from sphinx_amts.model import Segment, State, Unit
from sphinx_amts.pairs.catalogues import Message, read
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.pairs.tmx import nearest
from sphinx_amts.sync import sync
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.knowledge import add_file
from sphinx_amts.sync.plan import Planned, Slot, joined
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.work import Fate, Outcome, Place, Work, has_words

__all__ = ["DocumentImport", "Imported", "import_"]

_PAIRS = (".tmx", ".csv", ".tsv")
_CODES = "the translation has other inline codes"


@dataclass(slots=True)
class DocumentImport:
    """What became of a document's units; one is filled where pairs have any of its sentences."""

    filled: int = 0
    there: int = 0
    """They had a target, which stays."""
    proposed: int = 0
    unknown: int = 0
    """No file has a translation for them."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Source and reason."""


@dataclass(slots=True)
class Imported:
    """The documents by path, the messages that stand in no document, and what the sync says."""

    documents: dict[str, DocumentImport]
    unplaced: int
    sync: LanguageResult

    def as_json(self) -> dict[str, Any]:
        """The object that ``import --json`` prints for a language."""
        documents = {path: asdict(document) for path, document in self.documents.items()}
        return {"documents": documents, "unplaced": self.unplaced, "files_written": self.sync.files_written}


def import_(job: Job, files: Sequence[Path]) -> Imported:
    """Fill the tree of a language from ``.po``, ``.tmx``, ``.csv`` and ``.tsv`` files, and folders of catalogues.

    Raises ConfigError, before anything is written, for a file that cannot be read.
    """
    filling = _Filling(job, files)
    result = sync(job, filling)
    filling.look_at_fates()
    return Imported(filling.documents, filling.unplaced, result)


class _Filling:
    """Gives slots their outcomes, and remembers what it gave."""

    def __init__(self, job: Job, files: Sequence[Path]) -> None:
        self.documents: dict[str, DocumentImport] = defaultdict(DocumentImport)
        self._catalogue = _Catalogue(_messages(job, files))
        self._pairs = [path for path in files if path.suffix.lower() in _PAIRS]
        self._given: list[tuple[Work, int, Place]] = []
        self._memory(job, ())

    @property
    def unplaced(self) -> int:
        """How many translated messages stand in no document."""
        return self._catalogue.unplaced

    def __call__(self, job: Job, works: Sequence[Work]) -> bool:
        """Give every slot that has no target its outcome; nothing is worth waiting for."""
        memory = self._memory(job, works)
        own = {work.document.path for work in works}
        for work in works:
            document = self.documents[work.document.path]
            for index in range(len(work.plans)):
                self._unit(work, index, document, memory)
        for path in job.tree.paths():
            manifest = job.tree.manifest(path) if path not in own else None
            for piece in manifest.units if manifest else ():
                if self._catalogue.has(decode(piece.source, piece.encoding, piece.prefix)):
                    self.documents[path].there += 1
        return False

    def _unit(self, work: Work, index: int, document: DocumentImport, memory: TranslationMemory) -> None:
        planned = work.plans[index]
        open_ = [number for number, slot in enumerate(planned.slots) if _is_open(slot)]
        message = self._catalogue.find(planned.new.unit, work)
        if not open_:
            document.there += message is not None
            return
        if message is None:
            self._sentences(work, index, open_, document, memory)
            return
        outcomes = _outcomes(work, index, message)
        if isinstance(outcomes, str):
            document.refused.append((planned.new.unit.text, outcomes))
            return
        given = [number for number in outcomes if _is_open(work.plans[index].slots[number])]
        for number in given:
            work.outcomes[index, number] = outcomes[number]
        if message.is_fuzzy:
            document.proposed += 1
        else:
            self._note(work, index, given, document)

    def _note(self, work: Work, index: int, given: Sequence[int], document: DocumentImport) -> None:
        document.filled += bool(given)
        document.unknown += not given
        if given:
            self._given.append((work, index, (index, given[0])))

    def _sentences(
        self, work: Work, index: int, open_: Sequence[int], document: DocumentImport, memory: TranslationMemory
    ) -> None:
        """Ask the pairs for the sentences of a unit that no catalogue has."""
        given = []
        for number in open_:
            before, after = work.context((index, number))
            match = memory.look_up(work.plans[index].slots[number].segment.masked, before=before, after=after)
            if match is not None:
                work.outcomes[index, number] = Outcome(Fate.MEMORY, match.target, match.origin)
                given.append(number)
        self._note(work, index, given, document)

    def _memory(self, job: Job, works: Sequence[Work]) -> TranslationMemory:
        memory = TranslationMemory()
        suffixes = sorted({Path(work.document.path).suffix for work in works})
        grammars = [job.book.grammar_of(suffix, "") for suffix in suffixes]
        for path in self._pairs:
            add_file(memory, path, grammars, job.source_language.code, job.language.code)
        return memory

    def look_at_fates(self) -> None:
        """Count what the sync has refused."""
        for work, index, place in self._given:
            fate, reason = work.fates.get(place, (Fate.KEPT, ""))
            if fate is Fate.REFUSED:
                document = self.documents[work.document.path]
                document.filled -= 1
                document.refused.append((work.plans[index].new.unit.text, reason))


def _is_open(slot: Slot) -> bool:
    """Whether a slot has words and no target, not even a stale one."""
    has_target = slot.previous is not None and slot.previous.group.state is not State.INITIAL
    return slot.kept is None and not has_target and has_words(slot.segment.masked)


def _messages(job: Job, files: Sequence[Path]) -> Iterator[Message]:
    found = [(file, read(file, base=base)) for file, base in _catalogues(files)]
    # Many a header is wrong (a name that looked like a language, nobody filled it in): all of them seldom are.
    named = [catalogue.language for _, catalogue in found if catalogue.language]
    if named and nearest(job.language.code, named) is None and nearest(job.source_language.code, named) is None:
        hint = "Give -l the language of the catalogues, or correct the line 'Language' of their headers."
        raise ConfigError(f"is a catalogue of {named[0]!r}, not of {job.language.code!r}", path=found[0][0], hint=hint)
    for _, catalogue in found:
        yield from catalogue.messages


def _catalogues(files: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Each catalogue with the folder that its name is relative to."""
    for path in files:
        if path.is_dir():
            found = sorted(path.rglob("*.po"))
            if not found:
                raise ConfigError("this folder holds no .po file", path=path)
            yield from ((file, path) for file in found)
        elif path.suffix.lower() == ".po":
            yield path, path.parent
        elif path.suffix.lower() not in _PAIRS:
            hint = "Known: .po, .tmx, .csv, .tsv, and folders of .po files."
            raise ConfigError("not a kind of file that is imported", path=path, hint=hint)


class _Catalogue:
    """The translated messages by their text."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._by_text: dict[str, list[Message]] = defaultdict(list)
        self._inner: dict[str, Mapping[str, list[Message]]] = {}
        self._outer: dict[str, str] = {}
        self._placed: set[str] = set()
        for message in messages:
            if message.target.strip():
                self._by_text[_normal(message.source)].append(message)

    @property
    def unplaced(self) -> int:
        """How many texts no unit was found for."""
        return len(self._by_text.keys() - self._placed)

    def has(self, text: str) -> bool:
        """Whether there is a message with a text, which counts as placed."""
        self._placed.add(_normal(text))
        return _normal(text) in self._by_text

    def find(self, unit: Unit, work: Work) -> Message | None:
        """The best message for a unit: a sure one, one that names its document and line, one of its domain, the first."""
        text = _normal(unit.text)
        found = self._by_text.get(text) or self._unwrapped(work.grammar, work.document.path).get(text)
        if not found:
            return None
        path = work.document.path
        best = min(found, key=lambda message: (message.is_fuzzy, *_distance(message, path, unit.line)))
        self._placed.add(_normal(best.source) if text in self._by_text else self._outer[text])
        return best

    def _unwrapped(self, grammar: Grammar, path: str) -> Mapping[str, list[Message]]:
        """The messages that are one pair as a whole, without its markup: it is no part of a unit's text."""
        suffix = Path(path).suffix
        if suffix not in self._inner:
            found: dict[str, list[Message]] = defaultdict(list)
            for text, messages in self._by_text.items():
                if text[0].isalnum() or text[-1].isalnum():
                    continue
                before, behind = wrapping(text, grammar)
                for message in messages if before or behind else ():
                    translation = _normal(message.target)
                    if wrapping(translation, grammar) == (before, behind):
                        inner = text[len(before) : len(text) - len(behind)]
                        target = translation[len(before) : len(translation) - len(behind)]
                        found[inner].append(replace(message, source=inner, target=target))
                        self._outer[inner] = text
            self._inner[suffix] = found
        return self._inner[suffix]


def _normal(text: str) -> str:
    return " ".join(text.split())


def _distance(message: Message, path: str, line: int) -> tuple[int, int]:
    """How far a message is from a place: in its document or one of that name, in its domain, anywhere; and in lines."""
    exact = [at for name, at in message.places if name == path]
    near = [at for name, at in message.places if name.endswith(f"/{path}")]
    if exact or near:
        return int(not exact), min(abs(at - line) for at in exact or near)
    docname = path.rpartition(".")[0]
    return 2 if docname == message.domain or docname.startswith(f"{message.domain}/") else 3, 0


def _outcomes(work: Work, index: int, message: Message) -> Mapping[int, Outcome] | str:
    """What a message has for the slots of a unit, which become one where they have to; or why it has nothing."""
    planned = work.plans[index]
    target = segments(message.target.strip(), work.grammar, work.language.splitter)
    texts = list(_one_by_one(planned, target, work.grammar))
    if None in texts or len(target) != sum(len(slot.segments) for slot in planned.slots):
        masked = protect(message.target.strip(), work.grammar)
        whole = [segment for slot in planned.slots for segment in slot.segments]
        found = in_source_numbers(joined(whole), Segment(message.target, masked.text, masked.codes), work.grammar)
        if found is None:
            return _CODES
        if len(planned.slots) > 1:
            if not all(_is_open(slot) or not has_words(slot.segment.masked) for slot in planned.slots):
                return "some of its sentences have a target, and the others cannot be told apart"
            if message.is_fuzzy:
                return "it is fuzzy, and its sentences cannot be told apart"
            work.plans[index] = replace(planned, slots=(Slot(tuple(whole)),))
        texts = [found[0]]
    fate = Fate.UNTRANSLATED if message.is_fuzzy else Fate.MEMORY
    return {number: Outcome(fate, text, message.origin) for number, text in enumerate(texts) if text is not None}


def _one_by_one(planned: Planned, target: Sequence[Segment], grammar: Grammar) -> Iterator[str | None]:
    """For each slot the text of as many sentences of the target, or ``None`` where these have other codes."""
    at = 0
    for slot in planned.slots:
        own = target[at : at + len(slot.segments)]
        at += len(slot.segments)
        found = in_source_numbers(slot.segment, joined(own), grammar) if own else None
        yield found[0] if found and key(found[0]) else None
