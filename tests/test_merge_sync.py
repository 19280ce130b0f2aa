"""What people localised between units, merged in a sync with what changed in the source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from book import Engine, SmallBook, speaks_chinese

from sphinx_amts.cli import main
from sphinx_amts.document.flat import Flat
from sphinx_amts.document.reader import Book, Document
from sphinx_amts.document.verify import Difference
from sphinx_amts.merge.gaps import local_gaps
from sphinx_amts.model import Finding, Kind, Subtype
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece

PAGE = """# Title

A paragraph.

```python
import numpy as np

# Compute the gradient
plot(x, label="density", lw=1)
```

Another paragraph.

```python
second = "cell"
```

The end.
"""

LOCALISED = {
    "import numpy as np\n": 'import numpy as np\n\nplt.rc("font", family="Source Han Serif SC")  # i18n\n',
    "# Compute the gradient": "# 计算梯度",
    '"density"': '"密度"',
    '"cell"': '"单元"',
}


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A synced book of one page, whose code a person localised."""
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync(speaks_chinese())
    for old, new in LOCALISED.items():
        book.edit("index.md", old, new)
    return book


def code(book: SmallBook) -> list[str]:
    """The code blocks of the target."""
    return book.target("index.md").split("```")[1::2]


def conflicts(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.subtype is Subtype.LOCAL]


FIRST = 'python\nimport numpy as np\n\nplt.rc("font", family="Source Han Serif SC")  # i18n\n'
SECOND = 'python\nsecond = "单元"\n'


def test_localised_code_survives_and_the_change_of_the_source_comes_in(book: SmallBook) -> None:
    book.change("index.md", "import numpy as np\n", "import numpy as np\nimport pandas as pd\n")
    book.change("index.md", "lw=1", "lw=2")
    result = book.sync(speaks_chinese())
    imports = "import numpy as np\n"
    expected = FIRST.replace(imports, f"{imports}import pandas as pd\n") + '\n# 计算梯度\nplot(x, label="密度", lw=2)\n'
    assert code(book) == [expected, SECOND]
    assert (result.findings, result.characters_sent, result.new_findings) == ([], 0, False)
    assert book.sync(speaks_chinese()).files_written == 0


def test_a_conflict_keeps_ours_and_is_reported_once(book: SmallBook) -> None:
    book.sync(speaks_chinese())
    before = book.target("index.md")
    book.change("index.md", '"density"', '"the density"')
    result = book.sync(speaks_chinese())
    assert book.target("index.md") == before
    (finding,) = conflicts(result.findings)
    assert (finding.path, finding.source.strip(), finding.target.strip()) == (
        str(book.locale / "index.md"),
        'plot(x, label="the density", lw=1)',
        'plot(x, label="密度", lw=1)',
    )
    assert before.splitlines()[finding.line - 1].strip() == finding.target.strip()
    assert result.new_findings
    for change in (None, ("The end.", "It ends."), ("lw=1", "lw=2")):
        if change:
            book.change("index.md", *change)
        result = book.sync(speaks_chinese())
        assert (conflicts(result.findings), result.new_findings) == ([], False)
    assert 'label="密度", lw=2' in book.target("index.md")


def test_a_conflict_tells_by_the_exit_status(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book.folder)
    command = ["sync", "book", "-l", "zh", "--engine", "identity"]
    assert main(command) == 0
    book.change("index.md", '"density"', '"the density"')
    assert main(command) == 1
    assert main(command) == 0


def test_a_paragraph_put_into_a_gap_divides_what_was_localised(book: SmallBook) -> None:
    book.change("index.md", "A paragraph.\n", "A paragraph.\n\nOne more.\n")
    book.change("index.md", "second =", "    third = 3\nsecond =")
    book.change("index.md", "# Compute", "more()\n```\n\nIn between.\n\n```python\n# Compute")
    result = book.sync(speaks_chinese())
    assert code(book) == [
        f"{FIRST}\nmore()\n",
        'python\n# 计算梯度\nplot(x, label="密度", lw=1)\n',
        'python\n    third = 3\nsecond = "单元"\n',
    ]
    assert conflicts(result.findings) == []
    assert {difference.check for difference in book.differences()} == {"code_blocks"}


