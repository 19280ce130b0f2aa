"""The project's words as frozen values, without behaviour.

Offsets count characters of the decoded text of a file, from 0; line numbers count from 1.
Nothing here imports anything but the standard library: every other module may import this one.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

__all__ = [
    "Finding",
    "Gap",
    "Group",
    "InlineCode",
    "Kind",
    "Masked",
    "Match",
    "Origin",
    "Request",
    "Segment",
    "Span",
    "State",
    "Subtype",
    "Unit",
]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters of a text."""

    start: int
    end: int


class Kind(enum.StrEnum):
    """What a unit is for its reader; the value stands in manifests."""

    PARAGRAPH = "paragraph"
    TITLE = "title"
    TERM = "term"
    CELL = "cell"
    CAPTION = "caption"
    ALT = "alt"
    FIELD = "field"
    LINE = "line"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class InlineCode:
    """Markup inside a unit that an engine must not touch (a placeholder) or must keep in pairs.

    ``opening + closing`` around the text of a pair, or ``opening`` alone for a placeholder, is exactly what
    stands in the source.  ``kind`` is one of: math, literal, role, link, image, reference, footnote, citation,
    substitution, emphasis, strong, span, html, entity, escape, break, url, target, mark, literal-tag.
    """

    kind: str
    opening: str
    closing: str | None = None
    ordered: bool = False
    """Bound by order (``[#]_``, ``[*]_``, anonymous references): such codes must keep their order in a unit."""

    @property
    def is_pair(self) -> bool:
        return self.closing is not None


@dataclass(frozen=True, slots=True)
class Masked:
    """A text whose inline codes are numbered tags: ``<1/>`` a placeholder, ``<2>...</2>`` a pair.

    Numbers start at 1 in the order in which the codes open; ``codes[n - 1]`` is the code of tag ``n``.
    """

    text: str
    codes: tuple[InlineCode, ...] = ()


class State(enum.StrEnum):
    """How far a target sentence has come; the flag ``stale`` stands beside it."""

    INITIAL = "initial"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    FINAL = "final"


class Origin(enum.StrEnum):
    """Where a target sentence came from; an engine's is ``mt:`` and its name."""

    SOURCE = "source"
    HUMAN = "human"
    TM = "tm"


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of a unit as it stands there, white space behind it included, with its own masked text and codes.

    Law: the texts of a unit's segments, joined, are the unit's text.
    """

    text: str
    masked: str
    codes: tuple[InlineCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """n source and m target sentences that belong together: the smallest thing that is kept or replaced.

    Each sentence stands as in its file, with the white space behind it.  Codes and keys are derived from it, so that a
    better reader or splitter never invalidates what people and engines wrote.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    origin: str = Origin.SOURCE
    state: State = State.INITIAL
    stale: bool = False
    proposal: str | None = None
    refused: str = ""
    """Why the answer for this very source was refused, the first time that it was."""
    former: tuple[str, ...] = ()
    """What a stale target was made of: its source before it changed."""
    reviewer: str = ""
    """Who reviewed the target; it stays where the target has become stale since."""
    unsure: bool = False
    """Whether it is not sure that source and target belong together: a person should look."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A translatable block of a document and its exact place.

    ``text`` is what a person would call its text: the characters of ``span`` with the container's encoding (line
    prefixes, escapes, borders) removed.  ``encoding`` names that encoding and ``prefix`` is its parameter; see
    ``sphinx_amts.document.encodings``.
    """

    kind: Kind
    span: Span = field(compare=False)
    text: str
    line: int = field(compare=False, default=0)
    encoding: str = "lines"
    prefix: str = ""
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """The text between two units, kept byte for byte."""

    span: Span


@dataclass(frozen=True, slots=True)
class Match:
    """A pair out of memory: ``score`` is 1.0 for an exact match, less for a fuzzy one."""

    source: str
    target: str
    score: float = 1.0
    in_context: bool = False
    origin: str = Origin.TM


@dataclass(frozen=True, slots=True)
class Request:
    """One segment for an engine.

    ``source`` is masked text; ``codes`` say what its tags stand for.  ``before`` and ``after`` are the neighbouring
    segments' masked sources (empty at a document's ends), ``matches`` the closest pairs from memory, best first.
    """

    id: str
    source: str
    codes: tuple[InlineCode, ...] = ()
    before: str = ""
    after: str = ""
    document: str = ""
    matches: tuple[Match, ...] = ()


class Subtype(enum.StrEnum):
    """The kinds of findings; every message ends in ``[amts.<value>]`` and can be suppressed by that name."""

    MISSING = "missing"
    """A document is new in the book, and ``amts_new_documents`` says to list it only."""
    OUTDATED = "outdated"
    """The locale tree is behind its source, and this build may not sync."""
    REFUSED = "refused"
    """An engine's answer was not fit to be written; what was there before stays."""
    CODES = "codes"
    """A target does not have its source's inline codes."""
    STRUCTURE = "structure"
    """A target document's skeleton differs from its source's."""
    STALE = "stale"
    """The source moved on under a target that a person wrote."""
    PEOPLE = "people"
    """A file or text in the locale tree belongs to people; it was left alone."""
    UNTRANSLATED = "untranslated"
    """Nothing was translated; an engine has to be chosen."""
    ATTIC = "attic"
    """The source of what people wrote is gone: it stands in no document any more, and lies in the manifest's attic."""
    ANCHORS = "anchors"
    """A translated heading loses the id that links lead to, and no label can bring it back."""
    LOCAL = "local"
    """What people localised and the source changed too: it could not be merged, and theirs was kept."""
    UNIT = "unit"
    """A translatable text of the doctree was not found in its file."""
    CONFIG = "config"
    """A configuration value is wrong."""
    MEMORY = "memory"
    """A record of a translation memory cannot be used."""
    ENGINE = "engine"
    """What an engine says: a job that failed, a record that it left out, money that is used up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know: what, where, why, and what to do."""

    subtype: Subtype
    message: str
    path: str = ""
    line: int = 0
    source: str = ""
    target: str = ""
