"""Edits of a target outside a sync: Sphinx reads the new target in its document's place before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sphinx_amts.document.flat import faults, flat_of
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.standing import Standing

__all__ = ["Edit", "fitting", "with_unit"]

Edit = Callable[[Manifest], Manifest]
Key = TypeVar("Key")


def fitting(job: Job, document: Standing, edits: Mapping[Key, Edit]) -> tuple[Manifest, dict[Key, str]]:
    """The manifest with all edits with which Sphinx reads the target as well as before, and why the others were left.

    What people localised is there before the edits, too, and is not theirs.
    """
    known = _differences(job, document, document.manifest)
    good, wrong = document.manifest, dict[Key, str]()
    for edit in edits.values():
        good = edit(good)
    new = _differences(job, document, good) - known
    if not new:
        return good, wrong
    good = document.manifest
    for key, edit in edits.items():
        tried = edit(good)
        if len(edits) > 1:
            new = _differences(job, document, tried) - known
        if new:
            wrong[key] = next(message for _, message, _ in new)
        else:
            good = tried
    return good, wrong


def with_unit(manifest: Manifest, at: int, unit: UnitPiece) -> Manifest:
    """A manifest with another unit in place of a piece."""
    return replace(manifest, pieces=(*manifest.pieces[:at], unit, *manifest.pieces[at + 1 :]))


def _differences(job: Job, document: Standing, manifest: Manifest) -> Counter[tuple[str, str, int]]:
    """In what a target is not its source."""
    flat = flat_of(manifest.target, manifest.style, Path(manifest.path).suffix)
    names = Counter(("tables", why, 0) for _, why in faults(flat.text))
    source = job.book.document(document.path)
    if source.syntax == "yaml":
        return names
    found = job.book.differences(source, flat, manifest)
    return names + Counter((one.check, one.message, one.source_line) for one in found)
