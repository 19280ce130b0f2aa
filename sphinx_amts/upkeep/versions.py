"""The manifests of a locale tree as git remembers them, oldest first; none where there is no git or no history.

The look back is bounded: so many commits, so many manifests.  One process lists them, another one gives them.  Nothing is
checked out.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sphinx_amts.errors import ManifestError
from sphinx_amts.pairs.manifest import Manifest, parse
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["COMMITS", "versions"]

COMMITS = 100
"""Commits that are looked at."""
_MOST = 1000
"""Manifests that are read; the newest ones."""


def versions(tree: LocaleTree, paths: Collection[str]) -> Mapping[str, Sequence[Manifest]]:
    """The committed manifests of some documents, oldest first; what is damaged is left out."""
    if not paths:
        return {}
    wanted = {f".amts/{path}.json": path for path in paths}
    newest_first = [(wanted[name], old, new) for name, old, new in _changes(tree.root) if name in wanted][:_MOST]
    ids: dict[str, list[str]] = {}
    for path, old, new in reversed(newest_first):
        ids.setdefault(path, [old]).append(new)
    texts = _texts(tree.root, {one for known in ids.values() for one in known if one.strip("0")})
    return {
        path: list(_parsed(tree, path, [texts[one] for one in known if one in texts])) for path, known in ids.items()
    }


def _changes(root: Path) -> Iterator[tuple[str, str, str]]:
    """Each change of a manifest, the newest first: its file below ``root``, and its contents before and after by their ids."""
    shown = ("--raw", "--no-abbrev", "--no-renames", "--relative", "--format=", "-z", "--no-show-signature")
    listed = _git(root, "log", "-n", str(COMMITS), "-m", "--first-parent", *shown, "--", ".amts")
    fields = iter(listed.decode("utf-8", errors="surrogateescape").split("\0"))
    for about in fields:
        name = next(fields, "")
        modes = about.lstrip("\n:").split(" ")
        if len(modes) == len(("old mode", "new mode", "old", "new", "status")):
            yield name, modes[2], modes[3]


def _texts(root: Path, ids: Collection[str]) -> Mapping[str, str]:
    """The contents that git has under some ids."""
    ordered = sorted(ids)
    given = io.BytesIO(
        _git(root, "cat-file", "--batch", text="".join(f"{one}\n" for one in ordered)) if ordered else b""
    )
    found = {}
    for one in ordered:
        head = given.readline().split()
        if len(head) == len(("id", "type", "size")):
            found[one] = given.read(int(head[2])).decode("utf-8", errors="replace")
            given.readline()
    return found


def _parsed(tree: LocaleTree, path: str, texts: Sequence[str]) -> Iterator[Manifest]:
    for text in texts:
        try:
            yield parse(text, tree.root / path)
        except ManifestError:
            continue


def _git(root: Path, *arguments: str, text: str = "") -> bytes:
    """What git prints; nothing where it is missing, or has nothing to say of this place."""
    try:
        done = subprocess.run(
            ["git", "--no-pager", *arguments], cwd=root, input=text.encode(), capture_output=True, check=False
        )
    except OSError:
        return b""
    return b"" if done.returncode else done.stdout
