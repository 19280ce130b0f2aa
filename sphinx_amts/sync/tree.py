"""The locale tree of one language: safe paths, atomic writes, recovery.

A target and its manifest are written in this order: the new manifest beside the old one (``.next``, synced to disk), the target
by rename, the manifest by rename.  So whatever moment a process dies at, the next run knows whether the bytes that stand
in the tree are ours: they are if they are the target of the manifest in ``.next``.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from sphinx_amts.document.flat import unflatten
from sphinx_amts.errors import ManifestError, TreeError
from sphinx_amts.pairs.manifest import Manifest, dump, load

__all__ = ["LocaleTree"]

_OWN = ".amts"
_WRITING = ".amts/.writing"


class LocaleTree:
    """The files of one language below ``root``, and their manifests below ``root/.amts``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other syncs out, and finish what a killed one left; raises TreeError where one is running."""
        try:
            (self.root / _OWN).mkdir(parents=True, exist_ok=True)
            lock = (self.root / _OWN / ".lock").open("w")
        except OSError as error:
            raise TreeError(
                f"the locale tree cannot be written: {error.strerror}",
                path=self.root,
                hint="Check its permissions, or name another place with amts_locale_dir or --target.",
            ) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise TreeError("another sync is writing this tree", path=self.root, hint="Wait until it is done.") from None
            self._recover()
            yield

    def file(self, path: str) -> Path:
        """Where a relative path stands; raises TreeError where it would leave the tree."""
        pure = PurePosixPath(path)
        place = self.root.joinpath(*pure.parts)
        if pure.is_absolute() or ".." in pure.parts or not place.resolve().is_relative_to(self.root.resolve()):
            raise TreeError("this target lies outside the locale tree", path=place, hint="Remove the link or rename it.")
        return place

    def read(self, path: str) -> str | None:
        """A target's text with its line ends, ``None`` where there is none."""
        file = self.file(path)
        try:
            return file.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise TreeError("this target is not UTF-8", path=file, line=line, hint="Save it as UTF-8.") from None
        except OSError as error:
            raise TreeError(f"this target cannot be read: {error.strerror}", path=file) from None

    def manifest(self, path: str) -> Manifest | None:
        """A document's manifest, ``None`` where there is none."""
        return load(self._manifest_file(path))

    def paths(self) -> list[str]:
        """The documents that have a manifest."""
        own = self.root / _OWN
        return sorted(file.relative_to(own).as_posix().removesuffix(".json") for file in own.rglob("*.json"))

    def write(self, manifest: Manifest, before: str | None) -> bool:
        """Put a target and its manifest in place; true if the target's bytes changed.

        ``before`` is the target as it was read: where somebody has written it since, TreeError is raised, and nothing of theirs
        is lost.
        """
        raw = unflatten(manifest.target, manifest.style)
        changed = raw != before
        file, final = self.file(manifest.path), self._manifest_file(manifest.path)
        text = dump(manifest)
        if not changed:
            if _text(final) != text:
                _put(self.root, final, text)
            return False
        following = final.with_name(final.name + ".next")
        _put(self.root, following, text)
        if self.read(manifest.path) != before:
            following.unlink()
            raise TreeError("somebody wrote this target during the sync", path=file, hint="Sync again.")
        _put(self.root, file, raw)
        os.replace(following, final)
        _sync_directory(final.parent)
        return True

    def remove(self, path: str) -> None:
        """Take a document and its manifest out of the tree."""
        self.file(path).unlink(missing_ok=True)
        self._manifest_file(path).unlink(missing_ok=True)

    def _manifest_file(self, path: str) -> Path:
        self.file(path)
        return self.root / _OWN / f"{path}.json"

    def _recover(self) -> None:
        for following in sorted((self.root / _OWN).rglob("*.json.next")):
            final = following.with_name(following.name.removesuffix(".next"))
            try:
                manifest = load(following)
            except ManifestError:
                manifest = None  # the process died while it wrote this
            if manifest is not None and self.read(manifest.path) == unflatten(manifest.target, manifest.style):
                os.replace(following, final)
            else:
                following.unlink()
        (self.root / _WRITING).unlink(missing_ok=True)


def _text(file: Path) -> str | None:
    try:
        return file.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _put(root: Path, file: Path, text: str) -> None:
    """Write a file in one step: all of it or nothing, on disk when this returns."""
    writing = root / _WRITING
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with writing.open("wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(writing, file)
        _sync_directory(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            writing.unlink()
        raise TreeError(f"this file cannot be written: {error.strerror}", path=file, hint="Check its permissions.") from None


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
