"""What the text of an answer must be before it may be restored: one generator a rule, each yields reasons.

``fault`` gives the first reason that a person understands, or ``None``.  Nothing here knows documents or engines.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from html.entities import html5

from sphinx_amts.engines import scripts
from sphinx_amts.masked import TAG, problem, strip_tags
from sphinx_amts.model import Request

__all__ = ["fault", "one_line", "tidy", "unfit", "wrong_language"]

_HTML = re.compile(r"</?[a-zA-Z][-\w]*(?=[^<>]*>)|<[!?]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|(?P<name>[a-zA-Z][a-zA-Z0-9]*));")
_BAD_TAG = re.compile(
    r"[<\uff1c\u3008]\s{0,3}[/\uff0f]?\s{0,3}[0-9\uff10-\uff19]{1,9}\s{0,3}[/\uff0f]?\s{0,3}[>\uff1e\u3009]"
)
_FENCE = re.compile(r"```+|~~~+|^[ ]*:::+")
_LEAK = re.compile(r"DNT_\w*")
_HARMFUL = frozenset("\ufeff\ufffd\u202d\u202e")
"""A byte order mark, the sign of a broken decoding, and overrides that make a text read other than it is written."""


def one_line(text: str, length: int = 300) -> str:
    """A message that others wrote, fit for a table: one line, no control characters, not long."""
    line = " ".join("".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def tidy(source: str, target: str) -> str:
    """The target on one line, without white space at ends where the source has none; the source itself stays."""
    if target == source:
        return target
    lines = (target if "\t" in source else target.replace("\t", " ")).splitlines()
    target = lines[0] if len(lines) == 1 else " ".join(filter(None, (line.strip(" ") for line in lines)))
    if source == source.lstrip():
        target = target.lstrip()
    return target.rstrip() if source == source.rstrip() else target


def unfit(request: Request, target: str, source_code: str, target_code: str) -> str | None:
    """Why ``target``, tidied or not, cannot be the translation of the request into its language; or ``None``."""
    text = tidy(request.source, target)
    return fault(request, text) or wrong_language(request.source, text, source_code, target_code)


def fault(request: Request, target: str) -> str | None:
    """The first rule that ``target`` breaks as the translation of the request, or ``None``."""
    return next((why for rule in _RULES for why in rule(request, target)), None)


def _empty(request: Request, target: str) -> Iterator[str]:
    """An answer says something where its source does.

    Bad: ``See <1/> for details.`` -> blank, ``<1/>``.  Good: ``the <1/>`` -> ``<1/>``.
    """
    if request.source.strip() and not target.strip():
        yield "the answer is empty"
    elif len(_words(request.source)) > 2 and not _words(target):
        yield "the answer has no words"


def _codes(request: Request, target: str) -> Iterator[str]:
    """Each tag of the source stands once, inside the same pair.

    Bad: ``<1/> and <2>this</2>`` -> ``<2><1/></2>``.  Good: ``<2>ceci</2> et <1/>``.
    """
    if why := problem(request.source, target):
        yield why


def _order(request: Request, target: str) -> Iterator[str]:
    """Codes bound by order keep it.

    Bad: ``one <1/> two <2/>`` -> ``deux <2/> un <1/>`` where both are ``[#]_``.  Good: any order of other codes.
    """
    bound = {number for number, code in enumerate(request.codes, 1) if code.ordered}
    if bound and _opened(request.source, bound) != _opened(target, bound):
        yield "codes that are bound by their order (automatic footnotes, anonymous links) changed places"


def _opened(masked: str, numbers: set[int]) -> list[int]:
    """These tags, in the order in which they open."""
    return [int(tag["number"]) for tag in TAG.finditer(masked) if not tag["close"] and int(tag["number"]) in numbers]


def _emptied(request: Request, target: str) -> Iterator[str]:
    """A pair that has text keeps some.

    Bad: ``press <1>Enter</1> now`` -> ``appuyez <1></1> Entree``.  Good: ``appuyez sur <1>Entree</1>``.
    """
    blank = _blank_pairs(target) - _blank_pairs(request.source)
    if blank:
        yield f"<{min(blank)}> lost its text"


def _blank_pairs(masked: str) -> set[int]:
    """The pairs with nothing but white space inside."""
    tags = list(TAG.finditer(masked))
    return {
        int(tag["number"])
        for tag, following in itertools.pairwise(tags)
        if not tag["close"] and not tag["alone"] and following["close"] and following["number"] == tag["number"]
        if not masked[tag.end() : following.start()].strip()
    }


def _characters(request: Request, target: str) -> Iterator[str]:
    r"""No character that cannot be seen or written, unless the source has it.

    Bad: NUL, ``\x1b``, half a surrogate pair, U+FFFD.  Good: joiners, no-break spaces.
    """
    for char in sorted(set(target) - set(request.source)):
        nothing = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
        if char in _HARMFUL or nothing or unicodedata.category(char) in ("Cc", "Cs", "Co"):
            yield f"it contains the character U+{ord(char):04X}"


def _leak(request: Request, target: str) -> Iterator[str]:
    """No stand-in of a translation service shines through.

    Bad: ``si DNT_GEBK1 es``.  Good: ``si x < 1 es``.
    """
    if more := _more(_LEAK, request.source, target):
        yield f"it contains {more!r}, a stand-in of the translation service"


def _fence(request: Request, target: str) -> Iterator[str]:
    """No code fence, whole or half, unless the source has it.

    Bad: ````` ```markdown Bonjour ``` `````.  Good: ``Bonjour``.
    """
    if more := _more(_FENCE, request.source, target):
        yield f"it contains a fence ({more.strip()[:10]})"


def _length(request: Request, target: str) -> Iterator[str]:
    """Not ten times as long as its source; short texts may grow.

    Bad: the word ``Yes`` -> a page.  Good: ``Yes`` -> a sentence.
    """
    if len(target) > 200 and len(target) > 10 * len(request.source):
        yield f"it is {len(target)} characters long, its source {len(request.source)}"


def _markup(request: Request, target: str) -> Iterator[str]:
    """No HTML, no entity and no broken tag that the source does not have.

    Bad: ``<b>Bonjour</b>``, ``&lt;1/&gt;``, ``l&#39;ami``, ``< 2 />``.  Good: ``a < b``, ``<1/>``, ``R&D;``.
    """
    # A blank in place of each tag: what stands left and right of it must not join into something new.
    before, after = TAG.sub(" ", request.source), TAG.sub(" ", target)
    if more := _more(_HTML, before, after):
        yield f"it contains HTML that its source does not have: {one_line(more, 40)}"
    if more := _more(_BAD_TAG, before, after):
        yield f"it contains a broken tag: {one_line(more, 40)}"
    if more := _more(_ENTITY, before, after):
        yield f"it contains an entity that its source does not have: {one_line(more, 40)}"


def _more(pattern: re.Pattern[str], source: str, target: str) -> str | None:
    """Something that the pattern finds more often in the target."""

    def found(text: str) -> Counter[str]:
        hits = (hit for hit in pattern.finditer(text) if not hit.groupdict().get("name") or f"{hit['name']};" in html5)
        return Counter(hit[0] for hit in hits)

    return min(found(target) - found(source), default=None)


def _words(masked: str) -> list[str]:
    return re.findall(r"\w+", strip_tags(masked, " "))


_RULES: tuple[Callable[[Request, str], Iterator[str]], ...] = (
    _empty,
    _characters,
    _fence,
    _leak,
    _markup,
    _codes,
    _order,
    _emptied,
    _length,
)


def wrong_language(source: str, target: str, source_code: str, target_code: str) -> str | None:
    """Why ``target`` cannot be in its language: many letters, none in a script of that language; or ``None``.

    A source that is itself not in its language's script (a quotation) is not judged, nor are other languages.

    Bad: ``The model learns from data`` as Chinese.  Good: ``NumPy``, or ``scikit-learn <1/>`` as Chinese.
    """
    wanted, usual = scripts.of(target_code), scripts.of(source_code)
    if wanted is None or (usual and not usual.search(strip_tags(source))):
        return None
    words = strip_tags(target)
    if sum(map(str.isalpha, words)) > 20 and not wanted.search(words):
        return f"wrong language: no letter of it is in a script of {target_code!r}"
    return None
