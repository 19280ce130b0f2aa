"""Requests as HTML for Amazon Translate, and its answers as masked text: what comes back damaged is never a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sphinx_amts.engines import checks
from sphinx_amts.engines.amazon.html import Fault, HtmlDocument, documents, masked_texts, segment_id, segment_ids
from sphinx_amts.engines.amazon.shown import shown
from sphinx_amts.masked import TAG, key
from sphinx_amts.model import InlineCode, Request

MATH = InlineCode("math", "$x_1$")
LINK = InlineCode("link", "[", "](https://example.org/a)")
LITERAL = InlineCode("literal", "``list``")
SENTENCE = Request("1", "See <1/> in <2>the <3/> here</2>.", (MATH, LINK, LITERAL), document="intro.md")


def packed(*requests: Request, characters: int = 1_000_000, size: int = 1_000_000) -> list[HtmlDocument]:
    found = list(documents(requests, language="en", most_characters=characters, most_bytes=size))
    assert not [item for item in found if isinstance(item, Fault)]
    return [item for item in found if isinstance(item, HtmlDocument)]


def html_of(*requests: Request) -> str:
    (document,) = packed(*requests)
    return document.text


def reasons(html: str, *requests: Request) -> list[str]:
    """What is read for each request: its text, or the reason for which there is none."""
    found = masked_texts(html, requests).values()
    return [said.reason if isinstance(said, Fault) else said for said in found]


# Writing


def test_a_sentence_is_a_block_with_its_codes_as_spans() -> None:
    id = segment_id(SENTENCE)
    code = f"s-{id[:6]}"
    assert html_of(SENTENCE) == (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"></head><body>'
        f'<p id="s-{id}">See <span translate="no" id="{code}-1">x_1</span> in '
        f'<span id="{code}-2">the <span translate="no" id="{code}-3">list</span> here</span>.</p>'
        "</body></html>"
    )
    assert re.fullmatch("[0-9a-f]{20}", id)


def test_words_that_look_like_html_are_escaped() -> None:
    assert "<p id=" in (html := html_of(Request("1", "R&D for a < b > c &amp; </p>")))
    assert ">R&amp;D for a &lt; b &gt; c &amp;amp; &lt;/p&gt;</p>" in html


def test_what_is_paid_for_is_the_text_that_readers_see() -> None:
    (document,) = packed(SENTENCE, Request("2", "a < b", document="intro.md"))
    assert document.characters == len("See x_1 in the list here.") + len("a < b")


def test_the_same_sentence_with_the_same_codes_is_one_segment() -> None:
    again = Request("2", " See <1/>  in\n<2>the <3/> here</2>.", SENTENCE.codes, before="x", document="other.md")
    other_code = Request("3", SENTENCE.source, (InlineCode("math", "$y$"), LINK, LITERAL))
    other_words = Request("4", "Look at <1/> in <2>the <3/> here</2>.", SENTENCE.codes)
    assert segment_id(again) == segment_id(SENTENCE)
    assert len({segment_id(request) for request in (SENTENCE, other_code, other_words)}) == 3
    (document,) = packed(SENTENCE, again)
    assert document.ids == (segment_id(SENTENCE),)


def test_each_source_document_has_documents_of_its_own_in_its_order() -> None:
    requests = [Request(str(number), f"Sentence {number}.", document=f"{number % 2}.md") for number in range(6)]
    even, odd = packed(*requests)
    assert even.ids == tuple(segment_id(request) for request in requests[::2]) == segment_ids(even.text)
    assert odd.ids == tuple(segment_id(request) for request in requests[1::2])


@pytest.mark.parametrize(("limit", "value"), [("characters", 40), ("size", 230)])
def test_a_document_is_split_before_it_passes_a_limit(limit: str, value: int) -> None:
    requests = [Request(str(number), f"Sentence Nº {number:03}.", document="a.md") for number in range(20)]
    found = packed(*requests, **{limit: value})
    assert [id for document in found for id in document.ids] == [segment_id(request) for request in requests]
    assert {len(document.ids) for document in found} == {2}
    sizes = {"characters": lambda one: one.characters, "size": lambda one: len(one.text.encode())}
    assert all(sizes[limit](document) <= value for document in found)


def test_a_document_may_be_exactly_as_large_as_a_limit() -> None:
    request = Request("1", "Nº 1", document="a.md")
    size = len(html_of(request).encode())
    assert packed(request, size=size, characters=4)
    (fault,) = documents([request], language="en", most_characters=4, most_bytes=size - 1)
    assert isinstance(fault, Fault)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("word " * 20, "it has 99 characters, and at most 50 can be sent at once"),
        ("é" * 49, "as HTML it has 133 bytes, and at most 114 can be sent at once"),
        ("a\x00b", "it contains the character U+0000, which cannot be sent"),
        ("a\ud800b", "it contains the character U+D800, which cannot be sent"),
        ("a <1>b", "the source is damaged: <1> is never closed"),
    ],
)
def test_what_cannot_be_sent_says_why_and_takes_nothing_with_it(source: str, reason: str) -> None:
    requests = [Request("1", "Before."), Request("2", source), Request("3", "After.")]
    fault, document = documents(requests, language="en", most_characters=50, most_bytes=200)
    assert fault == Fault(segment_id(requests[1]), reason)
    assert isinstance(document, HtmlDocument)
    assert document.ids == (segment_id(requests[0]), segment_id(requests[2]))


STRANGE = [
    "chapter_intro/index.md",
    "Chapter_Intro/Index.md",
    "",
    ".",
    "..",
    "/",
    "../../etc/passwd",
    "-rf",
    ".x",
    "第一章/说明.md",
]
STRANGE += [
    "con.md",
    "a" * 300 + ".md",
    "a\x00b\nc.md",
    "a.b.c.rst",
    "é.md",
    "e\u0301.md",
    "\ud800.md",
    "details",
    "a b&c.md",
]


def test_names_of_documents_are_plain_and_never_alike() -> None:
    names = [document.name for document in packed(*(Request("1", f"In {path!r}", document=path) for path in STRANGE))]
    assert len({name.lower() for name in names}) == len(STRANGE)
    assert all(re.fullmatch(r"[0-9]{4}(-[A-Za-z0-9_-]{1,60})?\.html", name) for name in names)
    assert names[0] == "0001-chapter_intro-index.html"
    assert names[STRANGE.index("../../etc/passwd")] == "0007-etc-passwd.html"


@pytest.mark.parametrize(
    ("kind", "opening", "text"),
    [
        ("math", "$x_{n}$", "x_{n}"),
        ("math", ":math:`\\alpha`", "\\alpha"),
        ("math", "$a < b & c$", "a b c"),
        ("literal", "``a`b``", "a`b"),
        ("literal", "`np.corrcoef`", "np.corrcoef"),
        ("role", "{eq}`can_ar1`", "can_ar1"),
        ("role", ":ref:`the text <label>`", "the text"),
        ("citation", "{cite:p}`Barro1979`", "Barro1979"),
        ("link", "[](eq:arbi)", "·"),
        ("image", "![A plot](a.png)", "·"),
        ("reference", "`Python`_", "·"),
        ("footnote", "[^note]", "·"),
        ("footnote", "[#]_", "·"),
        ("substitution", "|name|", "name"),
        ("substitution", "{{ version }}", "version"),
        ("url", "<https://example.org/a?b=c>", "https://example.org/a?b=c"),
        ("url", "https://example.org/a/very/long/path", "https://example.org/a/very/lon"),
        ("html", "<br/>", "·"),
        ("entity", "&agrave;", "à"),
        ("entity", "&lt;", "·"),
        ("escape", "\\$", "$"),
        ("break", "\\\n    ", "·"),
        ("literal-tag", "<1/>", "1/"),
        ("mark", "", "·"),
    ],
)
def test_a_placeholder_shows_the_service_what_a_reader_sees(kind: str, opening: str, text: str) -> None:
    assert shown([InlineCode(kind, opening)], 1) == text


@given(st.text(max_size=50), st.sampled_from("math literal role link image html entity escape url".split()))
def test_what_a_placeholder_shows_is_short_and_never_markup(opening: str, kind: str) -> None:
    text = shown([InlineCode(kind, opening)], 1)
    assert 0 < len(text) <= 30
    assert text == " ".join(text.split())
    assert text.isprintable()
    assert not set("<>&") & set(text)


# Reading


def test_the_answer_is_told_by_ids_whatever_else_changed() -> None:
    id = segment_id(SENTENCE)
    code = id[:6]
    answer = f"""<html>\n<body class='x'>
        <P class="a" ID='s-{id}'>在<span id=s-{code}-2 lang="zh">这<SPAN id="s-{code}-3" translate='no'>list</SPAN
        >里</span>看 <span translate="no" id="s-{code}-1">x_1</span>。</P>\n</body></html>\n"""
    assert reasons(answer, SENTENCE) == ["在<2>这<3/>里</2>看 <1/>。"]


def test_every_segment_that_was_asked_has_one_entry_and_no_other() -> None:
    asked, other = Request("1", "One."), Request("2", "Two.")
    assert reasons(html_of(asked, other), asked) == ["One."]
    assert reasons(html_of(asked), asked, other) == ["One.", "it is missing in the answer"]
    assert masked_texts("", []) == {}


Damage = Callable[[str], str]
GATE = object()
"""The reading is a text, and the gate refuses it."""
FIRST, LAST = Request("0", "Before it.", document="intro.md"), Request("9", "After it.", document="intro.md")
DAMAGE: dict[str, tuple[Damage, object]] = {
    "is cut off": (lambda p: p.removesuffix("</p>"), "it came back cut off"),
    "is cut off in a tag": (lambda p: p[:40], "it came back cut off"),
    "comes twice": (lambda p: p + p, "it came back twice"),
    "lost its id": (lambda p: re.sub(r"<p id=\S+>", "<p>", p), "it is missing in the answer"),
    "has another id": (lambda p: p.replace('<p id="s-', '<p id="s-0'), "it is missing in the answer"),
    "was split in two": (lambda p: p.replace(" here", "</p><p> here"), "it came back in pieces"),
    "has words behind it": (lambda p: p + "more", "it came back in pieces"),
    "has a tag behind it": (lambda p: p + "<br>", "it came back in pieces"),
    "was closed twice": (lambda p: p + "</p>", "it came back in pieces"),
    "has another block in it": (lambda p: p.replace("See", "<div>See</div>"), GATE),
    "has a script in it": (lambda p: p.replace("See", "<script>See"), GATE),
    "has a comment in it": (lambda p: p.replace("See", "<!-- See -->"), GATE),
    "is in bold": (lambda p: p.replace("See", "<b>See</b>"), GATE),
    "lost a placeholder": (lambda p: re.sub(r'<span translate="no" id="\S+-1">x_1</span>', "", p), GATE),
    "lost a placeholder's tags": (lambda p: re.sub(r'<span translate="no" id="\S+-1">x_1</span>', "x_1", p), GATE),
    "lost a pair's tags": (lambda p: re.sub(r'<span id="\S+-2">(.*)</span>', r"\1", p), GATE),
    "lost a closing tag": (lambda p: p.replace(" here</span>", " here"), "an inline code is not closed"),
    "lost an opening tag": (lambda p: re.sub(r'<span id="\S+-2">', "", p), GATE),
    "lost all ids of codes": (lambda p: re.sub(r' id="s-\w+-\d"', "", p), GATE),
    "doubled a placeholder": (lambda p: re.sub(r"(<span t.*?</span>)", r"\1\1", p, count=1), GATE),
    "doubled a pair": (lambda p: re.sub(r'(<span id="\S+-2">.*</span>)', r"\1\1", p), GATE),
    "emptied a pair": (lambda p: re.sub(r'(<span id="\S+-2">)the (.*) here</span>', r"\1</span>the \2 here", p), GATE),
    "moved a code out of its pair": (lambda p: re.sub(r"(See )(.*)(<span t.*?</span>)", r"\3\1\2", p), GATE),
    "nested a code in a placeholder": (
        lambda p: re.sub(r"x_1</span>(.*here</span>)", r"x_1\1</span>", p),
        "an inline code came back inside <1/>",
    ),
    "moved words into a placeholder": (
        lambda p: p.replace("x_1</span> in ", "x_1 in </span>"),
        "words came back inside <1/>",
    ),
    "has a code that nobody sent": (lambda p: re.sub(r"-1(?=\")", "-7", p), GATE),
    "has a code of another sentence": (
        lambda p: re.sub(r"s-\w+-1", f"s-{segment_id(FIRST)[:6]}-1", p),
        "an inline code of another sentence came back in it",
    ),
    "leaks a stand-in": (lambda p: re.sub(r"<span t.*?</span>", "DNT_GEBK0", p, count=1), GATE),
    "says a code in words": (lambda p: p.replace("See", "See &lt;1/&gt;"), "words came back as an inline code"),
    "escapes twice": (lambda p: p.replace("See", "See &amp;nbsp;"), GATE),
    "is empty": (lambda p: re.sub(">.*<", "><", p), GATE),
}


@pytest.mark.parametrize(("damage", "expected"), DAMAGE.values(), ids=DAMAGE)
def test_a_block_that(damage: Damage, expected: object) -> None:
    """... has no answer, or one that the gate refuses; its neighbours have theirs."""
    html = html_of(FIRST, SENTENCE, LAST)
    block = html[html.index(f'<p id="s-{segment_id(SENTENCE)}') : html.index(f'<p id="s-{segment_id(LAST)}')]
    broken = damage(block)
    assert broken != block
    first, found, last = reasons(html.replace(block, broken), FIRST, SENTENCE, LAST)
    if expected is GATE:
        assert checks.fault(SENTENCE, found)
    else:
        assert found == expected
    assert last == LAST.source
    # A block without an id may be the rest of the one before.
    assert first == ("it came back in pieces" if expected == "it is missing in the answer" else FIRST.source)


@pytest.mark.parametrize(
    ("source", "change", "expected"),
    [
        ("a < b", ("&lt;", "<"), "a < b"),
        ("R&D, AT&T and a <b c> d", ("&amp;", "&"), "R&D, AT&T and a <b c> d"),
        ("a <b c> d", ("&lt;", "<"), "a <b c> d"),
        ("a > b", ("&gt;", ">"), "a > b"),
        ('it\'s "so"', ("'", "&#39;"), 'it\'s "so"'),
        ('it\'s "so"', ('"so"', "&quot;so&#x22;"), 'it\'s "so"'),
        ("a b", (" b", "&nbsp;b"), "a\u00a0b"),
        ("a&copy=b", ("&amp;", "&"), "a&copy=b"),
        ("a &notit; b", ("x", "x"), "a &notit; b"),
        ("a &lt; b", ("x", "x"), "a &lt; b"),
        ("a &lt; b", ("&amp;", "&"), "a special character came back unescaped"),
        ("ends with </p>", ("&lt;/p&gt;", "</p>"), "it came back in pieces"),
        ("<1>ends</1> with </span>.", ("x", "x"), "<1>ends</1> with </span>."),
        ("<1>a </span> b</1>.", ("&lt;/span&gt;", "</span>"), "a special character came back unescaped"),
    ],
)
def test_special_characters_are_unescaped_once(source: str, change: tuple[str, str], expected: str) -> None:
    request = Request("1", source, (LINK,))
    head, _, body = html_of(request).partition("<body>")
    start, end = body.index(">") + 1, body.rindex("</p>")
    assert reasons(head + body[:start] + body[start:end].replace(*change) + body[end:], request) == [expected]


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        ("Let <1/>.", "Sea <1/> .", "Sea <1/>."),
        ("Let <1/>, then", "设 <1/> ，则", "设 <1/>，则"),
        ("(<1/>)", "( <1/> )", "(<1/>)"),
        ("(see <1/>)", "（见 <1/> ）", "（见 <1/>）"),
        ("the <1/>-axis", "el <1/> -axis", "el <1/>-axis"),
        ("the <1/>th one", "der <1/> th", "der <1/>th"),
        ("many <1/>s are", "muchos <1/> son", "muchos <1/> son"),
        ("the <1/>-axis", "el eje <1/> es", "el eje <1/> es"),
        ("Let <1/> .", "Sea <1/> .", "Sea <1/> ."),
        ("of <2><1/></2>", "de <2> <1/> </2>", "de <2><1/></2>"),
        ("say <2>so</2>.", "di <2>eso</2> .", "di <2>eso</2> ."),
        ("Let <1/>:", "Soit <1/>\u00a0:", "Soit <1/>\u00a0:"),
    ],
)
def test_blanks_around_codes_that_the_source_does_not_have_are_taken_back(
    source: str, answer: str, expected: str
) -> None:
    request = Request("1", source, (MATH, LINK))
    html, body = html_of(request), html_of(Request("1", answer, (MATH, LINK)))
    old, new = segment_id(request), segment_id(Request("1", answer, (MATH, LINK)))
    assert reasons(body.replace(new, old).replace(new[:6], old[:6]), request) == [expected]
    assert reasons(html, request) == [source]


@pytest.mark.parametrize("text", ["y_1", "", " x_1 ", "甲", "x_1&nbsp;"])
def test_what_became_of_protected_text_does_not_matter(text: str) -> None:
    assert reasons(html_of(SENTENCE).replace("x_1", text), SENTENCE) == [SENTENCE.source]


# Laws

NASTY = [
    "<",
    ">",
    "&",
    '"',
    "&amp;",
    "&lt;",
    "&copy",
    "</p>",
    "</span>",
    "<p id=",
    "<script>",
    "<!--",
    "-->",
    "]]>",
    "</body>",
]
NASTY += [
    "DNT_GEBK0",
    " ",
    "  ",
    "\u00a0",
    "\u3000",
    "\u2028",
    "甲。",
    "é",
    "\U0001f600",
    "<b>",
    "-",
    ".",
    "s",
    "1/>",
    "/>",
]
CHARS = st.characters(blacklist_categories=("Cc", "Cs"))
WORDS = st.lists(st.sampled_from(NASTY) | st.text(CHARS, max_size=4), max_size=4).map("".join)
TREE = st.recursive(
    st.lists(WORDS | st.just(None), max_size=4),
    lambda inner: st.lists(WORDS | st.just(None) | inner, max_size=4),
    max_leaves=8,
)
OPENINGS = st.sampled_from(["$x$", "``a``", "[#]_", "<br>", "&lt;", "\\\n", "<1/>", "https://example.org/" + "a" * 60])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Any text around any nesting of codes."""
    codes: list[InlineCode] = []

    def written(piece: object) -> str:
        if piece is None:
            codes.append(InlineCode("math", draw(OPENINGS)))
            return f"<{len(codes)}/>"
        if isinstance(piece, list):
            codes.append(LINK)
            number = len(codes)
            return f"<{number}>{''.join(map(written, piece))}</{number}>"
        return str(piece)

    source = "".join(map(written, draw(TREE)))
    # Words never look like a tag in masked text.
    assume(sum(2 if code.is_pair else 1 for code in codes) == len(TAG.findall(source)) == len(TAG.findall(key(source))))
    return Request(
        str(draw(st.integers(0, 99))), source, tuple(codes), document=draw(st.sampled_from(["a.md", "b.md"]))
    )


