"""Files beside the documents: figures and included code that new text needs, and bibliographies."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import SmallBook, speaks_chinese

from sphinx_amts.adopt import adopt, editions_of
from sphinx_amts.locales import language
from sphinx_amts.model import Subtype
from sphinx_amts.sync.bibliography import appended, entries

PAGE = """# Bread

![A loaf](figures/loaf.svg)

```{literalinclude} code/knead.py
```

Take {download}`the recipe <files/recipe.txt>`.
"""
FILES = {"figures/loaf.svg": "<svg>loaf</svg>\n", "code/knead.py": "knead()\n", "files/recipe.txt": "Flour.\n"}


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    """A book whose translation has a repository of its own."""
    book = SmallBook(tmp_path, {"index.md": PAGE, **FILES, "figures/unused.svg": "<svg/>\n"})
    (book.locale / ".git").mkdir(parents=True)
    return book


def files(book: SmallBook) -> dict[str, str]:
    return {path: text for path, text in book.targets().items() if not path.endswith(".md")}


class TestAssets:
    def test_what_new_text_shows_is_copied_into_a_repository_of_its_own(self, book: SmallBook) -> None:
        result = book.sync(speaks_chinese())
        assert files(book) == FILES
        assert (result.files_written, result.findings) == (4, [])

    def test_the_next_sync_writes_nothing(self, book: SmallBook) -> None:
        book.sync(speaks_chinese())
        before = book.tree()
        assert book.sync(speaks_chinese()).files_written == 0
        assert book.tree() == before

    def test_a_tree_beside_its_book_gets_none(self, tmp_path: Path) -> None:
        book = SmallBook(tmp_path, {"index.md": PAGE, **FILES})
        book.sync(speaks_chinese())
        assert files(book) == {}

    @pytest.mark.parametrize(("copies", "expected"), [(True, FILES), (False, {})])
    def test_an_option_says_otherwise(self, tmp_path: Path, copies: bool, expected: dict[str, str]) -> None:
        book = SmallBook(tmp_path, {"index.md": PAGE, **FILES})
        if not copies:
            (book.locale / ".git").mkdir(parents=True)
        book.sync(speaks_chinese(), copy_assets=copies)
        assert files(book) == expected

    def test_what_stands_there_is_never_overwritten(self, book: SmallBook) -> None:
        book.set_target("figures/loaf.svg", "<svg>面包</svg>\n")
        book.sync(speaks_chinese())
        book.write("figures/loaf.svg", "<svg>new</svg>\n")
        book.change("index.md", "# Bread", "# Loaf")
        result = book.sync(speaks_chinese())
        assert book.target("figures/loaf.svg") == "<svg>面包</svg>\n"
        assert [finding.subtype for finding in result.findings] == [Subtype.LOCAL]

    def test_what_people_took_out_stays_out_until_its_document_changes(self, book: SmallBook) -> None:
        book.sync(speaks_chinese())
        (book.locale / "files/recipe.txt").unlink()
        book.sync(speaks_chinese())
        assert "files/recipe.txt" not in book.targets()
        book.change("index.md", "Take", "Now take")
        book.sync(speaks_chinese())
        assert "files/recipe.txt" in book.targets()

    def test_nothing_is_copied_from_outside_the_book(self, book: SmallBook) -> None:
        (book.folder / "secret.txt").write_text("Secret.\n", encoding="utf-8")
        (book.source / "files/recipe.txt").unlink()
        (book.source / "files/recipe.txt").symlink_to(book.folder / "secret.txt")
        book.change("index.md", "code/knead.py", "../secret.txt")
        book.sync(speaks_chinese())
        assert files(book) == {"figures/loaf.svg": FILES["figures/loaf.svg"]}

    def test_a_dry_run_copies_nothing(self, book: SmallBook) -> None:
        book.sync(speaks_chinese(), dry_run=True)
        assert files(book) == {}

    def test_the_copy_is_built_without_the_book(self, book: SmallBook) -> None:
        book.sync(speaks_chinese())
        alone = SmallBook(book.folder / "alone", book.targets())
        alone.open()
        assert [line for line in alone.warnings.splitlines() if "not readable" in line or "not found" in line] == []


BIB = """% The book's own.
@string{acm = "ACM Press"}

@Article{Smith76,
  title = {The {W}ealth of Nations},
  year = "1776"
}
"""
MORE = """
@book(keynes36,
  title = {General (Theory)}
)

