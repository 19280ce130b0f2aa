"""Pairs that are not sure, in a text file that a person marks and ``adopt`` reads back.

::

    [?] money.md:376 from line 371
        < What the source says.
        > What stands in the translation.

A mark is ``?`` (not yet settled), ``y`` (they belong together), ``n`` (they do not), or the line at which the right target
begins in the translation.  Lines that begin with ``#`` and empty lines say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinx_amts.document.encodings import decode
from sphinx_amts.document.flat import flat_of
from sphinx_amts.errors import ConfigError
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["Marked", "Unsure", "listed", "marked", "unsure_pairs"]

_HEAD = """\
# These pairs are not sure. In each, write for the question mark:
#   y    they belong together
#   n    they do not: the source is left out, and the text of the translation is its translators' own
#   17   another text is the right one: the number of the line at which it begins in the translation
# Then run the same command again. A pair that keeps its question mark is asked again.
"""
_PAIR = re.compile(r"\[\s*(?P<mark>[^\]]*?)\s*\]\s*(?P<path>.+):(?P<line>\d+) from line (?P<source_line>\d+)")
_TEXT = re.compile(r"\s*([<>]) ?(.*)")


@dataclass(frozen=True, slots=True)
class Unsure:
    """A pair: its document, the lines on which source and target begin, and both texts, each on one line."""

    path: str
    line: int
    source_line: int
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What a person says of a pair: ``y``, ``n`` or a line; and where it is said."""

    pair: Unsure
    mark: str
    file: Path
    at: int

    def error(self, message: str, hint: str = "") -> ConfigError:
        """An error that names the place in the file."""
        return ConfigError(message, path=self.file, line=self.at, hint=hint)


def unsure_pairs(translation: Path) -> Iterator[Unsure]:
    """The pairs of a translation that are not sure, document by document; raises ManifestError for a damaged manifest."""
    tree = LocaleTree(translation.resolve())
    for path in tree.paths():
        manifest = tree.manifest(path)
        for _, pair in pairs_of(manifest) if manifest else ():
            yield pair


def pairs_of(manifest: Manifest) -> Iterator[tuple[int, Unsure]]:
    """Those of one document, each with the number of its unit."""
    suffix = PurePosixPath(manifest.path).suffix
    source, target = (flat_of(text, manifest.style, suffix) for text in (manifest.source, manifest.target))
    lines, number = [1, 1], 0
    for piece in manifest.pieces:
        if isinstance(piece, UnitPiece):
            if any(group.unsure for group in piece.groups):
                texts = (_plain(decode(text, piece.encoding, piece.prefix)) for text in (piece.source, piece.target))
                yield number, Unsure(manifest.path, target.raw_line(lines[1]), source.raw_line(lines[0]), *texts)
            number += 1
        lines = [lines[0] + piece.source.count("\n"), lines[1] + piece.target.count("\n")]


def listed(pairs: Sequence[Unsure]) -> str:
    """The file that asks about pairs."""
    asked = (
        f"\n[?] {pair.path}:{pair.line} from line {pair.source_line}\n    < {pair.source}\n    > {pair.target}\n"
        for pair in pairs
    )
    return _HEAD + ("".join(asked) or "\n# None is left.\n")


def marked(file: Path) -> list[Marked]:
    """The pairs of a file that are settled; raises ConfigError, with its line, for what cannot be understood."""
    try:
        lines = file.read_bytes().decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"this list of pairs cannot be read: {error}", path=file) from None
    found: list[Marked] = []
    texts: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        if head := _PAIR.fullmatch(line.strip()):
            texts = ["", ""]
            pair = Unsure(head["path"], int(head["line"]), int(head["source_line"]), "", "")
            found.append(Marked(pair, _mark(head["mark"], file, number), file, number))
        elif found and (text := _TEXT.fullmatch(line)):
            texts["<>".index(text[1])] = text[2].strip()
            last = found[-1]
            pair = Unsure(last.pair.path, last.pair.line, last.pair.source_line, *texts)
            found[-1] = Marked(pair, last.mark, file, last.at)
        else:
            hint = "A pair begins with [?], [y], [n] or [LINE]; its texts begin with < and >. To begin anew, remove the file."
            raise ConfigError("this line says nothing of a pair", path=file, line=number, hint=hint)
    return [each for each in found if each.mark != "?"]


def _mark(text: str, file: Path, number: int) -> str:
    mark = text.lower()
    if mark in ("?", "y", "n") or (mark.isascii() and mark.isdigit()):
        return mark
    hint = "Write ?, y, n, or the number of a line of the translation."
    raise ConfigError(f"[{text}] is no mark", path=file, line=number, hint=hint)


def _plain(text: str) -> str:
    return " ".join(text.split())
