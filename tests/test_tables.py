"""Tables are taken apart into cells, put together again as they were, and laid out anew around other texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cases import cases
from docutils import __version_info__ as docutils_version
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import states
from hypothesis import assume, given
from hypothesis import strategies as st

from sphinx_amts.document.flat import faults, flat_of, flatten, unflatten
from sphinx_amts.document.tables import CannotLayOut, Cell, find, read, shape, tiled, write
from sphinx_amts.document.tables.cells import normal

QUIET = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False, "raw_enabled": False}


@dataclass(frozen=True)
class Case:
    title: str
    parts: tuple[str, ...]


def read_cases(name: str, size: int) -> list[Case]:
    return [Case(title, tuple(parts)) for title, *parts in cases(name, size)]


def by_title(cases: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.title) for case in cases]


FOUND = read_cases("tables-found.txt", 3)
LAID_OUT = read_cases("tables-laid-out.txt", 4)


def texts_of_docutils(text: str) -> list[list[str]]:
    """The texts of the cells of each table that docutils builds out of a text."""
    found: list[list[str]] = []

    def build_table(self: object, data: Any, *args: object, **options: object) -> nodes.table:
        rows = [*data[1], *data[2]]
        found.append([normal("\n".join(cell[3])) for row in rows for cell in row if cell is not None])
        return nodes.table()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(states.Body, "build_table", build_table)
        publish_doctree(text, settings_overrides=QUIET)
    return found


def doctree(text: str) -> nodes.document:
    return publish_doctree(text, settings_overrides={**QUIET, "report_level": 1, "warning_stream": False})


def parts_of(text: str) -> list[str]:
    """What the entries of the tables of a text say."""
    return [entry.astext() for entry in doctree(text).findall(nodes.entry)]


@pytest.mark.parametrize("case", by_title(FOUND))
def test_tables_are_found_where_docutils_reads_them(case: Case) -> None:
    text, expected = case.parts
    assert "\n".join(f"{kind} {text.count(chr(10), 0, span.start) + 1}" for kind, span in find(text)) == expected


@pytest.mark.parametrize("case", by_title(FOUND))
def test_a_text_with_tables_comes_back_as_it_was(case: Case) -> None:
    text = case.parts[0]
    assert unflatten(flatten(text, ".rst").text) == text


@pytest.mark.parametrize("case", by_title(LAID_OUT))
def test_other_texts_are_laid_out_anew(case: Case) -> None:
    source, changes, expected = case.parts
    assert unflatten(translated(source, pairs(changes))) == expected


@pytest.mark.parametrize("case", by_title(LAID_OUT))
def test_docutils_reads_what_was_laid_out(case: Case) -> None:
    source, changes, expected = case.parts
    wanted = [changed(text, pairs(changes)) for text in parts_of(source)]
    messages = list(doctree(expected).findall(nodes.system_message))
    assert ([" ".join(text.split()) for text in parts_of(expected)], messages) == (
        [" ".join(text.split()) for text in wanted],
        [],
    )


def pairs(changes: str) -> list[tuple[str, str]]:
    lines = (line.partition(" => ") for line in changes.split("\n") if line)
    return [(before, after.replace("\\n", "\n")) for before, _, after in lines]


def changed(text: str, changes: list[tuple[str, str]]) -> str:
    for before, after in changes:
        text = text.replace(before, after)
    return text


def translated(source: str, changes: list[tuple[str, str]]) -> str:
    """The flat text of a source with the texts outside of templates replaced."""
    flat = flatten(source, ".rst")
    parts, at = [], 0
    for span in flat.cells or ():
        parts += [flat.text[at : span.start], changed(flat.text[span.start : span.end], changes)]
        at = span.end
    return "".join([*parts, flat.text[at:]])


GRID = """\
Before.

+-----------+-------------+
| Head      | Other       |
+===========+=============+
| some text | first       |
| in lines  |             |
|           | second      |
+-----------+-------------+
| both of the columns     |
+-----------+-------------+

Behind.
"""

SIMPLE = """\
Before.

=====  ===========
Head   Other
=====  ===========
text   first

       second
last   - item
       - item two
=====  ===========

