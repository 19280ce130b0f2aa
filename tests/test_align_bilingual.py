from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinx_amts.align.bilingual import Files, pairs_of_files, pairs_of_table, pairs_of_trees
from sphinx_amts.align.limits import unreadable
from sphinx_amts.align.reading import read
from sphinx_amts.errors import ConfigError

ENGLISH = """# A title

First sentence with $x$. Second one.

```python
x = 1
```

## Deeper

* An item.

![A picture](a.png)
"""
CHINESE = """# 标题

第一句有$x$。第二句。

```python
x = 1
```

## 更深

* 一项。

![图](a.png)
"""


@pytest.fixture
def trees(tmp_path: Path) -> tuple[Path, Path]:
    for name, text in (("en", ENGLISH), ("zh", CHINESE)):
        (tmp_path / name / "part").mkdir(parents=True)
        (tmp_path / name / "index.md").write_text(text, encoding="utf-8")
        (tmp_path / name / "part" / "a.md").write_text(text, encoding="utf-8")
    return tmp_path / "en", tmp_path / "zh"


def test_two_files_are_read_as_blocks_with_their_evidence(trees: tuple[Path, Path]) -> None:
    source, target = (tree / "index.md" for tree in trees)
    (bitext,), problems = read(pairs_of_files(source, target), "en", "zh")
    assert problems == []
    assert (bitext.source.path, bitext.target.path) == (str(source), str(target))
    assert [block.evidence.kind for block in bitext.source.blocks] == ["title1", "paragraph", "title2", "item"]
    assert [len(block.sentences) for block in bitext.target.blocks] == [1, 2, 1, 1]
    assert "\x01mx" in bitext.target.blocks[1].evidence.tokens
    assert "\x01ax=1" in bitext.target.blocks[1].evidence.tokens
    assert "\x01bx=1" in bitext.source.blocks[2].evidence.tokens


def test_two_trees_are_paired_by_their_paths_and_the_rest_is_told(trees: tuple[Path, Path]) -> None:
    (trees[0] / "only.md").write_text("Alone.", encoding="utf-8")
    (trees[1] / "mine.md").write_text("独自。", encoding="utf-8")
    files, problems = pairs_of_trees(*trees)
    assert [(pair.source, pair.target) for pair in files] == [("index.md", "index.md"), ("part/a.md", "part/a.md")]
    assert [(Path(each.path).name, each.message) for each in problems] == [
        ("only.md", f"has no translation: there is no file {trees[1] / 'only.md'}"),
        ("mine.md", f"has no source: there is no file {trees[0] / 'mine.md'}"),
    ]
    bitexts, unread = read(files, "en", "zh")
    assert unread == []
    assert [len(bitext.target.blocks) for bitext in bitexts] == [4, 4]


def test_an_origin_stands_beside_its_translation(tmp_path: Path) -> None:
    (tmp_path / "a_origin.md").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "a.md").write_text(CHINESE, encoding="utf-8")
    (tmp_path / "STYLE.md").write_text("# Style", encoding="utf-8")
    files, problems = pairs_of_trees(tmp_path, tmp_path, "_origin")
    assert files == [Files("a_origin.md", "a.md", tmp_path, tmp_path)]
    assert [(Path(each.path).name, each.message) for each in problems] == [
        ("STYLE.md", f"has no source: there is no file {tmp_path / 'STYLE_origin.md'}")
    ]
    (bitext,), _ = read(files, "en", "zh")
    assert len(bitext.source.blocks) == len(bitext.target.blocks) == 4


def test_a_table_names_the_pairs(trees: tuple[Path, Path]) -> None:
    table = trees[0].parent / "pairs.csv"
    table.write_text("source,target\nen/index.md,zh/part/a.md\n\n", encoding="utf-8")
    (bitext,), problems = read(pairs_of_table(table)[0], "en", "zh")
    assert problems == []
    assert bitext.target.path == str(trees[1] / "part" / "a.md")


def test_a_row_that_is_no_pair_is_one_clear_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    table.write_text('a.md,b.md\nc.md\n"two\nlines.md",d.md,e.md\n\n,f.md\ng.md,h.md\n', encoding="utf-8")
    files, problems = pairs_of_table(table)
    assert [Path(pair.source).name for pair in files] == ["a.md", "g.md"]
    wanted = "a row has a source file and a target file"
    assert [(each.path, each.message) for each in problems] == [
        (f"{table}:2", f"1 columns, not 2; {wanted}"),
        (f"{table}:4", f"3 columns, not 2; {wanted}"),
        (f"{table}:6", f"one of the two is no path; {wanted}"),
    ]


@pytest.mark.parametrize("raw", [b"\xff\xfe,b", b"a" * 200_000])
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "pairs.csv").write_bytes(raw)
    with pytest.raises(ConfigError, match="this table of pairs cannot be read"):
        pairs_of_table(tmp_path / "pairs.csv")


