"""The manifest: read back as it was written, merged by git line by line, refused where it is damaged."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.errors import ManifestError
from sphinx_amts.model import Group, Kind, State
from sphinx_amts.pairs.manifest import FORMAT, GapPiece, Manifest, UnitPiece, dump, load, parse

HERE = Path("x.md.json")
GROUPS = (
    Group(("One. ",), ("一。",), "mt:x", State.TRANSLATED),
    Group(("Two.\n", "Three."), ("二。", "三。"), "human", State.REVIEWED, stale=True, proposal="两。"),
)
WHOLE = Manifest(
    "x.md",
    (
        GapPiece("# ", "# "),
        UnitPiece(
            Kind.TITLE, "T", "题", (Group(("T",), ("题",), "tm", State.FINAL),), "rst-title", "=", ("t",), ("t",)
        ),
        GapPiece("\n\ncode\n\n", "\n\n代码\n\n"),
        UnitPiece(Kind.PARAGRAPH, "One. Two.\nThree.", "一。二。三。", GROUPS),
        GapPiece("\n", "\n"),
    ),
    style="bom crlf",
    attic=(Group(("Gone.",), ("没了。",), "human", State.TRANSLATED),),
    reader="1",
    splitter="pysbd 1, rules 1",
)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
texts = st.lists(text, max_size=3).map(tuple)
groups = st.builds(
    Group, texts, texts, st.sampled_from(["human", "mt:x", "tm", "source"]), st.sampled_from(State), st.booleans(),
    st.none() | text, text, texts, text,
)  # fmt: skip
gaps = st.builds(GapPiece, text, text)
units = st.builds(
    UnitPiece, st.sampled_from(Kind), text, text, st.lists(groups, max_size=3).map(tuple), st.sampled_from(["lines", "cell"]),
    text, texts, texts,
)  # fmt: skip


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    pieces: list[GapPiece | UnitPiece] = [draw(gaps)]
    for unit in draw(st.lists(units, max_size=3)):
        pieces += [unit, draw(gaps)]
    attic = tuple(draw(st.lists(groups, max_size=2)))
    return Manifest(draw(text), tuple(pieces), draw(text), attic, draw(text), draw(text))


@given(manifests())
def test_what_was_written_is_read_back(manifest: Manifest) -> None:
    assert parse(dump(manifest), HERE) == manifest


@given(manifests())
def test_the_same_manifest_is_the_same_text(manifest: Manifest) -> None:
    assert dump(parse(dump(manifest), HERE)) == dump(manifest)


def test_sources_and_targets_joined_are_both_texts() -> None:
    assert WHOLE.source == "# T\n\ncode\n\nOne. Two.\nThree.\n"
    assert WHOLE.target == "# 题\n\n代码\n\n一。二。三。\n"
    assert [unit.kind for unit in WHOLE.units] == [Kind.TITLE, Kind.PARAGRAPH]


def test_it_is_readable_and_says_nothing_of_time_or_place() -> None:
    written = dump(WHOLE)
    assert json.loads(written)["amts"] == FORMAT
    assert written.isascii() is False
    assert written.endswith("}\n")
    assert max(map(len, written.splitlines())) < 100
    assert list(json.loads(written)) == sorted(json.loads(written))


def test_a_text_of_many_lines_stands_on_many_lines() -> None:
    """So that git merges what two people did to two lines of it."""
    long = "".join(f"line {number}\n" for number in range(9))
    written = dump(replace(WHOLE, pieces=(GapPiece(long, long),)))
    assert [line.strip(' ",') for line in written.splitlines() if "line 4" in line] == ["line 4\\n"]


def test_edits_of_two_sentences_merge_in_git(tmp_path: Path) -> None:
    def edited(number: int, target: str) -> Manifest:
        pieces = list(base.pieces)
        unit = pieces[number]
        assert isinstance(unit, UnitPiece)
        pieces[number] = replace(unit, target=target, groups=(replace(unit.groups[0], target=(target,)),))
        return replace(base, pieces=tuple(pieces))

    parts: list[GapPiece | UnitPiece] = [GapPiece("", "")]
    for number in range(6):
        group = Group((f"S{number}.",), (f"T{number}.",), "mt:x", State.TRANSLATED)
        parts += [UnitPiece(Kind.PARAGRAPH, f"S{number}.", f"T{number}.", (group,)), GapPiece("\n\n", "\n\n")]
    base = Manifest("x.md", tuple(parts), reader="1", splitter="s")
    for name, manifest in [("base", base), ("ours", edited(1, "A.")), ("theirs", edited(9, "B."))]:
        (tmp_path / name).write_text(dump(manifest), encoding="utf-8")
    merge = subprocess.run(
        ["git", "merge-file", "-p", "ours", "base", "theirs"], cwd=tmp_path, capture_output=True, check=True
    )
    merged = parse(merge.stdout.decode("utf-8"), HERE)
    assert merged.target == base.target.replace("T0.", "A.").replace("T4.", "B.")


def test_where_there_is_no_file_there_is_no_manifest(tmp_path: Path) -> None:
    assert load(tmp_path / "x.md.json") is None


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.md.json").write_bytes(dump(WHOLE).encode("utf-8"))
    assert load(tmp_path / "x.md.json") == WHOLE


def changed(**values: object) -> str:
    return json.dumps({**json.loads(dump(WHOLE)), **values})


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "damaged"),
        ("{", "damaged"),
        ("[]", "no manifest"),
        ("{}", "no manifest"),
        ("null", "no manifest"),
        ('"text"', "no manifest"),
        (dump(WHOLE)[:-9], "damaged"),
        (changed(amts="1"), "no manifest"),
        (changed(amts=0), "no manifest"),
        (changed(amts=FORMAT + 1), "newer version"),
        (changed(pieces=None), "damaged"),
        (changed(pieces=[]), "damaged"),
        (changed(pieces=[{"gap": ""}, {"gap": ""}]), "damaged"),
        (changed(pieces=[{"gap": 3}]), "damaged"),
        (changed(pieces=["gap"]), "damaged"),
        (changed(path=["x", 1]), "damaged"),
        (changed(attic=[{"source": ["a"], "target": ["b"], "origin": "human", "state": "finished"}]), "damaged"),
        (changed(attic=[{"source": ["a"]}]), "damaged"),
        ("[" * 100_000, "damaged"),
    ],
)
def test_a_damaged_manifest_is_refused_and_never_empty(written: str, message: str) -> None:
    with pytest.raises(ManifestError, match=message) as raised:
        parse(written, HERE)
    assert raised.value.path == HERE
    assert raised.value.hint


def test_the_marks_of_a_merge_are_named() -> None:
    written = dump(WHOLE).replace(' "path"', '<<<<<<< ours\n "path"')
    with pytest.raises(ManifestError) as raised:
        parse(written, HERE)
    assert "merge" in raised.value.hint
    assert raised.value.line > 1


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.md.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ManifestError, match="cannot be read"):
        load(tmp_path / "x.md.json")
