"""What broke other systems that do this job: one test a trap."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from book import CONF, Engine, SmallBook, chinese, speaks_chinese

from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.model import Subtype

LECTURE = """# A lecture

## Overview

What it is about. It has two parts.

## First part

### Overview

The first part has an overview.

### Exercises

Do the first exercise.

## Second part

### Overview

The second part has an overview, too.

### Exercises

Do the second exercise.
"""


def one_page(folder: Path, text: str, **others: str) -> SmallBook:
    book = SmallBook(folder, {"index.md": text, **others})
    book.sync(speaks_chinese())
    return book


def as_if_fresh(book: SmallBook, folder: Path) -> dict[str, str]:
    """The targets of a first sync of the same sources."""
    other = SmallBook(folder / "fresh", book._sources(), conf="")
    other.sync(speaks_chinese())
    return other.targets()


# Pairing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "## First part\n\n### Overview\n\nThe first part has an overview.\n\n### Exercises\n\nDo the first exercise.\n\n",
            "",
        ),
        ("## First part\n\n", ""),
        ("## Second part\n\n### Overview", "## Overview"),
        ("## Overview\n\nWhat it is about. It has two parts.\n\n", ""),
        ("## Second part", "## Third part\n\n### Overview\n\nNew words.\n\n## Second part"),
    ],
)
def test_sections_with_equal_headings_are_not_paired_by_position(tmp_path: Path, old: str, new: str) -> None:
    book = one_page(tmp_path, LECTURE)
    book.change("index.md", old, new)
    engine = speaks_chinese()
    book.sync(engine)
    assert book.targets() == as_if_fresh(book, tmp_path)
    assert engine.sources in ([], ["Third part", "New words."])


def test_a_failed_sync_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    """The state is what was last synced, not what somebody asked to sync."""
    book = one_page(tmp_path, LECTURE)
    book.change("index.md", "What it is about.", "What this is about.")
    book.sync(Engine(lambda masked: "", pseudo=False))
    book.change("index.md", "It has two parts.", "It has three parts.")
    engine = speaks_chinese()
    assert book.sync(engine).segments["refused"] == 0
    assert engine.sources == ["What this is about.", "It has three parts."]
    assert book.targets() == as_if_fresh(book, tmp_path)


def test_what_looks_like_a_heading_in_code_is_none(tmp_path: Path) -> None:
    code = "```python\n## not a title\nx = 1\n# nor this\n```\n"
    book = one_page(tmp_path, f"# T\n\n## One\n\nSome words.\n\n{code}\n## Two\n\nThe end.\n")
    book.change("index.md", "Some words.", "Some words.\n\nOne paragraph more, in sixty characters or a few less.")
    engine = speaks_chinese()
    result = book.sync(engine)
    assert engine.sources == ["One paragraph more, in sixty characters or a few less."]
    assert result.characters_sent == len(engine.sources[0])
    assert code in book.target("index.md")


@pytest.mark.parametrize("heading", ["## One  ", "##  One", "## One ##", "## One\t", "One\n---"])
def test_a_heading_with_blanks_at_its_end_is_no_new_one(tmp_path: Path, heading: str) -> None:
    book = one_page(tmp_path, "# T\n\n## One\n\nSome words.\n")
    book.edit("index.md", chinese("One"), "人写的标题")
    book.edit("index.md", chinese("Some words."), "人写的话。")
    book.change("index.md", "## One", heading)
    result = book.sync(speaks_chinese())
    assert result.characters_sent == 0
    assert book.target("index.md").splitlines()[2:] == [
        *heading.replace("One", "人写的标题").splitlines(),
        "",
        "人写的话。",
    ]


def with_people(folder: Path) -> SmallBook:
    """The lecture, where a person wrote the sentence below each of the headings that are alike."""
    book = one_page(folder, LECTURE)
    for number, sentence in enumerate(
        ("What it is about.", "The first part has an overview.", "The second part has an overview, too.")
    ):
        book.edit("index.md", chinese(sentence), f"人写的第{number}段。")
    return book


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (
            "## First part\n\n### Overview\n\nThe first part has an overview.\n\n### Exercises\n\nDo the first exercise.\n\n",
            "",
            [0, 2],
        ),
        ("## Second part\n\n### Overview", "## Overview", [0, 1, 2]),
        ("## Overview\n\nWhat it is about. It has two parts.\n\n", "", [1, 2]),
        ("## First part", "### First part ", [0, 1, 2]),
    ],
)
def test_people_s_words_stay_below_their_own_heading(tmp_path: Path, old: str, new: str, left: list[int]) -> None:
    """Sections are alike, deleted, promoted: no sentence goes to another section, and none that had to go is gone."""
    book = with_people(tmp_path)
    book.change("index.md", old, new)
    book.sync(speaks_chinese())
    assert re.findall(r"人写的第(\d)段。", book.target("index.md")) == [str(number) for number in left]
    attic = "".join(text for group in book.manifest("index.md").attic for text in group.target)
    assert re.findall(r"人写的第(\d)段。", attic) == [str(number) for number in range(3) if number not in left]


def test_what_people_wrote_while_a_sync_failed_is_theirs_and_the_rest_catches_up(tmp_path: Path) -> None:
    book = with_people(tmp_path)
    book.change("index.md", "Do the first exercise.", "Do the hard exercise.")
    book.sync(Engine(lambda masked: "", pseudo=False))
    book.edit("index.md", chinese("Do the second exercise."), "做第二题。")
    book.change("index.md", "It has two parts.", "It has three parts.")
    engine = speaks_chinese()
    assert book.sync(engine).segments["refused"] == 0
    assert engine.sources == ["It has three parts.", "Do the hard exercise."]
    assert "做第二题。" in book.target("index.md")
    assert re.findall(r"人写的第(\d)段。", book.target("index.md")) == ["0", "1", "2"]


# Layout


def test_a_changed_url_changes_one_line_and_respaces_nothing(tmp_path: Path) -> None:
    text = "# T\n\nSee [this](https://example.org/old) and that.\nNext  line.\n\n\n*  odd   list\n*  layout\n\n| a |b|\n|--|:-:|\n| c| d |\n"
    book = SmallBook(tmp_path, {"index.md": text})
    book.sync()
    before = book.target("index.md").splitlines()
    book.change("index.md", "/old", "/new?x=1&y=2#z")
    result = book.sync()
    after = book.target("index.md").splitlines()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert changed == [(before[2], before[2].replace("/old", "/new?x=1&y=2#z"))]
    assert (result.characters_sent, result.files_written) == (0, 1)


def test_a_changed_url_in_a_person_s_paragraph_changes_nothing_else(tmp_path: Path) -> None:
    """Odd spacing, a line of their own for each sentence, a backslash at the end: all of it is theirs."""
    book = one_page(tmp_path, "# T\n\nSee [this](https://example.org/old) and that. Then stop.\n")
    theirs = "看  [这个](https://example.org/old)  和那个，\\\\\n然后 停下 。"
    book.set_target("index.md", f"# {chinese('T')}\n\n{theirs}\n")
    book.sync(speaks_chinese())
    book.change("index.md", "/old", "/new?x=1&y=2#z")
    result = book.sync(speaks_chinese())
    assert book.target("index.md") == f"# {chinese('T')}\n\n{theirs.replace('/old', '/new?x=1&y=2#z')}\n"
    assert (result.characters_sent, result.findings) == (0, [])


def test_localised_front_matter_takes_the_source_s_change_by_line(tmp_path: Path) -> None:
    front = "---\nversion: 1.10\nfont:   Serif\nkernel: python3\n---\n"
    book = one_page(tmp_path, f"{front}\n# H\n\nText.\n")
    book.edit("index.md", "font:   Serif\n", "font:   Source Han Serif  # 宋体\n")
    book.change("index.md", "version: 1.10\n", "version: 1.20\nextra: [a,  b]\n")
    result = book.sync(speaks_chinese())
    head = book.target("index.md").partition("\n# ")[0]
    assert head == "---\nversion: 1.20\nextra: [a,  b]\nfont:   Source Han Serif  # 宋体\nkernel: python3\n---\n"
    assert (result.characters_sent, result.findings) == (0, [])


def test_yaml_is_never_written_anew(tmp_path: Path) -> None:
    front = (
        "---\nversion: 1.10\nyes: no\ndate: 2020-01-01\ntitle:   The title   # a comment\nlist: [a,  b]\n# more\n---\n"
    )
    book = one_page(tmp_path, f"{front}\n# H\n\nText.\n")
    head, _, _ = book.target("index.md").rpartition("\n# ")
    assert head == front.replace("The title", chinese("The title"))


def test_localised_fonts_and_captions_stay_when_other_captions_change(tmp_path: Path) -> None:
    cell = "```{code-block} python\n:caption: %s\n\nplt.plot(x)\n```\n"
    book = one_page(tmp_path, f"# T\n\n{cell % 'The first plot'}\n{cell % 'The second plot'}")
    book.edit(
        "index.md", f"{chinese('The first plot')}\n\n", "第一张图\n\nplt.rc('font', family='Source Han Serif SC')\n"
    )
    book.change("index.md", "The second plot", "Another second plot")
    engine = speaks_chinese()
    book.sync(engine)
    assert engine.sources == ["Another second plot"]
    assert "第一张图\n\nplt.rc('font', family='Source Han Serif SC')\nplt.plot(x)" in book.target("index.md")
    assert chinese("Another second plot") in book.target("index.md")


def test_a_toctree_s_captions_stay_where_its_entries_change(tmp_path: Path) -> None:
    toctree = "# T\n\n```{toctree}\n:caption: All pages\n\na\n```\n\n```{toctree}\n:caption: More\n\nb\n```\n"
    book = one_page(tmp_path, toctree, **{"a.md": "# A\n", "b.md": "# B\n"})
    book.edit("index.md", chinese("All pages"), "全部页面")
    book.write("c.md", "# See\n")
    book.change("index.md", "\nb\n", "\nb\nc\n")
    book.sync(speaks_chinese())
    assert book.target("index.md") == toctree.replace("# T", f"# {chinese('T')}").replace(
        "All pages", "全部页面"
    ).replace("More", chinese("More")).replace("\nb\n", "\nb\nc\n")


# What an engine gets to see


MARKED = """(a-label)=
# Title

