"""The locale tree: a sync that is killed anywhere loses nothing, and no path leads out of the tree."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from book import SmallBook, opened

from sphinx_amts.config import Settings
from sphinx_amts.document.reader import Book
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.errors import ManifestError, TreeError
from sphinx_amts.model import Group, Kind, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.session import sync_languages
from sphinx_amts.sync import tree as tree_module
from sphinx_amts.sync.tree import LocaleTree

PAGE = "# A title\n\nFirst sentence. Second sentence.\n\n- An item\n"


class Killed(BaseException):
    """The process dies here."""


class Kill:
    """Dies before the n-th thing that the tree does to a disk, or in the middle of it."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0
        self.places: list[str] = []

    def point(self, what: str) -> None:
        """One more place where a process may die."""
        self.places.append(what)
        self.count += 1
        if self.count == self.at:
            raise Killed(what)

    def wrapped(self, what: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if sys._getframe(1).f_globals.get("__name__") != tree_module.__name__:
                return function(*arguments, **named)
            self.point(what)
            result = function(*arguments, **named)
            return HalfWritten(result, self) if what == "open" and "wb" in arguments else result

        return call


class HalfWritten:
    """A file that a process may die in the middle of writing."""

    def __init__(self, stream: Any, kill: Kill) -> None:
        self.stream, self.kill = stream, kill

    def write(self, data: bytes) -> int:
        self.stream.write(data[: len(data) // 2])
        self.stream.flush()
        self.kill.point("half written")
        self.stream.write(data[len(data) // 2 :])
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def __enter__(self) -> HalfWritten:
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()


@contextlib.contextmanager
def killed(at: int) -> Iterator[Kill]:
    """What happens here dies at the n-th place, if it has as many."""
    kill = Kill(at)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in [(os, "replace"), (os, "fsync"), (Path, "unlink"), (Path, "open"), (Path, "replace")]:
            patch.setattr(owner, name, kill.wrapped(name, getattr(owner, name)))
        with contextlib.suppress(Killed):
            yield kill


class Scene:
    """A book that is read once, and a tree in the state before a sync, which is copied for each try."""

    def __init__(self, small: SmallBook, book: Book, folder: Path) -> None:
        self.small, self.book, self.folder = small, book, folder
        self.tries = 0

    def sync(self, root: Path) -> None:
        sync_languages(self.book, Settings(engine="pseudo"), ["zh"], base=self.small.source, target=root)

    def fresh(self) -> Path:
        self.tries += 1
        root = self.folder / f"try{self.tries}"
        if self.small.locale.exists():
            shutil.copytree(self.small.locale, root)
        return root


def bytes_of(root: Path) -> dict[str, bytes]:
    files = (file for file in sorted(root.rglob("*")) if file.is_file() and file.name != ".lock")
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


def targets_of(root: Path) -> dict[str, bytes]:
    return {name: data for name, data in bytes_of(root).items() if not name.startswith(".amts")}


@pytest.fixture(params=["first", "later", "localised"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Before a first sync; where much changed; and where people and authors added the same things.

    In the last one the target as it stands is more like the new one than like the one last written.
    """
    small = SmallBook(
        tmp_path / "small", {"index.md": PAGE, "b.md": PAGE.replace("A title", "Title of b"), "c.rst": "C\n=\n"}
    )
    if request.param == "later":
        small.sync()
        small.edit("index.md", pseudo("An item"), "人写的")
        small.edit("b.md", pseudo("Second sentence."), "第二句。")
        small.change("index.md", "First sentence.", "First phrase.")
        small.change("b.md", "Second sentence.", "Second phrase.")
        (small.source / "c.rst").unlink()
        small.write("d.md", "# New one\n\nText of d.\n")
    if request.param == "localised":
        small.sync()
        for page in ("index.md", "b.md"):
            small.edit(page, pseudo("An item"), f"{pseudo('An item')}\n\n译者注。\n\n还有一条译者注。")
            small.change(page, "First sentence.", "New words.\n\nFirst sentence.")
    with opened(small) as book:
        yield Scene(small, book, tmp_path)


def kills(scene: Scene) -> Iterator[tuple[Path, str]]:
    """The tree after a kill at each place, and the place."""
    at = 0
    while True:
        at += 1
        root = scene.fresh()
        with killed(at) as kill:
            scene.sync(root)
        if kill.count < at:
            assert at > 15
            return
        yield root, f"{at}: {kill.places[-1]}"


def test_after_a_kill_anywhere_the_next_sync_ends_as_if_nothing_had_been(scene: Scene) -> None:
    """In between each file is the old one or the new one, never half of it."""
    before, whole = targets_of(scene.fresh()), scene.fresh()
    scene.sync(whole)
    expected, after = bytes_of(whole), targets_of(whole)
    for root, place in kills(scene):
        for name, data in targets_of(root).items():
            assert data in (before.get(name), after.get(name)), place
        scene.sync(root)
        assert bytes_of(root) == expected, place


def test_two_kills_in_a_row_do_no_more_harm_than_one(scene: Scene) -> None:
    whole = scene.fresh()
    scene.sync(whole)
    expected = bytes_of(whole)
    for number, (root, place) in enumerate(kills(scene)):
        if number % 4:
            continue
        with killed(number // 4 + 1):
            scene.sync(root)
        scene.sync(root)
        assert bytes_of(root) == expected, place


def test_what_a_person_writes_after_a_kill_stays_and_only_that_is_theirs(scene: Scene) -> None:
    """The other sentences of the file are still ours, whether the kill came before or after they were written."""
    for root, place in kills(scene):
        file = root / "index.md"
        if not file.exists():
            continue
        text = file.read_bytes().decode("utf-8")
        assert pseudo("A title") in text
        file.write_bytes(text.replace(pseudo("A title"), "人的标题").encode("utf-8"))
        scene.sync(root)
        assert "人的标题" in file.read_bytes().decode("utf-8"), place
        manifest = LocaleTree(root).manifest("index.md")
        assert manifest is not None
        humans = ["".join(group.target) for unit in manifest.units for group in unit.groups if group.origin == "human"]
        theirs = ["人的标题"] + ["人写的"] * ("人写的" in text)
        assert humans == theirs, place


# The tree by itself


def manifest(path: str = "a.md", target: str = "目标。\n", source: str = "Source.\n") -> Manifest:
    groups = (Group((source.rstrip(),), (target.rstrip(),), "mt:x", State.TRANSLATED),)
    unit = UnitPiece(Kind.PARAGRAPH, source.rstrip(), target.rstrip(), groups)
    return Manifest(path, (GapPiece("", ""), unit, GapPiece("\n", "\n")), reader="1", splitter="s")


@pytest.fixture
def tree(tmp_path: Path) -> LocaleTree:
    return LocaleTree(tmp_path / "zh")


def test_a_written_document_is_read_back(tree: LocaleTree) -> None:
    with tree.locked():
        assert tree.write(manifest(), None) is True
        assert tree.write(manifest(), "目标。\n") is False
    assert tree.read("a.md") == "目标。\n"
    assert tree.manifest("a.md") == manifest()
    assert tree.paths() == ["a.md"]
    assert sorted(bytes_of(tree.root)) == [".amts/a.md.json", "a.md"]


def test_a_document_in_a_folder_of_a_folder_has_its_manifest_there(tree: LocaleTree) -> None:
    with tree.locked():
        tree.write(manifest("x/y/a.md"), None)
        tree.write(manifest("x/y.md"), None)
    assert tree.paths() == ["x/y.md", "x/y/a.md"]
    assert tree.read("x/y/a.md") == "目标。\n"


def test_only_the_manifest_is_written_where_the_target_is_the_same(tree: LocaleTree) -> None:
    with tree.locked():
        tree.write(manifest(), None)
        before = (tree.root / "a.md").stat().st_mtime_ns
        tree.write(manifest(source="Other source.\n"), "目标。\n")
    assert (tree.root / "a.md").stat().st_mtime_ns == before
    assert tree.manifest("a.md") == manifest(source="Other source.\n")


def test_what_was_not_there_is_not_there(tree: LocaleTree) -> None:
    assert (tree.read("a.md"), tree.manifest("a.md"), tree.paths()) == (None, None, [])


@pytest.mark.parametrize("path", ["../a.md", "x/../../a.md", "/etc/passwd", ".amts/a.md"])
def test_no_path_leads_out_of_the_tree_or_to_the_manifests(tree: LocaleTree, path: str) -> None:
    for look in (tree.file, tree.read, tree.manifest):
        with pytest.raises(TreeError):
            look(path)
    with tree.locked(), pytest.raises(TreeError):
        tree.write(manifest(path), None)


def test_a_link_out_of_the_tree_is_not_followed(tree: LocaleTree, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    tree.root.mkdir()
    (tree.root / "x").symlink_to(tmp_path / "outside", target_is_directory=True)
    with tree.locked(), pytest.raises(TreeError, match="outside the locale tree"):
        tree.write(manifest("x/a.md"), None)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_tree_is_synced_by_one_at_a_time(tree: LocaleTree) -> None:
    with (
        tree.locked(),
        pytest.raises(TreeError, match="another sync is writing this tree"),
        LocaleTree(tree.root).locked(),
    ):
        pass
    with LocaleTree(tree.root).locked():
        pass


def test_a_tree_in_which_nothing_was_written_leaves_nothing(tree: LocaleTree) -> None:
    with tree.locked():
        pass
    assert not tree.root.exists()


def test_a_target_that_is_not_utf_8_is_named_with_its_line(tree: LocaleTree) -> None:
    tree.root.mkdir()
    (tree.root / "a.md").write_bytes(b"one\ntwo \xff\n")
    with pytest.raises(TreeError, match=r"a\.md:2: this target is not UTF-8"):
        tree.read("a.md")


def test_what_somebody_wrote_meanwhile_is_not_overwritten(tree: LocaleTree) -> None:
    with tree.locked():
        tree.write(manifest(), None)
        (tree.root / "a.md").write_text("人写的。\n", encoding="utf-8")
        with pytest.raises(TreeError, match="somebody wrote this target during the sync"):
            tree.write(manifest(target="新的目标。\n"), "目标。\n")
    assert tree.read("a.md") == "人写的。\n"
    assert tree.manifest("a.md") == manifest()
    assert sorted(bytes_of(tree.root)) == [".amts/a.md.json", "a.md"]


def test_a_new_manifest_that_was_not_written_whole_is_dropped(tree: LocaleTree) -> None:
    with tree.locked():
        tree.write(manifest(), None)
    (tree.root / ".amts" / "a.md.json.next").write_text('{"amts": 1, "pat', encoding="utf-8")
    with tree.locked():
        assert tree.manifest("a.md") == manifest()
    assert sorted(bytes_of(tree.root)) == [".amts/a.md.json", "a.md"]


def test_the_manifest_of_another_document_is_refused(tree: LocaleTree) -> None:
    with tree.locked():
        tree.write(manifest("b.md"), None)
    shutil.copy(tree.root / ".amts" / "b.md.json", tree.root / ".amts" / "a.md.json")
    with pytest.raises(ManifestError, match=r"this is the manifest of b\.md"):
        tree.manifest("a.md")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_tree_that_cannot_be_written_says_so(tree: LocaleTree) -> None:
    tree.root.mkdir(mode=0o500)
    with pytest.raises(TreeError, match="the locale tree cannot be written"), tree.locked():
        pass


def test_a_file_in_place_of_the_tree_says_so(tree: LocaleTree) -> None:
    tree.root.write_text("", encoding="utf-8")
    with pytest.raises(TreeError, match="the locale tree cannot be written"), tree.locked():
        pass


def test_removed_is_target_and_manifest(tree: LocaleTree) -> None:
    with tree.locked():
        tree.write(manifest(), None)
        tree.write(manifest("b.md"), None)
        tree.remove("a.md")
    assert sorted(bytes_of(tree.root)) == [".amts/b.md.json", "b.md"]


def test_a_target_keeps_its_permissions(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync()
    (book.locale / "index.md").chmod(0o755)
    book.change("index.md", "Second", "Another")
    assert book.sync().files_written == 1
    assert (book.locale / "index.md").stat().st_mode & 0o777 == 0o755
