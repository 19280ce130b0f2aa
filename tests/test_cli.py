"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from book import Engine, SmallBook

from sphinx_amts import __version__, engines
from sphinx_amts.cli import main, parser
from sphinx_amts.cli.display import StatusLine, findings, table
from sphinx_amts.model import Finding, Subtype

PAGE = "# Title\n\nThe first sentence. The second sentence.\n"
RST = "Bread\n=====\n\nKnead the *dough* well.\n"
CONF = 'extensions = ["myst_parser"]\n'

Run = Callable[..., int]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> SmallBook:
    return SmallBook(tmp_path, {"index.md": PAGE, "bread.rst": f":orphan:\n\n{RST}"}, conf=CONF)


@pytest.fixture
def run(small: SmallBook) -> Run:
    """Run a command on the small book."""

    def run(command: str, *arguments: str) -> int:
        return main([command, str(small.source), *arguments])

    return run


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[Engine], None]:
    """Register an engine of the tests under the name ``told``."""
    chosen: list[Engine] = []
    monkeypatch.setitem(engines._OURS, "told", "book:_told")
    monkeypatch.setattr("book._told", lambda: chosen[-1])
    return chosen.append


def files(folder: Path) -> dict[str, bytes]:
    """Every file and folder below a folder, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"(folder)"
        for path in sorted(folder.rglob("*"))
    }


def rows(text: str) -> dict[str, list[str]]:
    """What the table of a sync says, by the row's title."""
    lines = (line.rsplit("  ", 1) for line in text.splitlines() if "  " in line.strip())
    return {title.strip(): [cell.strip() for cell in cells] for title, *cells in lines}


