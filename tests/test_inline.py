"""Inline codes go out of a text as tags and come back in their place, whatever surrounds them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from sphinx_amts.document.inline import CannotRestore, Grammar, guard, protect, restore, shown
from sphinx_amts.document.inline.myst import MystGrammar
from sphinx_amts.document.inline.rst import RstGrammar
from sphinx_amts.masked import TAG, problem
from sphinx_amts.model import InlineCode, Masked

FIXTURES = Path(__file__).parent / "fixtures"
EXTENSIONS = {
    "amsmath",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
    "html_image",
    "replacements",
    "smartquotes",
    "strikethrough",
    "substitution",
    "tasklist",
}
DEFINITIONS = {"REF": {"href": "https://example.org", "title": ""}}


def parser(*more: str) -> MarkdownIt:
    return create_md_parser(MdParserConfig(enable_extensions={*EXTENSIONS, *more}), RendererHTML)


MYST = MystGrammar(parser(), DEFINITIONS)
RST = RstGrammar()
GRAMMARS = {"myst": MYST, "rst": RST}


def cases(name: str) -> list[object]:
    """The cases of a fixture: a title, the source and what is expected, with a line of one dot after each."""
    blocks = re.split(r"^\.\n", (FIXTURES / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [
        pytest.param(source.removesuffix("\n"), expected.removesuffix("\n"), id=title.strip())
        for title, source, expected in zip(blocks[0::3], blocks[1::3], blocks[2::3], strict=False)
    ]


def listed(masked: Masked) -> str:
    """A masked text, and a line for each of its codes."""
    lines = [masked.text]
    for code in masked.codes:
        around = code.opening if code.closing is None else f"{code.opening} ... {code.closing}"
        lines.append(f"  {code.kind}{' ordered' if code.ordered else ''}: {around!r}")
    return "\n".join(lines)


def nesting(masked: Masked, grammar: Grammar) -> Counter[tuple[Hashable, ...]]:
    """How often each code stands inside which codes, escapes aside."""
    found: Counter[tuple[Hashable, ...]] = Counter()
    path: list[Hashable] = []
    for tag in TAG.finditer(masked.text):
        if tag["close"]:
            path.pop()
            continue
        code = masked.codes[int(tag["number"]) - 1]
        if code.kind != "escape":
            found[(*path, grammar.meaning(code))] += 1
        if not tag["alone"]:
            path.append(grammar.meaning(code))
    return found


@pytest.mark.parametrize(("source", "expected"), cases("inline-myst.txt"))
def test_myst_markup_becomes_tags(source: str, expected: str) -> None:
    assert listed(protect(source, MYST)) == expected


@pytest.mark.parametrize(("source", "expected"), cases("inline-rst.txt"))
def test_rst_markup_becomes_tags(source: str, expected: str) -> None:
    assert listed(protect(source, RST)) == expected


def written(source: str, grammar: Grammar) -> str:
    """What is written for ``source => answer``, or why nothing is."""
    original, answer = source.split("\n=>\n")
    try:
        return restore(answer, protect(original, grammar).codes, grammar)
    except CannotRestore as error:
        return f"CannotRestore: {error}"


@pytest.mark.parametrize(("source", "expected"), cases("inline-myst-restore.txt"))
def test_an_answer_is_written_as_myst_that_reads_as_asked(source: str, expected: str) -> None:
    assert written(source, MYST) == expected


@pytest.mark.parametrize(("source", "expected"), cases("inline-rst-restore.txt"))
def test_an_answer_is_written_as_rst_that_reads_as_asked(source: str, expected: str) -> None:
    assert written(source, RST) == expected


MYST_PARTS = [
    *"*_`$[](){}<>!&;^~|\\\n\"':/#.@-",
    *(
        "**",
        "``",
        "$$",
        "{{",
        "}}",
        "  \n",
        "\\\n",
        "~~",
        "](",
        "][",
        "[^1]",
        "{term}`",
        "{ref}`",
        "{abbr}`",
        " <",
        "![",
        "{.a}",
    ),
    *(
        "https://",
        "www.",
        "<b>",
        "</b>",
        "<br>",
        "<!-- -->",
        "&nbsp;",
        "&#8203;",
        "<1/>",
        "<2>",
        "</2>",
        "␟",
        "a",
        "b c",
        "ref",
    ),
    *("（强调）", "中文", "，", "%s", "\t", "\0", "\r", "é"),
]
RST_PARTS = [
    *"*_`|[]<>\\:\n.()'\"-@#",
    *(
        "**",
        "``",
        "`_",
        "`__",
        "_`",
        "__",
        "]_",
        "[#]_",
        "[*]_",
        ":ref:`",
        ":term:`",
        ":abbr:`",
        "`:ref:",
        " <",
        ">`_",
        "\\ ",
    ),
    *(
        "::",
        "|a|_",
        "http://a.b",
        "a@b.c",
        "<1/>",
        "<2>",
        "</2>",
        "␟",
        "a",
        "b c",
        "word_",
        "（强调）",
        "中文",
        "，",
        "%s",
        "\0",
    ),
]


@given(st.lists(st.sampled_from(MYST_PARTS), max_size=24).map("".join) | st.text(max_size=60))
def test_restoring_what_was_protected_gives_the_same_myst(text: str) -> None:
    masked = protect(text, MYST)
    assert restore(masked.text, masked.codes, MYST) == text
    assert problem(masked.text, masked.text) is None
    assert protect(text, MYST) == masked


@given(st.lists(st.sampled_from(RST_PARTS), max_size=24).map("".join) | st.text(max_size=60))
def test_restoring_what_was_protected_gives_the_same_rst(text: str) -> None:
    masked = protect(text, RST)
    assert restore(masked.text, masked.codes, RST) == text
    assert problem(masked.text, masked.text) is None
    assert protect(text, RST) == masked


MYST_CODES = [
    "*a*",
    "**b**",
    "`c`",
    "$d$",
    "[e](f)",
    "[ref]",
    "{term}`g`",
    "{ref}`h <i>`",
    "~~j~~",
    "![k](l)",
    "&nbsp;",
    "**m *n* o**",
]
RST_CODES = [
    "*a*",
    "**b**",
    "``c``",
    "`d <e>`_",
    "`f`_",
    "g_",
    ":term:`h`",
    ":ref:`i <j>`",
    "[#]_",
    "|k|",
    "http://l.m",
    "n__",
]
WORDS = st.sampled_from(
    ["中文", "（强调）", "，", " ", "word", "* ", "_x_", "`", "$5", "[1]", "<", "\\", "http://x", "a*b", "：", "é", "|"]
)


@st.composite
def answers(draw: st.DrawFn, parts: list[str], grammar: Grammar) -> tuple[Masked, str]:
    """A source, and an answer that has its tags in another order between other words."""
    source = " ".join(draw(st.lists(st.sampled_from(parts), min_size=1, max_size=4)))
    masked = protect(source, grammar)
    pieces = re.findall(r"<[0-9]+/>|<([0-9]+)>.*?</\1>", masked.text) and [
        match[0] for match in re.finditer(r"<[0-9]+/>|<([0-9]+)>.*?</\1>", masked.text)
    ]
    answer = "".join(draw(WORDS) + piece + draw(WORDS) for piece in draw(st.permutations(pieces)))
    return masked, re.sub(r"(?<=>)[^<>]+(?=<)", lambda _: draw(WORDS), answer)


def _assert_written_or_refused(masked: Masked, answer: str, grammar: Grammar) -> None:
    try:
        text = restore(answer, masked.codes, grammar)
    except CannotRestore:
        return
    assert nesting(protect(text, grammar), grammar) == nesting(Masked(answer, masked.codes), grammar)


@given(answers(MYST_CODES, MYST))
def test_myst_that_is_written_has_the_codes_asked_for(case: tuple[Masked, str]) -> None:
    _assert_written_or_refused(*case, MYST)


@given(answers(RST_CODES, RST))
def test_rst_that_is_written_has_the_codes_asked_for(case: tuple[Masked, str]) -> None:
    _assert_written_or_refused(*case, RST)


@given(st.sampled_from(sorted(GRAMMARS)), st.lists(st.sampled_from(MYST_PARTS + RST_PARTS), max_size=10).map("".join))
def test_a_guarded_text_is_one_paragraph_with_the_same_codes(name: str, text: str) -> None:
    grammar = GRAMMARS[name]
    try:
        guarded = guard(text, grammar)
    except CannotRestore:
        return
    assert grammar.is_paragraph(guarded)
    assert nesting(protect(guarded, grammar), grammar) == nesting(protect(text, grammar), grammar)


@pytest.mark.parametrize(
    ("grammar", "text", "guarded"),
    [
        ("myst", "1. 是", "1\\. 是"),
        ("myst", "12) 是", "12\\) 是"),
        ("myst", "# 是", "\\# 是"),
        ("myst", "- 是", "\\- 是"),
        ("myst", "+ 是", "\\+ 是"),
        ("myst", "> 是", "\\> 是"),
        ("myst", "---", "\\---"),
        ("myst", "::: 是", "\\::: 是"),
        ("myst", "```", "\\```"),
        ("myst", "(是)=", "\\(是)="),
        ("myst", "[是]: x", "\\[是]: x"),
        ("myst", "是\n- 否", "是\n\\- 否"),
        ("myst", "是\n---", "是\n\\---"),
        ("myst", "| 是 |", "| 是 |"),
        ("myst", "1.5 是", "1.5 是"),
        ("myst", "*是*", "*是*"),
        ("rst", "1. 是", "\\1. 是"),
        ("rst", "A. 是", "\\A. 是"),
        ("rst", "- 是", "\\- 是"),
        ("rst", ".. 是", "\\.. 是"),
        ("rst", ":是: 否", "\\:是: 否"),
        ("rst", "| 是", "\\| 是"),
        ("rst", "__ 是", "\\__ 是"),
        ("rst", ">>> 是", "\\>>> 是"),
        ("rst", "----", "\\----"),
        ("rst", "是\n---", "是\n\\---"),
        ("rst", "# 是", "# 是"),
        ("rst", "**是**", "**是**"),
    ],
)
def test_a_text_that_would_begin_a_block_is_escaped(grammar: str, text: str, guarded: str) -> None:
    assert guard(text, GRAMMARS[grammar]) == guarded


@pytest.mark.parametrize("grammar", sorted(GRAMMARS))
@pytest.mark.parametrize("text", ["", "是\n\n否", "    是"])
def test_a_text_that_is_no_paragraph_is_refused(grammar: str, text: str) -> None:
    with pytest.raises(CannotRestore, match="one paragraph"):
        guard(text, GRAMMARS[grammar])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("<1>a", "<1> is never closed"),
        ("a</1>", "</1> closes nothing"),
        ("<1>a</2>", "</2> closes nothing"),
        ("<1/>", "<1/> should be a pair"),
        ("<2>a</2>", "<2> should be a placeholder"),
        ("<2/><2/>", "<2/> occurs twice"),
        ("<3/>", "<3/> stands for no code"),
        ("<1></1>", "there is no text in"),
    ],
)
def test_damaged_tags_are_refused_with_a_reason(answer: str, reason: str) -> None:
    codes = (InlineCode("emphasis", "*", "*"), InlineCode("literal", "`x`"))
    with pytest.raises(CannotRestore, match=re.escape(reason)):
        restore(answer, codes, MYST)


@pytest.mark.parametrize("grammar", sorted(GRAMMARS))
@given(st.text(max_size=40))
def test_escaped_words_show_what_they_were(grammar: str, text: str) -> None:
    words = GRAMMARS[grammar].escape(text)
    assert "".join(word if isinstance(word, str) else shown(word) for word in words) == text


def test_escaped_white_space_shows_nothing() -> None:
    masked = protect("a\\ b\\*", RST)
    assert [shown(code) for code in masked.codes] == ["", "*"]


def test_a_reference_is_a_pair_only_where_it_is_defined() -> None:
    grammar = MystGrammar(parser())
    undefined = protect("see [the text][ref]", grammar)
    grammar.references = DEFINITIONS
    defined = protect("see [the text][ref]", grammar)
    assert (undefined.text, defined.text) == ("see [the text][ref]", "see <1>the text</1>")


def test_a_default_role_decides_what_backquotes_hold() -> None:
    assert [
        protect("`text <x>` or `y`", RstGrammar(role)).text for role in (None, "any", "term", "emphasis", "code")
    ] == [
        "<1/> or <2/>",
        "<1>text</1> or <2/>",
        "<1>text</1> or <2>y</2>",
        "<1>text <x></1> or <2>y</2>",
        "<1/> or <2/>",
    ]


def test_a_books_own_role_may_take_a_title() -> None:
    masked = [
        protect(":issue:`a bug <12>`", RstGrammar()),
        protect(":issue:`a bug <12>`", RstGrammar(titled_roles=["issue"])),
    ]
    masked += [protect("{issue}`a bug <12>`", MystGrammar(parser(), titled_roles=["issue"]))]
    assert [one.text for one in masked] == ["<1/>", "<1>a bug</1>", "<1>a bug</1>"]


def test_the_parser_that_is_given_stays_as_it_was() -> None:
    md = parser()
    inline, html = md.inline, md.render("**a** {sub}`b`")
    protect("**a** {sub}`b`", MystGrammar(md))
    assert md.inline is inline
    assert md.render("**a** {sub}`b`") == html


def _mark(state: StateInline, silent: bool) -> bool:
    """``[**text**]``, its text parsed in one go; ``%x%``, a token of its own."""
    src, pos = state.src, state.pos
    if src.startswith("[**", pos) and (end := src.find("**]", pos + 3)) > 0:
        if not silent:
            state.push("a_mark_open", "mark", 1)
            state.pos, maximum, state.posMax = pos + 3, state.posMax, end
            state.md.inline.tokenize(state)
            state.posMax = maximum
            state.push("a_mark_close", "mark", -1)
        state.pos = end + 3
        return True
    if src.startswith("%x%", pos):
        if not silent:
            state.push("a_thing", "", 0)
        state.pos = pos + 3
        return True
    return False


def _braces(state: StateInline, silent: bool) -> bool:
    """``=[`` and ``]=``, each a token by itself."""
    for mark, nesting, name in (("=[", 1, "b_mark_open"), ("]=", -1, "b_mark_close")):
        if state.src.startswith(mark, state.pos):
            if not silent:
                state.push(name, "mark", nesting)  # type: ignore[arg-type]
            state.pos += 2
            return True
    return False


PLUGIN = """\
a <1/> <2>b <3>c</3></2> [<4>d <5/></4>](e)
  mark: '%x%'
  mark: '=[ ... ]='
  emphasis: '* ... *'
  mark: '[** ... **]'
  literal: '`f`'"""


def test_the_tokens_of_a_plugin_that_nobody_knows_become_pairs_and_placeholders() -> None:
    md = parser()
    md.inline.ruler.before("escape", "mark", _mark)
    md.inline.ruler.before("escape", "braces", _braces)
    source, grammar = "a %x% =[b *c*]= [[**d `f`**]](e)", MystGrammar(md)
    masked = protect(source, grammar)
    assert listed(masked) == PLUGIN
    assert restore(masked.text, masked.codes, grammar) == source


def test_linkify_makes_bare_addresses_urls() -> None:
    pytest.importorskip("linkify_it")
    masked = protect("see example.org, https://a.b/c_d or [www.example.org](e).", MystGrammar(parser("linkify")))
    assert masked.text == "see <1/>, <2/> or <3><4/></3>."
