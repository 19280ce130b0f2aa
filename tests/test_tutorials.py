"""The tutorials do what they say: their files are written and their commands are run, in order, in a clean folder."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
TUTORIALS = PROJECT / "docs" / "tutorial"
BLOCK = re.compile(
    r"^```(?:console|\{code-block\} \w+\n:caption: (?P<file>\S+))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def commands(session: str) -> Iterator[tuple[str, str]]:
    """Each command of a session with what it is said to print."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def prints(shown: str, printed: str) -> bool:
    """Whether a command printed what is shown; a line of three dots is any lines.  What shows nothing may print anything."""
    pattern = re.sub(r"^\.\.\.\n", "*", re.sub(r"([\[*?])", r"[\1]", shown), flags=re.MULTILINE)
    return not shown or fnmatchcase(printed, pattern)


def programs(folder: Path) -> str:
    """A search path on which the commands are those of this checkout."""
    folder.mkdir()
    ours = folder / "sphinx-amts"
    ours.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sphinx_amts "$@"\n', encoding="utf-8")
    ours.chmod(0o755)
    return os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.mark.parametrize("name", sorted(path.name for path in TUTORIALS.glob("*.md")))
def test_a_tutorial_does_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "jupyter" in name and importlib.util.find_spec("jupyter_book") is None:
        pytest.skip("jupyter-book is not installed")
    for variable in ("CI", "READTHEDOCS"):  # a build there syncs nothing
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", programs(tmp_path / "bin"))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    folder = tmp_path / "clean"
    folder.mkdir()
    ran = 0
    for block in BLOCK.finditer((TUTORIALS / name).read_text(encoding="utf-8")):
        if block["file"]:
            (folder / block["file"]).parent.mkdir(exist_ok=True)
            (folder / block["file"]).write_text(block["text"], encoding="utf-8")
            continue
        for command, shown in commands(block["text"]):
            done = subprocess.run(["bash", "-c", command], check=False, cwd=folder, capture_output=True, text=True)
            assert (command, done.returncode, done.stderr if done.returncode else "") == (command, 0, "")
            assert prints(shown, done.stdout), f"{command} printed:\n{done.stdout}"
            ran += 1
    assert ran >= 4
    assert "Ḿẏ ƀǿǿķ" in next((folder / "out" / "es").glob("in*o.html"), folder / "out/es/index.html").read_text("utf-8")


def test_what_is_shown_is_compared() -> None:
    assert prints("one\n...\nthree [3]\n", "one\ntwo\ntwo\nthree [3]\n")
    assert not prints("one\n...\nfour\n", "one\ntwo\nthree\n")
    assert not prints("one\n", "one\ntwo\n")
