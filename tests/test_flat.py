"""A flat text gives back the file that it was made from, byte for byte; a notebook's cells stand in it plainly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.document.flat import flat_of, flatten, unflatten, without_templates
from sphinx_amts.errors import BookError


def back(raw: str, suffix: str) -> str:
    flat = flatten(raw, suffix)
    return unflatten(flat.text, flat.style)


def notebook(*cells: tuple[str, str | list[str]], **options: Any) -> str:
    """A notebook as JSON: each cell's type and source."""
    data = {
        "cells": [{"cell_type": kind, "metadata": {}, "source": source} for kind, source in cells],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, **{"ensure_ascii": False, "indent": 1, **options}) + "\n"


STYLES = {
    "\ufeffText\n": ("Text\n", "bom"),
    "a\r\nb\r\n": ("a\nb\n", "crlf"),
    "\ufeffa\r\nb": ("a\nb", "bom crlf"),
    "a\r\nb\n": ("a\r\nb\n", ""),
    "a\rb\r\n": ("a\rb\r\n", ""),
    "\ufeff\ufeffa": ("\ufeffa", "bom"),
    "": ("", ""),
}


@pytest.mark.parametrize("raw", STYLES, ids=repr)
def test_a_byte_order_mark_and_line_ends_are_style(raw: str) -> None:
    flat = flatten(raw, ".md")
    assert (flat.text, flat.style, unflatten(flat.text, flat.style)) == (*STYLES[raw], raw)


def test_the_markdown_cells_of_a_notebook_stand_plainly_between_marks() -> None:
    flat = flatten(
        notebook(("markdown", ["# One\n", '"quoted" \\ text']), ("code", "1 + 1"), ("markdown", "two")), ".ipynb"
    )
    assert [flat.text[span.start : span.end] for span in flat.cells or ()] == ['# One\n"quoted" \\ text', "two"]


def test_the_prose_of_a_notebook_stands_on_the_lines_of_the_flat_text() -> None:
    flat = flatten(notebook(("code", "1 + 1"), ("markdown", ["# One\n", "text"]), ("raw", "x")), ".ipynb")
    prose, lines = flat.prose().split("\n"), flat.text.split("\n")
    assert ([line for line in prose if line], len(prose), prose[lines.index("# One")]) == (
        ["# One", "text"],
        len(lines),
        "# One",
    )


def test_the_rest_of_a_notebook_is_closed() -> None:
    flat = flatten(notebook(("markdown", "one"), ("markdown", "two")), ".ipynb")
    closed = "".join(flat.text[span.start : span.end] for span in flat.closed())
    assert (len(closed), "one" in closed, '"nbformat"' in closed) == (len(flat.text) - 6, False, True)


def test_a_notebook_without_text_has_no_open_place() -> None:
    flat = flatten(notebook(("code", "1 + 1")), ".ipynb")
    assert (flat.cells, [(span.start, span.end) for span in flat.closed()]) == ((), [(0, len(flat.text))])


def test_a_new_text_of_a_cell_is_written_as_the_old_one_was() -> None:
    raw = notebook(("markdown", ["one\n", "two"]))
    assert unflatten(flatten(raw, ".ipynb").text.replace("one\ntwo", "三\n四\n五")) == notebook(
        ("markdown", ["三\n", "四\n", "五"])
    )


@pytest.mark.parametrize(
    "raw",
    [
        notebook(("markdown", ["é\n", "中"]), ensure_ascii=True),
        notebook(("markdown", []), ("markdown", ""), ("markdown", ["", "a"])),
        notebook(("markdown", ["a", "b\n\n"]), indent=None, separators=(",", ":")),
        notebook(("markdown", "\ue000\n\ue001")),
        notebook(("markdown", "\\u0041 \\n \x7f")).replace("A", "\\u0041"),
        notebook(("markdown", "a\r\nb")).replace("\n", "\r\n"),
        '{"cells": [{"source": "x", "cell_type": "markdown", "source": "y\\/z"}]}',
        '{"cells": []}',
        "\ufeff" + notebook(("markdown", "one")),
    ],
)
def test_a_notebook_in_any_style_comes_back(raw: str) -> None:
    assert back(raw, ".ipynb") == raw


@pytest.mark.parametrize("raw", ["", "{", "[]", '{"cells": 1}', '{"cells": [{}]}', "<<<<<<< ours\n{}"])
def test_what_is_no_notebook_is_refused(raw: str) -> None:
    with pytest.raises(BookError, match="not a Jupyter notebook"):
        flatten(raw, ".ipynb")


