"""The locale tree of one language: safe paths, atomic writes, recovery.

A target and its manifest are written in this order: the target as it stands, where people edited it (``.before``), the new
manifest beside the old one (``.next``), each synced to disk, then the target by rename, the manifest by rename.  So whatever
moment a process dies at, the next run knows whether the bytes that stand in the tree are ours: they are if they are the target
of the manifest in ``.next``, or nearer to it than to what stood there before.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from sphinx_amts.document.flat import unflatten
from sphinx_amts.errors import ManifestError, TreeError
from sphinx_amts.pairs.manifest import Manifest, dump, load

__all__ = ["LocaleTree", "WrittenMeanwhile", "work_tree"]


class WrittenMeanwhile(TreeError):
    """Somebody wrote a target after it was read for a sync."""


_OWN = ".amts"
_WRITING = ".amts/.writing"


class LocaleTree:
    """The files of one language below ``root``, and their manifests below ``root/.amts``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other syncs out, and finish what a killed one left; raises TreeError where one is running.

        Of a tree that was not there and in which nothing was written, nothing is left.
        """
        file = self._inside(self.root / _OWN / ".lock")
        missing = [place for place in (file.parent, *file.parent.parents) if not place.exists()]
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            lock = file.open("w")
        except OSError as error:
            raise TreeError(
                f"the locale tree cannot be written: {error.strerror}",
                path=self.root,
                hint="Check its permissions, or name another place with amts_locale_dir or --target.",
            ) from None
        with lock:
            if not _taken(lock, file):
                raise TreeError("another sync is writing this tree", path=self.root, hint="Wait until it is done.")
            try:
                self._recover()
                yield
            finally:
                file.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    for place in missing:
                        place.rmdir()  # fails, as it should, where something was written

    def file(self, path: str) -> Path:
        """Where a relative path stands; raises TreeError where it would leave the tree."""
        pure = PurePosixPath(path)
        place = self.root.joinpath(*pure.parts)
        if pure.is_absolute() or ".." in pure.parts:
            raise TreeError("this target lies outside the locale tree", path=place, hint="Rename the document.")
        if pure.parts[:1] == (_OWN,):
            raise TreeError("this target lies where the manifests are", path=place, hint="Rename the document.")
        return self._inside(place)

    def _inside(self, place: Path) -> Path:
        """A place itself; raises TreeError where links lead it out of the tree."""
        if not place.resolve().is_relative_to(self.root.resolve()):
            hint = "A symbolic link leads out of the tree: put a copy in its place."
            raise TreeError("this target lies outside the locale tree", path=place, hint=hint)
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
        """A document's manifest, ``None`` where there is none; raises ManifestError for a damaged or newer one."""
        file = self._manifest_file(path)
        found = load(file)
        if found is not None and found.path != path:
            hint = "Restore it from version control. Nothing was changed."
            raise ManifestError(f"this is the manifest of {found.path}", path=file, hint=hint)
        return found

    def paths(self) -> list[str]:
        """The documents that have a manifest."""
        own = self.root / _OWN
        return sorted(file.relative_to(own).as_posix().removesuffix(".json") for file in own.rglob("*.json"))

    def files(self) -> list[str]:
        """The files of the tree, without manifests, hidden ones, what was built, and links."""
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".") and name != "_build"]
            place = Path(folder).relative_to(self.root)
            names = [name for name in names if not name.startswith(".") and not Path(folder, name).is_symlink()]
            found += [(place / name).as_posix() for name in names]
        return sorted(found)

    @property
    def record_file(self) -> Path:
        """Where the record of localised files stands."""
        return self._inside(self.root / _OWN / ".localised")

    def record(self) -> str | None:
        """The text of the record of localised files, ``None`` where there is none."""
        return _text(self.record_file)

    def write_record(self, text: str | None) -> None:
        """Put another record in place, or none."""
        if text is None:
            self.record_file.unlink(missing_ok=True)
        else:
            _put(self.root, self.record_file, text)

    def write(self, manifest: Manifest, before: str | None) -> bool:
        """Put a target and its manifest in place; true if the target's bytes changed.

        ``before`` is the target as it was read: where somebody has written it since, WrittenMeanwhile is raised, and nothing
        of theirs is lost.
        """
        raw = unflatten(manifest.target, manifest.style)
        changed = raw != before
        file, final = self.file(manifest.path), self._manifest_file(manifest.path)
        text = dump(manifest)
        if not changed:
            if _text(final) != text:
                _put(self.root, final, text)
            return False
        if before is not None and before != self._last_written(manifest.path):
            _put(self.root, _journal(final)[1], before)
        self._put_both(file, raw, final, text, lambda: self.read(manifest.path) == before)
        return True

    def _put_both(self, file: Path, raw: str, final: Path, text: str, may: Callable[[], bool]) -> None:
        """Put a target and its manifest in place, if nobody wrote the target since it was read."""
        following, standing = _journal(final)
        _put(self.root, following, text)
        if not may():
            following.unlink()
            standing.unlink(missing_ok=True)
            raise WrittenMeanwhile("somebody wrote this target during the sync", path=file, hint="Sync again.")
        _put(self.root, file, raw)
        os.replace(following, final)
        standing.unlink(missing_ok=True)
        _sync_directory(final.parent)

    def has(self, path: str) -> bool:
        """Whether anything stands at a path, be it a link that leads nowhere."""
        file = self.file(path)
        return file.exists() or file.is_symlink()

    def put(self, path: str, data: bytes, before: str | None) -> None:
        """Put a file in place that is no document; raises WrittenMeanwhile where it is not as it was read (``None``: absent)."""
        file = self.file(path)
        if self.has(path) if before is None else self.read(path) != before:
            raise WrittenMeanwhile("somebody wrote this file during the sync", path=file, hint="Sync again.")
        _put_bytes(self.root, file, data)

    def move(self, old: str, new: str, before: str | None) -> None:
        """Have a document's manifest and target, if it has one, stand at another path.

        ``before`` is the target as it was read, at the one path or, where people moved it themselves, at the other.  A process
        that dies in between leaves both documents, of which the first is to be removed.
        """
        manifest, target = self.manifest(old), self.read(old)
        assert manifest is not None
        final, text = self._manifest_file(new), dump(replace(manifest, path=new))
        if target is None:
            _put(self.root, final, text)
        else:
            self._put_both(self.file(new), target, final, text, lambda: self.read(old) == target == before)
        self.remove(old)

    def remove(self, path: str) -> None:
        """Take a document and its manifest out of the tree."""
        self.file(path).unlink(missing_ok=True)
        self._manifest_file(path).unlink(missing_ok=True)

    def _manifest_file(self, path: str) -> Path:
        self.file(path)
        return self._inside(self.root / _OWN / f"{path}.json")

    def _last_written(self, path: str) -> str | None:
        """A document's target as it was last written."""
        manifest = self.manifest(path)
        return None if manifest is None else unflatten(manifest.target, manifest.style)

    def _recover(self) -> None:
        for following in sorted((self.root / _OWN).rglob("*.json.next")):
            final = following.with_name(following.name.removesuffix(".next"))
            try:
                manifest = load(following)
            except ManifestError:
                manifest = None  # the process died while it wrote this
            if manifest is not None and self._is_written(manifest, _text(_journal(final)[1])):
                os.replace(following, final)
            else:
                following.unlink()
        for standing in (self.root / _OWN).rglob("*.json.before"):
            standing.unlink()
        (self.root / _WRITING).unlink(missing_ok=True)

    def _is_written(self, following: Manifest, before: str | None) -> bool:
        """Whether the target of a manifest in ``.next`` was put in place, even if a person has edited it since.

        ``before`` is what stood there, if that was not the target as it was last written.
        """
        current = self.read(following.path)
        new = unflatten(following.target, following.style)
        if current is None or current == new:
            return current == new
        old = before if before is not None else self._last_written(following.path)
        old = unflatten(following.source, following.style) if old is None else old
        return current != old and _shared_lines(current, new) > _shared_lines(current, old)


