"""The three-way merge of what stands between units."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sphinx_amts.merge.aligned import aligned, chunks
from sphinx_amts.merge.code import code_lines, fences, is_whole, lines
from sphinx_amts.merge.three_way import Conflict, Lost, merge, merge_code

FIXTURES = Path(__file__).parent / "fixtures" / "merge.txt"


def fixtures() -> list[tuple[str, str, list[str]]]:
    """Title, suffix, and base, theirs, ours, expected of each case."""
    cases = re.split(r"^=== ", FIXTURES.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = []
    for case in cases:
        title, _, rest = case.partition("\n")
        name, suffix = re.fullmatch(r"(.*) \((\.\w+)\)", title).groups()  # type: ignore[union-attr]
        texts = re.split(r"^\.{3,} ?\w*\n", rest, flags=re.MULTILINE)[1:]
        found.append((name, suffix, texts[:4]))
    return found


@pytest.mark.parametrize(("suffix", "texts"), [case[1:] for case in fixtures()], ids=[case[0] for case in fixtures()])
def test_what_both_sides_changed_is_merged(suffix: str, texts: list[str]) -> None:
    base, theirs, ours, expected = texts
    merged = merge(base, theirs, ours, suffix)
    assert (merged.text, merged.conflicts) == (expected, ())


CONFLICTS = {
    "a string that both changed": ("f('a', x)\n", "f('b', x)\n", "f('甲', x)\n"),
    "code that both changed": ("f(a, b, c)\n", "f(a, b, d)\n", "g(a, b, c)\n"),
    "a comment that both changed": ("x = 1  # a\n", "x = 1  # b\n", "x = 1  # 甲\n"),
    "ours took out what theirs changed": ("x = 1\n", "x = 2\n", ""),
    "theirs took out what ours changed": ("def f(x):\n    return x\n", "", "def f(x):\n    return x + 1\n"),
    "both wrote one line anew": ("x = 1\n", "y = [2 for _ in z]\n", "print('哦')\n"),
    "both added much of the same": ("", "import a\nimport b\n", "import b\nimport c\n"),
}


@pytest.mark.parametrize(("base", "theirs", "ours"), CONFLICTS.values(), ids=CONFLICTS)
def test_what_cannot_be_settled_keeps_ours_and_is_listed(base: str, theirs: str, ours: str) -> None:
    merged = merge_code(
        f"import a\n\n{base}\nend()\n", f"import a\n\n{theirs}\nend()\n", f"import a\n\n{ours}\nend()\n"
    )
    assert merged.text == f"import a\n\n{ours}\nend()\n"
    (conflict,) = merged.conflicts
    assert (conflict.base.strip(), conflict.theirs.strip(), conflict.ours.strip()) == (
        base.strip(),
        theirs.strip(),
        ours.strip(),
    )
    assert 2 <= conflict.line <= 3


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "expected"),
    [
        ("x = f(1)  # a\n", "x = g(1)  # b\n", "x = f(1)  # 甲\n", "x = g(1)  # 甲\n"),
        ("f('a', x)\n", "g('b', x, 2)\n", "f('甲', x)\n", "g('甲', x, 2)\n"),
        ("W = three()  # Gate\n", "self.W = triple()  # A gate\n", "W = three()  # 门\n", "self.W = triple()  # 门\n"),
    ],
    ids=["a comment", "a string", "an object"],
)
def test_code_follows_theirs_beside_a_text_that_both_changed(base: str, theirs: str, ours: str, expected: str) -> None:
    """Ours stands in code that runs, and is listed; a line of old code among new ones would break them all."""
    merged = merge_code(
        f"import a\n\n{base}\nend()\n", f"import a\n\n{theirs}\nend()\n", f"import a\n\n{ours}\nend()\n"
    )
    assert merged.text == f"import a\n\n{expected}\nend()\n"
    (conflict,) = merged.conflicts
    assert (conflict.base, conflict.theirs, conflict.ours) == (base, theirs, expected)


def test_a_conflict_says_on_which_line_ours_stands() -> None:
    merged = merge_code("a\nb\nc = 'x'\n", "new\na\nb\nc = 'y'\n", "a\nours\nb\nc = '甲'\n")
    assert merged.text == "new\na\nours\nb\nc = '甲'\n"
    assert merged.conflicts == (Conflict("c = 'x'\n", "c = 'y'\n", "c = '甲'\n", 5),)


def test_a_conceded_conflict_takes_theirs_and_what_was_ours_is_lost() -> None:
    texts = [f"a = 1\nb = {b}\nc = {c}\n" for b, c in (("f('x')", 3), ("g('y')", 4), ("h('甲')", 3))]
    merged = merge_code(*texts)
    conceded = merged.conceded()
    assert (merged.text, len(merged.conflicts)) == ("a = 1\nb = h('甲')\nc = 4\n", 1)
    assert (conceded.text, conceded.conflicts) == ("a = 1\nb = g('y')\nc = 4\n", ())
    assert conceded.lost == (Lost("b = f('x')\n", "b = h('甲')\n"),)


def test_a_conflict_never_moves_the_end_of_a_block() -> None:
    """People emptied a cell that authors took out: alone, the line that opens it would open the rest of the page."""
    opening = "```{.python .input}\n"
    base = f"{opening}    norm = torch.sqrt(total)\n#@tab tensorflow\n```\n\n"
    merged = merge(base, "\n\n", f"{opening}```\n\n", ".md")
    assert is_whole(fences(merged.text.splitlines()))
    assert opening in merged.text + "".join(lost.ours for lost in merged.lost)


def test_a_line_in_a_block_of_mathematics_does_not_outlive_it() -> None:
    base = "\n\n$$\nx = 6\n$$\n\n"
    merged = merge(base, "\n", base.replace("x = 6", "font()\nx = 6"), ".md")
    assert len(merged.conflicts) == 1


def test_one_conflict_does_not_hold_up_the_other_changes() -> None:
    base = "a = 'one'\nb = 2\nc = 3\n"
    merged = merge_code(base, "a = 'uno'\nb = 2\nc = 4\n", "a = '一'\nb = 2\nc = 3\n")
    assert (merged.text, len(merged.conflicts)) == ("a = '一'\nb = 2\nc = 4\n", 1)


def test_what_theirs_took_out_and_ours_had_localised_is_lost_and_said() -> None:
    merged = merge_code("a\nplot('x')\nb\n", "a\nb\n", "a\nplot('图')\nb\n")
    assert (merged.text, merged.conflicts) == ("a\nb\n", ())
    assert [(lost.base, lost.ours) for lost in merged.lost] == [("plot('x')\n", "plot('图')\n")]


def test_a_comment_that_theirs_took_out_is_lost_and_said() -> None:
    merged = merge_code("x = f(1)  # why\n", "x = f(2)\n", "x = f(1)  # 为什么\n")
    assert (merged.text, merged.conflicts) == ("x = f(2)\n", ())
    assert [lost.ours for lost in merged.lost] == ["x = f(1)  # 为什么\n"]


# Masks


@pytest.mark.parametrize(
    ("language", "line", "masked"),
    [
        ("python", "ax.plot(x, label='密度')  # 图", "ax.plot(x, label=\0string)"),
        ("python", 'f(rb"a\\"b", u\'c\')', "f(\0string, \0string)"),
        ("python", "%matplotlib inline", "%matplotlib inline"),
        ("python", "!pip install 'a' # b", "!pip install \0string"),
        ("python", "%%tab pytorch  #@save", "%%tab pytorch"),
        ("python", "x = '''a''' + y", "x = \0string + y"),
        ("python", "x // 2", "x // 2"),
        ("python", "it's # not closed", "it's"),
        ("r", 'plot(x, main = "a") # b', "plot(x, main = \0string)"),
        ("c++", 'int x = 1; /* a */ f("b"); // c', "int x = 1; \0comment f(\0string);"),
        ("javascript", "f(`a ${b}`) // c", "f(\0string)"),
        ("sql", "select 'a' -- b", "select \0string"),
        ("bash", 'echo "a $b" # c', "echo \0string"),
        ("matlab", "x = y'; % a", "x = y';"),
        ("lisp", '\'(a "b") ; c', "'(a \0string)"),
        ("yaml", "key: 'a' # b", "key: \0string"),
        ("", ":tags: [hide]", ":tags: \0value"),
    ],
)
def test_strings_and_comments_of_many_languages_are_masked(language: str, line: str, masked: str) -> None:
    (found,) = code_lines(line, language)
    assert found.masked == masked


def test_strings_over_several_lines_are_masked() -> None:
    found = code_lines('def f():\n    """One.\n\n    Two # 3\n    """ + x  # y\n')
    assert [line.masked for line in found] == ["def f():", "    \0string", "", "    \0string", "    \0string + x"]


