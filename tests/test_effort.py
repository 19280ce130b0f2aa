"""What people did to a machine's sentences, out of manifests and the history of git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from book import SmallBook, opened, opened_job

from sphinx_amts.config import Settings
from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.session import languages_effort
from sphinx_amts.upkeep.effort import Effort, PostEdit, post_edits, summed
from sphinx_amts.upkeep.reviewing import review

PAGE = "# Bread\n\nKnead the dough. Let it rest.\n\nBake it.\n"


def measured(book: SmallBook) -> Effort:
    with opened(book) as read:
        found = languages_effort(read, Settings(), [book.language], base=book.source)
    return summed(found[book.language])


def commit(book: SmallBook) -> None:
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    if not (book.folder / ".git").exists():
        subprocess.run([*git, "init", "-q"], cwd=book.folder, check=True)
    subprocess.run([*git, "add", "-A"], cwd=book.folder, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], cwd=book.folder, check=True)


@pytest.fixture
def synced(tmp_path: Path) -> SmallBook:
    book = SmallBook(tmp_path, {"index.md": PAGE}, language="es")
    book.sync()
    return book


def with_edit(book: SmallBook) -> None:
    """Be a person who adds one word to the machine's sentence."""
    before = book.group("index.md", "Bake it.").target[0].strip()
    book.edit("index.md", before, f"{before} Ahora")


def test_what_nobody_has_looked_at_says_nothing_of_work_saved(synced: SmallBook) -> None:
    found = measured(synced)
    assert (found.untouched, found.reviewed, found.edited) == (4, 0, 0)
    assert (found.hter, found.left, found.kept, found.saved) == (None, 1.0, 1.0, None)


def test_an_edit_counts_before_it_is_synced_and_without_git(synced: SmallBook) -> None:
    with_edit(synced)
    found = measured(synced)
    assert (found.untouched, found.edited, found.edits) == (3, 1, 1)
    assert found.hter == 1 / found.edited_words
    assert found.left == 3 / 4


def test_an_edit_of_long_ago_is_known_from_git(synced: SmallBook) -> None:
    commit(synced)
    with_edit(synced)
    before = measured(synced)
    synced.sync()
    commit(synced)
    synced.write("other.md", "# Other\n")
    synced.sync()
    commit(synced)
    found = measured(synced)
    assert (found.edited, found.edits, found.hter) == (1, 1, before.hter)


def test_without_git_an_edit_that_was_synced_is_nobodys(synced: SmallBook) -> None:
    with_edit(synced)
    synced.sync()
    assert (measured(synced).untouched, measured(synced).edited) == (3, 0)


def test_what_was_reviewed_counts_as_saved(synced: SmallBook) -> None:
    with opened_job(synced) as job:
        review(job, ["index.md"], "Li Hua")
    found = measured(synced)
    assert (found.untouched, found.reviewed, found.saved) == (4, 4, 1.0)


def test_a_source_that_changed_in_the_same_sync_does_not_hide_the_edit(synced: SmallBook) -> None:
    commit(synced)
    with_edit(synced)
    synced.change("index.md", "Bake it.", "Bake it well.")
    synced.sync()
    found = measured(synced)
    assert (found.edited, found.edits) == (1, 1)


def test_a_damaged_manifest_in_the_history_is_passed_over(synced: SmallBook) -> None:
    file = synced.locale / ".amts" / "index.md.json"
    good = file.read_bytes()
    file.write_text("{", encoding="utf-8")
    commit(synced)
    file.write_bytes(good)
    commit(synced)
    with_edit(synced)
    synced.sync()
    assert measured(synced).edited == 1


def manifest(*groups: Group) -> Manifest:
    unit = UnitPiece(Kind.PARAGRAPH, "", "", groups)
    return Manifest("index.md", (GapPiece("", ""), unit, GapPiece("", "")))


def machine(source: str, target: str, state: State = State.TRANSLATED) -> Group:
    return Group((source,), (target,), "mt:pseudo", state)


def person(source: str, target: str) -> Group:
    return Group((source,), (target,), Origin.HUMAN, State.TRANSLATED)


def test_what_counts_is_what_stands_now() -> None:
    history = [manifest(machine("One.", "Un.")), manifest(person("One.", "Uno.")), manifest(person("One.", "Unos."))]
    assert list(post_edits(history)) == [PostEdit("Un.", "Unos.")]


def test_sentences_with_the_same_source_are_told_apart_by_their_order() -> None:
    history = [
        manifest(machine("One.", "Un."), machine("One.", "Una.")),
        manifest(machine("One.", "Un."), person("One.", "Unas.")),
    ]
    assert list(post_edits(history)) == [PostEdit("Una.", "Unas.")]


def test_a_persons_own_sentence_is_no_edit_of_a_machines() -> None:
    assert list(post_edits([manifest(), manifest(person("One.", "Uno."))])) == []


def test_a_sentence_that_was_gone_meanwhile_is_not_the_machines() -> None:
    assert list(post_edits([manifest(machine("One.", "Un.")), manifest(), manifest(person("One.", "Uno."))])) == []


def test_work_saved_is_never_less_than_nothing() -> None:
    assert Effort(edited=1, edited_words=1, edits=5).saved == 0.0
