"""What people should know of a document that was synced: its findings, and what became of its sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sphinx_amts.document.verify import Difference
from sphinx_amts.model import Finding, Origin, Subtype, Unit
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.plan import Slot
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.work import Fate, Work

__all__ = ["report"]


def report(job: Job, work: Work, differences: Sequence[Difference], result: LanguageResult) -> None:
    """Count a document's sentences, and list its findings."""
    path = str(job.tree.file(work.document.path))
    counts = result.by_document.setdefault(work.document.path, Counter())
    if work.conflicts:
        counts["conflicting"] += len(work.conflicts)
    for difference in differences:
        result.findings.append(Finding(Subtype.STRUCTURE, difference.message, path=path, line=difference.target_line))
    for conflict in work.conflicts:
        message = "the source and the translation changed the same lines, each in its own way; the translation was kept"
        result.findings.append(Finding(Subtype.LOCAL, message, path, conflict.line, conflict.theirs, conflict.ours))
        result.new_findings = True
    for place, slot in work.slots():
        fate, reason = work.fates[place]
        result.segments[fate.value] += len(slot.segments)
        if fate is not Fate.KEPT:
            counts[fate.value] += len(slot.segments)
        result.findings.extend(_of_slot(work, work.plans[place[0]].new.unit, slot, fate, reason))
        result.new_findings = result.new_findings or (fate is Fate.REFUSED and not slot.refused)


def _of_slot(work: Work, unit: Unit, slot: Slot, fate: Fate, reason: str) -> Iterator[Finding]:
    where, source = (work.document.path, _line(work, unit)), slot.segment.text.strip()
    if fate is Fate.REFUSED:
        yield Finding(Subtype.REFUSED, reason or "the answer was refused", *where, source)
    before = slot.previous
    if fate is Fate.STALE and slot.kept is None and before is not None and before.group.origin == Origin.HUMAN:
        message = "the source of a sentence that a person wrote has changed; the sentence was kept"
        yield Finding(Subtype.STALE, message, *where, source, "".join(before.group.target).strip())


def _line(work: Work, unit: Unit) -> int:
    """The line of a unit in its file."""
    return work.document.flat.raw_line(unit.line)