def test_captions_are_read_on_request(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text("Text.\n\n```{figure} x.png\nA caption.\n```\n", encoding="utf-8")
    files = pairs_of_files(tmp_path / "a.md", tmp_path / "b.md")
    assert [len(read(files, "en", "de", captions=wanted)[0][0].source.blocks) for wanted in (False, True)] == [1, 2]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a\0b", "is no text; give the text that it was made from"),
        (b"ok\n\xff\xfe", "is not UTF-8 (line 2); save it as UTF-8"),
        (b"line\n" * 1_000_000, "has 1,000,000 lines and 5,000,000 bytes: too large; cut it into chapters"),
        (b"word " * 200_000, "has a paragraph of 1,000,000 characters: too long; break it with blank lines"),
        (b"word\n\n" * 20_001, "has 20,002 paragraphs: too many; cut it into chapters"),
    ],
    ids=["empty", "blank", "binary", "not UTF-8", "a million lines", "one paragraph of 1 MB", "too many"],
)
def test_damaged_input_is_one_clear_line_and_the_rest_goes_on(
    trees: tuple[Path, Path], raw: bytes, message: str
) -> None:
    (trees[1] / "index.md").write_bytes(raw)
    bitexts, problems = read(pairs_of_trees(*trees)[0], "en", "zh")
    assert [bitext.source.path for bitext in bitexts] == [str(trees[0] / "part" / "a.md")]
    assert [(each.path, each.message) for each in problems] == [(str(trees[1] / "index.md"), message)]


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Text.", encoding="utf-8")
    table = tmp_path / "pairs.csv"
    table.write_text("a.md,b.md\n", encoding="utf-8")
    bitexts, problems = read(pairs_of_table(table)[0], "en", "zh")
    assert bitexts == []
    assert [each.message for each in problems] == ["there is no such file"]
    assert unreadable(tmp_path / "a.md") is None


def test_documents_that_several_processes_read_are_those_that_one_reads(tmp_path: Path) -> None:
    for number in range(9):
        (tmp_path / f"{number}_origin.md").write_text(f"{ENGLISH}\nNumber {number}.\n", encoding="utf-8")
        (tmp_path / f"{number}.md").write_text(f"{CHINESE}\n第{number}号。\n", encoding="utf-8")
    files = pairs_of_trees(tmp_path, tmp_path, "_origin")[0]
    one, several = (read(files, "en", "zh", jobs=jobs) for jobs in (1, 2))
    assert several == one
    assert [len(bitext.target.blocks) for bitext in one[0]] == [5] * 9


NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": "# A\n\nB. C.\n\n* D"}],
    "metadata": {},
    "nbformat": 4,
}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("{", "this is not a Jupyter notebook: "),
        ('{"cells": 3}', "this is not a Jupyter notebook: 'int' object is not iterable; save it with Jupyter again"),
        (
            json.dumps({"cells": [{"cell_type": "markdown", "source": "x" * 200_001}]}),
            "has a paragraph of 200,003 characters: too long; break it with blank lines",
        ),
    ],
    ids=["no JSON", "no cells", "one long paragraph"],
)
def test_a_broken_notebook_is_one_clear_line_and_the_others_are_read(
    trees: tuple[Path, Path], raw: str, message: str
) -> None:
    for tree in trees:
        (tree / "good.ipynb").write_text(json.dumps(NOTEBOOK, indent=1), encoding="utf-8")
        (tree / "bad.ipynb").write_text(raw, encoding="utf-8")
    bitexts, problems = read(pairs_of_trees(*trees)[0], "en", "zh")
    assert [Path(bitext.source.path).name for bitext in bitexts] == ["good.ipynb", "index.md", "a.md"]
    assert len(bitexts[0].source.blocks) == 3
    assert [each.path for each in problems] == [str(tree / "bad.ipynb") for tree in trees]
    assert problems[0].message.startswith(message)


def test_a_document_that_sphinx_stumbles_over_is_one_clear_line_and_the_others_are_read(
    trees: tuple[Path, Path],
) -> None:
    """A directive of the book's own fails in one document."""
    (trees[0] / "conf.py").write_text(
        "extensions = ['myst_parser']\n"
        "def fail(app, docname, content):\n"
        "    if 'explode' in content[0]:\n"
        "        raise ValueError('it exploded')\n"
        "def setup(app):\n"
        "    app.connect('source-read', fail)\n",
        encoding="utf-8",
    )
    for tree in trees:
        (tree / "bad.md").write_text("# explode\n", encoding="utf-8")
    bitexts, problems = read(pairs_of_trees(*trees)[0], "en", "zh")
    assert [Path(bitext.source.path).name for bitext in bitexts] == ["index.md", "a.md"]
    ((path, message),) = ((each.path, each.message) for each in problems)
    assert path == str(trees[0] / "bad.md")
    assert message.startswith("was not read: Sphinx cannot read this book: ")
    assert "it exploded" in message


def test_a_directory_given_for_a_file_is_one_clear_line(trees: tuple[Path, Path]) -> None:
    table = trees[0].parent / "pairs.csv"
    table.write_text("en/index.md,zh\nen/index.md,zh/index.md\n", encoding="utf-8")
    bitexts, problems = read(pairs_of_table(table)[0], "en", "zh")
    assert len(bitexts) == 1
    assert [(each.path, each.message) for each in problems] == [(str(trees[1]), "is a directory, not a file")]


def test_a_document_of_too_many_blocks_is_one_clear_line(
    trees: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sphinx_amts.align.limits.MOST_BLOCKS", 4)
    (trees[0] / "index.md").write_text(f"{ENGLISH}\nOne more.\n", encoding="utf-8")
    bitexts, problems = read(pairs_of_trees(*trees)[0], "en", "zh")
    assert len(bitexts) == 1
    assert [each.message for each in problems] == ["has 5 paragraphs: too many; cut it into chapters"]
