"""Which documents, and which lines of them, a person means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from sphinx_amts.errors import ConfigError
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["called", "places_called"]


def called(paths: Sequence[str], name: str, what: str, root: Path) -> list[str]:
    """The documents that a docname or a path means; raises ConfigError, with ``what`` was to be done, for none."""
    found = [path for path in paths if name in (path, path.rpartition(".")[0])]
    if not found:
        near = get_close_matches(name, [*paths, *(path.rpartition(".")[0] for path in paths)], n=1)
        hint = f"Did you mean {near[0]}?" if near else "Docnames are relative to the book's directory."
        raise ConfigError(f"there is no document {name!r} to {what}", path=root, hint=hint)
    return found


def places_called(tree: LocaleTree, names: Sequence[str], what: str) -> Mapping[str, frozenset[int]]:
    """The documents of a tree with the lines that are meant, without lines where all are; without names, all documents.

    A name is ``DOCNAME`` or ``DOCNAME:LINE``; the path of a target, as findings show it, does as well.
    """
    known = tree.paths()
    if not names:
        return dict.fromkeys(known, frozenset())
    lines: dict[str, set[int]] = {}
    whole = set()
    for name in names:
        begin, colon, end = name.rpartition(":")
        line = int(end) if colon and end.isdecimal() and end.isascii() else 0
        for path in called(known, _relative(tree, begin if line else name), what, tree.root):
            lines.setdefault(path, set()).add(line)
            whole |= set() if line else {path}
    return {path: frozenset() if path in whole else frozenset(lines[path]) for path in known if path in lines}


def _relative(tree: LocaleTree, name: str) -> str:
    """A name, relative to the tree where it is the path of a file in it."""
    place = Path(name).resolve()
    return place.relative_to(tree.root).as_posix() if place.is_relative_to(tree.root) and place.is_file() else name