def test_a_sync_prints_a_short_table(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sync", "-l", "zh", "--engine", "pseudo") == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[0].split() == ["zh"]
    assert rows(out) == {
        "documents": ["2"],
        "kept": ["0"],
        "from memory": ["0"],
        "translated": ["5"],
        "untranslated": ["0"],
        "stale": ["0"],
        "waiting": ["0"],
        "refused": ["0"],
        "characters sent": ["72"],
        "files written": ["2"],
    }
    assert err == ""


def test_several_languages_are_columns_of_one_table(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sync", "-l", "zh", "-l", "es", "-l", "zh", "--engine", "pseudo") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0].split(), lines[1].split()] == [["zh", "es"], ["documents", "2", "2"]]


def test_a_second_sync_has_nothing_to_do(small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("sync", "-l", "zh", "--engine", "pseudo")
    before = files(small.folder)
    capsys.readouterr()
    assert run("sync", "-l", "zh", "--engine", "pseudo") == 0
    said = rows(capsys.readouterr().out)
    assert (said["kept"], said["characters sent"], said["files written"]) == (["5"], ["0"], ["0"])
    assert files(small.folder) == before


def test_the_result_for_programs_is_one_object(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sync", "-l", "zh", "--engine", "pseudo", "--json", "-") == 0
    out, _ = capsys.readouterr()
    names = ("kept", "memory", "translated", "untranslated", "stale", "waiting", "refused")
    assert json.loads(out) == {
        "languages": {
            "zh": {
                "documents": 2,
                "segments": {"total": 5, **dict.fromkeys(names, 0), "translated": 5},
                "characters_sent": 72,
                "engine_calls": 1,
                "files_written": 2,
                "moved": {},
                "by_document": {"index.md": {"translated": 3}, "bread.rst": {"translated": 2}},
                "findings": [],
            }
        }
    }


def test_json_goes_into_a_file_and_people_still_get_the_table(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sync", "-l", "zh", "--engine", "pseudo", "--json", str(tmp_path / "result.json")) == 0
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["languages"]["zh"]["segments"]["total"] == 5
    assert "translated" in capsys.readouterr().out


def test_what_a_configuration_prints_does_not_disturb_json(
    small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write("conf.py", f"{CONF}print('hello from conf.py')\n")
    assert run("sync", "-l", "zh", "--json") == 0
    out, err = capsys.readouterr()
    assert list(json.loads(out)) == ["languages"]
    assert "hello from conf.py" in err


def test_a_dry_run_counts_and_writes_nothing(small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(small.folder)
    assert run("sync", "-l", "zh", "--engine", "pseudo", "--dry-run") == 0
    said = rows(capsys.readouterr().out)
    assert (said["untranslated"], said["characters to send"]) == (["5"], ["72"])
    assert "files written" not in said
    assert files(small.folder) == before


def test_only_the_named_documents_are_synced(small: SmallBook, run: Run) -> None:
    assert run("sync", "-l", "zh", "bread", "--engine", "pseudo") == 0
    assert list(small.targets()) == ["bread.rst"]


@pytest.mark.parametrize(
    "order", [["BOOK", "bread", "-l", "zh"], ["-l", "zh", "BOOK", "bread"], ["BOOK", "-l", "zh", "bread"]]
)
def test_operands_and_options_come_in_any_order(order: list[str]) -> None:
    options = parser().parse_args(["sync", *order])
    assert (options.book, options.language, options.docnames) == (Path("BOOK"), ["zh"], ["bread"])


def test_a_name_that_begins_with_a_dash_follows_two_dashes() -> None:
    options = parser().parse_args(["sync", "-l", "zh", "--", "BOOK", "-dash"])
    assert (options.book, options.docnames) == (Path("BOOK"), ["-dash"])


def test_a_first_sync_that_can_translate_nothing_names_the_engines(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("sync", "-l", "zh") == 0
    _, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert err.endswith("[amts.untranslated]\n")
    assert "command, identity, pseudo" in err
    assert "amts_engine = 'NAME' into conf.py" in err


def test_a_book_without_configuration_is_not_told_to_write_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = SmallBook(tmp_path / "plain", {"index.md": PAGE}, conf="")
    assert main(["sync", str(plain.source), "-l", "zh"]) == 0
    err = capsys.readouterr().err
    assert "--engine" in err
    assert "conf.py" not in err


def test_memory_alone_says_nothing_where_it_knows_something(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("sync", "-l", "zh", "bread", "--engine", "pseudo")
    capsys.readouterr()
    assert run("sync", "-l", "zh") == 0
    out, err = capsys.readouterr()
    assert rows(out)["untranslated"] == ["3"]
    assert err == ""


def test_the_engine_of_the_command_line_is_everybodys(small: SmallBook, run: Run) -> None:
    """Options of the configured engine that it does not know are not meant for it."""
    languages = "amts_languages = {'zh': {'engine': 'command', 'engine_options': {'command': 'false'}}, 'es': {}}\n"
    small.write("conf.py", f"{CONF}{languages}amts_engine_options = {{'command': 'false'}}\n")
    assert run("sync", "--engine", "pseudo") == 0
    assert small.groups("bread.rst")[0].origin == "mt:pseudo"
    assert (small.folder / "locale" / "es" / "bread.rst").is_file()


@pytest.mark.parametrize(
    "configured",
    [
        "amts_engine_options = {options}",
        "amts_overrides = {{'zh': {{'engine': 'memory', 'engine_options': {options}}}}}",
    ],
)
def test_the_engine_of_the_command_line_gets_the_options_that_it_knows(
    small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str], configured: str
) -> None:
    options = {"command": "no-such-program", "terminology": "glossary.csv"}
    small.write("conf.py", CONF + configured.format(options=options) + "\n")
    assert run("sync", "-l", "zh", "--engine", "command") == 2
    assert "'no-such-program'" in capsys.readouterr().err


def test_the_book_names_its_languages(small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sync", "-D", "amts_languages=zh,es", "-D", "amts_engine=pseudo") == 0
    assert capsys.readouterr().out.splitlines()[0].split() == ["zh", "es"]


def test_a_configuration_may_stand_elsewhere(small: SmallBook, run: Run, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (small.source / "conf.py").rename(tmp_path / "elsewhere" / "conf.py")
    assert run("sync", "-l", "zh", "--engine", "pseudo", "--confdir", str(tmp_path / "elsewhere")) == 0
    assert set(small.targets()) == {"bread.rst", "index.md"}


def test_the_book_may_be_read_by_several_processes(small: SmallBook, run: Run) -> None:
    assert run("sync", "-l", "zh", "--engine", "pseudo", "--jobs", "2") == 0
    assert set(small.targets()) == {"bread.rst", "index.md"}


def test_a_target_may_be_named(small: SmallBook, run: Run, tmp_path: Path) -> None:
    assert run("sync", "-l", "zh", "--engine", "pseudo", "--target", str(tmp_path / "other")) == 0
    assert (tmp_path / "other" / "index.md").is_file()
    assert not small.locale.exists()


def test_two_syncs_of_a_book_do_not_share_a_cache(small: SmallBook, run: Run) -> None:
    """The second one reads into a place of its own, and both finish."""
    from sphinx_amts.document.opening import opened

    with opened(small.source) as book:
        assert run("sync", "-l", "zh", "--engine", "pseudo") == 0
        assert book.document("index.md").units


# What is refused fails once.


def broken(source: str) -> str:
    return "" if "dough" in source else source.upper()


def test_a_refused_answer_fails_the_first_time_only(
    small: SmallBook, run: Run, told: Callable[[Engine], None], capsys: pytest.CaptureFixture[str]
) -> None:
    told(Engine(broken))
    assert run("sync", "-l", "zh", "--engine", "told") == 1
    out, err = capsys.readouterr()
    assert rows(out)["refused"] == ["1"]
    assert err == "book/bread.rst:6: the answer is empty: Knead the *dough* well. [amts.refused]\n"
    assert small.target("bread.rst").endswith("Knead the *dough* well.\n")
    once = small.tree()
    assert run("sync", "-l", "zh", "--engine", "told") == 0
    assert run("sync", "-l", "zh", "--engine", "told", "--strict") == 1
    assert small.tree() == once


def test_a_refused_answer_fails_again_for_another_source(
    small: SmallBook, run: Run, told: Callable[[Engine], None]
) -> None:
    told(Engine(broken))
    run("sync", "-l", "zh", "--engine", "told")
    small.change("bread.rst", "well", "gently")
    assert run("sync", "-l", "zh", "--engine", "told") == 1
    assert run("sync", "-l", "zh", "--engine", "told") == 0


def test_what_was_refused_is_forgotten_once_it_is_translated(
    small: SmallBook, run: Run, told: Callable[[Engine], None]
) -> None:
    told(Engine(broken))
    run("sync", "-l", "zh", "--engine", "told")
    assert small.group("bread.rst", "Knead the *dough* well.").refused
    assert run("sync", "-l", "zh", "--engine", "pseudo") == 0
    assert small.group("bread.rst", "Knead the *dough* well.").refused == ""


# What people see.


def finding(number: int, subtype: Subtype = Subtype.STALE) -> Finding:
    return Finding(subtype, "a message", "page.md", number, "A sentence.")


def test_findings_are_grouped_with_the_most_telling_first(tmp_path: Path) -> None:
    found = [finding(3), finding(2, Subtype.REFUSED), finding(1)]
    assert list(findings(found, tmp_path)) == [
        "page.md:2: a message: A sentence. [amts.refused]",
        "page.md:3: a message: A sentence. [amts.stale]",
        "page.md:1: a message: A sentence. [amts.stale]",
    ]


def test_many_findings_of_a_kind_are_counted(tmp_path: Path) -> None:
    lines = list(findings([finding(number) for number in range(1, 33)], tmp_path))
    assert (len(lines), lines[-1]) == (21, "... and 12 more [amts.stale]; see --json")


def test_every_kind_of_finding_is_shown(tmp_path: Path) -> None:
    assert len(list(findings([finding(1, subtype) for subtype in Subtype], tmp_path))) == len(Subtype)


def test_a_finding_is_one_line_whatever_stands_in_a_name(tmp_path: Path) -> None:
    (line,) = findings([Finding(Subtype.PEOPLE, "message", "a\nb\x1b[31m.md")], tmp_path)
    assert line == "a\\nb\\x1b[31m.md: message [amts.people]"


def test_a_table_aligns_numbers_to_the_right() -> None:
    assert list(table([["", "zh"], ["kept", 5], ["sent", 1234]])) == ["         zh", "kept      5", "sent  1,234"]


def test_progress_is_shown_on_a_terminal_only() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as reader, os.fdopen(follower, "w") as terminal:
        line = StatusLine(terminal)
        line("planning", 12, 58)
        line.clear()
        shown = b"".join(reader.read(1) for _ in range(24))
    assert shown == b"\r\x1b[Jplanning [12/58]\r\x1b[J"


def test_each_language_has_a_line_of_its_own() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    line = StatusLine(terminal)
    for stage in ("reading", "zh: writing", "es: a job", "zh: writing"):
        line(stage, 0, 0)
    line.clear()
    assert terminal.getvalue() == (
        "\r\x1b[Jreading\r\x1b[Jzh: writing\r\x1b[Jzh: writing\nes: a job"
        "\r\x1b[1A\x1b[Jzh: writing\nes: a job\r\x1b[1A\x1b[J"
    )


@pytest.mark.parametrize("command", ["sync", "status", "verify"])
def test_every_command_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    out = capsys.readouterr().out
    assert f"example:\n  sphinx-amts {command} " in out
    assert "exit status:" in out
    assert max(map(len, out.splitlines())) <= 120


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["synk"])
    assert end.value.code == 2
    assert "sync" in capsys.readouterr().err


# What goes wrong inside.


def fail(*_: Any, **__: Any) -> Any:
    raise KeyError("a defect")


def test_a_defect_is_one_message_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sphinx_amts.session.sync_languages", fail)
    assert run("sync", "-l", "zh") == 2
    err = capsys.readouterr().err
    assert err.startswith("sphinx-amts: KeyError: 'a defect'\n")
    assert "please report" in err
    assert "Traceback" not in err
    assert run("sync", "-l", "zh", "--traceback") == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_interruption_is_no_defect(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("sphinx_amts.session.sync_languages", stop)
    assert run("sync", "-l", "zh") == 130
    assert capsys.readouterr().err == "sphinx-amts: interrupted; the next run goes on from here\n"


# verify


def test_a_translation_that_is_its_source_has_no_findings(
    small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    run("sync", "-l", "zh", "--engine", "pseudo")
    before = files(small.folder)
    capsys.readouterr()
    assert run("verify", str(small.locale)) == 0
    assert capsys.readouterr() == ("", "")
    assert files(small.folder) == before


def test_verify_names_file_and_line(small: SmallBook, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("sync", "-l", "zh", "--engine", "pseudo")
    small.set_target("index.md", "# Titel\n\n- one\n- two\n")
    small.set_target("stray.md", "# Stray\n")
    (small.locale / "bread.rst").unlink()
    capsys.readouterr()
    assert run("verify", str(small.locale)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "book/bread.rst: this document has no translation [amts.structure]",
        "locale/zh/index.md:3: the paragraph became a list (line 3 of the source) [amts.structure]",
        "locale/zh/stray.md: this document has no source [amts.structure]",
    ]


def test_verify_compares_two_files(small: SmallBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "translated.rst"
    other.write_text(":orphan:\n\nBrot\n====\n\nKnete den Teig gut.\n", encoding="utf-8")
    assert main(["verify", str(small.source / "bread.rst"), str(other), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["path"], found["line"], found["subtype"]) == (str(other), 6, "structure")


def test_verify_compares_two_files_of_no_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in {
        "a.md": "# One\n\nSee `code`.\n",
        "b.md": "# Eins\n\nSiehe `code`.\n",
        "c.md": "# Eins\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["verify", str(tmp_path / "a.md"), str(tmp_path / "b.md")]) == 0
    assert main(["verify", str(tmp_path / "a.md"), str(tmp_path / "c.md")]) == 1
    assert "the paragraph is missing" in capsys.readouterr().out


# As people run it.


def program(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx_amts", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8", **options)


def test_the_program_runs_as_a_module(small: SmallBook) -> None:
    assert program("--version").stdout == f"sphinx-amts {__version__}\n"
    done = program("sync", str(small.source), "-l", "zh", "--engine", "pseudo", "--json", "-")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["languages"]["zh"]["files_written"] == 2


def test_a_reader_that_goes_away_is_no_defect(small: SmallBook) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "sphinx_amts", "status", str(small.source), "-l", "zh"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, "")