```{raw} html
<p>raw</p>
```

```{note}
:class: a-class
The note of {ref}`a label <a-label>`.
```

```{list-table} A caption
:name: a-name

* - `a!=b` and $x & y$ and <https://example.org/?q=1#here>
```

Words [cited]{.a-class} {cite}`Smith_2020` with \\\\ and \\* and &amp; and a backslash at the end\\
of a line. {index}`entry` and ![picture](picture.png).
"""


def test_an_engine_sees_sentences_and_none_of_what_it_may_break(tmp_path: Path) -> None:
    """Directives, their names, arguments and options, labels, code, mathematics, URLs, citations, escapes."""
    book = SmallBook(tmp_path, {"index.md": MARKED})
    engine = speaks_chinese()
    book.sync(engine)
    seen = "\n".join(engine.sources)
    for hidden in [
        "```",
        "raw",
        "class",
        "label>",
        "a-",
        "name",
        "!=",
        "&",
        "http",
        "Smith",
        "\\",
        "png",
        "{",
        "`",
        "$",
    ]:
        assert hidden not in seen, hidden
    assert "A caption" in engine.sources
    target = book.target("index.md")
    for kept in ["(a-label)=\n", "```{raw} html\n<p>raw</p>\n```\n", ":class: a-class\n", ":name: a-name\n", "`a!=b`", "$x & y$",
                 "<https://example.org/?q=1#here>", "{cite}`Smith_2020`", "{.a-class}", "\\\\", "\\*", "&amp;", "(picture.png)",
                 "<a-label>`"]:  # fmt: skip
        assert target.count(kept) == 1, kept
    assert book.differences() == []


@pytest.mark.parametrize(
    ("path", "text", "kept"),
    [
        ("a.md", "# T\n\nSee [the text][ref] there.\n\n[ref]: https://example.org\n", "][ref]"),
        ("a.md", "# T\n\n```{eval-rst}\nSome *rest* with :ref:`a role <index>` here.\n```\n", "<index>`"),
        ("a.md", "# T\n\n$$\na = b\n$$\n\nText.\n", "\n$$\na = b\n$$\n"),
        ("a.rst", "T\n=\n\nOne [#]_ and two [#]_ notes.\n\n.. [#] First.\n.. [#] Second.\n", "[#]_"),
        ("a.rst", "T\n=\n\nA `link`__ and `another`__ one.\n\n__ https://one.example\n__ https://two.example\n", "`__"),
        ("a.rst", "T\n=\n\nSee `Lists`_ below.\n\nLists\n-----\n\nText.\n", "<Lists_>`"),
        ("a.rst", "T\n=\n\nThe |name| here.\n\n.. |name| replace:: small\n", "|name|"),
        ("a.rst", "T\n=\n\nPress :kbd:`Ctrl+C` in :file:`{x}.py`.\n", ":file:`{x}.py`"),
    ],
)
def test_what_gettext_builds_lose_is_kept(tmp_path: Path, path: str, text: str, kept: str) -> None:
    book = SmallBook(tmp_path, {"index.md": "(index)=\n# Index\n", path: text})
    result = book.sync(speaks_chinese())
    assert (result.segments["refused"], result.findings) == (0, [])
    assert kept in book.target(path)
    assert book.differences(path) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.md", "# T\n\n```{glossary}\nmatrix\n  Numbers.\n```\n\nA {term}`matrix` here.\n", "{term}`%s <matrix>`"),
        (
            "a.rst",
            "T\n=\n\n.. glossary::\n\n   matrix\n      Numbers.\n\nA :term:`matrix` here.\n",
            ":term:`%s <matrix>`",
        ),
    ],
)
def test_a_bare_term_keeps_its_target(tmp_path: Path, path: str, text: str, expected: str) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Index\n", path: text})
    book.sync(speaks_chinese())
    assert expected % chinese("matrix") in book.target(path)


def test_no_local_edit_makes_a_stale_sentence_fresh(tmp_path: Path) -> None:
    """Only an edit of that sentence does."""
    book = one_page(tmp_path, "# T\n\nFirst sentence. Second sentence.\n\nThe end.\n")
    book.edit("index.md", chinese("Second sentence."), "人写的第二句。")
    book.change("index.md", "Second sentence.", "Second phrase.")
    book.sync(speaks_chinese())
    book.edit("index.md", chinese("The end."), "完。")
    book.edit("index.md", chinese("First sentence."), "第一句。")
    book.edit("index.md", "人写的第二句。", "人写的 第二句。")
    result = book.sync(speaks_chinese())
    assert book.group("index.md", "Second phrase.").stale
    assert result.segments == {"kept": 3, "stale": 1}


# Cases of real books, in small


def cost(book: SmallBook, changes: dict[str, str]) -> tuple[int, list[str]]:
    for old, new in changes.items():
        book.change("index.md", old, new)
    engine = speaks_chinese()
    result = book.sync(engine)
    assert result.segments["refused"] == 0
    return result.characters_sent, engine.sources


def test_urls_in_code_cost_nothing_and_the_other_localised_lines_stay(tmp_path: Path) -> None:
    code = "```python\nurl = 'https://old.example'\n```\n\nText.\n\n```python\nplt.title('Wages')\n```\n"
    book = one_page(tmp_path, f"# T\n\n{code}")
    book.edit("index.md", "'Wages'", "'工资'")
    assert cost(book, {"https://old.example": "https://new.example"}) == (0, [])
    assert "https://new.example" in book.target("index.md")
    assert "'工资'" in book.target("index.md")


def test_edited_mathematics_and_deleted_blocks_cost_nothing(tmp_path: Path) -> None:
    book = one_page(tmp_path, "# T\n\nLet $a$ be.\n\n$$\na = 1\n$$\n\nGone soon.\n\n```python\nx\n```\n\nThe end.\n")
    assert cost(book, {"$a$": "$\\alpha$", "a = 1": "\\alpha = 1", "Gone soon.\n\n```python\nx\n```\n\n": ""}) == (
        0,
        [],
    )
    assert book.targets() == as_if_fresh(book, tmp_path)


def test_a_list_marker_is_structure_and_a_verb_is_one_sentence(tmp_path: Path) -> None:
    book = one_page(tmp_path, "# T\n\n1. We draw numbers. Then we stop.\n2. We take the mean.\n")
    assert cost(book, {"2. We": "1. We", "We draw numbers.": "We drew numbers."}) == (16, ["We drew numbers."])
    assert book.targets() == as_if_fresh(book, tmp_path)


def test_notation_renamed_everywhere_costs_nothing(tmp_path: Path) -> None:
    page = "# The $s$ rule\n\nLet $s$ grow by $s_0$.\n\n| $s$ | rate of $s$ |\n|--|--|\n| 1 | `s` is |\n\n```python\ns = 1\n```\n"
    book = one_page(tmp_path, page)
    book.write("index.md", page.replace("$s", "$y").replace("`s`", "`y`").replace("s = 1", "y = 1"))
    assert cost(book, {}) == (0, [])
    assert book.targets() == as_if_fresh(book, tmp_path)


def test_a_file_that_is_split_takes_its_translation_along(tmp_path: Path) -> None:
    """Levels promoted, one section deleted, the contents changed: only what is new is sent."""
    toc = "# Book\n\n```{toctree}\n:caption: Lectures\n\nlecture\n```\n"
    book = one_page(tmp_path, toc, **{"lecture.md": LECTURE})
    book.edit("lecture.md", chinese("Do the second exercise."), "做第二题。")
    book.edit("index.md", chinese("Lectures"), "讲座")
    head, second = LECTURE.split("## Second part")
    book.write("lecture.md", head.replace("## Overview\n\nWhat it is about. It has two parts.\n\n", ""))
    book.write("second.md", "# Second part" + second.replace("### ", "## "))
    book.change("index.md", "\nlecture\n", "\nlecture\nsecond\n")
    assert cost(book, {}) == (0, [])
    assert book.target("second.md").endswith(f"## {chinese('Exercises')}\n\n做第二题。\n")
    assert ":caption: 讲座\n\nlecture\nsecond\n" in book.target("index.md")


def test_a_person_s_words_are_not_lost_when_a_file_is_split(tmp_path: Path) -> None:
    book = one_page(tmp_path, "# B\n", **{"lecture.md": LECTURE})
    book.edit("lecture.md", chinese("Do the second exercise."), "做第二题。")
    book.sync(speaks_chinese())
    book.write("lecture.md", LECTURE.split("## Second part")[0])
    book.sync(speaks_chinese())
    (kept,) = book.manifest("lecture.md").attic
    assert ("".join(kept.source), "".join(kept.target)) == ("Do the second exercise.", "做第二题。")


@pytest.mark.parametrize("shape", ["caption: %s", "caption: |\n      %s", "caption: '%s'", "caption: >-\n      %s"])
def test_captions_in_the_yaml_of_code_cells_are_sent_and_nothing_else(tmp_path: Path, shape: str) -> None:
    pytest.importorskip("myst_nb")
    cell = (
        "# T\n\n```{code-cell} python\n---\nmystnb:\n  figure:\n    "
        + shape
        + "\n    name: fig\ntags: [x]\n---\nplt.plot()\n```\n"
    )
    conf = 'extensions = ["sphinx_amts", "myst_nb"]\nnb_execution_mode = "off"\n'
    book = SmallBook(tmp_path, {"index.md": cell % "Rates of growth"}, conf=conf)
    book.sync(speaks_chinese())
    assert book.target("index.md") == (cell % chinese("Rates of growth")).replace("# T", f"# {chinese('T')}")
    assert cost(book, {"Rates of growth": "Rates of change"}) == (15, ["Rates of change"])
    assert cost(book, {"plt.plot()": "plt.plot(1)"}) == (0, [])


def test_one_anchor_and_a_sentence_are_two_changed_lines(tmp_path: Path) -> None:
    book = one_page(tmp_path, f"{LECTURE}\nSee [this](#overview) for more.\n")
    before = book.target("index.md").splitlines()
    assert cost(book, {"(#overview)": "(#exercises)", "Do the first exercise.": "Do the exercise."}) == (
        16,
        ["Do the exercise."],
    )
    after = book.target("index.md").splitlines()
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 2


def test_the_tables_of_contents_of_a_jupyter_book_keep_everything_but_their_captions(tmp_path: Path) -> None:
    pytest.importorskip("jupyter_book")
    toc = "format: jb-book\nroot: index\nparts:\n- caption: The first part   # 1.10\n  numbered:  true\n  chapters:\n  - file: a\n"
    book = SmallBook(
        tmp_path, {"_config.yml": "title: A book\n", "_toc.yml": toc, "index.md": "# I\n", "a.md": "# A\n"}, conf=""
    )
    book.sync(speaks_chinese())
    assert book.target("_toc.yml") == toc.replace("The first part", chinese("The first part"))
    book.edit("_toc.yml", chinese("The first part"), "第一部分")
    book.write("b.md", "# B\n")
    book.change("_toc.yml", "  - file: a\n", "  - file: a\n  - file: b\n")
    book.sync(speaks_chinese())
    assert book.target("_toc.yml") == toc.replace("The first part", "第一部分") + "  - file: b\n"


# Trees


def test_two_languages_do_not_touch_each_other(tmp_path: Path) -> None:
    one = SmallBook(tmp_path, {"index.md": LECTURE})
    one.sync()
    before = one.tree()
    one.language, one.locale = "es", tmp_path / "locale" / "es"
    one.sync()
    one.language, one.locale = "zh", tmp_path / "locale" / "zh"
    assert one.tree() == before


def test_a_text_without_a_place_is_named(tmp_path: Path) -> None:
    """What cannot be translated is said, not passed over."""
    book = SmallBook(
        tmp_path, {"index.md": "# T\n\n{{ project }}\n\nWords.\n"}, conf=CONF.replace("Some project", "*Words* here")
    )
    result = book.sync()
    assert {finding.subtype for finding in result.findings} <= {Subtype.UNIT}
    assert pseudo("Words.") in book.target("index.md")
