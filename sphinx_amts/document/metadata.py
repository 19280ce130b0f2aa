"""Texts that a reader sees but no doctree holds: front matter, the options of code cells, a book's own YAML files.

PyYAML says where each scalar stands; only the characters of the scalar are ever replaced, nothing is re-serialised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import yaml

from sphinx_amts.document.encodings import decode
from sphinx_amts.model import Kind, Span, Unit

__all__ = ["configuration", "markdown", "table_of_contents"]

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_CELL = re.compile(
    r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,}|:{3,})\{code-cell\}[^\n]*\n"
    r"(?P<yaml>[ \t]*---[ \t]*\n(?P<block>.*?\n)[ \t]*---[ \t]*\n)",
    re.MULTILINE | re.DOTALL,
)

Path = tuple[str, ...]


def markdown(text: str) -> Iterator[Unit]:
    """``title`` and ``html_meta`` texts of the front matter, and captions and alternative texts of code cells."""
    front = _FRONT_MATTER.match(text)
    if front:
        yield from _units(front[1], front.start(1), _front_matter)
    for cell in _CELL.finditer(text):
        if "\n" + cell["fence"] not in cell["block"]:  # else the block ran into the next cell
            yield from _units(cell["block"], cell.start("block"), _cell_option)


def table_of_contents(text: str) -> Iterator[Unit]:
    """Captions and titles of a Jupyter Book's ``_toc.yml``."""
    yield from _units(text, 0, lambda path: Kind.CAPTION if path[-1] in ("caption", "title") else None)


def configuration(text: str) -> Iterator[Unit]:
    """Title and description of a Jupyter Book's ``_config.yml``."""
    yield from _units(text, 0, lambda path: Kind.METADATA if path in (("title",), ("description",)) else None)


def _front_matter(path: Path) -> Kind | None:
    if path == ("title",):
        return Kind.TITLE
    is_text = "html_meta" in path[:-1] and not path[-1].startswith(("http-equiv", "property=og:image"))
    return Kind.METADATA if is_text and path[-1].split()[0].split("=")[-1] in _META_TEXTS else None


_BLOCK = re.compile(r"[|>][^\n]*\n\s*?(?P<indent>[ \t]+)(?P<text>\S.*)", re.DOTALL)
_META_TEXTS = frozenset({"description", "keywords", "title", "og:title", "og:description", "description lang"})


def _cell_option(path: Path) -> Kind | None:
    if path[-1] == "caption":
        return Kind.CAPTION
    return Kind.ALT if path[-1] == "alt" else None


def _units(text: str, offset: int, kind_of: Callable[[Path], Kind | None]) -> Iterator[Unit]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return  # whoever reads the file for its purpose will say so
    for path, node in _scalars(root, ()):
        kind = kind_of(path)
        if kind is not None and node.tag == "tag:yaml.org,2002:str" and node.value.strip():
            start, end = node.start_mark.index, node.end_mark.index
            unit = (
                _block(text, start, end, kind)
                if node.style in ("|", ">")
                else _flow(text, start, end, kind, node.style)
            )
            if unit is not None:
                yield replace(unit, span=Span(offset + unit.span.start, offset + unit.span.end))


def _flow(text: str, start: int, end: int, kind: Kind, quote: str | None) -> Unit | None:
    """A plain or quoted scalar on one line."""
    raw = text[start:end]
    if "\n" in raw:
        return None
    return Unit(kind, Span(start, end), decode(raw, "yaml", quote or ""), encoding="yaml", prefix=quote or "")


def _block(text: str, start: int, end: int, kind: Kind) -> Unit | None:
    """The lines of a block scalar, where they are one paragraph; its head and indentation belong to the gap."""
    content = _BLOCK.match(text, start, end)
    if content is None or re.search(r"\n[ \t]*\n", content["text"].rstrip()):
        return None
    begin = content.start("text")
    raw = content["text"].rstrip()
    return Unit(kind, Span(begin, begin + len(raw)), decode(raw, "lines", content["indent"]), prefix=content["indent"])


def _scalars(node: yaml.Node | None, path: Path) -> Iterator[tuple[Path, yaml.ScalarNode]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value, path)
    elif isinstance(node, yaml.ScalarNode) and path:
        yield path, node
