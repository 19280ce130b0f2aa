"""Building a language: ``sphinx-build -D language=zh`` in real processes, on small books of all formats."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sphinx_amts.model import Group, Kind, Origin, State
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece, dump

GENERATED = {"genindex.html", "search.html"}


@dataclass(frozen=True)
class Built:
    """What a build said, and its pages."""

    status: int
    said: str
    warnings: str
    out: Path

    def page(self, name: str) -> str:
        return (self.out / f"{name}.html").read_text(encoding="utf-8")

    def pages(self) -> dict[str, str]:
        names = [path.name for path in self.out.glob("*.html") if path.name not in GENERATED]
        return {name: self.page(name.removesuffix(".html")) for name in sorted(names)}


@dataclass(frozen=True)
class Folder:
    """A copy of a small book, with its locale trees beside it."""

    root: Path
    code: str = "zh"

    @property
    def book(self) -> Path:
        return self.root / "book"

    @property
    def tree(self) -> Path:
        return self.root / "locale" / self.code

    def build(self, language: str | None, *arguments: str, builder: str = "html", **environment: str) -> Built:
        """Build with Sphinx's command; ``source`` and each language have a folder of their own."""
        out = self.root / "out" / (language or "source")
        options = [*(["-D", f"language={language}"] if language else []), *arguments]
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", "build", "--no-color", "-b", builder, *options, str(self.book), str(out)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "XDG_CACHE_HOME": str(self.root / "cache"), **environment},
            check=False,
        )
        return Built(done.returncode, done.stdout, done.stderr, out)

    def change(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


Every = Callable[[str], tuple[Folder, Built, Built]]
CODES = {"myst": "zh", "rst": "zh_CN", "nb": "zh"}


@pytest.fixture(scope="session")
def every(tmp_path_factory: pytest.TempPathFactory) -> Every:
    """Each book is built once, as its source and synced in Chinese; warnings are errors."""
    done: dict[str, tuple[Folder, Built, Built]] = {}

    def build(name: str) -> tuple[Folder, Built, Built]:
        if name not in done:
            folder = Folder(tmp_path_factory.mktemp(name), CODES[name])
            roots = Path(__file__).parent / "roots"
            shutil.copytree(roots / f"test-build-{name}", folder.book)
            done[name] = folder, folder.build(None, "-W", "--keep-going"), folder.build("zh", "-W", "--keep-going")
        return done[name]

    return build


@pytest.fixture(params=["myst", "rst", "nb"])
def built(request: pytest.FixtureRequest, every: Every) -> Iterator[object]:
    return every(request.param)


@pytest.fixture
def folder(every: Every, tmp_path: Path) -> Callable[[str], Folder]:
    """A copy of a book with its synced locale tree, for a test to change; nothing is built of it yet."""

    def copy(name: str) -> Folder:
        original, _, _ = every(name)
        for part in ("book", "locale"):
            shutil.copytree(original.root / part, tmp_path / part)
        return Folder(tmp_path, CODES[name])

    return copy


def ids(page: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', page))


def links(page: str) -> list[str]:
    return sorted(re.findall(r'class="reference internal[^>]* href="([^"]+)"', page))


def image(built: Built, page: str) -> bytes:
    """The bytes of the first image of a page."""
    found = re.search(r'<img [^>]*src="([^"]+)"', page)
    assert found is not None
    return (built.out / found[1]).read_bytes()


# What a reader sees


def test_a_language_builds_without_a_warning_that_its_source_has_not(built: tuple[Folder, Built, Built]) -> None:
    folder, source, target = built
    assert (source.warnings, source.status) == ("", 0)
    assert (target.warnings, target.status) == ("", 0)
    assert "⟦" in target.page("index")
    assert folder.tree.is_dir()


def test_every_anchor_of_a_source_page_is_on_its_target_page(built: tuple[Folder, Built, Built]) -> None:
    _, source, target = built
    assert list(target.pages()) == list(source.pages())
    for name, page in source.pages().items():
        assert ids(page) - ids(target.pages()[name]) == set(), name


def test_every_link_of_a_source_page_leads_to_the_same_place_on_its_target_page(
    built: tuple[Folder, Built, Built],
) -> None:
    _, source, target = built
    for name, page in source.pages().items():
        assert links(target.pages()[name]) == links(page), name


def test_sphinxs_own_texts_are_in_the_language_whatever_the_book_calls_it(built: tuple[Folder, Built, Built]) -> None:
    _, _, target = built
    page = target.page("index")
    assert '<html lang="zh-CN"' in page
    assert "搜索" in page
    assert "zh-CN" in (target.out / "_static" / "documentation_options.js").read_text(encoding="utf-8")


def test_an_excluded_page_isevery_from_the_source(every: Every) -> None:
    _, _, target = every("myst")
    assert "This page is built from the source." in target.page("legal")


def test_a_part_of_a_file_is_included_as_in_the_source(every: Every) -> None:
    _, source, target = every("rst")
    assert "This sentence is included." in source.page("index")
    page = target.page("index")
    assert "Ŧħīş şḗƞŧḗƞƈḗ īş īƞƈŀŭḓḗḓ." in page
    assert "This sentence" not in page
    assert "ŀḗƒŧ ǿŭŧ" not in page


# What changes


def test_a_page_follows_its_source_and_its_target(folder: Callable[[str], Folder]) -> None:
    book = folder("myst")
    first = book.build("zh")
    assert "Ȧƞǿŧħḗř ǿƞḗ." in first.page("more")
    again = book.build("zh")
    assert "0 added, 0 changed, 0 removed" in again.said

    book.change(book.tree / "more.md", "⟦Ȧƞǿŧħḗř ǿƞḗ. ···⟧", "再来一个。")
    book.change(book.book / "index.md", "Once more.", "Once again.")
    last = book.build("zh")
    assert "0 added, 2 changed, 0 removed" in last.said
    assert "再来一个。" in last.page("more")
    assert "Ǿƞƈḗ ȧɠȧīƞ." in last.page("index")
    assert "zh: " in last.said


def test_a_renamed_page_takes_its_translation_along(folder: Callable[[str], Folder]) -> None:
    book = folder("myst")
    book.change(book.tree / "more.md", "⟦Ȧƞǿŧħḗř ǿƞḗ. ···⟧", "再来一个。")
    (book.book / "walks").mkdir()
    (book.book / "more.md").rename(book.book / "walks" / "further.md")
    book.change(book.book / "walks" / "further.md", "{figure} dot", "{figure} ../dot")
    book.change(book.book / "index.md", "(more.md#", "(walks/further.md#")
    book.change(book.book / "index.md", "<more:First", "<walks/further:First")
    book.change(book.book / "index.md", "\nmore\n", "\nwalks/further\n")
    source, target = book.build(None), book.build("zh")
    assert (source.warnings, target.warnings) == ("", "")
    assert "再来一个。" in target.page("walks/further")
    assert ids(source.page("walks/further")) - ids(target.page("walks/further")) == set()
    assert not (book.tree / "more.md").exists()


def test_files_of_the_locale_tree_are_used_where_they_are_and_no_longer(folder: Callable[[str], Folder]) -> None:
    book = folder("myst")
    source = (book.book / "dot.png").read_bytes()
    book.build("zh", CI="1")
    (book.tree / "data").mkdir()
    (book.tree / "dot.png").write_bytes(source + b"\n")
    (book.tree / "data" / "code.py").write_text('print("local")\n', encoding="utf-8")
    (book.tree / "data" / "note.html").write_text("<p>A local note.</p>\n", encoding="utf-8")
    (book.tree / "data" / "table.csv").write_text("a local table\n", encoding="utf-8")

    local = book.build("zh", CI="1")
    page = local.page("index")
    assert image(local, page) == source + b"\n"
    assert "local" in page.partition("print")[2][:100]
    assert "A local note." in page
    download = re.search(r'href="(_downloads/[^"]+)"', page)
    assert download is not None
    assert (local.out / download[1]).read_text(encoding="utf-8") == "a local table\n"

    shutil.rmtree(book.tree / "data")
    (book.tree / "dot.png").unlink()
    without = book.build("zh", CI="1")
    assert image(without, without.page("index")) == source
    assert "A raw note from the source." in without.page("index")


def test_a_localised_raw_file_of_a_rest_book_is_used(folder: Callable[[str], Folder]) -> None:
    book = folder("rst")
    (book.tree / "parts" / "note.html").write_text("<p>A local note.</p>\n", encoding="utf-8")
    assert "A local note." in book.build("zh", CI="1").page("index")


def test_a_title_that_was_edited_after_the_last_sync_keeps_its_anchor(folder: Callable[[str], Folder]) -> None:
    book = folder("myst")
    book.change(book.tree / "index.md", "## ⟦Ŧħḗ şḗƈǿƞḓ ƥȧřŧ ····⟧", "## 第二部分\n\n### 译者的话")
    page = book.build("zh", CI="1").page("index")
    assert '<section id="the-second-part">' in page
    assert "第二部分" in page
    assert ids(page) >= {"exercises", "id1", "id2", "an-included-title"}


def test_terms_have_their_sources_ids_and_names(folder: Callable[[str], Folder]) -> None:
    book = folder("myst")
    sentence = "{term}`面包`、{term}`Bread`和{term}`酸面包 <Sourdough bread>`。"
    book.change(book.tree / "more.md", "⟦Ɓřḗȧḓ ··⟧\n", "面包\n")
    book.change(book.tree / "index.md", "⟦Ǿƞƈḗ ḿǿřḗ. ··⟧", sentence)
    built = book.build("zh", "-W", "-n")
    assert built.status == 0, built.warnings
    assert '<dt id="term-Bread">面包' in built.page("more")
    assert links(built.page("index")).count("more.html#term-Bread") == 3
    assert links(built.page("index")).count("more.html#term-Sourdough-bread") == 2


def test_untranslated_text_is_marked_where_the_book_wants_it(folder: Callable[[str], Folder]) -> None:
    book = folder("myst")
    book.change(book.book / "more.md", "Another one.", "Another one.\n\nA very new sentence.")
    book.change(book.book / "conf.py", 'amts_engine = "pseudo"', "translation_progress_classes = True")
    page = book.build("zh").page("more")
    assert '<p class="untranslated">A very new sentence.</p>' in page
    assert re.search(r'<p class="translated">⟦Ŧḗẋŧ ', page)
    assert page.count('class="untranslated"') == 1


# Where a build may not sync


@pytest.mark.parametrize("name", ["CI", "READTHEDOCS"])
def test_a_build_for_others_uses_what_is_there_and_says_what_is_behind(
    folder: Callable[[str], Folder], name: str
) -> None:
    book = folder("rst")
    (book.tree / "more.rst").unlink()
    book.change(book.book / "index.rst", "A sentence with", "Another sentence with")
    before = {path: path.read_bytes() for path in book.tree.rglob("*") if path.is_file()}
    built = book.build("zh", **{name: "true"})
    assert {path: path.read_bytes() for path in book.tree.rglob("*") if path.is_file()} == before
    assert built.status == 0
    assert "Ȧ şḗƞŧḗƞƈḗ ẇīŧħ" in built.page("index")
    changed, missing = built.warnings.splitlines()
    assert changed.startswith(f"{book.book / 'index.rst'}:1: WARNING: zh_CN: this file has changed since")
    assert missing.startswith(f"{book.book / 'more.rst'}:1: WARNING: zh_CN: this document has no translation yet")
    assert {changed[-16:], missing[-16:]} == {" [amts.outdated]"}


def test_the_source_language_and_languages_of_others_areevery_as_without_the_extension(
    folder: Callable[[str], Folder],
) -> None:
    book = folder("rst")
    shutil.rmtree(book.tree)
    for language in ("en", "fr"):
        built = book.build(language, builder="dummy")
        assert (built.status, built.warnings) == (0, "")
    assert not book.tree.exists()


def test_a_language_may_come_from_the_configuration(folder: Callable[[str], Folder]) -> None:
    book = folder("rst")
    with (book.book / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write('import os\nlanguage = os.environ.get("BOOK", "en")\n')
    book.change(book.book / "index.rst", "A sentence with", "Another sentence with")
    built = book.build(None, BOOK="zh")
    assert (built.status, built.warnings) == (0, "")
    assert "Ȧƞǿŧħḗř şḗƞŧḗƞƈḗ ẇīŧħ" in built.page("index")


# Sphinx's own ways


def test_two_processes_build_the_same_as_one(every: Every) -> None:
    folder, _, one = every("myst")
    before = one.pages()
    two = folder.build("zh", "-E", "-a", "-j", "2", "-W", "--keep-going")
    assert (two.status, two.warnings) == (0, "")
    assert two.pages() == before


def test_a_warning_of_the_build_itself_fails_it(folder: Callable[[str], Folder]) -> None:
    book = folder("rst")
    book.change(book.book / "more.rst", "Another one.", "See :ref:`nowhere`.")
    built = book.build("zh", "-W", "--keep-going")
    assert built.status == 1
    assert "nowhere" in built.warnings


def test_what_a_sync_finds_is_a_warning_of_the_build(folder: Callable[[str], Folder]) -> None:
    book = folder("rst")
    (book.book / "more.rst").write_text("More\n====\n\nOne.\n", encoding="utf-8")
    (book.tree / ".amts" / "more.rst.json").unlink()
    built = book.build("zh", builder="dummy")
    found = re.findall(r"^(.+):\d+: WARNING: .+ \[amts\.people\]$", built.warnings, flags=re.MULTILINE)
    assert found == [str(book.tree / "more.rst")]


def test_a_sync_that_is_impossible_stops_the_build_with_its_reason(folder: Callable[[str], Folder]) -> None:
    built = folder("rst").build("zh", "-D", "amts_engine=nobody", builder="dummy")
    assert built.status == 2
    assert "zh_CN was not synced: no engine is called 'nobody'" in built.warnings


def test_the_builder_amts_syncs_all_languages(folder: Callable[[str], Folder]) -> None:
    book = folder("rst")
    before = {path: path.read_bytes() for path in book.tree.rglob("*") if path.is_file()}
    shutil.rmtree(book.tree)
    built = book.build(None, builder="amts")
    assert (built.status, built.warnings) == (0, "")
    assert {path: path.read_bytes() for path in book.tree.rglob("*") if path.is_file()} == before
    assert "zh_CN: " in built.said
    wrong = book.build("zh", builder="amts", CI="1")
    assert wrong.status == 2
    assert "leave out -D language" in wrong.warnings


# Other extensions' files


def test_a_localised_bibliography_is_used(tmp_path: Path) -> None:
    pytest.importorskip("sphinxcontrib.bibtex")
    folder = Folder(tmp_path)
    folder.book.mkdir()
    (folder.book / "conf.py").write_text(
        'extensions = ["sphinx_amts", "sphinxcontrib.bibtex"]\nbibtex_bibfiles = ["all.bib"]\namts_languages = ["zh"]\n'
        'html_theme = "basic"\n',
        encoding="utf-8",
    )
    page = "Title\n=====\n\nSee :cite:`a`.\n\n.. bibliography:: all.bib\n"
    (folder.book / "index.rst").write_text(page, encoding="utf-8")
    entry = "@book{{a, title={{{title}}}, author={{Somebody}}, year={{2001}}, publisher={{Somewhere}}}}\n"
    (folder.book / "all.bib").write_text(entry.format(title="The source"), encoding="utf-8")
    folder.tree.mkdir(parents=True)
    (folder.tree / "all.bib").write_text(entry.format(title="The target"), encoding="utf-8")
    page = folder.build("zh", CI="1").page("index")
    assert "The target" in page
    assert "The source" not in page


def test_a_table_of_contents_and_a_title_come_from_the_locale_tree(tmp_path: Path) -> None:
    pytest.importorskip("sphinx_external_toc")
    folder = Folder(tmp_path)
    folder.book.mkdir()
    (folder.book / "conf.py").write_text(
        'extensions = ["sphinx_amts", "sphinx_external_toc"]\namts_languages = ["zh"]\nhtml_title = "A book"\n'
        'html_theme = "basic"\nhtml_sidebars = {"**": ["globaltoc.html"]}\n',
        encoding="utf-8",
    )
    (folder.book / "_config.yml").write_text("title: A book\n", encoding="utf-8")
    toc = "format: jb-book\nroot: index\nparts:\n  - caption: Chapters\n    chapters:\n      - file: more\n"
    (folder.book / "_toc.yml").write_text(toc, encoding="utf-8")
    for name in ("index", "more"):
        (folder.book / f"{name}.rst").write_text(f"{name}\n=====\n", encoding="utf-8")
    group = Group(("A book",), ("一本书",), Origin.HUMAN, State.TRANSLATED)
    unit = UnitPiece(Kind.METADATA, "A book", "一本书", (group,), "yaml")
    manifest = Manifest("_config.yml", (GapPiece("title: ", "title: "), unit, GapPiece("\n", "\n")))
    (folder.tree / ".amts").mkdir(parents=True)
    (folder.tree / ".amts" / "_config.yml.json").write_text(dump(manifest), encoding="utf-8")
    (folder.tree / "_config.yml").write_text(manifest.target, encoding="utf-8")
    (folder.tree / "_toc.yml").write_text(toc.replace("Chapters", "各章"), encoding="utf-8")
    page = folder.build("zh", CI="1").page("index")
    assert "各章" in page
    assert re.search(r"<title>index &#8212; 一本书</title>", page)


# What the documentation says


def test_the_documented_lines_make_a_quickstart_book_obey_lang(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is missing")
    quickstart = [sys.executable, "-m", "sphinx.cmd.quickstart", "-q", "-p", "Small", "-a", "Me", str(tmp_path)]
    subprocess.run(quickstart, check=True, capture_output=True)
    guide = (Path(__file__).parent.parent / "docs" / "how-to" / "build-a-language.md").read_text(encoding="utf-8")
    lines = re.search(r"```make\n(.*?)```", guide, flags=re.DOTALL)
    assert lines is not None
    with (tmp_path / "Makefile").open("a", encoding="utf-8") as makefile:
        makefile.write("\n" + lines[1])

    def made(*arguments: str) -> str:
        command = ["make", "--dry-run", "html", *arguments]
        environment = {"PATH": os.environ["PATH"], "LANG": "de_DE.UTF-8"}
        done = subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, text=True, env=environment)
        return done.stdout.splitlines()[-1].rstrip()

    assert made("LANG=zh") == 'sphinx-build -M html "." "_build/zh" -D language=zh'
    assert made("LANG=zh es") == 'sphinx-amts build "." -l zh -l es -b html -o "_build/html"'
    assert made() == 'sphinx-build -M html "." "_build"'
