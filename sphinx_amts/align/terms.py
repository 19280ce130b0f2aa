"""A glossary as evidence: a term and its translation are an anchor that both texts have.

How telling such an anchor is, the aligner finds out as it does for all others: from how often a term's translation stands
where it should, and how rare the term is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sphinx_amts.align.bilingual import Bitext, Block, Side
from sphinx_amts.align.evidence import ANCHOR, Evidence, evidence
from sphinx_amts.locales import Language
from sphinx_amts.masked import strip_tags
from sphinx_amts.model import Segment
from sphinx_amts.pairs.termbase import CODE, Termbase
from sphinx_amts.pairs.terminology import Term

__all__ = ["Glossary"]


@dataclass(frozen=True, slots=True)
class _Side:
    """The terms of one language: how each is found, and the terms that it stands for."""

    base: Termbase
    names: dict[str, tuple[str, ...]]

    def anchors(self, sentences: Iterable[Segment]) -> Iterator[str]:
        """An anchor for each term in these sentences."""
        for sentence in sentences:
            for found in self.base.found(strip_tags(sentence.masked, CODE)):
                yield from (f"{ANCHOR}t{name}" for name in self.names[found])

    def marked(self, side: Side) -> Side:
        return replace(side, blocks=tuple(map(self._marked, side.blocks)))

    def _marked(self, block: Block) -> Block:
        tokens = tuple(dict.fromkeys([*block.evidence.tokens, *self.anchors(block.sentences)]))
        return replace(block, evidence=replace(block.evidence, tokens=tokens))

    def evidence(self, sentence: Segment) -> Evidence:
        """The evidence of a sentence, with its terms."""
        return evidence(sentence.masked, sentence.codes, more=self.anchors([sentence]))


class Glossary:
    """Terms of two languages.

    Law: a source that has a term, and a target that has one of its translations, have an anchor in common.
    """

    def __init__(self, terms: Sequence[Term], source: Language, target: Language) -> None:
        forth = Termbase(terms, source, target)
        back = Termbase([Term(term.target, term.source) for term in terms], target, source)
        names = {name: tuple(_name(forth, other) for other in back.translations[name]) for name in back.translations}
        self.source = _Side(forth, {name: (name,) for name in forth.translations})
        self.target = _Side(back, {name: tuple(dict.fromkeys(those)) for name, those in names.items()})

    def marked(self, bitext: Bitext) -> Bitext:
        """A bitext whose blocks have their terms among their evidence."""
        return replace(bitext, source=self.source.marked(bitext.source), target=self.target.marked(bitext.target))


def _name(base: Termbase, term: str) -> str:
    """How a term is called: by the first of those that are written like it."""
    return term if term in base.translations else next(base.found(term), term)
