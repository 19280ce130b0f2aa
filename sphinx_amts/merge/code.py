"""Lines of a gap as a merge compares them: without what people translate in code.

Of a line of code, strings and comments are masked; of an option, its value.  Lines of anything else (mathematics, labels, raw
text) are compared as they stand.  Code is cut by patterns, because a gap may begin or end anywhere, and cells hold what no
compiler knows: ``%matplotlib``, ``!pip``, ``%%tab``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

__all__ = ["Line", "Token", "code_lines", "fences", "is_fence", "is_whole", "lines"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a line; ``kind`` is ``string``, ``comment``, ``value``, ``blank`` or ``code``."""

    kind: str
    text: str

    @property
    def is_masked(self) -> bool:
        """Whether it may be localised without a change of the code."""
        return self.kind in _MASKED

    @property
    def mask(self) -> str:
        """What of it must be the same in a translation."""
        return f"\0{self.kind}" if self.is_masked else self.text


_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")

_MASKED = ("string", "comment", "value")


@dataclass(frozen=True)
class Line:
    """A line with its end.  ``tokens``, joined, are the line without its end; what is not cut has none."""

    text: str
    tokens: tuple[Token, ...] = ()
    name: str = ""
    """What it is known by, whatever it says."""
    is_frame: bool = False
    """Whether it says nothing by itself: a key whose values stand below it."""
    masked: str = field(init=False, compare=False)
    """What of it must be the same in a translation: strings and values have their place, a comment at the end has none."""

    def __post_init__(self) -> None:
        masked = "".join(token.mask for token in self.tokens).rstrip()
        whole = self.text.rstrip("\r\n")
        object.__setattr__(self, "masked", masked.removesuffix("\0comment").rstrip() if self.tokens else whole)

    @property
    def end(self) -> str:
        """The characters that end it."""
        return self.text[len(self.text.rstrip("\r\n")) :]

    @property
    def is_solid(self) -> bool:
        """Whether it is a line to recognise: neither blank nor punctuation only (private characters stand for text)."""
        letters = (character.isalnum() or character >= "\U000f0000" for character in self.text)
        return not self.is_frame and any(letters)


def lines(text: str, suffix: str) -> list[Line]:
    """The lines of a part of a file; their texts, joined, are it.  ``suffix`` is the file name's."""
    raw = _LINE.findall(text)
    if suffix in (".yml", ".yaml"):
        return list(_yaml(raw))
    if suffix in (".rst", ".txt"):
        return list(_rest(raw))
    return list(_markdown(raw))


def code_lines(text: str, language: str = "") -> list[Line]:
    """The lines of a piece of code."""
    scan = _Scanner(_syntax(language))
    return [_option(line, _OPTION) or scan(line) for line in _LINE.findall(text)]


def is_fence(text: str) -> bool:
    """Whether a line of Markdown opens or closes a block: of code, of a directive, of mathematics."""
    return _BLOCK.match(text) is not None


def fences(texts: Iterable[str]) -> str:
    """The fences of lines of Markdown: ``(`` opens a block, ``)`` closes one or opens one without a name, ``$`` does either."""
    return "".join(_fence_kind(found) for found in map(_BLOCK.match, texts) if found)


def _fence_kind(found: re.Match[str]) -> str:
    if found["math"]:
        return "$"
    return "(" if found.string[found.end() :].strip("`~: \t\r\n") else ")"


def is_whole(some: str) -> bool:
    """Whether fences open and close blocks one after the other, none within another."""
    return re.fullmatch(r"(?:\(\)|\$\$)*", some) is not None


# Languages


@dataclass(frozen=True, slots=True)
class _Syntax:
    """How a family of languages writes comments and strings; ``blocks`` are those that may go on on the next line."""

    comment: str
    blocks: tuple[tuple[str, str, str], ...] = ()
    quotes: str = "\"'"

    def pattern(self) -> re.Pattern[str]:
        opening = "|".join(re.escape(mark) for _, mark, _ in self.blocks) or r"(?!)"
        strings = "|".join(rf"{quote}(?:\\.|[^{quote}\\])*{quote}" for quote in self.quotes)
        return re.compile(
            rf"(?P<block>(?:(?i:[rbuf]{{1,2}})(?=[\"']))?(?P<mark>{opening}))|(?P<string>(?i:[rbuf]{{1,2}}(?=[\"']))?(?:{strings}))"
            rf"|(?P<comment>(?:{self.comment})(?<!\s))|(?P<blank>\s+)|(?P<code>\w+|.)"
        )


