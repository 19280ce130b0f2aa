"""The page of an evaluation: nothing in a document runs, and what differs is marked."""

from __future__ import annotations

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.evaluate import Article, Cell, Direction, Evaluation, Interval, Row, Side, Variant
from sphinx_amts.evaluate.hypotheses import Hypotheses
from sphinx_amts.evaluate.scores import METRICS, System
from sphinx_amts.evaluate.variants import Leak, Learnt
from sphinx_amts.locales import language
from sphinx_amts.model import Segment
from sphinx_amts.report.differences import Kind, Run, marked
from sphinx_amts.report.evaluation import page
from sphinx_amts.report.evaluation_plots import plots

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "$\\frac{1$ \udcff \x00 ]]> -->",
]


def evaluation(texts: list[str], *, target: str = "es", names: tuple[str, str] = ("plain", "taught")) -> Evaluation:
    """Each text is a source, a reference and a hypothesis, and everything that has a name is called like the first."""
    direction = Direction(language("en"), language(target))
    rows = tuple(Row((Segment(text, text, ()),), text, at) for at, text in enumerate(texts))
    article = Article(texts[0], texts[0], rows)
    cells = []
    for name in names:
        interval = Interval(50.0, 50.0, 2.0, None if name == names[0] else 0.01)
        cells.append(
            Cell(
                Variant(name, "none", "dictionary"),
                direction,
                Learnt((), 2, (Leak(texts[0], 1, (texts[0], texts[0])),)),
                Hypotheses({article.name: tuple(texts)}, len(texts), {}, 0, 0, (texts[0],)),
                {article.name: 50.0, "other": 40.0},
                System(name, dict.fromkeys(METRICS, interval)),
            )
        )
    return Evaluation((Side(direction, (article,), {"BLEU": texts[0]}),), tuple(cells))


class Tags(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_document_can_run(text: str) -> None:
    tags = Tags(page(evaluation([text], names=(text, text + "2"))).decode("utf-8"))
    expected = Tags(page(evaluation(["words"], names=("words", "words2"))).decode("utf-8"))
    kinds = {"mark", "ins"}
    assert {tag for tag, _ in tags.found} - kinds == {tag for tag, _ in expected.found} - kinds
    assert "script" not in {tag for tag, _ in tags.found}
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    addresses = [
        value or "" for _, attributes in tags.found for name in ("src", "href") if (value := attributes.get(name))
    ]
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)
    (policy,) = (a["content"] for _, a in tags.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_a_page_says_what_it_shows() -> None:
    text = Tags(page(evaluation(["A house.", "A cat."])).decode("utf-8")).text
    assert "0.5000 ± 0.0200 *" in text
    assert "2 pairs of the evaluated articles were held out." in text
    assert "A house., line 1: A house." in text


def test_a_language_is_named_and_written_from_its_own_side() -> None:
    found = Tags(page(evaluation(["A house."], target="ar")).decode("utf-8")).found
    sides = [(a.get("lang"), a.get("dir")) for tag, a in found if tag == "p" and a.get("lang")]
    assert sides == [("en", None), ("ar", "rtl"), ("ar", "rtl"), ("ar", "rtl")]


def test_a_page_without_plots_says_how_to_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else find(name))
    made = Tags(page(evaluation(["A house."])).decode("utf-8"))
    assert "pip install 'sphinx-amts[report]'" in made.text
    assert "img" not in {tag for tag, _ in made.found}


def test_the_same_results_are_the_same_plots() -> None:
    pytest.importorskip("matplotlib", reason="plots need matplotlib")
    one = evaluation(["$\\frac{1$ 高 _x", "A cat."])
    pictures = plots(one, one.sides[0])
    assert pictures is not None
    assert len(pictures) == 2
    assert pictures == plots(one, one.sides[0])


def test_only_some_of_many_paragraphs_are_shown() -> None:
    text = page(evaluation([f"House {number}." for number in range(700)])).decode("utf-8")
    assert len(re.findall('<div class="row">', text)) == 300
    assert "300 of 700 paragraphs" in text


def test_words_that_the_reference_has_not_are_marked_and_those_that_were_won() -> None:
    assert marked("the old blue house", "the old green house", "the new house", spaced=True) == [
        Run(Kind.SAME, "the "),
        Run(Kind.WON, "old"),
        Run(Kind.SAME, " "),
        Run(Kind.OTHER, "blue"),
        Run(Kind.SAME, " house"),
    ]


def test_blanks_between_marked_words_are_marked_too() -> None:
    assert marked("a b c", "x", "a b c", spaced=True) == [Run(Kind.OTHER, "a b c")]


def test_characters_are_marked_where_a_language_has_no_blanks() -> None:
    assert marked("深度学习", "深层学习", "深度学习", spaced=False) == [
        Run(Kind.SAME, "深"),
        Run(Kind.OTHER, "度"),
        Run(Kind.SAME, "学习"),
    ]


@given(st.text(), st.text(), st.text(), st.booleans())
def test_the_runs_are_the_text(text: str, reference: str, first: str, spaced: bool) -> None:
    assert "".join(run.text for run in marked(text, reference, first, spaced=spaced)) == text


def test_a_text_too_long_to_be_compared_is_not_marked() -> None:
    assert marked("a " * 5_000, "b", "c", spaced=True) == [Run(Kind.SAME, "a " * 5_000)]


def test_templates_are_part_of_the_package() -> None:
    import sphinx_amts.report

    assert (Path(sphinx_amts.report.__file__).parent / "templates" / "evaluation.html").is_file()