def test_a_part_that_begins_inside_a_cell_is_code_up_to_its_fence() -> None:
    found = lines("\n    name: fig\n---\nplot('x')  # y\n```\n\n'no' # code\n", ".md")
    assert [line.masked for line in found][1:] == [
        "    name: \0value",
        "---",
        "plot(\0string)",
        "```",
        "",
        "'no' # code",
    ]


TEXT = st.text(st.sampled_from("ab \n\"'#`:-{}.\\'\r/*"), max_size=60)


@given(TEXT, st.sampled_from([".md", ".rst", ".yml", ".ipynb"]))
def test_lines_and_tokens_lose_nothing(text: str, suffix: str) -> None:
    if suffix != ".ipynb":
        found = lines(text, suffix)
        assert "".join(line.text for line in found) == text
        for line in found:
            assert "".join(token.text for token in line.tokens) in ("", line.text.rstrip("\r\n"))


@given(TEXT, st.sampled_from(["python", "c", "sql", "latex", "lisp"]))
def test_lines_and_tokens_of_code_lose_nothing(text: str, language: str) -> None:
    found = code_lines(text, language)
    assert "".join(line.text for line in found) == text
    for line in found:
        assert "".join(token.text for token in line.tokens) in ("", line.text.rstrip("\r\n"))