@comment{not, an entry}
@inproceedings{ sen70 , publisher = acm, title = {Choice}}
"""


class TestBibliography:
    def test_entries_are_known_by_their_keys(self) -> None:
        found = dict(entries(BIB + MORE))
        assert list(found) == ["@acm", "smith76", "keynes36", "sen70"]
        assert found["keynes36"] == "@book(keynes36,\n  title = {General (Theory)}\n)"
        assert found["sen70"] == "@inproceedings{ sen70 , publisher = acm, title = {Choice}}"

    def test_an_entry_that_does_not_end_ends_where_the_next_begins(self) -> None:
        assert [key for key, _ in entries("@a{one, t = {x}\n@b{two, t = {y}}\n")] == ["one", "two"]

    def test_what_is_missing_is_put_behind_what_is_there(self) -> None:
        theirs = "@article{smith76, title = {国富论}}\n% 注"
        assert appended(BIB + MORE, theirs) == (
            theirs
            + '\n\n@string{acm = "ACM Press"}\n\n@book(keynes36,\n  title = {General (Theory)}\n)\n'
            + "\n@inproceedings{ sen70 , publisher = acm, title = {Choice}}\n"
        )

    def test_nothing_changes_where_nothing_is_missing(self) -> None:
        assert appended(BIB, BIB + "\n@misc{mine}") == BIB + "\n@misc{mine}"

    def test_line_ends_are_those_of_the_file(self) -> None:
        assert appended("@a{x,\n y = 1}\n", "@a{z}\r\n") == "@a{z}\r\n\r\n@a{x,\r\n y = 1}\r\n"

    def test_a_bibliography_of_the_translation_gets_new_entries(self, tmp_path: Path) -> None:
        book = SmallBook(tmp_path, {"index.md": "# I\n", "refs.bib": BIB})
        theirs = BIB.replace("The {W}ealth of Nations", "国富论")
        book.set_target("refs.bib", theirs)
        assert book.sync(speaks_chinese()).files_written == 1
        book.write("refs.bib", BIB + MORE)
        result = book.sync(speaks_chinese())
        assert book.target("refs.bib") == appended(BIB + MORE, theirs)
        assert (result.files_written, result.findings) == (1, [])
        assert book.sync(speaks_chinese()).files_written == 0

    def test_an_entry_that_people_took_out_stays_out_until_the_source_changes(self, tmp_path: Path) -> None:
        book = SmallBook(tmp_path, {"index.md": "# I\n", "refs.bib": BIB + MORE})
        book.set_target("refs.bib", BIB + MORE)
        book.sync(speaks_chinese())
        book.set_target("refs.bib", BIB)
        book.sync(speaks_chinese())
        assert book.target("refs.bib") == BIB

    def test_an_entry_in_another_file_of_the_translation_is_not_missing(self, tmp_path: Path) -> None:
        book = SmallBook(tmp_path, {"index.md": "# I\n", "refs.bib": BIB})
        book.set_target("refs.bib", "")
        book.set_target("own.bib", BIB)
        book.sync(speaks_chinese())
        assert book.target("refs.bib") == ""

    def test_one_that_is_not_utf_8_is_left_alone(self, tmp_path: Path) -> None:
        book = SmallBook(tmp_path, {"index.md": "# I\n", "refs.bib": BIB})
        (book.locale / "refs.bib").parent.mkdir(parents=True)
        (book.locale / "refs.bib").write_bytes(b"@misc{a, t = {\xe9}}\n")
        assert book.sync(speaks_chinese()).findings == []
        assert (book.locale / "refs.bib").read_bytes() == b"@misc{a, t = {\xe9}}\n"

    @pytest.mark.parametrize(("edition", "comes"), [(BIB, True), (BIB + MORE, False)])
    def test_what_an_adopted_edition_lacks_stays_out(self, tmp_path: Path, edition: str, comes: bool) -> None:
        """Until the source's bibliography changes, what its translators left out is not put in."""
        book = SmallBook(tmp_path, {"index.md": "# I\n", "refs.bib": edition})
        book.set_target("index.md", "# 一\n")
        book.set_target("refs.bib", "")
        sources = editions_of(book.locale, book.source)
        adopt(book.source, book.locale, sources, (language("en"), language("zh")), files_of=book.source)
        book.sync(speaks_chinese())
        assert book.target("refs.bib") == ""
        book.write("refs.bib", BIB + MORE)
        book.sync(speaks_chinese())
        assert [key for key, _ in entries(book.target("refs.bib"))] == [key for key, _ in entries(BIB + MORE)] * comes