def _journal(final: Path) -> tuple[Path, Path]:
    """The files that stand beside a manifest while its document is written."""
    return final.with_name(f"{final.name}.next"), final.with_name(f"{final.name}.before")


def _shared_lines(one: str, other: str) -> int:
    return sum((Counter(one.splitlines()) & Counter(other.splitlines())).values())


def _taken(lock: IO[str], file: Path) -> bool:
    """Whether the lock is ours: nobody else holds it, and it is still the file that others see."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(lock.fileno()).st_ino == file.stat().st_ino
    except OSError:
        return False


def _text(file: Path) -> str | None:
    try:
        return file.read_bytes().decode("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def work_tree(directory: Path) -> Path | None:
    """The root of the git work tree that a directory lies in, or would lie in."""
    for parent in (directory, *directory.parents):
        if (parent / ".git").exists():
            return parent
    return None


def _put(root: Path, file: Path, text: str) -> None:
    """Write a text in one step: all of it or nothing, on disk when this returns."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        hint = "Correct the source, or exclude it. Nothing was written here."
        raise TreeError("this text holds half a character, which no file can hold", path=file, hint=hint) from None
    _put_bytes(root, file, data)


def _put_bytes(root: Path, file: Path, data: bytes) -> None:
    writing = root / _WRITING
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with writing.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            shutil.copymode(file, writing)
        os.replace(writing, file)
        _sync_directory(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            writing.unlink()
        raise TreeError(
            f"this file cannot be written: {error.strerror}", path=file, hint="Check its permissions."
        ) from None


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