@settings(max_examples=400)
@given(st.lists(requests(), max_size=5))
def test_documents_read_as_answers_are_their_sources(asked: list[Request]) -> None:
    found: dict[str, str | Fault] = {}
    for document in packed(*asked):
        own = [request for request in asked if segment_id(request) in document.ids]
        found |= masked_texts(document.text, own)
        assert document.characters == characters_in_body(document.text)
    assert found == {segment_id(request): key(request.source) for request in asked}


def characters_in_body(html: str) -> int:
    """Counted by another parser."""
    counted: list[str] = []

    class Counting(HTMLParser):
        def handle_data(self, data: str) -> None:
            counted.append(data)

    parser = Counting()
    parser.feed(html)
    parser.close()
    return len("".join(counted))


@settings(max_examples=300)
@given(st.lists(requests(), min_size=1, max_size=3), st.data())
def test_a_document_that_is_cut_off_has_whole_answers_or_none(asked: list[Request], data: st.DataObject) -> None:
    asked = [Request(one.id, one.source, one.codes, document="a.md") for one in asked]
    html = html_of(*asked)
    found = masked_texts(html[: data.draw(st.integers(0, len(html)))], asked)
    sources = {segment_id(request): key(request.source) for request in asked}
    assert all(isinstance(said, Fault) or said == sources[id] for id, said in found.items())
    assert list(found) == list(sources)