Behind.
"""


@pytest.mark.parametrize("text", [GRID, SIMPLE])
def test_the_lines_of_nodes_lead_to_their_texts(text: str) -> None:
    flat = flatten(text, ".rst")
    lines = flat.text.split("\n")
    paragraphs = list(doctree(text).findall(nodes.paragraph))
    assert [
        p.rawsource.split("\n")[0] in "\n".join(lines[i - 1] for i in flat.line_range(p.line)) for p in paragraphs
    ] == [True for _ in paragraphs]


@pytest.mark.parametrize("text", [GRID, SIMPLE])
def test_lines_behind_a_table_are_shifted_and_back(text: str) -> None:
    flat = flatten(text, ".rst")
    last = text.count("\n")
    line = flat.line(last)
    assert (flat.text.split("\n")[line - 1], flat.raw_line(line), flat.line(1), flat.raw_line(1)) == (
        "Behind.",
        last,
        1,
        1,
    )


def test_lines_of_a_translated_text_are_those_of_the_file_that_it_makes() -> None:
    text = translated(GRID, [("some text\nin lines", "短")])
    flat, raw = flat_of(text), unflatten(text)
    assert flat.text.split("\n")[flat.line(raw.split("\n").index("Behind.") + 1) - 1] == "Behind."


@pytest.mark.parametrize("text", [GRID, SIMPLE])
def test_nothing_is_looked_for_in_templates_and_marks(text: str) -> None:
    flat = flatten(text, ".rst")
    closed = "".join(flat.text[span.start : span.end] for span in flat.closed())
    open_text = "".join(flat.text[span.start : span.end] for span in flat.cells or ())
    assert (text[9:-10] in closed, "Before." in open_text, open_text.count("Head"), "=" in open_text) == (
        True,
        True,
        1,
        False,
    )


def test_a_table_that_nobody_edited_keeps_the_template_that_made_it() -> None:
    before = translated(GRID, [("Head", "很长很长的标题"), ("first", "第一")])
    assert flatten(unflatten(before), ".rst", like=before).text == before


def test_an_edited_cell_is_all_that_differs_where_the_layout_is_ours() -> None:
    before = translated(SIMPLE, [("first", "一")])
    after = translated(SIMPLE, [("first", "壹")])
    assert flatten(unflatten(after), ".rst", like=before).text == after


def test_a_persons_layout_becomes_the_template() -> None:
    before = translated(SIMPLE, [("Head", "标题")])
    theirs = unflatten(before).replace("=====  ===========", "=====  ================")
    text = flatten(theirs, ".rst", like=before).text
    assert (theirs.split("\n\nBehind")[0][9:] in text, unflatten(text)) == (True, theirs)


def test_a_new_row_is_written_though_the_template_has_none() -> None:
    flat = flatten(GRID, ".rst").text
    longer = flat.replace("both of the columns\n", "both of the columns\n\ue003row\nnew\n\ue003cell\nrow\n")
    assert parts_of(unflatten(longer))[-3:] == ["both of the columns", "new", "row"]


def test_damaged_marks_leave_the_template_and_are_reported() -> None:
    damaged = flatten(GRID, ".rst").text.replace("\ue003row 1x2", "\ue003row 1x3")
    assert (unflatten(damaged), [reason for _, reason in faults(damaged)]) == (
        GRID,
        ["the cells of the table do not fill it"],
    )


def test_a_table_that_can_be_written_is_no_fault() -> None:
    assert list(faults(translated(GRID, [("Head", "标题")]))) == []


def test_cells_of_rows_are_put_in_the_first_free_place() -> None:
    cells = tiled([[("a", 2, 1), ("b", 1, 2)], [("c", 1, 1), ("d", 1, 1)]])
    assert shape(cells) == [(0, 0, 2, 1), (0, 1, 1, 2), (1, 1, 1, 1), (1, 2, 1, 1)]


@pytest.mark.parametrize(
    "rows", [[[("a", 1, 2)], [("b", 1, 1)]], [[("a", 2, 1)]], [[("a", 1, 1), ("b", 2, 1)], [("c", 1, 2)]]]
)
def test_cells_that_make_no_rectangle_are_refused(rows: list[list[tuple[str, int, int]]]) -> None:
    with pytest.raises(CannotLayOut):
        tiled(rows)


# Before docutils 0.22, no table could hold combining characters.
COMBINING = ["e\u0301", "か\u3099"] if docutils_version >= (0, 22) else []
LETTERS = st.sampled_from([*"abc dé|+-=*`:.,\"'\\_", "中", "文", "。", "Ａ", "\u3000", "\u200b", "ﾊ", *COMBINING])
LINES = st.lists(LETTERS, max_size=8).map("".join)
TEXTS = st.lists(LINES, max_size=4).map(lambda lines: normal("\n".join(lines)))


@st.composite
def grids(draw: st.DrawFn) -> tuple[Cell, ...]:
    """Random rectangles that fill a grid in which every border belongs to some cell."""
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    free = {(row, column) for row in range(height) for column in range(width)}
    rows: list[list[tuple[str, int, int]]] = []
    for row in range(height):
        rows.append([])
        for column in range(width):
            if (row, column) not in free:
                continue
            across = draw(st.integers(1, 2))
            while not all((row, column + j) in free for j in range(across)):
                across -= 1
            down = draw(st.integers(1, min(2, height - row)))
            free -= {(row + i, column + j) for i in range(down) for j in range(across)}
            rows[-1].append((draw(TEXTS), down, across))
    try:
        cells = tiled(rows)
    except CannotLayOut:
        assume(False)
        raise
    tops = {cell.row for cell in cells} | {cell.row + cell.rows for cell in cells}
    lefts = {cell.column for cell in cells} | {cell.column + cell.columns for cell in cells}
    assume(all(rows) and len(tops) == height + 1 and len(lefts) == width + 1)
    return cells


@given(grids(), st.data())
def test_any_grid_is_written_and_read_by_docutils(cells: tuple[Cell, ...], data: st.DataObject) -> None:
    template = write("grid", "", cells)
    others = tuple(replace(cell, text=data.draw(TEXTS)) for cell in cells)
    written = write("grid", template, others)
    assert texts_of_docutils(written) == [[cell.text for cell in others]]


@given(grids(), st.data())
def test_any_grid_comes_back_from_its_flat_text(cells: tuple[Cell, ...], data: st.DataObject) -> None:
    margin = " " * data.draw(st.integers(0, 3))
    table = "\n".join(margin + line for line in write("grid", "", cells).split("\n"))
    text = f"Before.\n\n{table}\n\nBehind."
    flat = flatten(text, ".rst")
    assert (flat.cells is not None, unflatten(flat.text)) == (True, text)


@given(st.integers(1, 4), st.integers(2, 4), st.data())
def test_any_simple_table_is_written_and_read_by_docutils(height: int, width: int, data: st.DataObject) -> None:
    plain = tuple(Cell(row, column, f"{row}{column}") for row in range(height) for column in range(width))
    template = write("simple", "", plain)
    others = tuple(replace(cell, text=data.draw(TEXTS)) for cell in plain)
    written = write("simple", template, others)
    assert texts_of_docutils(written) == [[cell.text for cell in others]]


PIECES = [
    "+--+--+",
    "+==+==+",
    "|  |  |",
    "|a |b |",
    "+--+",
    "==  ==",
    "=====",
    "--  --",
    "------",
    "a   b",
    "    c",
    "",
    "",
]


@given(st.lists(st.tuples(st.sampled_from(["", "", "", "  "]), st.sampled_from(PIECES)), max_size=12))
def test_nothing_is_a_table_that_is_none_for_docutils(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(margin + piece for margin, piece in lines)
    ours = []
    for kind, span in find(text):
        table = read(kind, text[span.start : span.end])
        assert table is not None
        ours.append([normal(cell.text) for cell in table.cells])
    # Behind what docutils cannot read, it may go on where no table begins.
    faulty = any(message["level"] > 1 for message in doctree(text).findall(nodes.system_message))
    theirs = iter(texts_of_docutils(text))
    assert faulty or all(texts in theirs for texts in ours)


CHARACTERS = st.one_of(
    st.sampled_from(
        ["+--+--+\n", "|a |b |\n", "==  ==\n", "a   b\n", "\n", "  ", ".. csv-table::\n", "   a, b\n", "::\n"]
    ),
    st.text(alphabet='\n\r\t\v +-=|a,":\ufeff\ue000\ue001\ue002\ue003\ue004中\u0301\u2028', max_size=6),
)


@given(st.lists(CHARACTERS, max_size=12).map("".join), st.sampled_from([".rst", ".txt", ".md", ".yml"]))
def test_any_text_comes_back_from_its_flat_text(raw: str, suffix: str) -> None:
    flat = flatten(raw, suffix)
    assert unflatten(flat.text, flat.style) == raw


FIELDS = st.text(alphabet="ab ,;\"'\n中", max_size=6).map(normal)


@given(st.lists(st.lists(FIELDS, min_size=1, max_size=3), min_size=1, max_size=3), st.sampled_from(",;|"), st.data())
def test_any_fields_are_written_and_read(rows: list[list[str]], delimiter: str, data: st.DataObject) -> None:
    cells = tuple(Cell(row, column, text) for row, texts in enumerate(rows) for column, text in enumerate(texts))
    template = write(f"csv{delimiter}", "", cells)
    others = tuple(replace(cell, text=data.draw(FIELDS)) for cell in cells)
    body = "\n".join(f"   {line}".rstrip() for line in write(f"csv{delimiter}", template, others).split("\n"))
    text = f".. csv-table::\n   :delim: {delimiter}\n\n{body}\n"
    width = max(map(len, rows))
    wanted = [[cell.text for cell in others if cell.row == row] for row in range(len(rows))]
    assert texts_of_docutils(text) == [[text for row in wanted for text in [*row, *[""] * (width - len(row))]]]


def rest_files(corpora: Path) -> Iterator[Path]:
    for name in ("sphinx-doc", "nbsphinx-doc"):
        yield from sorted((corpora / name).rglob("*.rst"))


@pytest.mark.corpora
def test_real_files_come_back_from_their_flat_texts(corpora: Path) -> None:
    raws = [path.read_bytes().decode() for path in rest_files(corpora)]
    flats = [flatten(raw, ".rst") for raw in raws]
    assert [unflatten(flat.text, flat.style) == raw for flat, raw in zip(flats, raws, strict=True)] == [True] * len(
        raws
    )


@pytest.mark.corpora
def test_the_tables_of_real_files_can_be_translated(corpora: Path) -> None:
    kinds = []
    for path in rest_files(corpora):
        text = path.read_bytes().decode()
        for kind, span in find(text):
            table = read(kind, text[span.start : span.end])
            assert table is not None
            cells = tuple(replace(cell, text="译文。" * len(cell.text.split())) for cell in table.cells)
            written = read(kind, write(kind, text[span.start : span.end], cells))
            assert written is not None
            assert [cell.text for cell in written.cells] == [cell.text for cell in cells]
            kinds.append(kind)
    assert {*kinds} >= {"grid", "simple", "csv,", "csv;"}