_HASH = _Syntax(r"#.*", (("string", '"""', '"""'), ("string", "'''", "'''")))
_C = _Syntax(r"//.*", (("comment", "/*", "*/"), ("string", "`", "`")))
_DASH = _Syntax(r"--.*", (("comment", "/*", "*/"), ("comment", "{-", "-}"), ("comment", "--[[", "]]")))
_PERCENT = _Syntax(r"%.*", (("comment", "%{", "%}"),), '"')
_SEMICOLON = _Syntax(r";.*", (), '"')

_LANGUAGES: dict[str, _Syntax] = {
    **dict.fromkeys(
        "c c++ cpp cuda java javascript js ts typescript jsx tsx go rust scala swift kotlin csharp c# php dart css scss".split(),
        _C,
    ),
    **dict.fromkeys("sql lua haskell hs ada vhdl elm".split(), _DASH),
    **dict.fromkeys("matlab octave latex tex erlang prolog".split(), _PERCENT),
    **dict.fromkeys("lisp clojure scheme racket asm nasm".split(), _SEMICOLON),
}


def _syntax(name: str) -> _Syntax:
    """The family of a language: most write as Python, R, Julia, shells and YAML do."""
    return _LANGUAGES.get(name.lower(), _HASH)


class _Scanner:
    """Cuts line after line of one piece of code."""

    def __init__(self, syntax: _Syntax) -> None:
        self._pattern = syntax.pattern()
        self._blocks = {mark: (kind, end) for kind, mark, end in syntax.blocks}
        self._open: tuple[str, str] | None = None

    def __call__(self, line: str) -> Line:
        return Line(line, tuple(self._tokens(line.rstrip("\r\n"))))

    def _tokens(self, body: str) -> Iterator[Token]:
        at = start = 0
        while at < len(body):
            if self._open is None:
                found = self._pattern.match(body, at)
                assert found is not None  # the last branch takes any character
                start, at = at, found.end()
                if found["mark"] is None:
                    yield Token(str(found.lastgroup), found[0])
                    continue
                self._open = self._blocks[found["mark"]]
            else:
                start = at + len(body[at:]) - len(body[at:].lstrip())
                if start > at:
                    yield Token("blank", body[at:start])
            kind, mark = self._open
            end = body.find(mark, at)
            self._open = None if end >= 0 else self._open
            at = end + len(mark) if end >= 0 else len(body)
            words = body[start:at].rstrip()
            yield from (Token(kind, words),) if words else ()
            yield from (Token("blank", body[start + len(words) : at]),) if start + len(words) < at else ()


# Markup

_OPTION = re.compile(r"(?P<name>[ \t>]*:[\w-]+:)(?P<blank>[ \t]+|\Z)(?P<value>.*)")
_KEY = re.compile(r"(?P<name>[ \t>]*(?:- )?[\w.-]+:)(?P<blank>[ \t]+|\Z)(?P<value>.*)")


def _option(line: str, *patterns: re.Pattern[str]) -> Line | None:
    """An option of a directive, or a key of YAML."""
    found = next((found for pattern in patterns if (found := pattern.fullmatch(line.rstrip("\r\n")))), None)
    if found is None:
        return None
    kinds = (("code", "name"), ("blank", "blank"), ("value", "value"))
    return Line(line, tuple(Token(kind, found[group]) for kind, group in kinds if found[group]))


_ENTRY = re.compile(r"[ \t]*- ")
_BARE = re.compile(r"[ \t]*[\w.-]+:[ \t]*")


def _yaml(raw: Iterable[str]) -> Iterator[Line]:
    """Lines of YAML: an entry of a list is what it says, such as a file of a table of contents; a value may be localised."""
    for line in raw:
        if _ENTRY.match(line):
            yield Line(line)
        elif _BARE.fullmatch(line.rstrip("\r\n")):
            yield Line(line, is_frame=True)
        else:
            yield _option(line, _KEY) or Line(line)