SOURCES = st.one_of(st.text(max_size=12), st.lists(st.text(alphabet='a中"\\\n\té', max_size=5), max_size=4))
CELLS = st.lists(st.tuples(st.sampled_from(["markdown", "code", "raw"]), SOURCES), max_size=4)


@given(CELLS, st.booleans(), st.sampled_from([None, 0, 1, 2, "\t"]), st.sampled_from(["", "\ufeff"]), st.booleans())
def test_any_notebook_comes_back(
    cells: list[tuple[str, str | list[str]]], ascii_only: bool, indent: int | str | None, mark: str, crlf: bool
) -> None:
    raw = mark + notebook(*cells, ensure_ascii=ascii_only, indent=indent)
    raw = raw.replace("\n", "\r\n") if crlf else raw
    assert back(raw, ".ipynb") == raw


@given(st.text(alphabet='a\n\r\ufeff中\ue000\ue001{}"', max_size=20), st.sampled_from([".md", ".rst", ".txt", ".yml"]))
def test_any_text_comes_back(raw: str, suffix: str) -> None:
    assert back(raw, suffix) == raw


TABLE = "Text\n\n==  ==\na   b\n==  ==\n\nBehind\n"


@pytest.mark.parametrize("suffix", [".md", ".ipynb.md", ".yml"])
def test_tables_of_other_formats_stay_plain(suffix: str) -> None:
    flat = flatten(TABLE, "." + suffix.rpartition(".")[2])
    assert (flat.text, flat.cells, list(flat.closed())) == (TABLE, None, [])


@pytest.mark.parametrize("suffix", [".rst", ".txt", ".inc", ""])
def test_tables_of_rest_are_written_out(suffix: str) -> None:
    assert flatten(TABLE, suffix).text == (
        "Text\n\n\ue002simple\n==  ==\na   b\n==  ==\n\ue003row\na\n\ue003cell\nb\n\ue004\n\nBehind\n"
    )


@pytest.mark.parametrize("raw", ["\ufeff" + TABLE, TABLE.replace("\n", "\r\n"), "\ufeff" + TABLE.replace("\n", "\r\n")])
def test_tables_are_written_back_in_the_files_style(raw: str) -> None:
    flat = flatten(raw, ".rst")
    assert (flat.cells is not None, unflatten(flat.text, flat.style)) == (True, raw)


def test_a_file_that_holds_a_written_out_table_stays_as_it_is() -> None:
    raw = flatten(TABLE, ".rst").text
    flat = flatten(raw, ".rst")
    assert (flat.text, flat.style, unflatten(flat.text, flat.style)) == (raw, "verbatim", raw)


def test_without_tables_lines_are_the_files() -> None:
    flat = flatten("a\nb\n", ".rst")
    assert [(flat.line(n), flat.raw_line(n), flat.line_range(n)) for n in (0, 1, 9)] == [
        (n, n, range(n, n + 1)) for n in (0, 1, 9)
    ]


def test_in_a_table_lines_are_those_of_its_rows() -> None:
    flat = flatten(TABLE, ".rst")
    # Line 4 is the row; its cells stand on lines 7 to 11 of the flat text, behind the template and their marks.
    assert [(n, flat.line(n)) for n in range(1, 8)] == [(1, 1), (2, 2), (3, 7), (4, 7), (5, 7), (6, 12), (7, 13)]


def test_a_kept_flat_text_has_the_cells_and_lines_that_it_had() -> None:
    raws = {".rst": TABLE, ".ipynb": notebook(("markdown", "one")), ".md": "text"}
    flats = {suffix: flatten(raw, suffix) for suffix, raw in raws.items()}
    assert {suffix: flat_of(flat.text, flat.style, suffix) for suffix, flat in flats.items()} == flats


def test_a_gap_without_templates_is_the_same_whatever_the_layout() -> None:
    wide = TABLE.replace("==  ==", "====  ====").replace("a   b", "a     b")
    assert without_templates(flatten(wide, ".rst").text) == without_templates(flatten(TABLE, ".rst").text)


@pytest.mark.corpora
def test_the_files_of_real_books_come_back(corpora: Path) -> None:
    paths = [
        path for name in ("nbsphinx-doc", "quantecon-zh", "d2l-zh") for path in sorted((corpora / name).rglob("*"))
    ]
    wanted = [path for path in paths if path.suffix in {".ipynb", ".md", ".rst", ".yml"}]
    changed = [str(path) for path in wanted if back(raw := path.read_bytes().decode(), path.suffix) != raw]
    assert (changed, len(wanted) > 20) == ([], True)
