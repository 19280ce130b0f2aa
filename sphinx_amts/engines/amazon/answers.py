"""What the journal and finished jobs say to requests.

1. ``Told`` sorts requests: refused for good, at work, finished, or for nobody yet.
2. ``collected`` gives the answers of a finished job, ``news`` what people should know of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sphinx_amts.engines import Answer, Notice, Receipt, Status, checks
from sphinx_amts.engines.amazon.html import Fault, masked_texts, segment_id
from sphinx_amts.engines.amazon.jobs import Pair, charged, outputs
from sphinx_amts.engines.amazon.journal import Entry, Journal
from sphinx_amts.engines.amazon.languages import codes
from sphinx_amts.model import Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["KEPT", "Told", "by_id", "collected", "news"]

KEPT = 30
"""Days for which the answers of a job are looked up."""
TRIES = 3
"""How many times a segment is sent whose answers are of no use."""


@dataclass(slots=True)
class Told:
    """What the journal says to requests: refused for good, waiting, finished, or nothing (the ``rest``)."""

    entries: Sequence[Entry]
    recent: Sequence[Entry]
    failed: set[str]
    """The jobs of which it is only known now that they failed."""
    flying: dict[str, Entry] = field(default_factory=dict)
    finished: list[tuple[Entry, list[Request]]] = field(default_factory=list)
    rest: list[Request] = field(default_factory=list)

    def sorted(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """An answer to each request that is neither finished nor to be sent."""
        holders: dict[str, list[Entry]] = {}
        for entry in self.recent:
            for id in entry.ids:
                holders.setdefault(id, []).append(entry)
        asked: dict[str, list[Request]] = {}
        for request in requests:
            id = segment_id(request)
            holder = next((one for one in holders.get(id, ()) if self._may_answer(one, id)), None)
            if holder is None:
                yield from self._unsent(request, sum(id in one.refused for one in holders.get(id, ())))
            elif holder.name in self.failed:
                why = f"its batch job is {holder.state}: {holder.message or 'Amazon gives no reason'}"
                yield Answer(request.id, Status.REFUSED, reason=why, sent=False)
            elif holder.state:
                asked.setdefault(holder.name, []).append(request)
            else:
                self.flying[holder.name] = holder
                yield Answer(request.id, Status.WAITING, sent=False)
        self.finished = [(entry, asked[entry.name]) for entry in self.recent if entry.name in asked]

    def _may_answer(self, entry: Entry, id: str) -> bool:
        """Whether a job answers a segment, has it at work, or is only now known to have failed it."""
        return bool(entry.job_id) and id not in entry.refused and (entry.is_paid or entry.name in self.failed)

    def _unsent(self, request: Request, tries: int) -> Iterator[Answer]:
        if tries < TRIES:
            self.rest.append(request)
            return
        why = f"Amazon's answers were refused {TRIES} times; it is not sent again for {KEPT} days"
        yield Answer(request.id, Status.REFUSED, reason=why, sent=False)


def by_id(requests: Iterable[Request]) -> dict[str, list[Request]]:
    """The requests by their segments' ids."""
    found: dict[str, list[Request]] = {}
    for request in requests:
        found.setdefault(segment_id(request), []).append(request)
    return found


def news(journal: Journal, entry: Entry, pair: Pair) -> Iterator[Notice | Receipt]:
    """What people should know of a job that has ended."""
    if entry.state != "COMPLETED":
        yield Notice(f"the batch job {entry.name} is {entry.state}{f': {entry.message}' if entry.message else ''}")
    if entry.is_paid:
        billed = charged(journal, entry, pair.target)
        if billed is None:
            yield Notice(f"the batch job {entry.name} does not say what it charged")
        else:
            yield Receipt(entry.name, entry.characters, billed, entry.price)


def collected(
    journal: Journal, entry: Entry, source: Language, target: Language, requests: Sequence[Request]
) -> Iterator[Answer]:
    """The answers of a finished job; what is of no use is written down before it is said."""
    asked = by_id(requests)
    files = [name for name, ids in entry.documents.items() if not asked.keys().isdisjoint(ids)]
    good: dict[str, str] = {}
    bad: dict[str, str] = {}
    for output in outputs(journal, entry, codes(source, target)[1], files):
        wanted = [asked[id][0] for id in entry.documents[output.file] if id in asked]
        read = masked_texts(output.html, wanted) if not output.fault else {}
        for request in wanted:
            id = segment_id(request)
            text = read.get(id, Fault(id, output.fault or "it is missing in its document"))
            unfit = isinstance(text, str) and checks.unfit(request, text, source.code, target.code)
            why = text.reason if isinstance(text, Fault) else unfit
            (bad if why else good)[id] = why or str(text)
    journal.refuse(entry, bad)
    for id, text in good.items():
        yield from (Answer(one.id, Status.DONE, text, sent=False) for one in asked[id])
    for id, why in bad.items():
        yield from (Answer(one.id, Status.REFUSED, reason=why, sent=False) for one in asked[id])