# Laws

LINE = st.sampled_from(
    [
        *("\n", "x = 1\n", "x = 2\n", "f('a')\n", "f('b')\n", "f('甲', y)\n", "g(x)  # a\n", "g(x)  # 乙\n", ")\n"),
        *("```{code-cell}\n", "```\n", ":width: 1\n", ":width: 2\n", '"""\n', "words here\n", "and more words\n"),
    ]
)
LINES = st.lists(LINE, max_size=12).map("".join)
SUFFIX = st.sampled_from([".md", ".rst", ".yml"])


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    found = text.splitlines(keepends=True)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(found)))
        found[start : start + draw(st.integers(0, 2))] = draw(st.lists(LINE, max_size=2))
    return "".join(found)


@st.composite
def three(draw: st.DrawFn) -> tuple[str, str, str]:
    base = draw(LINES)
    return base, draw(edited(base)), draw(edited(base))


@given(LINES, LINES, SUFFIX)
def test_where_theirs_changed_nothing_ours_stands(base: str, ours: str, suffix: str) -> None:
    assert merge(base, base, ours, suffix).text == ours


@given(LINES, LINES, SUFFIX)
def test_where_ours_changed_nothing_theirs_stands(base: str, theirs: str, suffix: str) -> None:
    assert merge(base, theirs, base, suffix).text == theirs


@given(LINES, LINES, SUFFIX)
def test_what_both_did_stands(base: str, theirs: str, suffix: str) -> None:
    assert merge(base, theirs, theirs, suffix).text == theirs


@given(three(), SUFFIX)
@example(("", "\n", '"""\n'), ".md")
def test_what_only_ours_has_survives_or_is_said_to_be_lost(sides: tuple[str, str, str], suffix: str) -> None:
    base, theirs, ours = sides
    merged = merge(base, theirs, ours, suffix)
    own = {line for line in ours.splitlines() if line.strip()} - set(base.splitlines()) - set(theirs.splitlines())
    masked = {line.masked for line in lines(merged.text, suffix)} | {line.masked for line in code_lines(merged.text)}
    there = {*merged.text.splitlines(), *(line for lost in merged.lost for line in lost.ours.splitlines())}
    for line in own - there:
        (cut,) = code_lines(line)
        texts = [token.text for token in cut.tokens if token.is_masked]
        assert cut.masked in masked or all(text in merged.text for text in texts), line


