"""What web pages say of their language: by their HTML in four themes, and in a real browser."""

from __future__ import annotations

import importlib.util
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe import serious
from book import SmallBook, untouched_registries
from browser import Tab, chromium
from sphinx.application import Sphinx
from sphinx.errors import ConfigError as SphinxConfigError

from sphinx_amts.config import Settings
from sphinx_amts.locales import language
from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sphinx_ext.notice import Standing, standing
from sphinx_amts.sphinx_ext.places import Places
from sphinx_amts.sphinx_ext.switcher import alternates, switcher
from sphinx_amts.sphinx_ext.wording import _WORDINGS, wording

THEMES = ("alabaster", "furo", "sphinx_book_theme", "pydata_sphinx_theme")
CONF = """
project = "Small"
extensions = ["sphinx_amts", "myst_parser"]
html_copy_source = False
amts_languages = ["es", "ar"]
amts_exclude = ["legal"]
amts_engine = "pseudo"
amts_notice = True
amts_switcher = True
amts_sync_on_build = False
"""
FILES = {
    "index.md": "# A walk\n\nThe first sentence.\n\n```{toctree}\nedited\nlegal\nlate\nnew\npeople\n```\n",
    "edited.md": "# Edited\n\nOne sentence. Another `code` sentence.\n\n```\nif code:\n    pass\n```\n",
    "late.md": "# Late\n\nThis will change.\n",
    "legal.md": "# Legal\n\nIn English only.\n",
    "people.md": "# People\n\nA page of theirs.\n",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """A book in Spanish and Arabic, with pages that stand in different ways."""
    folder = tmp_path_factory.mktemp("pages")
    book = SmallBook(folder, FILES, conf=CONF, language="ar", exclude=["legal"])
    book.sync()
    book.language, book.locale = "es", folder / "locale" / "es"
    book.set_target("people.md", "# Personas\n\nUna página suya.\n")
    book.sync()
    book.edit("edited.md", book.group("edited.md", "One sentence.").target[0].strip(), "Una frase.")
    book.sync()
    book.change("late.md", "will change", "has changed")
    book.write("new.md", "# New\n\nNobody has translated this.\n")
    return book


Pages = Callable[..., Path]


@pytest.fixture(scope="module")
def built(book: SmallBook) -> Pages:
    """The directory of the source's pages with those of Spanish and Arabic below it, in a theme."""
    done: dict[str, Path] = {}

    def build(
        theme: str = "alabaster", builder: str = "html", codes: Sequence[str] = ("en", "es", "ar"), **options: object
    ) -> Path:
        if importlib.util.find_spec(theme) is None:
            pytest.skip(f"{theme} is not installed")
        key = repr((theme, builder, codes, options))
        if key not in done:
            out = done[key] = book.folder / f"out-{len(done)}"
            for code in codes:
                build_one(
                    book, out / ("" if code == "en" else code), builder, language=code, html_theme=theme, **options
                )
        return done[key]

    return build


def build_one(book: SmallBook, out: Path, builder: str = "html", **options: object) -> str:
    """Build one language, in this process; what Sphinx warns of."""
    told = io.StringIO()
    with untouched_registries():
        app = Sphinx(book.source, book.source, out, out / ".doctrees", builder, options, status=None, warning=told)
        app.build()
    return told.getvalue()


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Tree(HTMLParser):
    """A page as a tree of elements; a tag that its author did not close is closed with the one around it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.root = ET.Element("page")
        self._open = [self.root]
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = ET.SubElement(self._open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        parent = self._open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data

    def of_class(self, name: str) -> list[ET.Element]:
        return [element for element in self.root.iter() if name in element.get("class", "").split()]

    def alternates(self) -> dict[str, str]:
        links = (link for link in self.root.iter("link") if link.get("rel") == "alternate" and link.get("hreflang"))
        return {link.get("hreflang", ""): link.get("href", "") for link in links}

    def switcher(self) -> list[tuple[str, str]]:
        (nav,) = self.of_class("amts-languages")
        return [(link.get("lang", ""), link.get("href", "")) for link in nav.iter("a")]

    def notice(self) -> tuple[str, str, str] | None:
        """What the notice says and in which language, and where its link leads."""
        found = self.of_class("amts-notice")
        if not found:
            return None
        (notice,) = found
        (link,) = notice.iter("a")
        return " ".join("".join(notice.itertext()).split()), notice.get("lang", ""), link.get("href", "")


# In any theme


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_of_every_theme_has_its_notice_and_its_links(built: Pages, theme: str) -> None:
    out = built(theme)
    page, source = Tree(out / "es" / "index.html"), Tree(out / "index.html")
    assert page.notice() == ("Esta página se ha traducido automáticamente. Leer el original", "es", "../index.html")
    assert page.switcher() == [("en", "../index.html"), ("es", "index.html"), ("ar", "../ar/index.html")]
    assert source.switcher() == [("en", "index.html"), ("es", "es/index.html"), ("ar", "ar/index.html")]
    assert page.alternates() == {
        "en": "../index.html", "es": "index.html", "ar": "../ar/index.html", "x-default": "../index.html",
    }  # fmt: skip
    assert source.notice() is None


@pytest.mark.parametrize("theme", THEMES)
def test_every_link_between_languages_leads_to_a_page(built: Pages, theme: str) -> None:
    out = built(theme)
    for path in [*out.glob("*.html"), *out.glob("es/*.html"), *out.glob("ar/*.html")]:
        page = Tree(path)
        links = [link.get("href", "") for nav in page.of_class("amts-languages") for link in nav.iter("a")]
        for link in [*links, *page.alternates().values()]:
            assert (path.parent / link).is_file(), f"{path}: {link}"


@pytest.mark.parametrize("theme", THEMES)
def test_arabic_runs_from_right_to_left_and_english_does_not(built: Pages, theme: str) -> None:
    out = built(theme)
    (section,) = (one for one in Tree(out / "ar" / "edited.html").root.iter("section") if one.get("id") == "edited")
    assert (section.get("lang"), section.get("dir")) == ("ar", "rtl")
    (section,) = (one for one in Tree(out / "ar" / "legal.html").root.iter("section") if one.get("id") == "legal")
    assert (section.get("lang"), section.get("dir")) == ("en", "ltr")
    assert Tree(out / "ar" / "index.html").of_class("amts-notice")[0].get("dir") == "rtl"


# What a page says


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("index", "Esta página se ha traducido automáticamente. Leer el original"),
        ("edited", "Esta página se ha traducido en parte automáticamente. Leer el original"),
        ("late", "El original ha cambiado desde que se tradujo esta página. Leer el original"),
        ("new", "Esta página aún no está traducida. Leer el original"),
        ("people", None),
        ("legal", None),
    ],
)
def test_a_page_says_how_it_was_translated(built: Pages, page: str, expected: str | None) -> None:
    notice = Tree(built() / "es" / f"{page}.html").notice()
    assert (notice and notice[0]) == expected


def test_people_are_named_where_the_book_asks_for_it(built: Pages) -> None:
    notice = Tree(built(codes=["es"], amts_notice="people") / "es" / "people.html").notice()
    assert notice == ("Esta página la han traducido personas. Leer el original", "es", "../people.html")


def test_nothing_is_shown_that_was_not_asked_for(built: Pages) -> None:
    out = built(codes=["en", "es"], amts_notice=False, amts_switcher=False)
    for path in (out / "index.html", out / "es" / "index.html"):
        page = Tree(path)
        assert (page.notice(), page.of_class("amts-languages"), page.alternates()) == (None, [], {})
        assert not (path.parent / "_static" / "amts-pages.css").exists()


def test_an_untranslated_paragraph_says_so(book: SmallBook, tmp_path: Path) -> None:
    files = {"index.md": "# A walk\n\nFirst words.\n\nMore words.\n"}
    other = SmallBook(tmp_path, files, conf=CONF, language="ar")
    other.sync("memory", memory=[])
    other.set_target("index.md", "# A walk\n\nكلمات أولى.\n\nMore words.\n")
    other.sync("memory", memory=[])
    build_one(other, tmp_path / "out", language="ar")
    paragraphs = [
        (one.get("lang"), one.get("dir"), one.text) for one in Tree(tmp_path / "out" / "index.html").root.iter("p")
    ]
    assert ("en", "ltr", "More words.") in paragraphs
    assert (None, None, "كلمات أولى.") in paragraphs


def test_a_page_that_lacks_in_a_language_is_linked_to_the_source(built: Pages) -> None:
    page = Tree(built() / "es" / "legal.html")
    assert page.switcher() == [("en", "../legal.html"), ("es", "legal.html"), ("ar", "../legal.html")]
    assert page.alternates() == {"en": "../legal.html", "x-default": "../legal.html"}


def test_pages_that_are_directories_are_linked_too(built: Pages) -> None:
    out = built(builder="dirhtml", codes=["en", "es"])
    assert Tree(out / "es" / "edited" / "index.html").switcher() == [
        ("en", "../../edited/"), ("es", "./"), ("ar", "../../ar/edited/"),
    ]  # fmt: skip
    assert Tree(out / "index.html").switcher() == [("en", "./"), ("es", "es/"), ("ar", "ar/")]


def test_the_links_can_stand_in_the_sidebar_alone(built: Pages) -> None:
    out = built(codes=["es"], amts_switcher="sidebar", html_sidebars={"edited": ["amts-languages.html"]})
    assert Tree(out / "es" / "edited.html").switcher()[0] == ("en", "../edited.html")
    assert Tree(out / "es" / "index.html").of_class("amts-languages") == []


@pytest.mark.parametrize("builder", ["text", "gettext", "latex", "singlehtml", "epub"])
def test_other_formats_know_nothing_of_it(book: SmallBook, tmp_path: Path, builder: str) -> None:
    build_one(book, tmp_path / "out", builder, language="es", epub_show_urls="no")
    written = [
        path for path in (tmp_path / "out").rglob("*") if path.suffix in {".txt", ".pot", ".tex", ".html", ".xhtml"}
    ]
    assert any("⟦" in path.read_text(encoding="utf-8") or builder == "gettext" for path in written)
    assert [path for path in written if "Leer el original" in path.read_text(encoding="utf-8")] == []


def test_the_search_does_not_find_the_notice(built: Pages) -> None:
    index = (built() / "es" / "searchindex.js").read_text(encoding="utf-8")
    assert "walk" not in index  # it is in the pseudo language
    assert "automat" not in index


# Decisions


def manifest(*groups: Group) -> Manifest:
    return Manifest("a.md", (UnitPiece(Kind.PARAGRAPH, "s", "t", groups),))


def group(origin: str, state: State = State.TRANSLATED, *, stale: bool = False) -> Group:
    return Group(("s",), ("t",), origin, state, stale=stale)


MACHINE, HUMAN = group("mt:amazon"), group(Origin.HUMAN)
EMPTY, NAME = group(Origin.SOURCE, State.INITIAL), group(Origin.SOURCE)


@pytest.mark.parametrize(
    ("groups", "is_behind", "expected"),
    [
        ([MACHINE, NAME], False, Standing.MACHINE),
        ([MACHINE, HUMAN], False, Standing.PARTLY),
        ([MACHINE, group("mt:amazon", State.REVIEWED)], False, Standing.PARTLY),
        ([group("mt:amazon", State.REVIEWED), group(Origin.TM)], False, Standing.PEOPLE),
        ([HUMAN, EMPTY], False, Standing.PEOPLE),
        ([MACHINE, group(Origin.HUMAN, stale=True)], False, Standing.BEHIND),
        ([HUMAN], True, Standing.BEHIND),
        ([EMPTY], True, Standing.UNTRANSLATED),
        ([EMPTY, NAME], False, Standing.UNTRANSLATED),
        ([NAME], False, None),
        ([], False, None),
    ],
)
def test_how_a_page_stands(groups: list[Group], is_behind: bool, expected: Standing | None) -> None:
    assert standing([manifest(*groups)], is_behind=is_behind) is expected


def test_what_a_page_includes_counts() -> None:
    assert standing([manifest(MACHINE), manifest(HUMAN)], is_behind=False) is Standing.PARTLY


def test_every_language_has_all_sentences_and_others_speak_english() -> None:
    assert set(_WORDINGS) >= set("ar de en es fa fr ja ko pt ru tr vi zh".split())
    assert [code for code, words in _WORDINGS.items() if len(set(words)) != 7 or not all(words)] == []
    assert wording(language("pt_BR")).languages == "Idiomas"
    assert wording(language("pt_BR")).tag == "pt-BR"
    assert wording(language("zh_HK")).languages == "語言"
    assert (wording(language("he")).tag, wording(language("he")).languages) == ("en", "Languages")


BASE = Settings(
    languages=["zh", "es", "sr@latin"], switcher=True, base_url="https://example.org/a book", exclude=["x/*"]
)


def test_whole_addresses_are_for_machines_and_relative_ones_for_readers() -> None:
    places = Places.of(BASE, "zh")
    assert [place.link(places.here, "a/b.html", "a/b.html") for place in places] == [
        "../../a/b.html", "b.html", "../../es/a/b.html", "../../sr%40latin/a/b.html",
    ]  # fmt: skip
    assert 'hreflang="sr-Latn" href="https://example.org/a book/sr%40latin/a/b.html"' in alternates(
        places, "a/b.html", "a/b.md"
    )
    assert alternates(places, "x/b.html", "x/b.md").count("<link") == 2


def test_a_language_may_be_read_elsewhere() -> None:
    base = Settings(
        languages=["zh", "es"],
        switcher=True,
        base_url="https://en.org",
        overrides={"zh": {"base_url": "https://zh.org/"}},
    )
    zh, es = Places.of(base, "zh"), Places.of(base, "es")
    assert [place.link(zh.here, "b.html", "b.html") for place in zh] == [
        "https://en.org/b.html",
        "b.html",
        "https://en.org/es/b.html",
    ]
    assert [place.link(es.here, "b.html", "b.html") for place in es] == ["../b.html", "https://zh.org/b.html", "b.html"]


def test_a_language_that_is_not_published_is_not_linked() -> None:
    base = Settings(languages=["zh", "es", "ar"], switcher=True, published=["zh"])
    assert [place.language.code for place in Places.of(base, None)] == ["en", "zh"]
    assert [place.language.code for place in Places.of(base, "ar")] == ["en", "zh", "ar"]


def test_what_options_hold_cannot_become_markup() -> None:
    base = Settings(languages=["zh"], switcher=True, base_url='https://x/"><script>')
    text = alternates(Places.of(base, None), 'a"<.html', None) + switcher(Places.of(base, None), 'a"<.html', None)
    assert "<script" not in text
    assert '"<' not in text.replace('"<.html', "?").replace('" />', "")


def test_a_wrong_option_is_named(book: SmallBook, tmp_path: Path) -> None:
    with pytest.raises(SphinxConfigError, match=r"amts_switcher is 'top', and must be one of False, True, sidebar"):
        build_one(book, tmp_path / "out", language="en", amts_switcher="top")


# The command


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "sphinx_amts", "build", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", check=False)


def test_one_command_builds_the_source_and_its_languages(book: SmallBook, tmp_path: Path) -> None:
    done = command(book.source, "-l", "es", "-o", tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'out' / 'index.html'}\n")
    assert Tree(tmp_path / "out" / "es" / "index.html").switcher() == [("en", "../index.html"), ("es", "index.html")]
    assert "this document has no translation yet" in done.stderr
    assert not (tmp_path / "out" / "ar").exists()


def test_a_language_that_the_book_has_not_is_refused(book: SmallBook, tmp_path: Path) -> None:
    done = command(book.source, "-l", "de", "-o", tmp_path / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the book has no language 'de'\n  It has es, ar: add others to amts_languages." in done.stderr


def test_a_folder_without_configuration_is_built_too(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "index.md").write_text("# A page\n\nWords.\n", encoding="utf-8")
    options = ["-D", "amts_engine=pseudo", "-D", "amts_switcher=1", "-W"]
    done = command(tmp_path / "book", "-l", "es", "-o", tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    assert Tree(tmp_path / "out" / "index.html").switcher() == [("en", "index.html"), ("es", "es/index.html")]


# In a browser


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    with chromium(tmp_path / "profile") as tab:
        yield tab


def without_ours(built: Pages, tab: Tab, theme: str) -> set[str]:
    """What a theme itself complains of on the console."""
    tab.open(built(theme, codes=["en"], amts_notice=False, amts_switcher=False) / "edited.html")
    complaints = nameless(tab.errors)
    tab.errors.clear()
    return complaints


def nameless(errors: Sequence[str]) -> set[str]:
    """Errors without the places of the files that they name."""
    return {re.sub(r"file://\S*/", "", error) for error in errors}


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_a_reader_changes_the_language_and_stays_on_the_page(built: Pages, tab: Tab, theme: str) -> None:
    out = built(theme)
    complaints = without_ours(built, tab, theme)
    tab.open(out / "edited.html")
    for lang, place in [("es", "es/"), ("ar", "ar/"), ("en", "")]:
        tab.click(f".amts-languages a[lang={lang}]")
        assert tab.value("location.href") == (out / f"{place}edited.html").as_uri()
    assert nameless(tab.errors) - complaints == set()
    assert [url for url in tab.requests if not url.startswith(("file:", "data:"))] == []


_CONTRAST = """(() => {
  const number = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const layers = [];
  const notice = document.querySelector('.amts-notice');
  for (let at = notice; at; at = at.parentElement) layers.unshift(number(getComputedStyle(at).backgroundColor));
  const ground = layers.reduce((below, [r, g, b, a = 1]) => below.map((v, i) => v * (1 - a) + [r, g, b][i] * a), [255, 255, 255]);
  const [one, two] = [light(ground), light(number(getComputedStyle(notice).color))].sort((a, b) => b - a);
  return (one + .05) / (two + .05);
})()"""


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("dark", [False, True])
def test_the_notice_can_be_read_by_day_and_by_night(built: Pages, tab: Tab, theme: str, dark: bool) -> None:
    tab.see(dark=dark)
    tab.open(built(theme) / "es" / "index.html")
    assert tab.value("document.querySelector('.amts-notice').getBoundingClientRect().height") > 20
    assert tab.value(_CONTRAST) >= 4.5


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_our_parts_of_a_page_hinder_nobody(built: Pages, tab: Tab, theme: str) -> None:
    """axe-core finds nothing serious in them, by day, by night and on a telephone, in both directions."""
    out = built(theme)
    for dark, width in [(False, 1100), (True, 1100), (False, 360)]:
        tab.see(dark=dark, width=width)
        for name in ("es/index.html", "ar/edited.html"):
            tab.open(out / name)
            assert serious(tab, ".amts-notice", ".amts-languages") == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_nothing_sticks_out_of_a_telephone(built: Pages, tab: Tab, theme: str) -> None:
    tab.see(width=360)
    tab.open(built(theme) / "ar" / "edited.html")
    for selector in (".amts-notice", ".amts-languages"):
        box = f"document.querySelector('{selector}').getBoundingClientRect()"
        assert tab.value(f"{box}.left") >= 0
        assert tab.value(f"{box}.right") <= 360


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_arabic_begins_at_the_right_and_its_code_at_the_left(built: Pages, tab: Tab, theme: str) -> None:
    tab.open(built(theme) / "ar" / "edited.html")
    style = "getComputedStyle(document.querySelector('{}')).direction"
    assert tab.value(style.format("section p")) == "rtl"
    assert tab.value(style.format("section pre")) == "ltr"
    assert tab.value(style.format("section code")) == "ltr"
    assert tab.value(style.format(".amts-notice")) == "rtl"


@pytest.mark.browser
def test_the_links_work_without_javascript(built: Pages, tab: Tab) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    out = built()
    tab.open(out / "es" / "edited.html")
    point = tab.value("(r => [r.x + 3, r.y + 3])(document.querySelector('.amts-languages a').getBoundingClientRect())")
    for kind in ("mousePressed", "mouseReleased"):
        tab.call("Input.dispatchMouseEvent", type=kind, x=point[0], y=point[1], button="left", clickCount=1)
    tab.loaded()
    assert tab.value("location.href") == (out / "edited.html").as_uri()
