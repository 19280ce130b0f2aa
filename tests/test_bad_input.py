"""What cannot be done is said in one message that names the file and what to do; exit status 2, and nothing changes."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from book import SmallBook

from sphinx_amts.cli import main

PAGE = "# Title\n\nThe first sentence. The second sentence.\n"
RST = ":orphan:\n\nBread\n=====\n\nKnead the *dough* well.\n"
CONF = 'extensions = ["myst_parser"]\namts_engine = "pseudo"\n'

Change = Callable[[SmallBook], None]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> SmallBook:
    """A book that has not been synced."""
    return SmallBook(tmp_path, {"index.md": PAGE, "bread.rst": RST}, conf=CONF)


@pytest.fixture
def synced(small: SmallBook) -> SmallBook:
    """A book that has been synced."""
    assert main(["sync", "book", "-l", "zh"]) == 0
    return small


def state(folder: Path) -> dict[str, object]:
    """All that is in a folder: files with their bytes, links with where they lead."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if "__pycache__" not in path.parts:
            kind: object = path.read_bytes() if path.is_file() else "folder"
            found[os.fsdecode(path.relative_to(folder))] = f"to {path.readlink()}" if path.is_symlink() else kind
    return found


def refused(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message of a command that ends with 2 and changes nothing."""
    before = state(folder)
    capsys.readouterr()
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert state(folder) == before
    assert out == ""
    assert err.startswith("sphinx-amts: ")
    assert err.count("sphinx-amts: ") == 1
    assert "Traceback" not in err
    assert "please report" not in err
    return err.removeprefix("sphinx-amts: ")


# The book.


def test_there_is_no_such_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(tmp_path, capsys, "sync", "nowhere", "-l", "zh")
    assert said == "nowhere: there is no such book\n  Give the directory that holds conf.py or _config.yml.\n"


def test_a_book_is_a_directory(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(small.folder, capsys, "sync", "book/index.md", "-l", "zh")
    assert said.startswith("book/index.md: a book is a directory, and this is a file\n")


def test_a_directory_without_documents_is_no_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    said = refused(tmp_path, capsys, "sync", "empty", "-l", "zh")
    assert said.startswith(f"{tmp_path}/empty: Sphinx cannot read this book: ")


@pytest.mark.parametrize(
    ("conf", "said"),
    [
        ("x = 1\nraise RuntimeError('no')\n", "conf.py:2: this configuration cannot be used: RuntimeError: no\n"),
        ("x = 1\n\nx = = 2\n", "conf.py:3: a syntax error: invalid syntax\n"),
        ("import sys\nsys.exit(3)\n", "conf.py:2: this configuration cannot be used: it called sys.exit()\n"),
        ("import no_such_module\n", "conf.py:1: this configuration cannot be used: ModuleNotFoundError: No module"),
    ],
)
def test_a_configuration_that_fails(small: SmallBook, capsys: pytest.CaptureFixture[str], conf: str, said: str) -> None:
    small.write("conf.py", conf)
    assert refused(small.folder, capsys, "sync", "book", "-l", "zh").startswith(f"{small.source}/{said}")


def test_an_extension_that_is_not_installed(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("conf.py", "extensions = ['no_such_extension']\n")
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(
        f"{small.source}: Sphinx cannot read this book: Could not import extension no_such_extension"
    )
    assert said.endswith("\n  Install it where sphinx-amts is installed.\n")


def test_an_extension_that_fails_while_it_reads(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    failing = "def setup(app):\n    app.connect('source-read', fail)\ndef fail(app, docname, content):\n    1 / 0\n"
    small.write("conf.py", CONF + failing)
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.source}/bread.rst: Sphinx cannot read this book: ")
    assert "division by zero" in said


def test_a_directory_of_a_configuration_that_has_none(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh", "--confdir", "book/elsewhere")
    assert said.startswith("book/elsewhere: this directory holds no conf.py\n")


# Options and arguments.


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-l", "chinese"], "the language 'chinese' is not known\n"),
        (["-l", "gr"], "the language 'gr' is not known\n  Did you mean el?\n"),
        (["-l", "../../up"], "the language '../../up' is not known\n"),
        (["-l", "zh", "-l", "xx"], "the language 'xx' is not known\n"),
        (["-l", "en"], "'en' is the language that the book is written in\n  Set amts_source_language in conf.py"),
        ([], "no language is named\n  Give -l LANG, or set amts_languages in conf.py.\n"),
        (["-l", "zh", "-l", "es", "--target", "one"], "--target is the tree of one language, and several were given\n"),
        (["-l", "zh", "--engine", "pseduo"], "no engine is called 'pseduo'\n  Known engines: pseudo, "),
        (["-l", "zh", "--json", "no/such/file.json"], "no/such/file.json: the result cannot be written here\n"),
        (["-l", "zh", "--target", "book"], "{book}: the locale tree would lie around the book\n"),
        (["-l", "zh", "--target", "."], "{folder}: the locale tree would lie around the book\n"),
        (["-l", "zh", "../outside"], "{book}: there is no document '../outside' to sync\n"),
        (["-l", "zh", "/etc/passwd"], "{book}: there is no document '/etc/passwd' to sync\n"),
        (["-l", "zh", "brad"], "{book}: there is no document 'brad' to sync\n  Did you mean bread?\n"),
        (
            ["-l", "zh", "-D", "amts_langauges=zh"],
            "there is no option amts_langauges\n  Did you mean amts_languages?\n",
        ),
    ],
)
def test_an_argument_that_cannot_be(
    synced: SmallBook, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    expected = said.replace("{book}", str(synced.source)).replace("{folder}", str(synced.folder))
    assert refused(synced.folder, capsys, "sync", "book", *arguments).startswith(expected)


@pytest.mark.parametrize("arguments", [["-D", "no-equals-sign"], ["--jobs", "0"], ["--jobs", "many"], ["--no-such"]])
def test_a_usage_error_shows_the_usage(
    small: SmallBook, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["sync", "book", "-l", "zh", *arguments])
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: sphinx-amts")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("amts_engine = 5", "amts_engine is 5, and must be of type str\n"),
        ("amts_languages = 'zh'", "amts_languages is 'zh', and must be of type list or tuple or dict\n"),
        ("amts_languages = ['zh', 7]", "amts_languages is ['zh', 7], and must hold texts\n"),
        ("amts_languages = {'zh': 'command'}", "amts_languages['zh'] must be a dictionary of options\n"),
        ("amts_overrides = {'zh': {'engin': 'x'}}", "amts_overrides['zh'] has an unknown option 'engin'\n  Did you"),
        ("amts_languages = {'zh': {'engin': 'x'}}", "amts_languages['zh'] has an unknown option 'engin'\n  Did you"),
        ("amts_on_human = 'ask'", "amts_on_human is 'ask', and must be one of propose, keep, replace\n"),
        ("amts_engin = 'pseudo'", "there is no option amts_engin\n  Did you mean amts_engine?\n"),
        ("amts_engine = 'no-engine'", "no engine is called 'no-engine'\n  Known engines: "),
        ("amts_engine_options = {'speed': 3}", "engine 'pseudo': "),
        ("amts_memory = ['pairs.tmx']", "{book}/pairs.tmx: this file of amts_memory is missing\n"),
        ("amts_memory = ['conf.py']", "{book}/conf.py: not a kind of file that pairs are read from\n  Known: .tmx"),
    ],
)
def test_an_option_that_cannot_be(small: SmallBook, capsys: pytest.CaptureFixture[str], line: str, said: str) -> None:
    small.write("conf.py", f"{CONF}{line}\n")
    assert refused(small.folder, capsys, "sync", "book", "-l", "zh").startswith(
        said.replace("{book}", str(small.source))
    )


@pytest.mark.parametrize("text", ["<tmx><body>", "no markup at all", ""])
def test_a_memory_that_is_damaged(small: SmallBook, capsys: pytest.CaptureFixture[str], text: str) -> None:
    small.write("pairs.tmx", text)
    small.write("conf.py", f"{CONF}amts_memory = ['pairs.tmx']\n")
    assert refused(small.folder, capsys, "sync", "book", "-l", "zh").startswith(f"{small.source}/pairs.tmx")


def test_the_program_of_an_engine_is_missing(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("conf.py", f"{CONF}amts_engine = 'command'\namts_engine_options = {{'command': 'no-such-program'}}\n")
    assert "no-such-program" in refused(small.folder, capsys, "sync", "book", "-l", "zh")


# Where the locale tree may lie.


def test_a_locale_tree_among_the_documents(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("conf.py", f"{CONF}amts_locale_dir = 'locale'\n")
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.source}/locale/zh: Sphinx would read this locale tree as documents of the book\n")
    assert "Add 'locale' to the book's exclude_patterns" in said
    assert "amts_locale_dir" in said


@pytest.mark.parametrize("pattern", ["locale", "locale/*", "locale/**", "locale/zh", "**/zh"])
def test_a_locale_tree_in_the_book_that_is_excluded(small: SmallBook, pattern: str) -> None:
    small.write("conf.py", f"{CONF}amts_locale_dir = 'locale'\nexclude_patterns = ['{pattern}']\n")
    assert main(["sync", "book", "-l", "zh"]) == 0
    assert (small.source / "locale" / "zh" / "index.md").is_file()
    assert main(["sync", "book", "-l", "zh"]) == 0
    assert not (small.source / "locale" / "zh" / "locale").exists()


def test_a_locale_tree_outside_the_git_work_tree(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    (small.source / ".git").mkdir()
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.locale}: the locale tree would lie outside the book's git work tree\n")
    assert "amts_locale_dir" in said
    assert "--target" in said
    assert main(["sync", "book", "-l", "zh", "--target", "elsewhere"]) == 0


# Links.


def link(place: Path, to: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(to)


def test_a_document_that_is_a_link_out_of_the_book(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    (small.folder / "secret.md").write_text(PAGE, encoding="utf-8")
    link(small.source / "linked.md", small.folder / "secret.md")
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.source}/linked.md: this document lies outside the book\n")


def test_a_document_that_is_a_link_inside_the_book(small: SmallBook) -> None:
    small.write("linked.md", "")
    (small.source / "linked.md").unlink()
    link(small.source / "linked.md", Path("index.md"))
    assert main(["sync", "book", "-l", "zh"]) == 0
    assert small.target("linked.md") == small.target("index.md")


@pytest.mark.parametrize("place", ["index.md", ".amts", "part"])
def test_a_link_out_of_the_locale_tree(small: SmallBook, capsys: pytest.CaptureFixture[str], place: str) -> None:
    small.write("part/page.md", f"---\norphan: true\n---\n\n{PAGE}")
    outside = small.folder / "outside"
    outside.mkdir()
    (outside / "file.md").write_text("Mine.\n", encoding="utf-8")
    link(small.locale / place, outside / "file.md" if place.endswith(".md") else outside)
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.locale}/{place}")
    assert "outside the locale tree\n  A symbolic link leads out of the tree" in said


def test_a_locale_tree_that_is_a_link_out_of_the_work_tree(
    small: SmallBook, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    (small.folder / ".git").mkdir()
    outside = tmp_path_factory.mktemp("outside")
    link(small.locale, outside)
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{outside}: the locale tree would lie outside the book's git work tree\n")
    assert list(outside.iterdir()) == []


# Places that cannot be written.


@pytest.mark.parametrize("place", ["locale", "locale/zh", "locale/zh/.amts", "locale/zh/part"])
def test_a_file_where_a_directory_should_be(small: SmallBook, capsys: pytest.CaptureFixture[str], place: str) -> None:
    small.write("part/page.md", f"---\norphan: true\n---\n\n{PAGE}")
    file = small.folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a file\n", encoding="utf-8")
    assert str(small.folder / "locale") in refused(small.folder, capsys, "sync", "book", "-l", "zh")


def test_a_directory_where_a_target_should_be(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    (small.locale / "index.md").mkdir(parents=True)
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said == f"{small.locale}/index.md: this target cannot be read: Is a directory\n"


def test_a_place_where_nobody_can_write(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh", "--target", "/proc/nowhere")
    assert said.startswith("/proc/nowhere: the locale tree cannot be written: ")
    assert "--target" in said


def test_a_disk_that_is_full(
    small: SmallBook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sphinx_amts.sync.tree.os.fsync", full)
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.locale}/.amts/index.md.json.next: this file cannot be written: No space left")


def test_another_sync_is_running(synced: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    with (synced.locale / ".amts" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = refused(synced.folder, capsys, "sync", "book", "-l", "zh")
    assert said == f"{synced.locale}: another sync is writing this tree\n  Wait until it is done.\n"


def test_a_lock_that_a_killed_sync_left_stops_nobody(synced: SmallBook) -> None:
    (synced.locale / ".amts" / ".lock").touch()
    assert main(["sync", "book", "-l", "zh"]) == 0
    assert not (synced.locale / ".amts" / ".lock").exists()


# Files that are not what they should be.


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[: len(text) // 2], ": this manifest is damaged: "),
        (lambda text: "", ": this manifest is damaged: "),
        (lambda text: f"<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n", "It holds the marks of a merge: settle them"),
        (lambda text: text.replace('"amts": 1', '"amts": 99'), "a newer version of sphinx-amts wrote this manifest"),
        (lambda text: text.replace('"amts": 1', '"amts": "one"'), "this is no manifest: it does not say its format"),
        (lambda text: "[]", "this is no manifest: it does not say its format"),
        (lambda text: "[" * 100_000, "this manifest is damaged: "),
        (lambda text: json.dumps({**json.loads(text), "pieces": "none"}), "this manifest is damaged: "),
        (lambda text: json.dumps({**json.loads(text), "pieces": [5]}), "this manifest is damaged: "),
        (lambda text: json.dumps({**json.loads(text), "pieces": []}), "its gaps and units do not alternate"),
        (lambda text: text.replace('"state": "translated"', '"state": "lost"'), "this manifest is damaged: "),
        (lambda text: text.replace('"path": "bread.rst"', '"path": "../up.rst"'), "this is the manifest of ../up.rst"),
    ],
)
@pytest.mark.parametrize("command", ["sync", "status"])
def test_a_manifest_that_is_damaged(
    synced: SmallBook, capsys: pytest.CaptureFixture[str], command: str, damage: Callable[[str], str], said: str
) -> None:
    manifest = synced.locale / ".amts" / "bread.rst.json"
    manifest.write_text(damage(manifest.read_text(encoding="utf-8")), encoding="utf-8")
    synced.change("index.md", "first", "earlier")
    message = refused(synced.folder, capsys, command, "book", "-l", "zh")
    assert message.startswith(str(manifest))
    assert said in message


def test_a_manifest_of_the_second_language_that_is_damaged(
    synced: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first language is not written either."""
    main(["sync", "book", "-l", "es"])
    manifest = synced.folder / "locale" / "es" / ".amts" / "index.md.json"
    manifest.write_text("{", encoding="utf-8")
    synced.change("index.md", "first", "earlier")
    assert refused(synced.folder, capsys, "sync", "book", "-l", "zh", "-l", "es").startswith(str(manifest))


def test_a_record_of_localised_files_that_is_damaged(synced: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    (synced.locale / ".amts" / ".localised").write_text("{", encoding="utf-8")
    said = refused(synced.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{synced.locale}/.amts/.localised: this record of localised files is damaged\n")


def make_source_latin_1(book: SmallBook) -> None:
    (book.source / "latin.md").write_bytes("# Title\n\nBröt.\n".encode("latin-1"))


def make_target_latin_1(book: SmallBook) -> None:
    book.locale.mkdir(parents=True, exist_ok=True)
    (book.locale / "bread.rst").write_bytes("Bröt\n====\n".encode("latin-1"))


def make_no_notebook(book: SmallBook) -> None:
    book.write("conf.py", f"{CONF}source_suffix = {{'.md': 'markdown', '.rst': 'restructuredtext', '.ipynb': 'x'}}\n")
    book.write("note.ipynb", "no JSON")


def make_half_a_character(book: SmallBook) -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "# Half \ud83d\n"}
    make_no_notebook(book)
    book.write("note.ipynb", json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (make_source_latin_1, "{book}/latin.md:3: this file is not UTF-8\n  Save it as UTF-8, or exclude it.\n"),
        (make_target_latin_1, "{locale}/bread.rst:1: this target is not UTF-8\n  Save it as UTF-8.\n"),
        (make_no_notebook, "{book}/note.ipynb:1: this is not a Jupyter notebook: "),
        (make_half_a_character, "{book}/note.ipynb: this notebook holds half a character\n  Look for \\ud83d "),
    ],
)
def test_a_file_that_cannot_be_read(
    small: SmallBook, capsys: pytest.CaptureFixture[str], make: Change, said: str
) -> None:
    make(small)
    message = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert message.startswith(said.replace("{book}", str(small.source)).replace("{locale}", str(small.locale)))


def test_two_files_that_are_one_document(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("bread.md", PAGE)
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert "are both the document 'bread'\n" in said
    assert "exclude_patterns" in said
    small.write("conf.py", f"{CONF}exclude_patterns = ['bread.md']\n")
    assert main(["sync", "book", "-l", "zh"]) == 0


def test_names_that_differ_in_case_only_are_two_documents(small: SmallBook) -> None:
    small.write("Bread.rst", RST.replace("dough", "paste"))
    if small.read("bread.rst") != RST:
        pytest.skip("this file system does not tell upper case from lower case")
    assert main(["sync", "book", "-l", "zh"]) == 0
    assert small.target("Bread.rst") != small.target("bread.rst")


def test_a_document_where_the_manifests_would_be(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write(".amts/page.md", f"---\norphan: true\n---\n\n{PAGE}")
    said = refused(small.folder, capsys, "sync", "book", "-l", "zh")
    assert said.startswith(f"{small.locale}/.amts/page.md: this target lies where the manifests are\n")


# Names that are hard to handle.


HOSTILE = ["two words", "Brötchen 面包", "-dash", "--help", "#hash", "100%", "a'b\"c", "a[b]c", "tab\tstop", "$(x)"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_a_name_like_others(small: SmallBook, name: str) -> None:
    small.write(f"{name}/{name}.rst", RST)
    assert main(["sync", "book", "-l", "zh"]) == 0
    assert small.target(f"{name}/{name}.rst").startswith(":orphan:\n\n")
    before = state(small.folder)
    assert main(["sync", "-l", "zh", "--", "book", f"{name}/{name}"]) == 0
    assert main(["status", "book", "-l", "zh"]) == 0
    assert main(["verify", "book", "locale/zh"]) == 0
    assert state(small.folder) == before


def test_a_name_that_is_not_utf_8(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        (small.source / os.fsdecode(b"br\xf6t.rst")).write_text(RST, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    before = state(small.folder)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx_amts", "sync", "book", "-l", "zh"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    where = f"{small.source}/br\\udcf6t.rst"
    assert done.stderr == f"sphinx-amts: {where}: the name of this file is not UTF-8\n  Rename it.\n"
    assert state(small.folder) == before


# status and verify


def test_status_refuses_what_sync_refuses(synced: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    make_target_latin_1(synced)
    assert "this target is not UTF-8" in refused(synced.folder, capsys, "status", "book", "-l", "zh")
    assert "there is no such book" in refused(synced.folder, capsys, "status", "nowhere", "-l", "zh")


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("nowhere", "locale/zh", "nowhere: there is no such file or directory\n"),
        ("book", "nowhere", "nowhere: there is no such file or directory\n"),
        ("book", "locale/zh/index.md", "locale/zh/index.md: a file cannot be compared with a directory\n"),
        ("book/conf.py", "locale/zh/index.md", "{book}/conf.py: this file is no document of its book\n"),
    ],
)
def test_verify_refuses_what_it_cannot_compare(
    synced: SmallBook, capsys: pytest.CaptureFixture[str], source: str, target: str, said: str
) -> None:
    message = refused(synced.folder, capsys, "verify", source, target)
    assert message.startswith(said.replace("{book}", str(synced.source)))