def test_a_paragraph_taken_out_joins_what_was_localised(book: SmallBook) -> None:
    book.change("index.md", "```\n\nAnother paragraph.\n\n```python\n", "")
    book.sync(speaks_chinese())
    assert code(book) == [f'{FIRST}\n# 计算梯度\nplot(x, label="密度", lw=1)\nsecond = "单元"\n']


def test_a_cell_that_moves_with_its_paragraph_takes_its_localised_code_along(book: SmallBook) -> None:
    first, second = PAGE.index("A paragraph."), PAGE.index("Another paragraph.")
    end = PAGE.index("The end.")
    moved = PAGE[:first] + PAGE[second:end] + PAGE[first:second] + PAGE[end:]
    book.write("index.md", moved.replace("lw=1", "lw=2"))
    result = book.sync(speaks_chinese())
    assert code(book) == [SECOND, f'{FIRST}\n# 计算梯度\nplot(x, label="密度", lw=2)\n']
    assert (result.characters_sent, conflicts(result.findings)) == (0, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [("second = ", "font()\nsecond = "), ("x = 6", "font()\nx = 6")],
    ids=["code", "mathematics"],
)
def test_what_is_localised_stays_with_its_source_where_only_the_paragraph_before_it_moves(
    tmp_path: Path, old: str, new: str
) -> None:
    paragraph, block = "1. An item.\n\n", '```python\nsecond = "cell"\n```\n\n$$\nx = 6\n$$\n\n'
    book = SmallBook(tmp_path, {"index.md": f"# Title\n\n{paragraph}{block}| a | b |\n|---|---|\n| c | d |\n"})
    book.sync(speaks_chinese())
    book.edit("index.md", old, new)
    book.write("index.md", f"# Title\n\n{block}| a | b |\n|---|---|\n| c | d |\n\n{paragraph}")
    result = book.sync(speaks_chinese())
    assert (result.findings, result.characters_sent) == ([], 0)
    assert book.target("index.md").count(block.replace(old, new)) == 1
    assert {difference.check for difference in book.differences()} == {"code_blocks"}


def test_a_cell_that_is_gone_lies_in_the_attic(book: SmallBook) -> None:
    book.change("index.md", '```python\nsecond = "cell"\n```\n\n', "")
    result = book.sync(speaks_chinese())
    assert [finding.subtype for finding in result.findings] == [Subtype.ATTIC]
    attic = "".join(text for group in book.manifest("index.md").attic for text in group.target)
    assert '"单元"' in attic
    assert len(code(book)) == 1


def test_the_last_lines_of_a_cell_are_merged_behind_its_caption(tmp_path: Path) -> None:
    """A caption is a unit: the gap behind it begins inside the cell."""
    cell = "# T\n\n```{code-block} python\n:caption: A plot\n:linenos:\n\nplot('x')  # one\n```\n"
    book = SmallBook(tmp_path, {"index.md": cell})
    book.sync(speaks_chinese())
    book.edit("index.md", "plot('x')  # one", "plot('图')  # 一")
    book.change("index.md", ":linenos:\n\nplot('x')", ":linenos:\n:name: a-plot\n\nplot('x', y)")
    assert conflicts(book.sync(speaks_chinese()).findings) == []
    assert book.target("index.md").endswith(":linenos:\n:name: a-plot\n\nplot('图', y)  # 一\n```\n")


def test_a_literal_block_of_rest_is_merged(tmp_path: Path) -> None:
    page = "T\n=\n\nDo this::\n\n   make html  # build\n   done\n\nThe end.\n"
    book = SmallBook(tmp_path, {"index.rst": page})
    book.sync(speaks_chinese())
    book.edit("index.rst", "# build", "# 构建")
    book.change("index.rst", "make html", "make -j2 html")
    assert conflicts(book.sync(speaks_chinese()).findings) == []
    assert "::\n\n   make -j2 html  # 构建\n   done\n" in book.target("index.rst")


