"""Where tables stand in a reST text.

What looks like a table in a literal block, in code or in a comment is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sphinx_amts.document.tables import fields, grid, simple
from sphinx_amts.model import Span

__all__ = ["find"]

_MAYBE = re.compile(r"^[ \t]*(?:\+-[-+]+-\+|=+(?:[ \t]+=+)+)[ \t]*$|csv-table::", re.MULTILINE)
_DIRECTIVE = re.compile(r"(?:^|\s)\.\. +(?:\|[^|]+\| +)?([\w:.+-]+?) ?::(?:\s|\Z)")
_MARKUP = re.compile(r"\.\.(?: +(?:\[|_|\|)|\Z)")
_CSV = re.compile(r"\.\. +csv-table ?::(?:\s|\Z)")
_OPTION = re.compile(r":([\w-]+):(?:\s|\Z)")
_OTHER_CSV = {"encoding", "escape", "file", "keepspace", "quote", "url"}
_DELIMITER = re.compile(r'[^\w\s"\\]')
_VERBATIM = {
    "aafig", "blockdiag", "code", "code-block", "code-cell", "digraph", "doctest", "graph", "graphviz", "highlight",
    "ipython", "jupyter-execute", "literalinclude", "math", "mermaid", "parsed-literal", "plantuml", "plot",
    "productionlist", "prompt", "raw", "replace", "sourcecode", "testcleanup", "testcode", "testoutput", "testsetup",
    "uml",
}  # fmt: skip


def find(text: str) -> Iterator[tuple[str, Span]]:
    """The kind of each table and the span of its lines, without the last line's end."""
    if not _MAYBE.search(text):
        return
    raw = text.split("\n")
    lines = [line.expandtabs().rstrip() if len(line.splitlines()) < 2 else "\r" for line in raw]
    offsets = [0]
    for line in raw:
        offsets.append(offsets[-1] + len(line) + 1)
    index = 0
    while index < len(lines):
        for kind, start, end in _at(lines, index):
            yield kind, Span(offsets[start], offsets[end] - 1)
            index = end - 1
        index += 1


def _at(lines: Sequence[str], index: int) -> Iterator[tuple[str, int, int]]:
    """The tables that begin at a line, each with its first line and the one behind its last."""
    line = lines[index].lstrip(" ")
    if grid.TOP.match(line) and _begins(lines, index):
        end = _paragraph_end(lines, index)
        if grid.read(_block(lines, index, end)):
            yield "grid", index, end
    elif simple.TOP.match(line) and _begins(lines, index):
        block = _block(lines, index, _block_end(lines, index, _indent(lines[index])))
        end = simple.end(block, 0) or 0
        behind = index + end
        if end and (behind == len(lines) or not lines[behind]) and simple.read(block[:end]):
            yield "simple", index, behind
    elif _CSV.match(line) and not _is_verbatim(lines, index):
        yield from _csv(lines, index)


def _begins(lines: Sequence[str], index: int) -> bool:
    """Whether something begins at a line for sure: a blank line is above, and the text around is parsed."""
    return not (index and lines[index - 1]) and not _is_verbatim(lines, index)


def _csv(lines: Sequence[str], index: int) -> Iterator[tuple[str, int, int]]:
    end = _block_end(lines, index + 1, _indent(lines[index]) + 1)
    margin = min((_indent(line) for line in lines[index + 1 : end] if line), default=0)
    block = [line[margin:] for line in lines[:end]]
    start, header, delimiter = index + 1, None, ","
    while start < end and block[start]:
        option = _OPTION.match(block[start])
        name = option[1] if option else ""
        goes_on = start + 1 < end and block[start + 1] and not _OPTION.match(block[start + 1])
        if name == "delim":
            delimiter = block[start].partition(" ")[2].strip()
        if name in _OTHER_CSV or not _DELIMITER.fullmatch(delimiter):
            return
        if name == "header" and not goes_on:
            header = start
        start += 1
    if header is not None and "\r" not in block[header] and fields.read([block[header]], delimiter):
        yield f"csv{delimiter}", header, header + 1
    while start < end and not block[start]:
        start += 1
    # The lines are dedented together with those of the options: a table on its own has to have their indentation.
    content = block[start:]
    aligned = any(line and not line.startswith(" ") for line in content) and "\r" not in content
    if aligned and fields.read(content, delimiter):
        yield f"csv{delimiter}", start, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _block(lines: Sequence[str], start: int, end: int) -> list[str]:
    margin = _indent(lines[start])
    block = [line[margin:] for line in lines[start:end]]
    # A line that is indented less, or whose end docutils sees elsewhere, makes it no table.
    return [] if any(line and _indent(line) < margin for line in lines[start:end]) or "\r" in block else block


def _paragraph_end(lines: Sequence[str], start: int) -> int:
    end = start
    while end < len(lines) and lines[end]:
        end += 1
    return end


def _block_end(lines: Sequence[str], start: int, margin: int) -> int:
    """The index behind the last line that is indented by a margin at least, blank lines at the end left out."""
    end = start
    while end < len(lines) and (not lines[end] or _indent(lines[end]) >= margin):
        end += 1
    while end > start and not lines[end - 1]:
        end -= 1
    return end


def _is_verbatim(lines: Sequence[str], index: int) -> bool:
    """Whether a line stands in a literal block, in code or in a comment."""
    margin = _indent(lines[index])
    while margin and index:
        index -= 1
        line = lines[index]
        if not line or _indent(line) >= margin:
            continue
        margin = _indent(line)
        directive = _DIRECTIVE.search(line)
        if directive:
            if directive[1] in _VERBATIM:
                return True
        elif line.endswith("::") or (line.lstrip(" ").startswith("..") and not _MARKUP.match(line.lstrip(" "))):
            return True
    return False