@settings(max_examples=400)
@given(requests(), st.data())
def test_a_tag_that_is_lost_or_doubled_never_passes_the_gate(request: Request, data: st.DataObject) -> None:
    html = html_of(request)
    tags = list(re.finditer(r"</?(?:p|span)\b[^<>]*>", html))
    tag = data.draw(st.sampled_from(tags))
    times = data.draw(st.sampled_from([0, 2]))
    (found,) = masked_texts(html[: tag.start()] + tag[0] * times + html[tag.end() :], [request]).values()
    assert isinstance(found, Fault) or checks.fault(request, found)


@settings(max_examples=400)
@given(st.lists(requests(), min_size=1, max_size=3), st.data())
def test_no_damage_makes_the_reading_fail(asked: list[Request], data: st.DataObject) -> None:
    asked = [Request(one.id, one.source, one.codes, document="a.md") for one in asked]
    html = html_of(*asked)
    pieces = re.split(r"(?=<)", html)
    for _ in range(data.draw(st.integers(1, 4))):
        place, other = data.draw(st.integers(0, len(pieces))), data.draw(st.integers(0, len(pieces)))
        taken = pieces[min(place, other) : max(place, other)]
        new = data.draw(st.sampled_from([[], taken + taken, taken[::-1], [data.draw(WORDS)], ["</span>"], ["<p>"]]))
        pieces[min(place, other) : max(place, other)] = new
    found = masked_texts("".join(pieces), asked)
    assert list(found) == list(dict.fromkeys(map(segment_id, asked)))
    assert all(isinstance(said, (str, Fault)) for said in found.values())


@given(st.text())
def test_anything_at_all_can_be_read(html: str) -> None:
    assert reasons(html, SENTENCE) == ["it is missing in the answer"]


def test_a_long_answer_is_read_in_no_time() -> None:
    id = segment_id(SENTENCE)
    for junk in ("<p ", "<span ", "&", "<", '<p id="s-', "</", " ", f'<span id="s-{id[:6]}-1"'):
        assert reasons(f'<p id="s-{id}">' + junk * 50_000, SENTENCE) == ["it came back cut off"]


def test_the_corners_of_unicode_are_kept() -> None:
    text = "".join(map(chr, [0xA0, 0xAD, 0x200B, 0x200D, 0x2028, 0x202F, 0xFEFF, 0xE000, 0xFFFE, 0x1F600, 0x10FFFF]))
    request = Request("1", f"a{text}b")
    assert not {unicodedata.category(char) for char in text} & {"Cc", "Cs"}
    assert reasons(html_of(request), request) == [request.source]
