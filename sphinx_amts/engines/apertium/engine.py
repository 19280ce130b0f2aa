"""The engine ``apertium``: a draft of every sentence, offline, corrected as people corrected others."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sphinx_amts.engines import Answer, Notice, Status, checks
from sphinx_amts.engines.apertium.drafting import Drafter, side_by_side
from sphinx_amts.engines.apertium.drafts import edits_of, remembered
from sphinx_amts.engines.apertium.installed import Mode, mode
from sphinx_amts.engines.apertium.options import Options
from sphinx_amts.engines.apertium.pipe import Broken, Pipe
from sphinx_amts.masked import TAG
from sphinx_amts.model import Request
from sphinx_amts.pairs import adaptation, tmx
from sphinx_amts.pairs.terminology import read
from sphinx_amts.plain import normal

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Apertium"]

MOST_PAIRS = 50_000
"""So many pairs are learnt from: what more there are would take longer than they help."""
_MOST_JOBS = 4


@dataclass(slots=True)
class _Learnt:
    """What people taught the engine, for one pair of languages."""

    pairs: Sequence[tuple[str, str]] = ()
    """What is learnt from when there is something to translate: until then it would cost seconds for nothing."""
    edits: adaptation.Edits = field(default_factory=adaptation.Edits)
    similar: adaptation.Similar = field(default_factory=adaptation.Similar)


class Apertium(Options):
    """Translates with the pair of Apertium that is installed.

    It is not a dataclass of its own, so that its options are those of ``Options``, types included.
    """

    __slots__ = ("_learnt",)
    _learnt: dict[tuple[str, str], _Learnt]
    name: ClassVar[str] = "apertium"
    translates: ClassVar[bool] = True
    wants_matches: ClassVar[bool] = True

    def __post_init__(self) -> None:
        Options.__post_init__(self)
        object.__setattr__(self, "_learnt", {})

    def learn(
        self, pairs: Callable[[], Iterable[tuple[str, str]]], source: Language, target: Language
    ) -> Iterator[Notice]:
        """Take in what people translated; raises ConfigError for a file that cannot be read."""
        if not self.parallel_data:
            return
        named = self.parallel_data if isinstance(self.parallel_data, list) else []
        files = (tmx.read(Path(name), source.code, target.code) for name in named)
        given = ((normal(one), normal(other)) for one, other in itertools.chain(pairs(), *files))
        known = list(dict.fromkeys(pair for pair in given if all(pair) and not TAG.search(" ".join(pair))))
        if len(known) > MOST_PAIRS:
            yield Notice(f"Apertium learns from {MOST_PAIRS:,} pairs; {len(known) - MOST_PAIRS:,} more are left out.")
        self._learnt[source.code, target.code] = _Learnt(known[:MOST_PAIRS])

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer | Notice]:
        """An answer for each request, in order; the same one whatever else is asked and however many are at work.

        Raises ConfigError, with what to install, where the pair of languages is missing.
        """
        if not requests:
            return
        direction = mode(source, target, self.modes)
        terms = self._terms(source, target)
        pattern = _pattern(terms)
        learnt = self._learnt.setdefault((source.code, target.code), _Learnt())
        self._study(learnt, direction)

        def work(pipe: Pipe, request: Request) -> Answer:
            reused = self._reused(request, learnt)
            if reused is not None:
                return Answer(request.id, Status.DONE, reused)
            try:
                drafter = Drafter(pipe, terms, pattern)
                return Answer(request.id, Status.DONE, _best(drafter, request, learnt.edits, source, target))
            except Broken as why:
                return Answer(request.id, Status.REFUSED, reason=f"Apertium gave no translation: {why}")

        yield from side_by_side(direction, self.timeout, self._jobs(), requests, work)
        yield Notice(
            f"What Apertium translated from {source.code} to {target.code} is a draft: people have to read it before it is"
            " published."
        )

    def _study(self, learnt: _Learnt, direction: Mode) -> None:
        """Learn from the pairs; what Apertium makes of them is looked up in the cache, or made now."""
        pairs, learnt.pairs = learnt.pairs, ()
        if pairs:
            masked = [adaptation.with_names_masked(*pair) for pair in pairs]
            drafts = remembered([one for one, _ in masked], direction, lambda texts: self._drafts(direction, texts))
            learnt.edits = edits_of(list(zip(drafts, (person for _, person in masked), strict=True)))
            learnt.similar = adaptation.Similar(pairs if self.memory else ())

    def _reused(self, request: Request, learnt: _Learnt) -> str | None:
        """What people wrote for this sentence, or for one that is nearly the same."""
        if not self.memory:
            return None
        found = adaptation.similar(request.source, request.matches)
        if found is None:
            found = learnt.similar.find(request.source, request.codes)
        return found if found is not None and checks.fault(request, found) is None else None

    def _terms(self, source: Language, target: Language) -> Mapping[str, str]:
        """Targets by sources in small letters; of several targets of a source the first stays."""
        if self.terminology is None:
            return {}
        terms: dict[str, str] = {}
        for term in read(self.terminology, source.code, target.code):
            terms.setdefault(normal(term.source).lower(), normal(term.target))
        return {one: other for one, other in terms.items() if one and other and not TAG.search(one + other)}

    def _drafts(self, direction: Mode, texts: Sequence[str]) -> Iterator[str]:
        """What Apertium makes of texts; nothing where it fails, so that nothing is learnt from it."""

        def work(pipe: Pipe, text: str) -> str:
            try:
                return Drafter(pipe).draft(text)
            except Broken:
                return ""

        return side_by_side(direction, self.timeout, self._jobs(), texts, work)

    def _jobs(self) -> int:
        return self.jobs or min(os.cpu_count() or 1, _MOST_JOBS)


def _best(drafter: Drafter, request: Request, edits: adaptation.Edits, source: Language, target: Language) -> str:
    """The corrected draft, the draft itself, or one in pieces: the first that may be written; else the last."""
    draft = drafter.draft(request.source)
    edited = edits.apply(draft)
    for text in (edited, draft) if drafter.has_terms(request.source, edited) else (draft,):
        if checks.unfit(request, text, source.code, target.code) is None:
            return text
    return drafter.in_pieces(request.source)


def _pattern(terms: Mapping[str, str]) -> re.Pattern[str] | None:
    """Finds each term as a word of its own, the longest first."""
    if not terms:
        return None
    listed = "|".join(re.escape(term) for term in sorted(terms, key=lambda term: (-len(term), term)))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