@given(st.lists(st.sampled_from("abcdefgh"), max_size=10), st.data())
def test_no_line_of_prose_is_invented_and_no_addition_of_ours_is_lost(base: list[str], data: st.DataObject) -> None:
    texts = ["".join(f"{line} stands here\n" for line in base)]
    for letters in ("ijk", "lmn"):
        own = list(base)
        for _ in range(data.draw(st.integers(0, 3))):
            start = data.draw(st.integers(0, len(own)))
            own[start : start + data.draw(st.integers(0, 2))] = data.draw(
                st.lists(st.sampled_from(letters), max_size=2)
            )
        texts.append("".join(f"{line} stands here\n" for line in own))
    merged = merge(*texts, ".md")
    assert merge(*texts, ".md") == merged
    before, theirs, ours = (Counter(text.splitlines()) for text in texts)
    now = Counter(merged.text.splitlines())
    assert not set(now) - set(theirs) - set(ours)
    assert not set(ours - before) - set(now)


@given(three(), SUFFIX)
def test_line_ends_stay_what_they_are(sides: tuple[str, str, str], suffix: str) -> None:
    base, theirs, ours = (side.replace("\n", "\r\n") for side in sides)
    merged = merge(base, theirs, ours, suffix).text
    assert merged.replace("\r\n", "").count("\n") == merged.replace("\r\n", "").count("\r") == 0


PAIRS = st.lists(st.sampled_from("abcde"), max_size=8)


@given(PAIRS, PAIRS, PAIRS)
def test_chunks_lose_nothing(base: list[str], theirs: list[str], ours: list[str]) -> None:
    pairs = [aligned(base, side, (lambda item: item,)) for side in (theirs, ours)]
    for side, found in zip((theirs, ours), pairs, strict=True):
        assert all(base[i] == side[j] for i, j in found)
        assert all(a < c and b < d for (a, b), (c, d) in itertools.pairwise(found))
    cut = list(chunks(len(base), pairs[0], pairs[1], len(theirs), len(ours)))
    for number, side in enumerate((base, theirs, ours)):
        assert [item for spans in cut for item in spans[number]] == list(range(len(side)))


@pytest.mark.parametrize(
    "line", ["x{n} = f('{n}')\n", "}}\n", "f('{n}')\n", "x = {k}\n"], ids=["all differ", "all equal", "masked", "ten"]
)
def test_five_thousand_lines_are_merged_in_seconds(line: str) -> None:
    base = [line.format(n=number, k=number % 10) for number in range(5_000)]
    theirs = [text for number, text in enumerate(base) if number % 97]
    ours = [text.replace("f('", "f('甲") if number % 3 else f"{text}own{number}\n" for number, text in enumerate(base)]
    started = time.process_time()
    merge("".join(base), "".join(theirs), "".join(ours), ".py")
    assert time.process_time() - started < 5


# Notebooks


