"""Whether the targets of a language say what its glossary says.

``check`` looks at the words of each sentence that has a target, never at codes and code blocks.  What it finds is advice: a
good sentence may do without the very word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sphinx_amts.document.inline import protect
from sphinx_amts.document.segments import segments
from sphinx_amts.masked import key, strip_tags
from sphinx_amts.model import Segment, State
from sphinx_amts.pairs.termbase import CODE, Termbase
from sphinx_amts.pairs.terminology import Term
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.plan import joined, old_units
from sphinx_amts.sync.standing import Standing, standing

__all__ = ["Missing", "TermsResult", "check"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A sentence whose source has a term and whose target has none of the term's translations."""

    path: str
    """The target's file."""
    line: int
    term: str
    expected: tuple[str, ...]
    source: str
    target: str


@dataclass(slots=True)
class TermsResult:
    """What was looked at and what was found; ``sentences`` counts the sentences that have each term."""

    documents: int = 0
    sentences: Counter[str] = field(default_factory=Counter)
    missing: list[Missing] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """For each term that lacks anywhere: in how many sentences, and how many sentences have it; most first."""
        lacks = Counter(one.term for one in self.missing)
        return {term: (count, self.sentences[term]) for term, count in sorted(lacks.items(), key=lambda i: (-i[1], i))}

    def as_json(self) -> dict[str, Any]:
        """The object that ``terms --json`` prints for a language."""
        lacks = Counter(one.term for one in self.missing)
        terms = {term: {"sentences": self.sentences[term], "missing": lacks[term]} for term in sorted(self.sentences)}
        return {"documents": self.documents, "terms": terms, "missing": [asdict(one) for one in self.missing]}


def check(job: Job, terms: Iterable[Term]) -> TermsResult:
    """Look at every document of the tree as it stands; the book need not have been read."""
    termbase = Termbase(terms, job.source_language, job.language)
    result = TermsResult()
    for document in standing(job):
        result.documents += 1
        path = str(job.tree.file(document.path))
        for line, source, target in _sentences(job, document):
            for name in termbase.found(_words(source)):
                result.sentences[name] += 1
                if termbase.lacks(name, _words(target)):
                    expected = tuple(termbase.translations[name])
                    where = (path, document.raw_line(line))
                    result.missing.append(Missing(*where, name, expected, key(source.text), key(target.text)))
    return result


def _sentences(job: Job, document: Standing) -> Iterator[tuple[int, Segment, Segment]]:
    """The groups that have a target, with the line on which it begins."""

    def split(text: str) -> tuple[Segment, ...]:
        return segments(text, document.grammar, job.source_language.splitter)

    for _, piece, line in document.units():
        for old in old_units([piece], split)[0].groups:
            text = "".join(old.group.target)
            if old.group.state is not State.INITIAL and old.segments and text:
                masked = protect(text, document.grammar)
                yield line, joined(old.segments), Segment(text, masked.text, masked.codes)
            line += text.count("\n")


def _words(segment: Segment) -> str:
    return strip_tags(segment.masked, CODE)
