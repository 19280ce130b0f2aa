"""What a person calls a block, an inline code, and the difference of two."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

from sphinx_amts.document.skeleton import HERE, Block, Code

__all__ = ["block_name", "code_messages", "code_name", "first_change", "one", "shown"]

_BLOCKS = {
    "block_quote": "quotation",
    "bullet_list": "list",
    "definition_list": "list of definitions",
    "definition_list_item": "definition",
    "desc": "description of an object",
    "desc_signature": "signature",
    "doctest_block": "code block",
    "entry": "table cell",
    "enumerated_list": "numbered list",
    "field_list": "list of fields",
    "list_item": "list item",
    "literal_block": "code block",
    "math_block": "display math",
    "raw": "raw block",
    "row": "table row",
    "section": "heading",
    "substitution_definition": "definition of a substitution",
    "toctree": "table of contents",
    "versionmodified": "note about a version",
}
_LONGEST = 60


def block_name(block: Block) -> str:
    """For example ``heading``, ``code block``, ``paragraph``."""
    classes = dict(block.attributes).get("classes")
    if isinstance(classes, tuple) and "cell" in classes:
        return "code cell"
    return _BLOCKS.get(block.tag, block.tag.replace("_", " "))


def code_name(code: Code) -> str:
    """For example ``math $x$``, ``link to https://...``, ``strong``."""
    values = dict(code.attributes)
    match code.tag:
        case "math":
            return f"math ${_short(code.text)}$"
        case "literal":
            return f"literal {_short(code.text)}"
        case "raw":
            return f"raw {values.get('format', '')} {_short(code.text)}"
        case "reference":
            place = next((values[name] for name in ("refuri", "place", "refname") if name in values), "somewhere")
            return f"link to {'a place of this page' if place == HERE else place}"
        case "pending_xref" if values.get("reftype") == "myst":
            return f"link to {values.get('reftarget')}"
        case "pending_xref" | "download_reference" | "number_reference":
            return f"reference :{values.get('reftype', '')}: to {values.get('reftarget')}"
        case "footnote_reference":
            name = values["footnote"]
            return "counted footnote" if name == HERE else f"footnote {name}"
        case "image":
            return f"image {values.get('uri')}"
        case "problematic":
            return f"markup that nothing understands: {_short(code.text)}"
        case "inline":
            classes = values.get("classes", ())
            return f"text with class {' '.join(classes)}" if isinstance(classes, tuple) else "inline text"
        case "target":
            names = values.get("labels", ())
            return f"target {values.get('refuri', ' '.join(names) if isinstance(names, tuple) else '')}".rstrip()
    return f"{code.tag.replace('_', ' ')} {_short(code.text)}".rstrip()


def code_messages(source: Iterable[Code], target: Iterable[Code], inside: str = "") -> Iterator[str]:
    """What is missing and what is too much; a pair that only differs in what it encloses is looked into."""
    missing, extra = Counter(source), Counter(target)
    missing, extra = missing - extra, extra - missing
    for code in list(missing):
        twin = next((other for other in extra if other[:3] == code[:3]), None)
        if twin is not None and missing[code] == extra[twin]:
            del missing[code], extra[twin]
            yield from code_messages(code.codes, twin.codes, f"{inside} in the {code_name(code)}")
    for code, count in missing.items():
        yield f"the {code_name(code)} is missing{inside}{_times(count)}"
    for code, count in extra.items():
        yield f"an extra {code_name(code)}{inside}{_times(count)}"


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def first_change(source: str, target: str) -> str:
    """Where two blocks of code begin to differ, as the end of a sentence."""
    if source.split() == target.split():
        return " in white space"
    for line, other in itertools.zip_longest(source.split("\n"), target.split("\n")):
        if line is None or other is None or line.split() != other.split():
            same = sum(
                1
                for _ in itertools.takewhile(
                    lambda pair: pair[0] == pair[1], zip(line or "", other or "", strict=False)
                )
            )
            return f": {shown(line, same)} became {shown(other, same)}"
    return ""


def one(name: str) -> str:
    """The name with its article."""
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def shown(value: object, start: int = 0) -> str:
    """A value for a message; of a long one the part around ``start``."""
    if value is None:
        return "nothing"
    text = str(value)
    if start > _LONGEST // 2:
        text = "…" + text[start - _LONGEST // 3 :]
    return _short(text.strip()) or "an empty line"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
