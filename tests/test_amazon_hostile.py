"""The law of failing closed, for Amazon's documents: whatever a job writes into the bucket, no file gets worse."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from html import escape, unescape
from pathlib import Path

import pytest
from amazon import BUCKET, Cloud, cloud
from book import SmallBook, chinese
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hostile_engines import MD, ODD, RST, WRONG, Say, holds_up
from test_laws_random import Block, documents, page, suffixes

from sphinx_amts.masked import TAG
from sphinx_amts.model import Subtype
from sphinx_amts.sync.result import LanguageResult

Spoil = Callable[[str], str | bytes | None]
"""What is found in place of a document's translation, for the document that was sent; ``None`` where nothing is."""

_BLOCK = re.compile(r'<p id="s-(?P<id>[0-9a-f]{20})">(?P<inner>.*?)</p>', re.DOTALL)
_SPAN = re.compile(
    r'<span translate="no" id="s-[0-9a-f]{6}-(?P<alone>\d+)">(?P<shown>.*?)</span>'
    r'|<span id="s-[0-9a-f]{6}-(?P<begun>\d+)">|</span>'
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch, cloud(patch, tmp_path_factory.mktemp("cache")) as one:
        yield one


@pytest.fixture
def aws(running: Cloud) -> Cloud:
    """An account in which nothing has happened."""
    return emptied(running)


def emptied(aws: Cloud) -> Cloud:
    aws.emulator.application.reset()
    aws.s3().create_bucket(Bucket=BUCKET)
    return aws


# Documents that a service could have written


def answered(document: str, say: Say) -> str:
    """A document whose blocks say what an engine would that knows only masked text."""
    return _BLOCK.sub(lambda block: _block(block["id"], say(masked(block["inner"])), block["inner"]), document)


def masked(inner: str) -> str:
    """The masked text of a block that was sent."""
    begun: list[str] = []

    def tag(span: re.Match[str]) -> str:
        if span["alone"]:
            return f"<{span['alone']}/>"
        if span["begun"]:
            begun.append(span["begun"])
            return f"<{begun[-1]}>"
        return f"</{begun.pop()}>"

    pieces, at = [], 0
    for span in _SPAN.finditer(inner):
        pieces += [unescape(inner[at : span.start()]), tag(span)]
        at = span.end()
    return "".join([*pieces, unescape(inner[at:])])


def _block(id: str, text: str | None, inner: str) -> str:
    if text is None:
        return ""
    shown = {span["alone"]: span["shown"] for span in _SPAN.finditer(inner) if span["alone"]}
    pieces, at = [], 0
    for tag in TAG.finditer(text):
        number = tag["number"]
        name = f'id="s-{id[:6]}-{number}"'
        alone = f'<span translate="no" {name}>{shown.get(number, "·")}</span>'
        pieces += [escape(text[at : tag.start()], quote=False)]
        pieces += [alone if tag["alone"] else "</span>" if tag["close"] else f"<span {name}>"]
        at = tag.end()
    return f'<p id="s-{id}">{"".join(pieces)}{escape(text[at:], quote=False)}</p>'


def honest(document: str) -> str:
    return answered(document, chinese)


def each(change: Callable[[str], str]) -> Spoil:
    """Spoils the inside of each block of an honest answer."""
    return lambda document: _BLOCK.sub(
        lambda block: f'<p id="s-{block["id"]}">{change(block["inner"])}</p>', honest(document)
    )


def blocks(change: Callable[[list[str]], list[str]]) -> Spoil:
    """Another list of the blocks of an honest answer."""

    def spoil(document: str) -> str:
        text = honest(document)
        found = [block[0] for block in _BLOCK.finditer(text)]
        return text[: text.index("<p ")] + "".join(change(found)) + "</body></html>"

    return spoil


def with_ids(change: Callable[[list[str]], list[str]]) -> Spoil:
    """The blocks of an honest answer under other ids."""

    def spoil(document: str) -> str:
        text = honest(document)
        ids = iter(change([block["id"] for block in _BLOCK.finditer(text)]))
        return _BLOCK.sub(lambda block: f'<p id="s-{next(ids)}">{block["inner"]}</p>', text)

    return spoil


def whole(change: Callable[[str], str | bytes]) -> Spoil:
    return lambda document: change(honest(document))


def told(say: Say) -> Spoil:
    """What an engine of the tests says; one that fails writes no document."""

    def spoil(document: str) -> str | None:
        try:
            return answered(document, say)
        except ZeroDivisionError:
            return None

    return spoil


DAMAGED: dict[str, Spoil] = {
    "is missing": lambda document: None,
    "is empty": lambda document: b"",
    "is an error's page": lambda document: "<html><body><h1>503 Service Unavailable</h1></body></html>",
    "is no HTML": lambda document: '{"message": "try again"}',
    "is what was asked": lambda document: document,
    "is UTF-16": whole(lambda text: text.encode("utf-16")),
    "is another encoding": whole(lambda text: text.encode("gb18030")),
    "is invalid UTF-8": lambda document: each(lambda inner: f"{inner}\u00ff")(document).encode("latin-1", "replace"),
    "is cut in a character": whole(lambda text: text.encode()[: len(text.encode()) // 2 + 1]),
    "is nothing but zeros": whole(lambda text: b"\0" * len(text)),
    "lacks every other block": blocks(lambda found: found[::2]),
    "has one block": blocks(lambda found: found[:1]),
    "doubles its blocks": blocks(lambda found: [block for block in found for _ in range(2)]),
    "comes twice": whole(lambda text: text + text),
    "joins its blocks": whole(lambda text: re.sub(r'</p><p id="[^"]*">', " ", text)),
    "does not close its blocks": whole(lambda text: text.replace("</p>", "")),
    "does not begin its blocks": whole(lambda text: re.sub(r"<p [^>]*>", "", text)),
    "nests its blocks": whole(lambda text: re.sub(r"</p>(?=<p)", "", text)),
    "has no ids": whole(lambda text: re.sub(r' id="[^"]*"', "", text)),
    "has the ids of other sentences": with_ids(lambda ids: [*ids[1:], ids[0]]),
    "has one id": with_ids(lambda ids: [ids[0]] * len(ids)),
    "has ids of nobody": with_ids(lambda ids: [id[::-1] for id in ids]),
    "has codes of other sentences": whole(lambda text: re.sub(r'"s-\w{6}-(\d+)"', r'"s-000000-\1"', text)),
    "has codes without ids": whole(lambda text: re.sub(r' id="s-\w{6}-\d+"', "", text)),
    "has words in its codes": each(lambda inner: re.sub(r'(<span translate="no" [^>]*>)', r"\1词和", inner)),
    "has codes in its codes": each(lambda inner: re.sub(r"(<span [^>]*>)", r"\1\1", inner)),
    "crosses its codes": each(lambda inner: re.sub(r"</span>(.*?)(<span [^>]*>)", r"\2\1</span>", inner)),
    "has an entity too many": each(lambda inner: f"{inner}&amp;nbsp;"),
    "forgets to escape": each(lambda inner: f"{inner}<b>粗</b>"),
    "runs a script": each(lambda inner: f"{inner}<script>alert(1)</script>"),
    "begins a script": each(lambda inner: f"<script>{inner}"),
    "has a picture": each(lambda inner: f"{inner}<img src=x onerror=alert(1)>"),
    "has a comment": each(lambda inner: f"<!-- {inner} -->{inner}"),
    "has a table": each(lambda inner: f"<table><tr><td>{inner}</td></tr></table>"),
    "has CDATA": each(lambda inner: f"<![CDATA[{inner}]]>"),
    "opens half a fence": each(lambda inner: f"```\n{inner}"),
    "says nothing": each(lambda inner: ""),
    "has control characters": each(lambda inner: f"\x08{inner}\x7f"),
    "writes a novel": each(lambda inner: inner + "很长的话。" * 20_000),
    "drowns in tags": each(lambda inner: inner + "<span>" * 10_000),
}
"""What no answer may be; each of these is wrong for at least one sentence of the books."""

HARMLESS: dict[str, Spoil] = {
    "is honest": honest,
    "begins with a byte order mark": whole(lambda text: f"\ufeff{text}"),
    "comes in another order": blocks(lambda found: found[::-1]),
    "shouts": whole(lambda text: re.sub(r"</?(?:p|span)\b", lambda tag: tag[0].upper(), text)),
    "has attributes of its own": whole(lambda text: re.sub(r"<(p|span) ", r'<\1 lang="zh" dir=ltr ', text)),
    "is written in other quotes": whole(lambda text: re.sub(r'id="([^"]*)"', r"id='\1'", text)),
    "breaks its lines": whole(lambda text: text.replace("<p ", "\n  <p ").replace("</p>", "\n</p>")),
    "has more than was asked": whole(lambda text: text.replace("<p ", f'<p id="s-{"0" * 20}">更多</p><p ', 1)),
    "has a head of its own": whole(lambda text: text.replace("<head>", "<head><title>X</title><script>x</script>")),
}
"""How a service may write what is the same."""


def collected(aws: Cloud, book: SmallBook, spoil: Callable[[str], Spoil]) -> LanguageResult:
    """Submit, put what ``spoil`` has for a document's name in place of what the job wrote, and collect it."""
    aws.sync(book, wait=False)
    replaced(aws, spoil)
    return aws.sync(book, wait=False)


def replaced(aws: Cloud, spoil: Callable[[str], Spoil]) -> None:
    """Let the jobs end, and put other documents in place of what they wrote."""
    aws.clock.advance(60)
    aws.service.call("ListTextTranslationJobs", {}, "us-east-1")
    s3 = aws.s3()
    for key in aws.objects("amts/a-book/jobs/"):
        if match := re.fullmatch(r"(.*)/output/[^/]+/zh\.([0-9]+-(.*)\.html)", key):
            document = s3.get_object(Bucket=BUCKET, Key=f"{match[1]}/input/{match[2]}")["Body"].read().decode()
            spoilt = spoil(match[3])(document)
            if spoilt is None:
                s3.delete_object(Bucket=BUCKET, Key=key)
            else:
                raw = spoilt if isinstance(spoilt, bytes) else spoilt.encode("utf-8", "replace")
                s3.put_object(Bucket=BUCKET, Key=key, Body=raw)


def is_healed(result: LanguageResult) -> None:
    """After a job that went well, nothing is left to do or to say."""
    assert set(result.segments) <= {"kept", "translated"}
    assert [finding.message for finding in result.findings] == []


# A book with a page for each kind of answer


SPOILS: Mapping[str, Spoil] = {**{kind: told(say) for kind, say in WRONG.items()}, **DAMAGED}
PAGES = {
    ".md": "# A title of page {0}\n\nFirst sentence {0} with $x$. Second *sentence* {0} here.\n\n"
    "- An item {0} with [a link](https://example.org) and $y$\n",
    ".rst": "A title of page {0}\n===================\n\nFirst sentence {0} with :math:`x`. Second *sentence* {0} here.\n\n"
    "* An item {0} with `a link <https://example.org>`_ and :math:`y`\n",
}
INDICES = {
    ".md": "# 2026\n\n```{{toctree}}\n   {}\n```\n",
    ".rst": "2026\n====\n\n.. toctree::\n\n   {}\n",
}
"""Without a word that is sent."""
EACH = ["is missing", "is an error's page", "says nothing", "has no ids", "runs a script", "is no HTML", "comes twice"]
"""What is wrong for every sentence."""


def pages(folder: Path, suffix: str, kinds: Mapping[str, Spoil]) -> tuple[SmallBook, dict[str, str]]:
    """A book of one page for each kind; the kinds by the pages' names."""
    names = {f"page{number}": kind for number, kind in enumerate(kinds, 100)}
    files = {f"{name}{suffix}": PAGES[suffix].format(name) for name in names}
    return SmallBook(folder, {f"index{suffix}": INDICES[suffix].format("\n   ".join(names)), **files}), names


def refused(result: LanguageResult, names: Mapping[str, str]) -> Counter[str]:
    """How many sentences were refused for each kind."""
    findings = [finding for finding in result.findings if finding.subtype is Subtype.REFUSED]
    return Counter(names[finding.path.partition(".")[0]] for finding in findings)


@pytest.mark.parametrize("suffix", PAGES)
def test_what_is_wrong_is_refused_and_the_next_job_heals_it(aws: Cloud, tmp_path: Path, suffix: str) -> None:
    book, names = pages(tmp_path, suffix, SPOILS)
    result = collected(aws, book, lambda name: SPOILS[names[name]])
    assert set(refused(result, names)) == set(SPOILS)
    assert result.segments["refused"] == refused(result, names).total()
    assert result.new_findings
    holds_up(book)
    assert set(refused(aws.sync(book), names)) <= {"answers in another language", "is what was asked"}
    holds_up(book)


@pytest.mark.parametrize("kind", ["answers in another language", "is what was asked"])
def test_an_answer_in_another_language_is_sent_again(aws: Cloud, tmp_path: Path, kind: str) -> None:
    book, _ = pages(tmp_path, ".md", {kind: SPOILS[kind]})
    collected(aws, book, lambda name: SPOILS[kind])
    is_healed(aws.sync(book))


def test_the_earlier_target_stays_where_the_new_one_is_refused(aws: Cloud, tmp_path: Path) -> None:
    book, names = pages(tmp_path, ".md", {kind: SPOILS[kind] for kind in EACH})
    aws.sync(book)
    before = book.targets()
    for path in (f"{name}.md" for name in names):
        changed = book.read(path).replace("A title", "My title").replace("sentence", "phrase").replace("An item", "One")
        book.write(path, changed)
    result = collected(aws, book, lambda name: SPOILS[names[name]])
    assert book.targets() == before
    assert refused(result, names) == dict.fromkeys(EACH, 4)
    is_healed(aws.sync(book))
    assert {path for path, text in book.targets().items() if text == before[path]} == {"index.md"}


def test_what_says_the_same_is_the_same(aws: Cloud, tmp_path: Path) -> None:
    book, names = pages(tmp_path / "one", ".md", HARMLESS)
    result = collected(aws, book, lambda name: HARMLESS[names[name]])
    is_healed(result)
    fresh, _ = pages(tmp_path / "other", ".md", HARMLESS)
    collected(emptied(aws), fresh, lambda name: honest)
    assert book.targets() == fresh.targets()


def test_documents_that_changed_places_answer_nobody(aws: Cloud, tmp_path: Path) -> None:
    book, _ = pages(tmp_path, ".md", {"one": honest, "other": honest})
    aws.sync(book, wait=False)
    before = book.targets()
    sent: dict[str, str] = {}
    replaced(aws, lambda name: lambda document: sent.setdefault(name, document))
    replaced(aws, lambda name: lambda document: honest(next(text for other, text in sent.items() if other != name)))
    result = aws.sync(book, wait=False)
    assert (result.segments, result.new_findings) == ({"refused": 8, "kept": 1}, True)
    assert book.targets() == before
    is_healed(aws.sync(book))


# A page that has a unit of every kind which is written in its own way


def whole_page(folder: Path, suffix: str) -> SmallBook:
    return SmallBook(folder, {f"index{suffix}": MD if suffix == ".md" else RST})


@pytest.mark.parametrize("suffix", PAGES)
@pytest.mark.parametrize("first", range(0, len(ODD), 9))
def test_what_is_odd_is_written_so_that_it_reads_as_its_source_or_not_at_all(
    aws: Cloud, tmp_path: Path, suffix: str, first: int
) -> None:
    """Each sentence gets another oddity; over the runs, every sentence many of them."""
    book = whole_page(tmp_path, suffix)
    says = itertools.cycle([ODD[kind] for kind in [*sorted(ODD)[first:], *sorted(ODD)[:first]]])
    result = collected(aws, book, lambda name: told(lambda text: next(says)(text)))
    assert (result.segments["refused"] > 0) == result.new_findings
    holds_up(book)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", PAGES)
@pytest.mark.parametrize("kind", [*SPOILS, *ODD])
def test_no_answer_harms_any_kind_of_unit(aws: Cloud, tmp_path: Path, suffix: str, kind: str) -> None:
    book = whole_page(tmp_path, suffix)
    result = collected(aws, book, lambda name: SPOILS[kind] if kind in SPOILS else told(ODD[kind]))
    assert result.segments["refused"] > 0 or kind in ODD
    assert (result.segments["refused"] > 0) == result.new_findings
    holds_up(book)


# Any damage that nobody thought of


JUNK = [
    "</p>", "<p>", "</span>", "<span>", '<span translate="no">', "<1/>", "&lt;1/&gt;", "&lt;", "&", "甲", "<br>", "```",
    "<script>", "\x00", "\ufffd", "\n\n", "DNT_GEBK0", "</body>", "<!--", "-->", "|", "#", "$", "*", "`", "\\", "](",
]  # fmt: skip
_TOKEN = re.compile(r"<[^<>]*>|[^<]+|<")


@st.composite
def damages(draw: st.DrawFn) -> Spoil:
    """A few tokens of an honest answer are dropped, doubled, exchanged, or have junk beside them."""
    kinds = st.sampled_from(["drop", "double", "swap", "junk"])
    place = st.integers(0, 10_000)
    changes = draw(st.lists(st.tuples(kinds, place, place, st.sampled_from(JUNK)), min_size=1, max_size=6))

    def spoil(document: str) -> str:
        tokens = _TOKEN.findall(honest(document))
        for kind, one, other, junk in changes:
            at, there = one % len(tokens), other % len(tokens)
            match kind:
                case "drop" if len(tokens) > 1:
                    del tokens[at]
                case "double":
                    tokens.insert(there, tokens[at])
                case "swap":
                    tokens[at], tokens[there] = tokens[there], tokens[at]
                case "junk":
                    tokens.insert(at, junk)
        return "".join(tokens)

    return spoil


def check_damaged(aws: Cloud, parts: tuple[Block, ...], suffix: str, spoil: Spoil) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = SmallBook(Path(folder) / "book", {f"index{suffix}": page(parts, suffix)})
        result = collected(emptied(aws), book, lambda name: spoil)
        assert (result.segments["refused"] > 0) == result.new_findings
        holds_up(book)
        before = book.targets()
        again = aws.sync(book)
        assert (again.segments["refused"] > 0) <= (result.segments["refused"] > 0)
        if not result.segments["refused"]:
            assert book.targets() == before
        holds_up(book)


@settings(max_examples=8)
@given(documents, suffixes, damages())
def test_any_damage_to_any_document(running: Cloud, parts: tuple[Block, ...], suffix: str, spoil: Spoil) -> None:
    """What is refused is reported, what is written reads as its source, and what was written stays."""
    check_damaged(running, parts, suffix, spoil)


@pytest.mark.slow
@settings(max_examples=150)
@given(documents, suffixes, damages())
def test_any_damage_to_any_document_at_length(
    running: Cloud, parts: tuple[Block, ...], suffix: str, spoil: Spoil
) -> None:
    check_damaged(running, parts, suffix, spoil)
