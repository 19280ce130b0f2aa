"""Reading a book never runs its code, and what a build has run for the source is not run again for a language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("myst_nb")
pytest.importorskip("ipykernel")

CELL = "with open({path!r}, 'a') as file:\n    file.write('x')\nprint(6 * 7)\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    book = tmp_path / "book"
    book.mkdir()
    code = CELL.format(path=str(tmp_path / "runs"))
    text = f"---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# Page\n\nText.\n\n```{{code-cell}}\n{code}```\n"
    (book / "index.md").write_text(text, encoding="utf-8")
    return book


def configure(book: Path, **values: object) -> None:
    lines = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    (book / "conf.py").write_text(lines, encoding="utf-8")


def run(book: Path, *arguments: str) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(book.parent / "cache")}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=book.parent, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, done.stdout + done.stderr)


def runs(book: Path) -> int:
    """How often the cell was run: each time that it is, it writes one character."""
    file = book.parent / "runs"
    return len(file.read_text(encoding="utf-8")) if file.exists() else 0


@pytest.mark.parametrize("mode", ["force", "auto", "cache", "inline"])
def test_a_sync_runs_no_cell_whatever_the_mode(book: Path, mode: str) -> None:
    configure(book, extensions=["myst_nb", "sphinx_amts"], nb_execution_mode=mode)
    run(book, "sphinx_amts", "sync", "book", "-l", "zh", "--engine", "pseudo")
    assert (runs(book), (book.parent / "locale" / "zh" / "index.md").exists()) == (0, True)


def test_a_sync_runs_no_notebook_of_nbsphinx(book: Path) -> None:
    pytest.importorskip("nbsphinx")
    source = CELL.format(path=str(book.parent / "runs")).splitlines(keepends=True)
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Notebook\n", "\n", "Text."]},
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source},
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
    (book / "index.md").unlink()
    (book / "index.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    configure(book, extensions=["nbsphinx", "sphinx_amts"], nbsphinx_execute="always")
    run(book, "sphinx_amts", "sync", "book", "-l", "zh", "--engine", "pseudo")
    assert (runs(book), (book.parent / "locale" / "zh" / "index.ipynb").exists()) == (0, True)


def test_a_page_whose_code_is_its_source_s_starts_no_kernel(book: Path) -> None:
    configure(
        book,
        extensions=["myst_nb", "sphinx_amts"],
        nb_execution_mode="cache",
        amts_languages=["zh"],
        amts_engine="pseudo",
        amts_sync_on_build=True,
    )
    run(book, "sphinx", "-q", "-b", "html", "book", "html/en")
    assert runs(book) == 1
    run(book, "sphinx", "-q", "-b", "html", "-D", "language=zh", "book", "html/zh")
    assert runs(book) == 1
    assert "42" in (book.parent / "html" / "zh" / "index.html").read_text(encoding="utf-8")
