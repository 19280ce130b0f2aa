"""The report: what its pages say and link to, what they never let run, and what is not overwritten."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from book import SmallBook
from browser import Tab, chromium
from settling import ITEM, PATH, PHRASE, stale_book

from sphinx_amts.cli import main
from sphinx_amts.errors import ConfigError
from sphinx_amts.report import Links
from sphinx_amts.report.history import appended, read
from sphinx_amts.report.page import Site
from sphinx_amts.report.plots import _COLORS
from sphinx_amts.report.review import Difference, compared
from sphinx_amts.upkeep.status import STATES

CONF = 'extensions = ["myst_parser"]\namts_engine = "pseudo"\nproject = "<b>Bread</b>"\n'
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} </p>'"


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def report(*arguments: str, code: str = "zh") -> Path:
    assert main(["report", "book", "-l", code, "-o", "report", *arguments]) == 0
    return Path("report")


class Page(HTMLParser):
    """The elements of a page with their attributes, and the texts of those of a class."""

    def __init__(self, file: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def links(self) -> list[str]:
        return [attributes["href"] or "" for attributes in self.all("a")]


def items(page: Page) -> list[tuple[str, bool]]:
    return [((one["class"] or "").removeprefix("item "), "data-waits" in one) for one in page.all("section")]


def test_a_document_shows_its_sentences_in_order_and_lists_what_waits_first(tmp_path: Path) -> None:
    stale_book(tmp_path)
    page = Page(report() / "zh" / f"{PATH}.html")
    assert items(page) == [
        ("human", False), ("human", False), ("stale", True), ("human", False), ("stale", True),
    ]  # fmt: skip
    assert [link for link in page.links() if link.startswith("#s")] == ["#s3", "#s5"]
    assert PHRASE in page.text
    assert ITEM in page.text


def test_the_source_of_a_stale_sentence_is_shown_with_its_differences(tmp_path: Path) -> None:
    stale_book(tmp_path)
    html = (report() / "zh" / f"{PATH}.html").read_text(encoding="utf-8")
    assert "Second <del>sentence</del><ins>phrase</ins> with $y$." in html or (
        "Second <del>sentence</del><ins>phrase</ins> with $<del>x</del><ins>y</ins>$." in html
    )


def test_differences_are_words_and_together_they_are_both_texts() -> None:
    found = compared("One cold day.", "One warm day.")
    assert found == (
        Difference("same", "One "),
        Difference("del", "cold"),
        Difference("ins", "warm"),
        Difference("same", " day."),
    )
    assert compared("a " * 5000, "b") == (Difference("del", "a " * 5000), Difference("ins", "b"))


def test_texts_have_their_language_and_its_direction(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Bread\n"}, conf=CONF, language="ar")
    book.sync()
    page = Page(report(code="ar") / "ar" / "index.md.html")
    spoken = {(one.get("lang"), one.get("dir")) for _, one in page.elements if "dir" in one}
    assert spoken == {("en", "ltr"), ("ar", "rtl")}


def hostile(tmp_path: Path) -> SmallBook:
    """A book whose title, code, target, path and history of hands want to run."""
    path = "a<img src=x onerror=alert(1)>\"'#?%2e.md"
    page = f"# A {EVIL} title\n\nA sentence. {EVIL}\n\n```html\n<script>alert(2)</script>\n```\n"
    book = SmallBook(tmp_path, {"index.md": "# Index\n", path: page}, conf=CONF)
    book.sync()
    book.set_target(path, book.target(path).replace("alert(2)", "alert(3)").replace("</script>", f"</script>{EVIL}"))
    return book


ALLOWED = {"script": {"src", "defer"}}


def test_nothing_that_a_document_contains_is_markup_of_a_page(tmp_path: Path) -> None:
    hostile(tmp_path)
    pages = [Page(file) for file in report("--source-url", "https://x.test/{path}#L{line}").rglob("*.html")]
    assert len(pages) == 4
    for page in pages:
        assert [set(one) for one in page.all("script")] == [{"src", "defer"}]
        assert [
            one["src"] for one in page.all("script") if not re.fullmatch(r"(\.\./)*report\.js", one["src"] or "")
        ] == []
        assert [name for _, one in page.elements for name in one if name.startswith("on") or name == "style"] == []
        assert page.all("style") == page.all("iframe") == page.all("form") == []
        assert {one["src"] for one in page.all("img")} <= {"badge-zh.svg", "coverage.svg"}
        assert [link for link in page.links() if re.match(r"\s*(javascript|data|vbscript):", link)] == []
    assert any("{{ 7*7 }}" in page.text for page in pages)


def test_every_page_forbids_what_does_not_stand_beside_it(tmp_path: Path) -> None:
    hostile(tmp_path)
    for file in report().rglob("*.html"):
        (policy,) = (one["content"] for one in Page(file).all("meta") if "http-equiv" in one)
        assert policy is not None
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "*" not in policy


def test_every_link_and_file_of_a_page_is_there(tmp_path: Path) -> None:
    hostile(tmp_path)
    for file in report().rglob("*.html"):
        page = Page(file)
        places = [*page.links(), *(one.get("src") or "" for tag in ("img", "script") for one in page.all(tag))]
        for place in places:
            name, _, anchor = place.partition("#")
            target = file.parent / unquote(name) if name else file
            assert target.is_file(), place
            assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8")


def test_the_numbers_of_page_badge_and_json_are_those_of_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Bread\n\nKnead it.\n"}, conf=CONF)
    book.sync()
    book.write("new.md", "# New\n")
    place = report("--json", "numbers.json")
    capsys.readouterr()
    assert main(["status", "book", "-l", "zh", "--json", "--effort"]) == 0
    status = json.loads(capsys.readouterr().out)["languages"]["zh"]
    numbers = json.loads(Path("numbers.json").read_text(encoding="utf-8"))["languages"]["zh"]
    assert {name: numbers[name] for name in ("segments", "coverage", "freshness", "missing", "documents")} == {
        name: status[name] for name in ("segments", "coverage", "freshness", "missing", "documents")
    }
    assert numbers["effort"] == {name: value for name, value in status["effort"].items() if name != "documents"}
    badge = json.loads((place / "badge-zh.json").read_text(encoding="utf-8"))
    assert badge == {"schemaVersion": 1, "label": "zh", "message": "100 % translated, 1 missing", "color": "blue"}
    drawn = ET.parse(place / "badge-zh.svg").getroot()
    assert drawn.attrib["aria-label"] == "zh: 100 % translated, 1 missing"
    assert str(tmp_path) not in (place / "report.json").read_text(encoding="utf-8")


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    stale_book(tmp_path)
    first = {file: file.read_bytes() for file in report().rglob("*") if file.is_file()}
    report()
    assert {file: file.read_bytes() for file in Path("report").rglob("*") if file.is_file()} == first


def test_links_lead_to_built_pages_and_lines_of_sources(tmp_path: Path) -> None:
    stale_book(tmp_path)
    place = report("--pages", "html/{lang}", "--source-url", "https://x.test/blob/main/{path}#L{line}")
    links = Page(place / "zh" / f"{PATH}.html").links()
    assert "../../html/zh/index.html" in links
    assert "https://x.test/blob/main/index.md#L3" in links


def test_a_directory_that_is_no_report_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stale_book(tmp_path)
    own = tmp_path / "report" / "index.html"
    own.parent.mkdir()
    own.write_text("mine", encoding="utf-8")
    (tmp_path / "report" / "report.json").write_text("{}", encoding="utf-8")
    assert main(["report", "book", "-l", "zh", "-o", "report"]) == 2
    assert "this directory holds something else than a report" in capsys.readouterr().err
    assert own.read_text(encoding="utf-8") == "mine"


def test_a_report_that_was_interrupted_is_written_again(tmp_path: Path) -> None:
    Site(tmp_path / "report", "report.json")
    stale_book(tmp_path)
    assert (report() / "index.html").is_file()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x"])
def test_an_address_that_would_run_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="cannot be this address"):
        Links(source=address)
    with pytest.raises(ConfigError, match="cannot be this address"):
        Links(pages=address)


def numbers(coverage: float) -> Mapping[str, Any]:
    effort = {"saved": None, "hter": None}
    return {"languages": {"zh": {"coverage": coverage, "freshness": 1.0, "segments": {"total": 3}, "effort": effort}}}


def test_a_history_has_an_entry_a_day_the_last_of_it(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    appended(file, numbers(0.25), date(2026, 1, 1))
    appended(file, numbers(0.5), date(2026, 1, 2))
    appended(file, numbers(0.75), date(2026, 1, 2))
    assert [(entry.day.day, entry.languages["zh"]["coverage"]) for entry in read(file)] == [(1, 0.25), (2, 0.75)]
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("line", ["{", "[]", '{"day": "x"}', '{"day": "2026-01-01", "languages": {"zh": 3}}', "1"])
def test_a_damaged_history_is_told_by_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    appended(file, numbers(0.25), date(2026, 1, 1))
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
    with pytest.raises(ConfigError) as told:
        read(file)
    assert told.value.line == 2


def test_a_history_is_shown_and_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    stale_book(tmp_path)
    appended(tmp_path / "h.jsonl", numbers(0.25), date(2020, 1, 1))
    place = report("--history", "h.jsonl")
    page = Page(place / "index.html")
    assert "2020-01-01" in page.text
    assert {one["src"] for one in page.all("img")} >= {"coverage.svg", "history-coverage.svg"}
    assert ET.parse(place / "history-coverage.svg").getroot().tag.endswith("svg")


def test_without_matplotlib_the_page_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sphinx_amts.report.languages.find_spec", lambda name: None)
    stale_book(tmp_path)
    place = report()
    assert "pip install 'sphinx-amts[report]'" in Page(place / "index.html").text
    assert not (place / "coverage.svg").exists()


def test_half_a_character_in_a_document_stops_no_page(tmp_path: Path) -> None:
    site = Site(tmp_path / "report", "report.json")
    site.write("a/b.html", "half \ud83d")
    assert (tmp_path / "report" / "a" / "b.html").read_bytes() == b"half ?"


def press(tab: Tab, key: str) -> str:
    """Be a person who presses a key; what is focused then."""
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key=key, **({"text": key} if kind == "keyDown" else {}))
    return str(tab.value("document.activeElement.id"))


@pytest.mark.browser
def test_a_browser_runs_the_reports_script_and_no_other(tmp_path: Path) -> None:
    """The filters appear, so the policy lets our script run from a file; no message says that another was stopped."""
    hostile(tmp_path)
    place = report().resolve()
    with chromium(tmp_path / "profile") as tab:
        for page in sorted(place.rglob("*.html")):
            tab.open(page)
            assert tab.value("document.querySelector('.filters')?.hidden ?? false") is False
        assert tab.errors == []
        assert [address for address in tab.requests if not address.startswith("file://")] == []
        assert any(address.endswith("badge-zh.svg") for address in tab.requests)


@pytest.mark.browser
def test_keys_and_buttons_go_through_a_document_in_the_dark_and_on_a_phone(tmp_path: Path) -> None:
    stale_book(tmp_path)
    page = report().resolve() / "zh" / f"{PATH}.html"
    colour = "getComputedStyle(document.body).backgroundColor"
    with chromium(tmp_path / "profile") as tab:
        tab.see(width=360, dark=True)
        tab.open(page)
        assert tab.value("document.documentElement.scrollWidth <= 360")
        assert tab.value(colour) == "rgb(13, 17, 23)"
        assert [press(tab, key) for key in "jjnnpk"] == ["s1", "s2", "s3", "s5", "s3", "s2"]
        tab.value("document.querySelector('button[value=stale]').click()")
        seen = "[...document.querySelectorAll('.item')].filter(item => item.offsetHeight).map(item => item.id)"
        assert tab.value(seen) == ["s3", "s5"]
        tab.see()
        tab.open("about:blank")
        tab.open(f"{page.as_uri()}#s4")
        assert tab.value("document.activeElement.id") == "s4"
        assert tab.value(colour) == "rgb(255, 255, 255)"
        assert tab.errors == []


def test_localised_code_is_shown_with_what_people_changed_and_does_not_wait(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Bread\n\nRun it.\n\n```python\nprint('hello')\n```\n"}, conf=CONF)
    book.sync()
    book.edit("index.md", "'hello'", "'hola'")
    file = report() / "zh" / "index.md.html"
    assert items(Page(file)) == [("machine", False), ("machine", False), ("local", False)]
    html = file.read_text(encoding="utf-8")
    assert "print(&#39;<del>hello</del><ins>hola</ins>&#39;)" in html
    assert "source line 5, target line 5" in html


def test_every_state_has_a_colour() -> None:
    assert set(_COLORS) == set(STATES)


def test_what_the_last_sync_said_stands_on_top_and_leads_to_its_place(tmp_path: Path) -> None:
    stale_book(tmp_path)
    finding = {"subtype": "local", "message": f"a conflict {EVIL}", "source": "", "target": ""}
    there = {**finding, "path": str(tmp_path / "locale" / "zh" / PATH), "line": 4}
    here = {**finding, "path": PATH, "line": 1}
    result = {"findings": [there, here], "characters_sent": 1200, "receipts": [{"price": 1.5}, {"price": 0.25}]}
    Path("synced.json").write_text(json.dumps({"languages": {"zh": result, "es": {}}}), encoding="utf-8")
    place = report("--sync", "synced.json", "--history", "h.jsonl")
    page = Page(place / "zh" / f"{PATH}.html")
    assert page.links()[3:5] == ["#s3", "#s1"]
    assert f"a conflict {EVIL}" in page.text
    assert "sent 1,200 characters, for 1.75 US dollars" in Page(place / "index.html").text
    assert read(Path("h.jsonl"))[0].languages["zh"]["price"] == 1.75


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"languages": {"zh": {"findings": [3], "characters_sent": 1}}}'])
def test_another_file_is_no_result_of_a_sync(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stale_book(tmp_path)
    Path("synced.json").write_text(text, encoding="utf-8")
    assert main(["report", "book", "-l", "zh", "-o", "report", "--sync", "synced.json"]) == 2
    assert "this is no result of a sync" in capsys.readouterr().err
    assert not Path("report").exists()