def test_what_would_break_the_document_keeps_ours_and_is_listed(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sphinx reads what was merged; here it is made to see a difference in one of two gaps."""
    book.sync(speaks_chinese())
    before = code(book)
    real = Book.differences

    def differences(read: Book, document: Document, target: Flat, manifest: Manifest) -> list[Difference]:
        found = real(read, document, target, manifest)
        broken = "lw=2" in manifest.target
        return [*found, *([Difference("skeleton", "it differs", 1, 1)] if broken else [])]

    monkeypatch.setattr(Book, "differences", differences)
    book.change("index.md", "lw=1", "lw=2")
    book.change("index.md", "second =", "third =")
    result = book.sync(speaks_chinese())
    assert code(book) == [before[0], before[1].replace("second", "third")]
    (finding,) = conflicts(result.findings)
    assert "lw=2" in finding.source
    assert "计算梯度" in finding.target


CONTAINER = """# Title

A paragraph.

````{note}
:class: tip

Some words.

```python
x = 1
```
````

The end.
"""


@pytest.mark.parametrize(
    "opening",
    ["## A heading\n\nOther words.\n\n", "```{index} other\n```\n\n"],
    ids=["a heading", "a directive"],
)
def test_a_fence_whose_end_is_gone_does_not_hide_the_rest_of_the_page(tmp_path: Path, opening: str) -> None:
    """People changed the line that opens a directive, the source put something else there and took the end away."""
    book = SmallBook(tmp_path, {"index.md": CONTAINER})
    book.sync(speaks_chinese())
    book.edit("index.md", "````{note}", "````{warning}")
    book.sync(speaks_chinese())
    unwrapped = CONTAINER.replace("````{note}\n:class: tip\n\n", opening).replace("```\n````\n", "```\n")
    book.write("index.md", unwrapped)
    result = book.sync(speaks_chinese())
    assert list(book.differences()) == []
    assert [finding.subtype for finding in result.findings] == [Subtype.ATTIC]
    attic = "".join(text for group in book.manifest("index.md").attic for text in group.target)
    assert "````{warning}" in attic
    assert book.sync(speaks_chinese()).files_written == 0


def test_a_merge_that_settles_more_than_it_changes_stands(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows is numbered anew: that is no reason to leave the document in pieces."""
    real = Book.differences

    def differences(read: Book, document: Document, target: Flat, manifest: Manifest) -> list[Difference]:
        found = real(read, document, target, manifest)
        is_merged = "lw=2" in manifest.target
        pieces = [Difference("structure", "the heading is missing", line, line) for line in (5, 7)]
        return [*found, *([Difference("labels", "an extra label", 9, 9)] if is_merged else pieces)]

    monkeypatch.setattr(Book, "differences", differences)
    book.change("index.md", "lw=1", "lw=2")
    result = book.sync(speaks_chinese())
    assert 'plot(x, label="密度", lw=2)' in book.target("index.md")
    assert conflicts(result.findings) == []


def notebook(*cells: tuple[str, str]) -> str:
    written = []
    for kind, source in cells:
        ran = {"execution_count": 1, "outputs": []} if kind == "code" else {}
        written.append({"cell_type": kind, "metadata": {}, **ran, "source": source.splitlines(keepends=True)})
    data = {"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_the_cells_of_a_notebook_are_merged(tmp_path: Path) -> None:
    pytest.importorskip("myst_nb")
    conf = 'extensions = ["sphinx_amts", "myst_nb"]\nnb_execution_mode = "off"\n'
    title, words = ("markdown", "# Title"), ("markdown", "Some words.")
    page = notebook(title, ("code", "x = 1  # one\nplot('a')"), words, ("code", "y = 2"))
    book = SmallBook(tmp_path, {"index.ipynb": page}, conf=conf)
    book.sync(speaks_chinese())
    book.edit("index.ipynb", "# one", "# 一")
    book.edit("index.ipynb", "\"plot('a')\"", '"plot(\'图\')\\n",\n    "font()"')
    changed = notebook(title, ("code", "import a"), ("code", "x = 3  # one\nplot('a')"), words, ("code", "y = 3"))
    book.write("index.ipynb", changed)
    result = book.sync(speaks_chinese())
    cells = json.loads(book.target("index.ipynb"))["cells"]
    assert ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"] == [
        "import a",
        "x = 3  # 一\nplot('图')\nfont()",
        "y = 3",
    ]
    assert (result.findings, result.characters_sent) == ([], 0)
    assert book.sync(speaks_chinese()).files_written == 0


SECTION = "## Two\n\n"
ADMONITION = "```{note}\nThree.\n\nFour.\n```\n\n"
FIGURE = "```{figure} a.png\nFive.\n```\n"


@pytest.mark.parametrize(
    ("before", "edit", "after", "expected"),
    [
        (
            SECTION + ADMONITION + FIGURE,
            ("肆\n```\n\n", "肆\n```\n\n译注。\n\n"),
            SECTION + FIGURE,
            "## 贰\n\n译注。\n\n```{figure} a.png\n伍\n```\n",
        ),
        (
            SECTION + FIGURE + "\n" + ADMONITION.strip() + "\n",
            ("```\n\n```{note}", "```\n\n译注。\n\n```{note}"),
            SECTION + FIGURE,
            "## 贰\n\n```{figure} a.png\n伍\n```\n\n译注。\n",
        ),
    ],
)
def test_a_note_of_the_translators_outlives_the_block_beside_it(
    tmp_path: Path, before: str, edit: tuple[str, str], after: str, expected: str
) -> None:
    book = SmallBook(tmp_path, {"index.md": before})
    answers = {"Two": "贰", "Three.": "叁", "Four.": "肆", "Five.": "伍"}
    book.sync(Engine(answers.__getitem__, pseudo=False))
    book.edit("index.md", *edit)
    book.write("index.md", after)
    result = book.sync(Engine(answers.__getitem__, pseudo=False))
    assert book.target("index.md") == expected
    assert [finding for finding in result.findings if finding.subtype != "attic"] == []
    assert book.sync().files_written == 0


def test_what_both_sides_put_on_the_line_of_a_text_stands_there_once() -> None:
    """People and authors emphasised the same heading, and the paragraphs behind it were written anew."""
    texts = ["Two", "Three.", "Four.", "Five."]
    code = "\n\n```python\nx = 1\n```\n\n"
    gaps = [("## ", "## [**"), ("\n\n", "**]\n\n"), ("\n\n", "\n\n"), (code, code), ("\n", "\n")]
    pieces: list[GapPiece | UnitPiece] = [GapPiece(*gaps[0])]
    for text, gap in zip(texts, gaps[1:], strict=True):
        pieces += [UnitPiece(Kind.PARAGRAPH, text, text, ()), GapPiece(*gap)]
    new = ["## [**", "**]\n\n", "\n\n", code.replace("1", "2"), "\n"]
    found = local_gaps(Manifest("index.md", tuple(pieces)), new, [0, None, None, 3], ".md")
    assert found.targets == tuple(new)


def test_what_cannot_be_merged_breaks_no_line_of_the_page() -> None:
    """People took out two paragraphs and wrote a note there; authors took out the formula between them too."""
    formula, figure = "\n\n$$\ny\n$$\n\n", "\n\n```{figure} a.png\n"
    pieces: list[GapPiece | UnitPiece] = [GapPiece("| ", "| ")]
    for source, target, gap, local in (
        ("One", "壹", " |\n\n", " |\n\n"),
        ("Two.", "", formula, formula[2:]),
        ("Three.", "", figure, "译注。" + figure),
        ("Four.", "肆", "\n```\n", "\n```\n"),
    ):
        pieces += [UnitPiece(Kind.PARAGRAPH, source, target, ()), GapPiece(gap, local)]
    new = ["| ", " |" + figure, "\n```\n"]
    found = local_gaps(Manifest("index.md", tuple(pieces)), new, [0, 3], ".md")
    assert found.targets == tuple(new)
    assert "译注。" in "".join(text for group in found.lost for text in group.target)
