"""The report and the page of an evaluation can be used by all: axe-core finds nothing serious, and keys reach everything.

The notice and the switcher stand on pages of themes: ``test_pages.py`` looks at them there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from axe import serious
from book import SmallBook
from browser import Tab, chromium
from settling import PATH, stale_book
from test_report import CONF, numbers
from test_report_evaluation import evaluation

from sphinx_amts.cli import main
from sphinx_amts.report.evaluation import page
from sphinx_amts.report.history import appended

pytestmark = pytest.mark.browser

VIEWS = {
    "light": {"dark": False, "width": 1100},
    "dark": {"dark": True, "width": 1100},
    "telephone": {"dark": False, "width": 360},
}
FINDING = {"subtype": "local", "message": "a conflict", "source": "", "target": "", "path": PATH, "line": 1}
SYNCED = {"findings": [FINDING], "characters_sent": 1200, "receipts": [{"price": 1.5}]}


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with all it can show: stale sentences, links, what a sync said, plots and a history."""
    folder = tmp_path_factory.mktemp("report")
    stale_book(folder)
    appended(folder / "history.jsonl", numbers(0.25), date(2020, 1, 1))
    (folder / "synced.json").write_text(json.dumps({"languages": {"zh": SYNCED}}), encoding="utf-8")
    files = ["--history", str(folder / "history.jsonl"), "--sync", str(folder / "synced.json")]
    links = ["--pages", "html/{lang}", "--source-url", "https://x.test/{path}#L{line}"]
    return written(folder, "zh", *files, *links)


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a language that runs from right to left, with a sentence of people and code that they localised.

    It is not Arabic, since axe-core measures no contrast of its letters, which join.
    """
    folder = tmp_path_factory.mktemp("hebrew")
    text = "# Bread\n\nOne sentence. Another sentence.\n\n```python\nprint('hello')\n```\n"
    book = SmallBook(folder, {PATH: text}, conf=CONF, language="he")
    book.sync()
    book.edit(PATH, book.group(PATH, "Another sentence.").target[0].strip(), "משפט אחר.")
    book.edit(PATH, "'hello'", "'שלום'")
    return written(folder, "he")


def written(folder: Path, code: str, *arguments: str) -> Path:
    place = folder / "report"
    assert main(["report", str(folder / "book"), "-l", code, "-o", str(place), *arguments]) == 0
    return place


def findings(tab: Tab, pages: list[Path], view: str) -> dict[str, list[str]]:
    """What is found on each page, those without a finding left out."""
    tab.see(**VIEWS[view])
    found = {}
    for file in pages:
        tab.open(file)
        if lines := serious(tab):
            found[file.as_posix()] = lines
    return found


def test_what_hinders_people_is_found(tab: Tab, tmp_path: Path) -> None:
    """The instrument works: a picture without words, pale text, a field without a label and a page without a language."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<title>Bad</title><img src='x.png'><p style='color: #ccc; background: #fff'>Pale</p><input>", encoding="utf-8"
    )
    tab.open(bad)
    assert {line.partition(":")[0] for line in serious(tab)} == {
        "color-contrast", "html-has-lang", "image-alt", "label",
    }  # fmt: skip
    assert [line.partition(":")[0] for line in serious(tab, "p")] == ["color-contrast"]
    tab.errors.clear()


@pytest.mark.parametrize("view", VIEWS)
def test_a_report_hinders_nobody(tab: Tab, report: Path, view: str) -> None:
    pages = [report / "index.html", report / "zh" / "index.html", report / "zh" / f"{PATH}.html"]
    assert findings(tab, pages, view) == {}


@pytest.mark.parametrize("view", VIEWS)
def test_a_report_from_right_to_left_hinders_nobody(tab: Tab, hebrew: Path, view: str) -> None:
    assert findings(tab, [hebrew / "he" / "index.html", hebrew / "he" / f"{PATH}.html"], view) == {}


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_of_an_evaluation_hinders_nobody(tab: Tab, tmp_path: Path, view: str) -> None:
    file = tmp_path / "evaluation.html"
    file.write_bytes(page(evaluation(["A house and a cat.", "A cat."], target="ar")))
    assert findings(tab, [file], view) == {}


# By keyboard


def press(tab: Tab, key: str, code: int, text: str = "") -> None:
    """Be a person who presses a key that is no letter."""
    for kind in ("keyDown", "keyUp"):
        said = {"text": text} if text and kind == "keyDown" else {}
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **said)


_NUMBERED = "[...document.querySelectorAll('a[href], button, [tabindex=\"0\"]')]"
_FOCUSED = f"{_NUMBERED}.indexOf(document.activeElement)"
_OUTLINED = (
    "(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)(getComputedStyle(document.activeElement))"
)


@pytest.mark.parametrize("name", ["index.html", "zh/index.html", f"zh/{PATH}.html"])
def test_the_tab_key_reaches_all_that_can_be_used_and_shows_where_it_is(tab: Tab, report: Path, name: str) -> None:
    tab.see()
    tab.open(report / name)
    number = tab.value(f"{_NUMBERED}.length")
    reached = []
    for _ in range(number):
        press(tab, "Tab", 9)
        reached.append((tab.value(_FOCUSED), tab.value(_OUTLINED)))
    assert reached == [(at, True) for at in range(number)]


def test_the_first_key_skips_to_the_content(tab: Tab, report: Path) -> None:
    tab.see()
    tab.open(report / "index.html")
    press(tab, "Tab", 9)
    assert tab.value("document.activeElement.getBoundingClientRect().left") >= 0
    press(tab, "Enter", 13, "\r")
    press(tab, "Tab", 9)
    assert tab.value("document.activeElement.closest('main')?.id") == "main"


def test_sentences_are_filtered_by_keys(tab: Tab, report: Path) -> None:
    tab.see()
    tab.open(report / "zh" / f"{PATH}.html")
    tab.value("document.querySelector('button[value=waits]').focus()")
    press(tab, " ", 32, " ")
    assert tab.value("document.querySelector('[aria-pressed=true]').value") == "waits"
    assert tab.value("[...document.querySelectorAll('.item')].filter(item => item.offsetHeight).map(item => item.id)") == [
        "s3", "s5",
    ]  # fmt: skip
