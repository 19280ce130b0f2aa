"""What a locale tree knows, for other tools: pairs of sentences with their inline codes, or units as messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from sphinx_amts.document.encodings import decode
from sphinx_amts.document.flat import flat_of
from sphinx_amts.document.inline.matching import in_source_numbers
from sphinx_amts.document.segments import segments
from sphinx_amts.model import Group, Masked, Origin, Segment, State
from sphinx_amts.pairs.catalogues import Message
from sphinx_amts.pairs.exchange import Pair, unwritable
from sphinx_amts.pairs.manifest import UnitPiece
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.plan import OldGroup, joined, old_units
from sphinx_amts.sync.standing import Standing, standing
from sphinx_amts.sync.work import has_words

__all__ = ["messages", "pairs"]


def pairs(job: Job, left_out: Counter[str]) -> Iterator[Pair]:
    """Each sentence that has a target, and counted by reason what no pair was made of.

    A sentence without words is none of both.
    """
    for document in standing(job):
        olds = [old for unit in old_units(document.manifest.units, _split(job, document)) for old in unit.groups]
        keys = [" ".join(old.keys) for old in olds]
        for index, old in enumerate(olds):
            if not old.segments or not has_words(joined(old.segments).masked):
                continue
            context = (keys[index - 1] if index else "", keys[index + 1] if index + 1 < len(keys) else "")
            pair = _pair(job, document, old, *context)
            why = pair if isinstance(pair, str) else unwritable(pair)
            if isinstance(pair, str) or why:
                left_out[why] += 1
            else:
                yield pair


def _pair(job: Job, document: Standing, old: OldGroup, before: str, after: str) -> Pair | str:
    """A pair, or why there is none."""
    group = old.group
    if group.state is State.INITIAL or not group.target:
        return "untranslated"
    if group.stale:
        return "stale"
    source = joined(old.segments)
    target = joined(segments("".join(group.target), document.grammar, job.language.splitter))
    found = in_source_numbers(source, target, document.grammar)
    if found is None:
        return "with other inline codes than the source"
    masked, local = found
    return Pair(
        Masked(source.masked.strip(), source.codes),
        Masked(masked.strip(), tuple(local.get(number, code) for number, code in enumerate(source.codes, 1))),
        group.origin,
        group.state,
        before,
        after,
        document.path,
    )


def messages(job: Job) -> Iterator[Message]:
    """Each unit that has words, as gettext would have it: its whole text on one line.

    Its translation is empty where a sentence is untranslated, and fuzzy where one is stale.
    """
    for document in standing(job):
        flat = flat_of(document.manifest.source, document.manifest.style)
        line = 1
        for piece in document.manifest.pieces:
            if isinstance(piece, UnitPiece) and any(map(_words_of, piece.groups)):
                yield _message(piece, (document.path, flat.raw_line(line)))
            line += piece.source.count("\n")


def _message(piece: UnitPiece, place: tuple[str, int]) -> Message:
    source, target = (_normal(decode(text, piece.encoding, piece.prefix)) for text in (piece.source, piece.target))
    is_done = all(group.state is not State.INITIAL for group in piece.groups if _words_of(group))
    writers = {group.origin for group in piece.groups if _words_of(group)}
    origin = Origin.HUMAN if Origin.HUMAN in writers else min(writers, default=Origin.HUMAN)
    is_fuzzy = any(group.stale for group in piece.groups)
    return Message(source, target if is_done else "", is_fuzzy and is_done, (place,), origin=origin)


def _words_of(group: Group) -> bool:
    return has_words("".join(group.source))


def _normal(text: str) -> str:
    return " ".join(text.split())


def _split(job: Job, document: Standing) -> Callable[[str], tuple[Segment, ...]]:
    def split(text: str) -> tuple[Segment, ...]:
        return segments(text, document.grammar, job.source_language.splitter)

    return split
