"""``amts.toml``: a translation's own configuration, and what it must not do."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import SmallBook

from sphinx_amts.cli import main
from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.sync.repository import Repository, repository
from sphinx_amts.sync.tree import LocaleTree

PAGE = "# Title\n\nThe first sentence.\n"


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tree(tmp_path: Path) -> LocaleTree:
    (tmp_path / "tree").mkdir()
    return LocaleTree(tmp_path / "tree")


def say(tree: LocaleTree, text: str) -> Repository:
    (tree.root / "amts.toml").write_text(text, encoding="utf-8")
    return repository(tree)


def test_a_tree_without_the_file_says_nothing(tree: LocaleTree) -> None:
    assert repository(tree) == Repository()


def test_it_names_the_upstream_and_options_by_their_short_names(tree: LocaleTree) -> None:
    said = say(
        tree,
        'upstream = "https://github.com/owner/book"\nref = "main"\nengine = "amazon"\nexclude = ["zreferences"]\n'
        '[amazon]\nbucket = "mine"\nterminology = "terms.csv"\n',
    )
    assert said == Repository(
        "https://github.com/owner/book",
        "main",
        {
            "engine": "amazon",
            "exclude": ["zreferences"],
            "amazon": {"bucket": "mine", "terminology": str(tree.root / "terms.csv")},
        },
    )


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("engine = \n", 1, "this is not TOML"),
        ("\nengin = 'pseudo'\n", 2, "there is no option engin"),
        ("ref = 'main'\non_human = 'never'\n", 2, "amts_on_human is 'never', and must be one of propose, keep"),
        ("include = 'intro'\n", 1, "amts_include is 'intro', and must be of type list or tuple"),
        ("memory = [1]\n", 1, "amts_memory is [1], and must hold texts"),
        ("[amazon]\nprofile = 'boss'\n", 1, "amazon.profile cannot be set here"),
        ("[engine_options]\ncommand = 'rm -rf .'\n", 1, "engine_options cannot be set here"),
        ("[overrides.zh.engine_options]\ncommand = 'rm -rf .'\n", 1, "overrides cannot be set here"),
        ("locale_dir = '..'\n", 1, "locale_dir cannot be set here"),
        ("engine = 'command'\n", 1, "the engine 'command' cannot be chosen here, because it could start a program"),
        ("engine = 'somebodys'\n", 1, "the engine 'somebodys' cannot be chosen here"),
        ("memory = ['../secret.tmx']\n", 1, "this target lies outside the locale tree"),
        ("[amazon]\nterminology = '/etc/passwd'\n", 1, "this target lies outside the locale tree"),
        ("upstream = 'ext::sh -c whoami'\n", 1, "upstream is"),
        ("upstream = '--upload-pack=x'\n", 1, "upstream is"),
        ("ref = '--exec=x'\n", 1, "ref is"),
        ("ref = 1\n", 1, "ref is 1"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tree: LocaleTree, text: str, line: int, message: str) -> None:
    with pytest.raises(AmtsError) as said:
        say(tree, text)
    assert (said.value.path, said.value.line) == (tree.root / "amts.toml", line)
    assert said.value.message.startswith(message)


def test_a_link_out_of_the_tree_is_not_followed(tree: LocaleTree, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text("engine = 'pseudo'\n", encoding="utf-8")
    (tree.root / "amts.toml").symlink_to(tmp_path / "secret.toml")
    with pytest.raises(AmtsError, match="outside the locale tree"):
        repository(tree)


def test_the_book_may_choose_an_engine_that_a_tree_may_not(tree: LocaleTree) -> None:
    (tree.root / "amts.toml").write_text("engine = 'command'\n", encoding="utf-8")
    assert repository(tree, own_engine="command").options == {"engine": "command"}
    with pytest.raises(ConfigError):
        repository(tree)


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    conf = 'extensions = ["myst_parser"]\namts_engine = "memory"\namts_exclude = ["index"]\n'
    return SmallBook(tmp_path, {"index.md": PAGE, "more.md": f"---\norphan: true\n---\n\n{PAGE}"}, conf=conf)


def sync(book: SmallBook, *arguments: str) -> list[str]:
    """The documents that the tree has after a sync."""
    assert main(["sync", str(book.source), "-l", "zh", *arguments]) == 0
    return sorted(name for name in book.targets() if name != "amts.toml")


def test_a_sync_reads_it_over_the_books_configuration(book: SmallBook) -> None:
    book.set_target("amts.toml", 'engine = "pseudo"\nexclude = ["more"]\n')
    assert sync(book) == ["index.md"]
    assert "⟦" in book.target("index.md")
    assert book.target("amts.toml") == 'engine = "pseudo"\nexclude = ["more"]\n'


def test_a_tree_elsewhere_has_its_own(book: SmallBook, tmp_path: Path) -> None:
    elsewhere = tmp_path / "book.zh"
    elsewhere.mkdir()
    (elsewhere / "amts.toml").write_text('engine = "pseudo"\nexclude = []\n', encoding="utf-8")
    sync(book, "--target", str(elsewhere))
    assert sorted(file.name for file in elsewhere.iterdir()) == [".amts", "amts.toml", "index.md", "more.md"]


def test_the_command_line_wins(book: SmallBook) -> None:
    book.set_target("amts.toml", 'engine = "amazon"\nexclude = ["more"]\n[amazon]\nbucket = "mine"\n')
    assert sync(book, "--engine", "pseudo", "-D", "amts_exclude=nothing") == ["index.md", "more.md"]
    assert "⟦" in book.target("index.md")


def test_a_status_reads_it_too(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.set_target("amts.toml", "exclude = []\n")
    assert main(["status", str(book.source), "-l", "zh"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["zh", "index.md", "more.md", "total"]


def test_a_wrong_one_stops_a_sync_before_it_writes(book: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.set_target("amts.toml", '[engine_options]\ncommand = "touch pwned"\n')
    assert main(["sync", str(book.source), "-l", "zh", "--engine", "pseudo"]) == 2
    assert "amts.toml:1: engine_options cannot be set here" in capsys.readouterr().err
    assert list(book.targets()) == ["amts.toml"]
    assert not Path("pwned").exists()
