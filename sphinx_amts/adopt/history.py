"""The revisions of a book's documents in a git repository, newest first.

1. ``book_in`` finds where in the repository the book stands.
2. ``history`` gives the distinct texts that each document ever had there, across renames, in one walk over all commits.
3. ``contents`` reads them.

The repository is not trusted: nothing is checked out, no hook, filter or helper of its configuration runs, no network is
used, and its paths are compared with a translation's, never opened.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sphinx_amts.errors import ConfigError

__all__ = ["Revision", "book_in", "contents", "history"]

_LARGEST = 5_000_000
_QUIET = (
    *("--no-pager", "--literal-pathspecs", "--no-replace-objects"),
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "core.alternateRefsCommand="),
    *("-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "log.mailmap=false"),
)
_REFS = ("HEAD", "--branches", "--tags", "--remotes")
_COMMIT = "\x01"
_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that a document had: the commit that wrote it, and the path that it had there."""

    commit: str
    path: str
    blob: str

    def __str__(self) -> str:
        """As ``git show`` takes it."""
        return f"{self.commit[:12]}:{self.path}"


def book_in(repository: Path, paths: Iterable[str]) -> str:
    """The folder of HEAD, relative to the repository, below which most of the paths stand; empty or with a slash.

    Of two that have as many, the one with the shorter name.  Raises ConfigError where ``repository`` is no repository, or has
    none of the paths.
    """
    below = _git(repository, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip("\n")
    files = _texts(_git(repository, "ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD"))
    ends: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        ends[PurePosixPath(path).name].append(path)
    votes: Counter[str] = Counter()
    for file in files:
        for path in ends.get(PurePosixPath(file).name, ()) if file.startswith(below) else ():
            if file == path or file.endswith(f"/{path}"):
                votes[file.removesuffix(path)] += 1
    votes = Counter({place: count for place, count in votes.items() if place.startswith(below)})
    if not votes:
        hint = "Give the repository of the book, or the folder of the book in it."
        raise ConfigError("no document of this translation is in this repository", path=repository, hint=hint)
    return min(votes, key=lambda place: (-votes[place], len(place), place))


def history(repository: Path, prefix: str, paths: Iterable[str]) -> dict[str, list[Revision]]:
    """The distinct texts of each document, newest first, under its name and the names that it had before.

    All branches and tags count: a translation may follow a release.
    """
    names: dict[str, list[str]] = {f"{prefix}{path}": [path] for path in paths}
    found: dict[str, dict[str, Revision]] = {path: {} for path in paths}
    walk = ("log", *_REFS, "--date-order", "-c", "--raw", "--no-abbrev", "-M", "-z", f"--format={_COMMIT}%H")
    for commit, old, new, blob in _changes(_texts(_git(repository, *walk, "--no-textconv", "--no-ext-diff", "--"))):
        for path in names.get(new, ()):
            found[path].setdefault(blob, Revision(commit, new, blob))
            if old != new and path not in names.setdefault(old, []):
                names[old].append(path)
    return {path: list(revisions.values()) for path, revisions in found.items()}


def _changes(items: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """What commits wrote: the commit, the path before and after, and the blob; links and submodules left out.

    An item is a commit, a change (``:mode mode blob blob M``, with a colon and a blob for each parent), or a path of it.
    """
    rest = iter(items)
    commit = ""
    for item in rest:
        line = item.lstrip("\n")
        if line.startswith(_COMMIT):
            commit = line[1:]
        elif line.startswith(":"):
            parents = len(line) - len(line.lstrip(":"))
            fields = line[parents:].split(" ")
            old = new = next(rest, "")
            if parents == 1 and fields[-1][:1] in ("R", "C"):
                new = next(rest, "")
            if fields[parents] in _FILES:
                yield commit, old, new, fields[2 * parents + 1]


def contents(repository: Path, blobs: Sequence[str]) -> dict[str, bytes]:
    """The bytes of blobs; those that are missing or too large to be prose are left out."""
    wanted = list(dict.fromkeys(blobs))
    said = _git(repository, "cat-file", "--batch-check", said="".join(f"{blob}\n" for blob in wanted))
    small = [row[0] for line in said.decode().splitlines() if _is_small(row := line.split(" "))]
    raw = _git(repository, "cat-file", "--batch", said="".join(f"{blob}\n" for blob in small))
    found, at = {}, 0
    for blob in small:
        end = raw.index(b"\n", at)
        size = int(raw[at:end].split(b" ")[2])
        found[blob] = raw[end + 1 : end + 1 + size]
        at = end + size + 2
    return found


def _is_small(row: Sequence[str]) -> bool:
    return len(row) == 3 and row[1] == "blob" and int(row[2]) <= _LARGEST


def _texts(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "surrogateescape").split("\0")


def _git(repository: Path, *arguments: str, said: str = "") -> bytes:
    """What git prints; raises ConfigError with git's own words where it fails."""
    command = ["git", "-C", str(repository), *_QUIET, *arguments]
    try:
        done = subprocess.run(command, input=said.encode(), capture_output=True, check=False, env=_environment())
    except OSError as error:
        raise ConfigError(f"git cannot be run: {error.strerror}", hint="Install git.") from None
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        hint = "Give a clone of the book's repository with its history."
        raise ConfigError(f"git cannot read this repository: {words}", path=repository, hint=hint)
    return done.stdout


def _environment() -> Mapping[str, str]:
    """Ours, without what would point git elsewhere, and without a way to fetch what is missing."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**own, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "LC_ALL": "C"}
