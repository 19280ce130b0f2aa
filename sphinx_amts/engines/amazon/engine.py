"""The engine ``amazon``: batch jobs customised with parallel data; small changes in real time, where one wants that.

It never waits itself.  ``translate`` says what is known now: answers of jobs that have finished are *done*, segments of
jobs at work are *waiting*, and for all others a job is submitted.  Whoever wants to wait asks ``is_ready`` now and then,
and then for a translation again; after a crash, on another machine or a week later it is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sphinx_amts.engines import Answer, Estimate, Notice, Receipt, Status
from sphinx_amts.engines.amazon import parallel_data, terminology
from sphinx_amts.engines.amazon.answers import KEPT, Told, by_id, collected, news
from sphinx_amts.engines.amazon.client import Connection
from sphinx_amts.engines.amazon.html import Fault, HtmlDocument, documents
from sphinx_amts.engines.amazon.jobs import MOST_AT_ONCE, Pair, job_name, look, running, submit
from sphinx_amts.engines.amazon.journal import Entry, Journal
from sphinx_amts.engines.amazon.languages import codes, settings
from sphinx_amts.engines.amazon.money import affordable, exhausted, left, today
from sphinx_amts.engines.amazon.options import Options
from sphinx_amts.engines.amazon.realtime import Calls
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import Request
from sphinx_amts.pairs import tmx
from sphinx_amts.pairs.parallel_data import as_tmx, told
from sphinx_amts.pairs.terminology import as_csv, read

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Amazon"]

MOST_CHARACTERS = 250_000
"""Of one HTML document: Amazon takes 1,000,000, and 1 MB of text, which is a third of that in other scripts."""
MOST_BYTES = 10_000_000


@dataclass(slots=True)
class _Standing:
    """What the engine knows between two calls."""

    connection: Connection
    now: Callable[[], float] = time.time
    learnt: parallel_data.Ready | parallel_data.Importing | None = None
    again: Callable[[], parallel_data.Ready | parallel_data.Importing] | None = None
    """Looks at the import of parallel data once more."""
    journal: Journal | None = None
    flying: dict[str, Entry] = field(default_factory=dict)
    terms: parallel_data.Ready | None = None
    crowded: bool = False
    """Whether the account has as many jobs as it may have."""


class Amazon(Options):
    """Amazon Translate.  Raises ConfigError for options that do not go together.

    It is not a dataclass of its own, so that its options are those of ``Options``, types included.
    """

    __slots__ = ("_standing",)
    _standing: _Standing
    name: ClassVar[str] = "amazon"
    translates: ClassVar[bool] = True

    def __post_init__(self) -> None:
        Options.__post_init__(self)
        if self.mode != "realtime":
            for option in ("bucket", "role"):
                if getattr(self, option) is None:
                    hint = "The set-up guide makes both; or set 'mode' to 'realtime'."
                    raise ConfigError(f"amts_amazon: batch jobs need the option {option!r}", hint=hint)
        object.__setattr__(self, "_standing", _Standing(Connection(self)))

    def learn(
        self, pairs: Callable[[], Iterable[tuple[str, str]]], source: Language, target: Language
    ) -> Iterator[Notice]:
        """Keep the parallel data of the language pair as people's translations are; does not wait for the import."""
        if not self.parallel_data or self.mode == "realtime":
            return
        pair, standing = codes(source, target), self._standing
        named = self.parallel_data if isinstance(self.parallel_data, list) else []
        more = (tmx.read(Path(name), source.code, target.code) for name in named)
        file = as_tmx(chain(pairs(), *more), *pair)
        if not file.pairs:
            return
        unfit = {reason: count for reason, count in file.left_out.items() if reason != "repeated"}
        if why := told(unfit, "pairs of parallel data"):
            yield Notice(why)
        standing.again = lambda: parallel_data.ensure(standing.connection, file, *pair)
        standing.learnt = standing.again()
        yield from map(Notice, standing.learnt.notices)

    @property
    def pending(self) -> str:
        """What is under way since the last ``translate``: an import, jobs, a place in the queue."""
        standing = self._standing
        if isinstance(standing.learnt, parallel_data.Importing) and not standing.learnt.usable:
            return standing.learnt.reason
        if standing.crowded:
            return f"{MOST_AT_ONCE} batch jobs are at work already"
        return ", ".join(f"batch job {name}" for name in standing.flying)

    def is_ready(self) -> bool:
        """Whether a next ``translate`` has more to say than the last."""
        standing = self._standing
        if isinstance(standing.learnt, parallel_data.Importing) and not standing.learnt.usable:
            assert standing.again is not None
            standing.learnt = standing.again()
            return not isinstance(standing.learnt, parallel_data.Importing)
        journal = standing.journal
        if journal is None or not self.pending:
            return True
        if standing.crowded and running(journal) < MOST_AT_ONCE:
            return True
        return any(look(journal, entry).state for entry in standing.flying.values())

    def estimate(
        self, requests: Sequence[Request], source: Language, target: Language, *, customised: bool = False
    ) -> Estimate:
        """What would be sent if nothing had been sent before; needs no network."""
        if self.mode == "realtime":
            return self._calls(source, target).estimate(requests)
        characters = _characters(requests, codes(source, target)[0])
        customised = bool(self.parallel_data) and (customised or isinstance(self.parallel_data, list))
        if self.mode == "auto" and (not customised or characters < self.large):
            return self._calls(source, target).estimate(requests)
        price = self.price_of("batch with parallel data" if customised else "batch")
        return Estimate(characters, characters * price / 1_000_000, jobs=min(characters, 1))

    def translate(
        self, requests: Sequence[Request], source: Language, target: Language
    ) -> Iterator[Answer | Notice | Receipt]:
        """What is known of each request now; for those that nobody has sent yet, a job is submitted."""
        if self.mode == "realtime":
            yield from self._calls(source, target).translate(requests)
            return
        standing = self._standing
        pair = Pair(*codes(source, target))
        standing.flying, standing.crowded = {}, False
        standing.journal = journal = Journal(standing.connection, pair.name)
        entries, failed = [], set()
        for before in journal.entries():
            entry = look(journal, before) if self._is_recent(before) else before
            if entry.state != before.state:
                failed.update([] if entry.is_paid else [entry.name])
                yield from news(journal, entry, pair)
            entries.append(entry if entry == before else journal.write(entry))
        told = Told(entries, [entry for entry in entries if self._is_recent(entry)], failed)
        yield from told.sorted(requests)
        standing.flying = told.flying
        for entry, asked in told.finished:
            yield from collected(journal, entry, source, target, asked)
        if told.rest:
            yield from self._sent(journal, entries, pair, told.rest, source, target)

    def _sent(
        self,
        journal: Journal,
        entries: Sequence[Entry],
        pair: Pair,
        rest: Sequence[Request],
        source: Language,
        target: Language,
    ) -> Iterator[Answer | Notice | Receipt]:
        """Submit what nobody has sent yet, as far as there is a place for the job and money."""
        standing = self._standing
        learnt = standing.learnt
        if isinstance(learnt, parallel_data.Importing) and not learnt.usable:
            yield from _waiting(rest)
            return
        uses = by_id(rest)
        packed, faults = _packed(rest, pair.source)
        for fault in faults:
            yield from (Answer(one.id, Status.REFUSED, reason=fault.reason, sent=False) for one in uses.pop(fault.id))
        fit = [request for same in uses.values() for request in same]
        customised = standing.learnt is not None
        if self.mode == "auto" and (not customised or sum(one.characters for one in packed) < self.large):
            yield from self._calls(source, target).translate(fit)
            return
        price = self.price_of("batch with parallel data" if customised else "batch") / 1_000_000
        day = today(standing.now())
        asked = affordable(fit, lambda some: price * _characters(some, pair.source), left(journal, day))
        if beyond := fit[len(asked) :]:
            yield exhausted(self.budget, len(beyond))
            yield from _waiting(beyond)
        if not asked:
            return
        if running(journal) >= MOST_AT_ONCE:
            standing.crowded = True
            yield from _waiting(asked)
            return
        afforded, _ = _packed(asked, pair.source)
        characters = sum(document.characters for document in afforded)
        terms = self._terms(source, target)
        yield from map(Notice, terms.notices if terms else ())
        pair = replace(
            pair,
            parallel_data=_usable(learnt),
            terminology=terms.name if terms else "",
            formality=settings(self, pair.target).get("Formality", ""),
        )
        entry = Entry(
            name=job_name(journal, afforded, pair, entries),
            day=day,
            documents={document.name: document.ids for document in afforded},
            characters=characters,
            price=characters * price,
        )
        standing.flying[entry.name] = submit(journal, entry, afforded, pair)
        yield from _waiting(asked, sent=True)

    def _terms(self, source: Language, target: Language) -> parallel_data.Ready | None:
        """The terminology of the pair, as its file has it."""
        if self.terminology is None:
            return None
        pair, standing = codes(source, target), self._standing
        if standing.terms is None:
            file = as_csv(read(self.terminology, source.code, target.code), *pair)
            standing.terms = terminology.ensure(standing.connection, file, *pair)
        return standing.terms

    def _calls(self, source: Language, target: Language) -> Calls:
        """The same in real time."""
        return Calls(self, self._standing.connection, source, target)

    def _is_recent(self, entry: Entry) -> bool:
        try:
            age = date.fromisoformat(today(self._standing.now())) - date.fromisoformat(entry.day)
        except ValueError:
            return True
        return age.days <= KEPT


def _usable(learnt: parallel_data.Ready | parallel_data.Importing | None) -> str:
    """The parallel data that a job can be customised with now: an earlier version is used while it is updated."""
    match learnt:
        case parallel_data.Ready(name=name) | parallel_data.Importing(usable=name):
            return name
    return ""


def _waiting(requests: Iterable[Request], *, sent: bool = False) -> Iterator[Answer]:
    return (Answer(request.id, Status.WAITING, sent=sent) for request in requests)


def _packed(requests: Sequence[Request], language: str) -> tuple[list[HtmlDocument], list[Fault]]:
    """The documents to send, and what cannot be sent."""
    items = list(documents(requests, language=language, most_characters=MOST_CHARACTERS, most_bytes=MOST_BYTES))
    fit = [item for item in items if isinstance(item, HtmlDocument)]
    return fit, [item for item in items if isinstance(item, Fault)]


def _characters(requests: Sequence[Request], language: str) -> int:
    """What Amazon is expected to charge for."""
    return sum(document.characters for document in _packed(requests, language)[0])