def notebook(*cells: dict[str, object], indent: int | None = 1) -> str:
    return (
        json.dumps({"cells": list(cells), "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False, indent=indent) + "\n"
    )


def cell(source: str, count: int = 1, output: str = "1", name: str = "", **metadata: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": count,
        **({"id": name} if name else {}),
        "metadata": metadata,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": [output]}],
        "source": source.splitlines(keepends=True),
    }


@pytest.mark.parametrize("indent", [1, 4, None])
def test_a_notebook_is_merged_cell_by_cell(indent: int | None) -> None:
    one, two = cell("x = 1  # one\nplot('a')"), cell("y = 2")
    base = notebook(one, two, indent=indent)
    theirs = notebook(cell("import z", name="new"), cell("x = 3  # one\nplot('a')", 2, "3"), two, indent=indent)
    ours = notebook(cell("x = 1  # 一\nplot('图')\nfont()"), two, indent=indent)
    merged = merge(base, theirs, ours, ".ipynb")
    expected = notebook(
        cell("import z", name="new"), cell("x = 3  # 一\nplot('图')\nfont()", 2, "3"), two, indent=indent
    )
    assert (merged.text, merged.conflicts) == (expected, ())


def test_outputs_follow_theirs_where_ours_did_not_run_again() -> None:
    base, theirs = notebook(cell("f('a')", 1, "old")), notebook(cell("f('a')", 2, "new"))
    assert merge(base, theirs, notebook(cell("f('甲')", 1, "old")), ".ipynb").text == notebook(
        cell("f('甲')", 2, "new")
    )
    ran = notebook(cell("f('甲')", 7, "ours"))
    assert (merge(base, theirs, ran, ".ipynb").text, merge(base, theirs, ran, ".ipynb").conflicts) == (ran, ())


def test_a_cell_that_theirs_took_out_goes_with_its_comma() -> None:
    base = notebook(cell("f('a')"), cell("g('b')"))
    theirs, ours = notebook(cell("f('a')")), notebook(cell("f('甲')"), cell("g('乙')"))
    merged = merge(base, theirs, ours, ".ipynb")
    assert (merged.text, len(merged.lost)) == (notebook(cell("f('甲')")), 1)


def test_a_conflict_in_a_cell_says_its_line() -> None:
    base, theirs = notebook(cell("a\nf('a')")), notebook(cell("a\nf('b')"))
    ours = notebook(cell("a\nf('甲')"))
    merged = merge(base, theirs, ours, ".ipynb")
    assert merged.text == ours
    (conflict,) = merged.conflicts
    assert (conflict.theirs, conflict.ours) == ("f('b')", "f('甲')")
    assert "甲" in merged.text.splitlines()[conflict.line - 1]


CELLS = st.lists(
    st.builds(cell, LINES, st.integers(1, 2), st.sampled_from("ab"), st.sampled_from(["", "i", "j"])), max_size=4
)


@given(CELLS, CELLS, CELLS, st.sampled_from([1, None]))
def test_a_merged_notebook_is_a_notebook(
    base: list[dict[str, object]], theirs: list[dict[str, object]], ours: list[dict[str, object]], indent: int | None
) -> None:
    sides = [notebook(*side, indent=indent) for side in (base, theirs, ours)]
    json.loads(merge(*sides, ".ipynb").text)
    assert merge(sides[0], sides[1], sides[0], ".ipynb").text == sides[1]


def test_both_sides_may_add_a_part_at_the_end_of_a_table_of_contents() -> None:
    part = "- caption: {}\n  chapters:\n  - file: {}\n"
    base, theirs, ours = part.format("A", "a"), part.format("B", "b"), part.format("Z", "z")
    assert merge(base, base + theirs, base + ours, ".yml").text == base + ours + theirs


def test_entries_of_a_table_of_contents_are_not_taken_for_one_another() -> None:
    entries = "- file: a\n- file: b\n- file: c\n"
    theirs = "- file: d\n- file: c\n- file: a\n"
    ours = entries + "- file: z\n"
    assert merge(entries, theirs, ours, ".yml").text == "- file: d\n- file: c\n- file: z\n- file: a\n"


def test_cells_that_both_sides_add_in_one_place_are_both_kept() -> None:
    """They share the fence and a comment; only code tells that two cells are one."""
    cell = "```{.python .input}\n#@tab %s\nx = %s\n```\n\n"
    base = cell % ("mxnet", "np.arange(12)")
    theirs, ours = (base + cell % each for each in (("jax", "jnp.arange(12)"), ("paddle", "paddle.arange(12)")))
    assert merge(base, theirs, ours, ".md").text == ours + cell % ("jax", "jnp.arange(12)")
    other = base + cell % ("paddle", "jnp.arange(12)")
    assert len(merge(base, theirs, other, ".md").conflicts) == 1