_FENCE = re.compile(r"[ \t>]*(?P<mark>`{3,}|~{3,}|:{3,})[ \t]*(?P<info>[^`\n]*)")
# A character for private use stands for a unit, which may be empty.
_BLOCK = re.compile(r"[ \t>\U000f0000-\U0010ffff]*(?:```|~~~|:::|(?P<math>\$\$))")
_DIRECTIVE = re.compile(r"\{(?P<name>[\w.:+-]*)[^}]*\}[ \t]*(?P<argument>\S*)")
_CODE_DIRECTIVES = (
    "code",
    "code-block",
    "code-cell",
    "sourcecode",
    "ipython",
    "jupyter-execute",
    "testcode",
    "doctest",
)


@dataclass(frozen=True, slots=True)
class _Fence:
    mark: str
    scan: Callable[[str], Line] | None

    def is_closed_by(self, mark: str, info: str) -> bool:
        return not info and mark[0] == self.mark[0] and len(mark) >= len(self.mark)


def _markdown(raw: Sequence[str]) -> Iterator[Line]:
    """Lines of Markdown; where the first fence can only be a closing one, the text begins inside code."""
    fences: list[_Fence] = []
    is_yaml = False
    if mark := _closing(raw):
        fences.append(_Fence(mark, _Scanner(_HASH)))
        cell = list(takewhile(lambda line: not _FENCE.match(line), raw))
        is_yaml = cell.count("---\n") == 1
    for number, line in enumerate(raw):
        found = _FENCE.match(line)
        top = fences[-1] if fences else None
        if found and top and top.is_closed_by(found["mark"], found["info"].strip()):
            fences.pop()
            yield Line(line)
        elif found and (top is None or top.scan is None):
            fences.append(_Fence(found["mark"], _code(found["info"].strip())))
            yield Line(line)
        elif top is None or top.scan is None:
            yield _option(line, _OPTION, _KEY) or Line(line)
        elif line.rstrip() == "---" and (is_yaml or _FENCE.match(raw[number - 1])):
            is_yaml = not is_yaml
            yield Line(line)
        else:
            yield _option(line, _OPTION, *([_KEY] if is_yaml else [])) or top.scan(line)


def _closing(raw: Sequence[str]) -> str:
    """The mark of a fence that was opened before the text; empty if none was."""
    fences: list[_Fence] = []
    alone: list[str] = []
    for found in filter(None, map(_FENCE.match, raw)):
        mark, info = found["mark"], found["info"].strip()
        if fences and fences[-1].is_closed_by(mark, info):
            fences.pop()
        elif info and (not fences or fences[-1].scan is None):
            fences.append(_Fence(mark, _code(info)))
        elif not fences:
            alone.append(mark)
    return alone[0] if len(alone) % 2 else ""


def _code(info: str) -> Callable[[str], Line] | None:
    """How lines behind a fence are cut; ``None`` where they are no code."""
    found = _DIRECTIVE.match(info)
    if found is None:
        return _Scanner(_syntax(info.partition(" ")[0]))
    name, argument = found["name"].lstrip("."), found["argument"]
    if name in _CODE_DIRECTIVES:
        return _Scanner(_syntax(argument))
    return _Scanner(_syntax(name)) if found["name"].startswith(".") else None


_LITERAL = re.compile(r"(?P<indent>[ \t]*)(?:.*::[ \t]*(?P<argument>[\w+#-]*)|>>> .*)[ \t]*")


def _rest(raw: Sequence[str]) -> Iterator[Line]:
    """Lines of reST: what is indented under a directive or behind ``::`` is cut as code, which harms no other."""
    scan: _Scanner | None = None
    margin = 0
    for line in raw:
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent <= margin:
            scan = None
        found = _LITERAL.fullmatch(line.rstrip("\r\n"))
        if scan is None and found:
            scan, margin = _Scanner(_syntax(found["argument"] or "")), indent
            yield scan(line) if ">>>" in line else Line(line)
        else:
            yield _option(line, _OPTION) or (scan(line) if scan else Line(line))
