"""What an extension raises while Sphinx reads is one message, or one finding, that names the extension and the document."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from book import Engine, SmallBook

from sphinx_amts.cli import main
from sphinx_amts.document.opening import opened

PAGE = "# Title\n\nThe first sentence. The second sentence.\n"
CONF = 'extensions = ["myst_parser"]\namts_engine = "pseudo"\n'


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallBook:
    monkeypatch.chdir(tmp_path)
    return SmallBook(tmp_path, {"index.md": PAGE}, conf=CONF)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The message of a command that ends with 2."""
    assert main(list(arguments)) == 2
    return capsys.readouterr().err.removeprefix("sphinx-amts: ")


FAILING = """
extensions.append("failing")

import sys, types

failing = types.ModuleType("failing")
sys.modules["failing"] = failing
exec('''
from sphinx.errors import ExtensionError

def setup(app):
    app.connect("doctree-read", refuse)
    return {"parallel_read_safe": True}

def refuse(app, doctree):
    if "unread" in doctree.astext():
        raise ExtensionError("no such word")
''', failing.__dict__)
"""
"""An extension that refuses documents with a certain word, as sphinx-exercise does those without an end."""


def test_an_extension_that_refuses_a_document_is_named_with_it(
    small: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("conf.py", CONF + FAILING)
    small.write("worse.md", "# An unread word\n")
    said = refused(capsys, "sync", "book", "-l", "zh")
    assert said == (
        f"{small.source}/worse.md: Sphinx cannot read this book: extension failing: no such word\n"
        "  Build it with sphinx-build first.\n"
    )


def test_a_document_that_one_of_several_processes_cannot_read_is_named(
    small: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("conf.py", CONF + FAILING)
    for name in "abcdef":
        small.write(f"{name}.md", f"# Document {name}\n")
    small.write("worse.md", "# An unread word\n")
    said = refused(capsys, "sync", "book", "-l", "zh", "--jobs", "2")
    assert said.startswith(f"{small.source}/worse.md: Sphinx cannot read this book: extension failing: no such word\n")


def test_a_target_that_an_extension_refuses_is_a_finding(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("conf.py", CONF + FAILING)
    small.write("worse.md", "# A read word\n")
    shutil.copytree(small.source, small.folder / "copy")
    (small.folder / "copy" / "worse.md").write_text("# An unread word\n", encoding="utf-8")
    assert main(["verify", str(small.source), str(small.folder / "copy")]) == 1
    found = "copy/worse.md: Sphinx cannot read this: extension failing: no such word [amts.structure]\n"
    assert capsys.readouterr() == (found, "")


def test_a_translation_that_an_extension_refuses_is_named_where_it_lies(
    small: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("conf.py", CONF + FAILING)
    small.write("worse.md", "# A read word\n")
    shutil.copytree(small.source, small.folder / "copy")
    (small.folder / "copy" / "worse.md").write_text("# An unread word\n", encoding="utf-8")
    said = refused(capsys, "adopt", "book", "copy", "-l", "zh")
    assert said.startswith(
        f"{small.folder}/copy/worse.md: Sphinx cannot read this book: extension failing: no such word\n"
    )


def test_what_sphinx_will_remove_is_no_concern_of_a_reader(small: SmallBook) -> None:
    warns = (
        "import warnings, sphinx.deprecation\nwarnings.warn('old', sphinx.deprecation.RemovedInNextVersionWarning)\n"
    )
    small.write("conf.py", CONF + warns)
    with opened(small.source) as book:
        assert "index.md" in book.paths()


def test_our_own_parts_are_no_extension_that_fails(small: SmallBook, capsys: pytest.CaptureFixture[str]) -> None:
    small.write("conf.py", 'extensions = ["myst_parser", "sphinx_amts"]\nroot_doc = "nowhere"\n')
    said = refused(capsys, "sync", "book", "-l", "zh")
    assert said.startswith(
        f"{small.source}: Sphinx cannot read this book: Sphinx is unable to load the master document"
    )


def test_what_an_engine_writes_goes_back_where_an_extension_refuses_it(small: SmallBook) -> None:
    small.write("conf.py", CONF + FAILING)
    small.write("worse.md", "# A word\n\nAn odd one.\n")
    result = small.sync(Engine(lambda masked: masked.replace("odd", "unread")))
    assert small.target("worse.md") == "# A word\n\nAn odd one.\n"
    assert {finding.message for finding in result.findings} == {
        "Sphinx cannot read this: extension failing: no such word"
    }
