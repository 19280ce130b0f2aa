"""The manifest: what was last synced, per language and document.

A document is a sequence of pieces: a gap, a unit, a gap, ..., a gap.  The sources of all pieces, joined, are the flat text of
the source as last synced; the targets are the flat text of the target as last written.  So a three-way merge has all that it
needs, and no offset has to be kept right.

The file is JSON with one line of text a line, keys sorted, no timestamps: git merges it line by line, and the same sync
writes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx_amts.errors import ManifestError
from sphinx_amts.model import Group, Kind, State

__all__ = ["FORMAT", "GapPiece", "Manifest", "UnitPiece", "dump", "load", "parse"]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class GapPiece:
    """A gap in the source, and what stands there in the target: the same, unless people localised it.

    ``anchor`` are the lines of the target, right before its last one, that label the heading behind the gap and are ours.
    """

    source: str
    target: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class UnitPiece:
    """A unit: the characters of its span in source and target, how they are encoded, and its groups."""

    kind: Kind
    source: str
    target: str
    groups: tuple[Group, ...]
    encoding: str = "lines"
    prefix: str = ""
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One document in one language.

    ``attic`` keeps what people wrote for sentences that are no more.  ``edition`` says from which edition a human translation
    was taken over, and ``beside`` is the path of its file in the locale tree, where it stands there.
    """

    path: str
    pieces: tuple[GapPiece | UnitPiece, ...]
    style: str = ""
    attic: tuple[Group, ...] = ()
    reader: str = ""
    splitter: str = ""
    edition: str = ""
    beside: str = ""

    @property
    def source(self) -> str:
        """The flat text of the source as last synced."""
        return "".join(piece.source for piece in self.pieces)

    @property
    def target(self) -> str:
        """The flat text of the target as last written."""
        return "".join(piece.target for piece in self.pieces)

    @property
    def anchors(self) -> tuple[str, ...]:
        """The lines of the target that label headings and are ours."""
        gaps = (piece for piece in self.pieces if isinstance(piece, GapPiece))
        return tuple(line for gap in gaps for line in gap.anchor.splitlines() if line)

    @property
    def units(self) -> tuple[UnitPiece, ...]:
        """The units alone."""
        return tuple(piece for piece in self.pieces if isinstance(piece, UnitPiece))


def dump(manifest: Manifest) -> str:
    """The manifest as it stands in its file."""
    data: dict[str, Any] = {
        "amts": FORMAT,
        "path": manifest.path,
        "reader": manifest.reader,
        "splitter": manifest.splitter,
        "pieces": [_gap(piece) if isinstance(piece, GapPiece) else _unit(piece) for piece in manifest.pieces],
    }
    for name in ("style", "edition", "beside"):
        if value := getattr(manifest, name):
            data[name] = value
    if manifest.attic:
        data["attic"] = [_group(group) for group in manifest.attic]
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def load(path: Path) -> Manifest | None:
    """A manifest from its file, ``None`` where there is none.  Raises ManifestError for a damaged or newer one."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"this manifest cannot be read: {error}", path=path, hint=_HINT) from None
    return parse(text, path)


_HINT = "Restore it from version control. Nothing was changed."
_MERGE_HINT = "It holds the marks of a merge: settle them first, or take one side with git checkout --ours."


def parse(text: str, path: Path) -> Manifest:
    """A manifest from its text; ``path`` is named in errors."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = _MERGE_HINT if "<<<<<<<" in text else _HINT
        raise ManifestError(
            f"this manifest is damaged: {error}", path=path, line=getattr(error, "lineno", 0), hint=hint
        ) from None
    version = data.get("amts") if isinstance(data, dict) else None
    if not isinstance(version, int) or version < 1:
        raise ManifestError("this is no manifest: it does not say its format", path=path, hint=_HINT)
    if version > FORMAT:
        raise ManifestError(
            f"a newer version of sphinx-amts wrote this manifest (format {version}, known is {FORMAT})",
            path=path,
            hint="Upgrade: pip install -U sphinx-amts",
        )
    try:
        return Manifest(
            path=_text(data["path"]),
            pieces=_read_pieces(data["pieces"]),
            style=_text(data.get("style", "")),
            attic=tuple(_read_group(item) for item in data.get("attic", ())),
            reader=_text(data["reader"]),
            splitter=_text(data["splitter"]),
            edition=_text(data.get("edition", "")),
            beside=_text(data.get("beside", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ManifestError(f"this manifest is damaged: {error!r}", path=path, hint=_HINT) from None


def _lines(text: str) -> str | list[str]:
    return text.splitlines(keepends=True) if text.count("\n") > 1 else text


def _gap(piece: GapPiece) -> dict[str, Any]:
    data: dict[str, Any] = {"gap": _lines(piece.source)}
    if piece.target != piece.source:
        data["target"] = _lines(piece.target)
    if piece.anchor:
        data["anchor"] = _lines(piece.anchor)
    return data


def _unit(piece: UnitPiece) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": piece.kind.value,
        "source": _lines(piece.source),
        "target": _lines(piece.target),
        "groups": [_group(group) for group in piece.groups],
    }
    if piece.encoding != "lines":
        data["encoding"] = piece.encoding
    for name in ("prefix", "ids", "names"):
        if value := getattr(piece, name):
            data[name] = value
    return data


def _group(group: Group) -> dict[str, Any]:
    data: dict[str, Any] = {
        "source": group.source,
        "target": group.target,
        "origin": group.origin,
        "state": group.state.value,
    }
    for name in ("stale", "unsure"):
        if getattr(group, name):
            data[name] = True
    if group.proposal is not None:
        data["proposal"] = group.proposal
    if group.refused:
        data["refused"] = group.refused
    if group.former:
        data["former"] = group.former
    if group.reviewer:
        data["reviewer"] = group.reviewer
    return data


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(_text(line) for line in value)
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _read_pieces(items: list[dict[str, Any]]) -> tuple[GapPiece | UnitPiece, ...]:
    """A gap, a unit, a gap, ..., a gap: a merge that git settled by itself may have broken this."""
    pieces = tuple(_read_unit(item) if "kind" in item else _read_gap(item) for item in items)
    if len(pieces) % 2 == 0 or any(isinstance(piece, UnitPiece) != number % 2 for number, piece in enumerate(pieces)):
        raise ValueError("its gaps and units do not alternate")
    return pieces


def _read_gap(item: dict[str, Any]) -> GapPiece:
    source = _text(item["gap"])
    return GapPiece(source, _text(item.get("target", source)), _text(item.get("anchor", "")))


def _read_unit(item: dict[str, Any]) -> UnitPiece:
    return UnitPiece(
        kind=Kind(item["kind"]),
        source=_text(item["source"]),
        target=_text(item["target"]),
        groups=tuple(_read_group(group) for group in item["groups"]),
        encoding=_text(item.get("encoding", "lines")),
        prefix=_text(item.get("prefix", "")),
        ids=_texts(item.get("ids", ())),
        names=_texts(item.get("names", ())),
    )


def _read_group(item: dict[str, Any]) -> Group:
    return Group(
        source=_texts(item["source"]),
        target=_texts(item["target"]),
        origin=_text(item["origin"]),
        state=State(item["state"]),
        stale=bool(item.get("stale", False)),
        proposal=None if item.get("proposal") is None else _text(item["proposal"]),
        refused=_text(item.get("refused", "")),
        former=_texts(item.get("former", ())),
        reviewer=_text(item.get("reviewer", "")),
        unsure=bool(item.get("unsure", False)),
    )
