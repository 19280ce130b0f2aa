"""The extension's decisions, without a build: which language, whether to sync, which title, which part of a file."""

from __future__ import annotations

import pytest

from sphinx_amts.document import plain
from sphinx_amts.model import Group, Kind, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sphinx_ext.language import chosen, may_sync
from sphinx_amts.sphinx_ext.partial import part
from sphinx_amts.sphinx_ext.titles import Titles


@pytest.mark.parametrize(
    ("configured", "codes", "expected"),
    [
        ("zh_CN", ["zh"], "zh"),
        ("zh", ["zh_CN"], "zh_CN"),
        ("zh", {"es": {}, "zh": {"engine": "pseudo"}}, "zh"),
        ("zh_TW", ["zh"], None),
        ("en", ["zh", "en"], None),
        ("en_US", ["en_US"], None),
        ("fr", ["zh"], None),
        ("klingon", ["zh"], None),
        ("zh", ["klingon", "zh"], "zh"),
        ("zh", [], None),
        ("zh", None, None),
    ],
)
def test_a_build_is_in_one_of_the_books_languages_or_in_none(
    configured: str, codes: object, expected: str | None
) -> None:
    assert chosen(configured, "en", codes) == expected


@pytest.mark.parametrize(
    ("wanted", "environment", "expected"),
    [
        (None, {}, True),
        (None, {"CI": "true"}, False),
        (None, {"READTHEDOCS": "True"}, False),
        (None, {"CI": "false", "READTHEDOCS": ""}, True),
        (True, {"CI": "1"}, True),
        (False, {}, False),
    ],
)
def test_a_build_syncs_as_the_book_wants_else_only_at_home(
    wanted: bool | None, environment: dict[str, str], expected: bool
) -> None:
    assert may_sync(wanted, environment) is expected


def unit(source: str, target: str, *ids: str, kind: Kind = Kind.TITLE) -> UnitPiece:
    return UnitPiece(kind, source, target, (Group((source,), (target,), state=State.TRANSLATED),), ids=ids)


def manifest(*pieces: UnitPiece | str | tuple[str, str]) -> Manifest:
    """A manifest of units, gaps, and localised gaps."""
    gaps = [(piece, piece) if isinstance(piece, str) else piece for piece in pieces]
    return Manifest("a.md", tuple(gap if isinstance(gap, UnitPiece) else GapPiece(*gap) for gap in gaps))


def found(titles: Titles, *texts: str) -> list[str | None]:
    units = [titles.section(text) for text in texts]
    return [unit.source if unit is not None else None for unit in units]


THREE = manifest("# ", unit("A", "甲", "a"), "\n\n## ", unit("B", "乙", "b"), "\n\n## ", unit("B", "乙", "id1"), "\n")


def test_titles_are_found_in_their_order() -> None:
    titles = Titles.of(THREE, THREE.target)
    units = [titles.section(text) for text in ("甲", "乙", "乙")]
    assert [unit.ids for unit in units if unit] == [("a",), ("b",), ("id1",)]


def test_a_title_that_only_the_target_has_takes_nobodys_place() -> None:
    assert found(Titles.of(THREE, "# 甲\n## 注\n## 乙\n## 乙"), "甲", "注", "乙", "乙") == ["A", None, "B", "B"]


def test_an_edited_title_is_the_one_whose_text_is_gone() -> None:
    assert found(Titles.of(THREE, "# 丙\n## 乙\n## 乙"), "丙", "乙", "乙") == ["A", "B", "B"]


def test_a_file_that_is_included_again_has_its_titles_again() -> None:
    titles = Titles.of(THREE, THREE.target)
    assert found(titles, "甲", "乙", "乙", "甲") == ["A", "B", "B", "A"]


def test_a_title_of_no_section_is_none() -> None:
    titles = Titles.of(manifest("", unit("Note", "注"), "\n", unit("Note", "注", "note"), ""), "")
    section = titles.section("注")
    assert section is not None
    assert section.ids == ("note",)
    assert titles.other("注") is not None


PARTS = manifest(
    "",
    unit("Out.", "外。"),
    "\n\n.. begin\n\n",
    unit("In.", "内。"),
    ("\n\nlocal\n\n", "\n\n本地\n\n"),
    unit("End.", "完。"),
    "\n",
)


@pytest.mark.parametrize(
    ("included", "expected"),
    [
        (PARTS.source, PARTS.target),
        (PARTS.source.rstrip("\n"), PARTS.target),
        ("\n\nIn.\n\nlocal\n\nEnd.\n", "\n\n内。\n\n本地\n\n完。\n"),
        ("In.", "内。"),
        ("n.\n\nlocal\n\nE", "内。\n\n本地\n\n完。"),
        ("\nlocal\n", "\n\n本地\n\n"),
        ("is not there", "is not there"),
    ],
)
def test_a_part_of_a_source_is_the_same_part_of_its_target(included: str, expected: str) -> None:
    assert part(included, PARTS.source, PARTS.target, PARTS) == expected


def test_a_part_of_a_file_without_manifest_stays_the_sources() -> None:
    assert part("In.", PARTS.source, PARTS.target, None) == "In."


def test_an_edited_target_is_not_cut_where_the_manifest_does_not_know_it() -> None:
    assert part("In.", PARTS.source, PARTS.target.replace("内", "里"), PARTS) == "In."


@pytest.mark.parametrize(
    ("source", "is_rst", "expected"),
    [
        ("Using `code` and *weight*", False, "Using code and weight"),
        ("A [link](x.md) and $x^2$", False, "A link and x^2"),
        ("Using ``code`` and *weight*", True, "Using code and weight"),
        ("A `link <x>`_ and :ref:`one <two>`", True, "A link and one"),
        ("**Bold** `phrase`_", True, "Bold phrase"),
    ],
)
def test_the_words_of_a_source_are_left_when_its_markup_is_taken_away(source: str, is_rst: bool, expected: str) -> None:
    assert plain.text(source, is_rst, None) == expected
