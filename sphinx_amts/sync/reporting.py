"""What people should know of a document that was synced: its findings, and what became of its sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sphinx_amts.document.verify import Difference
from sphinx_amts.model import Finding, Subtype
from sphinx_amts.pairs.anchors import anchored_line
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.sync.finishing import Finished
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.plan import Slot, is_peoples
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.standing import places
from sphinx_amts.sync.work import Fate, Place, Work

__all__ = ["report", "report_left_over"]


def report(
    job: Job,
    work: Work,
    finished: Finished,
    manifest: Manifest,
    differences: Sequence[Difference],
    result: LanguageResult,
) -> None:
    """Count a document's sentences, and list its findings; ``manifest`` is what was written."""
    path = str(job.tree.file(work.document.path))
    counts = result.by_document.setdefault(work.document.path, Counter())
    if finished.conflicts:
        counts["conflicting"] += len(finished.conflicts)
    for difference in differences:
        line = anchored_line(manifest, difference.target_line)
        result.findings.append(Finding(Subtype.STRUCTURE, difference.message, path, line))
    for conflict in finished.conflicts:
        message = "the source and the translation changed the same lines, each in its own way; the translation was kept"
        line = anchored_line(manifest, conflict.line)
        result.findings.append(Finding(Subtype.LOCAL, message, path, line, conflict.theirs, conflict.ours))
        result.new_findings = True
    lines = {(index // 2, number): on.start for index, number, _, on in places(manifest)}
    for place, slot in work.slots():
        fate, reason = finished.fates[place]
        result.segments[fate.value] += len(slot.segments)
        if fate is not Fate.KEPT:
            counts[fate.value] += len(slot.segments)
        if fate is Fate.REFUSED:
            result.findings.append(_refused(work, place, slot, reason))
        elif message := _about_people(slot, fate):
            texts = slot.segment.text.strip(), _text_before(slot)
            result.findings.append(Finding(Subtype.STALE, message, path, lines[place], *texts))
        result.new_findings = result.new_findings or (fate is Fate.REFUSED and not slot.refused)


def report_left_over(job: Job, done: Sequence[tuple[Work, Manifest]], result: LanguageResult) -> None:
    """List what people wrote that has gone to an attic, and of which nothing is left, or said, in any document."""
    slots = (slot for work, _ in done for _, slot in work.slots())
    told = {
        replace(old.group, proposal=None) for slot in slots for old in (slot.kept, slot.previous) if old is not None
    }
    parts = [manifest.target for work, manifest in done if work.is_part]
    message = "the source of what a person wrote is gone; their text lies in the attic"
    for work, manifest in done:
        known = told.union(work.old.attic if work.old is not None else ())
        for group in manifest.attic:
            source, target = ("".join(texts).strip() for texts in (group.source, group.target))
            if group not in known and not any(target in part for part in parts):
                path = str(job.tree.file(manifest.path))
                result.findings.append(Finding(Subtype.ATTIC, message, path, source=source, target=target))


def _refused(work: Work, place: Place, slot: Slot, reason: str) -> Finding:
    line = work.document.flat.raw_line(work.plans[place[0]].new.unit.line)
    message = reason or "the answer was refused"
    return Finding(Subtype.REFUSED, message, work.document.path, line, slot.segment.text.strip())


def _about_people(slot: Slot, fate: Fate) -> str:
    """What became of a person's sentence whose source has changed; empty where it was said before, or there is none."""
    before = slot.previous
    if before is None or not is_peoples(before.group) or not before.group.target:
        return ""
    if fate in (Fate.MEMORY, Fate.TRANSLATED):
        return (
            "the source of a sentence that a person wrote has changed; the sentence was replaced, and lies in the attic"
        )
    is_known = slot.is_same and before.group.stale
    if fate is not Fate.STALE or is_known:
        return ""
    return "the source of a sentence that a person wrote has changed; the sentence was kept"


def _text_before(slot: Slot) -> str:
    return "".join(slot.previous.group.target).strip() if slot.previous is not None else ""
