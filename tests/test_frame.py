"""The rooms of the house: who may import whom, how large a module may be, and what the frame promises."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import sphinx_amts
from sphinx_amts import errors
from sphinx_amts.model import Subtype

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "sphinx_amts"

VOCABULARY = ("model", "masked", "plain", "errors", "locales", "config", "cache")
BELOW_PAIRS = (*VOCABULARY, "d2lbook", "d2lbook.*")
BELOW_ALIGN = (*BELOW_PAIRS, "document", "document.*", "pairs", "pairs.*", "engines.scripts")
BELOW_ADOPT = (*BELOW_ALIGN, "align", "align.*", "merge", "merge.*", "sync.localised", "sync.tree")
BELOW_SYNC = (*VOCABULARY, "typography", "document", "document.*", "pairs", "pairs.*", "engines", "engines.*")
BELOW_FRONTS = (*BELOW_SYNC, "d2lbook", "d2lbook.*", "align", "align.*", "adopt", "session", "sync", "upkeep.*")

# Module -> what it may import of ours, as patterns; the first row that fits counts.  A new module needs a row.
ROOMS: dict[str, tuple[str, ...]] = {
    # vocabulary
    "model": (),
    "masked": ("model",),
    "plain": ("model", "masked"),
    "errors": ("model",),
    "locales": ("model", "errors"),
    "config": ("model", "errors", "locales", "typography"),
    "cache": (),
    # how a language is set: masked text in, masked text out
    "typography": (*VOCABULARY, "typography.*"),
    "typography.*": (*VOCABULARY, "typography", "typography.*"),
    # a stand-in for a service: it knows nothing of its client
    "emulator": ("emulator.*",),
    "emulator.*": ("emulator", "emulator.*"),
    # a dialect of Markdown, for Sphinx
    "d2lbook": (*VOCABULARY, "d2lbook.*"),
    "d2lbook.*": (*VOCABULARY, "d2lbook", "d2lbook.*"),
    # what a book is
    "document": (*BELOW_PAIRS, "document.*"),
    "document.*": (*BELOW_PAIRS, "document", "document.*"),
    # what is known
    "pairs": (*VOCABULARY, "pairs.*"),
    "pairs.*": (*VOCABULARY, "pairs", "pairs.*"),
    # who translates: engines see requests, never documents
    "engines": (*VOCABULARY, "pairs", "pairs.*", "engines.*"),
    "engines.*": (*VOCABULARY, "pairs", "pairs.*", "engines", "engines.*"),
    # what people translated, side by side with its source
    "align": (*BELOW_ALIGN, "align.*"),
    "align.*": (*BELOW_ALIGN, "align", "align.*"),
    # three texts become one
    "merge": (*VOCABULARY, "document.flat", "pairs", "pairs.*", "merge.*"),
    "merge.*": (*VOCABULARY, "document.flat", "pairs", "pairs.*", "merge", "merge.*"),
    # a human translation is taken over: aligned, and given manifests
    "adopt": (*BELOW_ADOPT, "adopt.*"),
    "adopt.*": (*BELOW_ADOPT, "adopt", "adopt.*"),
    # the work
    "sync": (*BELOW_SYNC, "merge", "merge.*", "sync.*"),
    "sync.*": (*BELOW_SYNC, "merge", "merge.*", "sync", "sync.*"),
    # what is done to a translation between two syncs: each module is what a command does
    "upkeep": (*BELOW_SYNC, "merge", "merge.*", "sync", "sync.*", "upkeep.*"),
    "upkeep.*": (*BELOW_SYNC, "merge", "merge.*", "sync", "sync.*", "upkeep", "upkeep.*"),
    # one book, several languages: what the fronts call
    "session": (*BELOW_SYNC, "sync", "sync.*", "upkeep.*"),
    # fronts call the rooms' doors, never their insides
    "evaluate": (*BELOW_FRONTS, "evaluate.*"),
    "evaluate.*": (*BELOW_FRONTS, "evaluate", "evaluate.*"),
    "report": (*BELOW_FRONTS, "evaluate", "report.*"),
    "report.*": (*BELOW_FRONTS, "evaluate", "report", "report.*", "sync.standing"),
    "cli": (*BELOW_FRONTS, "", "evaluate", "report", "cli.*"),
    "cli.emulator": (*BELOW_FRONTS, "", "emulator", "emulator.*", "cli.*"),
    "cli.translating": (*BELOW_FRONTS, "", "emulator", "emulator.*"),
    "cli.build": (*BELOW_FRONTS, "", "cli.*", "sphinx_ext.output"),
    "cli.translate": (*BELOW_FRONTS, "", "cli", "cli.*", "sync.repository", "sync.tree"),
    "cli.verify": (*BELOW_FRONTS, "", "cli", "cli.*", "sync.tree"),
    "cli.sync": (*BELOW_FRONTS, "", "cli", "cli.*", "sync.leverage"),
    "cli.opening": (*BELOW_FRONTS, "", "cli", "cli.*", "sync.job"),
    "cli.evaluate": (*BELOW_FRONTS, "", "cli", "cli.*", "evaluate", "report.evaluation"),
    "cli.*": (*BELOW_FRONTS, "", "evaluate", "report", "cli", "cli.*"),
    "sphinx_ext": (*BELOW_FRONTS, "", "sphinx_ext.*"),
    "sphinx_ext.*": (*BELOW_FRONTS, "", "sphinx_ext", "sphinx_ext.*"),
    # the package itself only registers
    "": ("sphinx_ext",),
    "__main__": ("cli",),
}

# Library -> the modules of ours that may import it; the first row that fits counts.  A new library needs a row.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "babel": ("pairs.catalogues",),
    "boto3": ("engines.amazon", "engines.amazon.*", "emulator.server"),
    "botocore": ("engines.amazon", "engines.amazon.*", "emulator.*"),
    "dask": ("align.workers",),
    "distributed": ("align.workers",),
    "docutils": ("document", "document.*", "d2lbook", "d2lbook.*", "sphinx_ext", "sphinx_ext.*"),
    "jinja2": ("report.*",),
    "jupyter_book": ("document.reader*",),
    "markdown_it": ("document", "document.*", "d2lbook", "d2lbook.*"),
    "matplotlib": ("report.drawing",),
    "mdit_py_plugins": ("document", "document.*", "d2lbook", "d2lbook.*"),
    "moto": ("emulator.server",),
    "myst_parser": ("document", "document.*", "d2lbook", "d2lbook.*", "sphinx_ext", "sphinx_ext.*"),
    "numpy": ("align.*", "merge.changes"),
    "pysbd": ("document.sentences",),
    "sacrebleu": ("evaluate", "evaluate.*"),
    "sphinx.cmd": ("document.reader*",),
    "sentencex": ("document.sentences",),
    "sphinx": ("", "document", "document.*", "d2lbook", "d2lbook.*", "sphinx_ext", "sphinx_ext.*"),
    "trafilatura": ("align.pages",),
    "werkzeug": ("emulator.server",),
    "yaml": ("document", "document.*", "d2lbook", "d2lbook.*", "pairs", "pairs.*", "sync.*", "cli", "cli.*"),
}


# What a checkout holds, relative to the project, without what was built or installed there.
FOLDERS = (".ci", ".github", "benchmarks", "changelog.d", "docs", "example_book", "sphinx_amts", "tests")
BUILT = {"_build", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".jupyter_cache"}
FILES = sorted(
    path.relative_to(PROJECT)
    for path in [*PROJECT.glob("*"), *(path for folder in FOLDERS for path in PROJECT.glob(f"{folder}/**/*"))]
    if path.is_file() and not BUILT & set(path.relative_to(PROJECT).parts)
)


def name_of(path: Path) -> str:
    """The dotted name of a module below ``sphinx_amts``; the package itself is the empty name."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(module: str) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of each import of a module, those for types alone and inside functions too."""
    path = MODULES[module]
    inside = ["sphinx_amts", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            above = inside[: len(inside) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def ours(imported: str) -> str | None:
    """The module of ours that an imported name means (``sphinx_amts.model.Unit`` is ``model``), if it is ours."""
    if imported.partition(".")[0] != "sphinx_amts":
        return None
    name = imported.partition(".")[2]
    while name and name not in MODULES and name not in ROOMS:
        name = name.rpartition(".")[0]
    return name


def row(name: str, table: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    return next((allowed for pattern, allowed in table.items() if fnmatch(name, pattern)), None)


def fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_the_rooms_below(module: str) -> None:
    allowed = row(module, ROOMS)
    assert allowed is not None, f"{module} has no row in ROOMS"
    wrong = [
        f"line {line}: {imported}"
        for line, imported in imports(module)
        if (name := ours(imported)) is not None and name != module and not fits(name, allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_a_library_is_known_only_where_it_belongs(module: str) -> None:
    wrong = [
        f"line {line}: {imported}"
        for line, imported in imports(module)
        if imported.partition(".")[0] not in {"sphinx_amts", *sys.stdlib_module_names}
        and not fits(module, next((LIBRARIES[name] for name in LIBRARIES if f"{imported}.".startswith(f"{name}.")), ()))
    ]
    assert wrong == []


@pytest.mark.parametrize("module", [name for name in VOCABULARY if name in MODULES])
def test_the_vocabulary_needs_only_the_standard_library(module: str) -> None:
    tops = {imported.partition(".")[0] for _, imported in imports(module)}
    assert tops - sys.stdlib_module_names - {"sphinx_amts"} == set()


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".py"], ids=str)
def test_a_module_holds_one_idea(path: Path) -> None:
    lines = (PROJECT / path).read_bytes().count(b"\n")
    assert lines <= 500
    assert not {"util", "utils", "helper", "helpers", "manager", "managers"} & set(re.split(r"[_.]", path.stem))


def test_the_tables_catch_what_they_forbid() -> None:
    """A table whose patterns matched everything would pass every module."""
    assert not fits("document.units", row("engines.identity", ROOMS) or ())
    assert not fits("document.units", row("pairs.memory", ROOMS) or ())
    assert not fits("sync.plan", row("cli", ROOMS) or ())
    assert not fits("config", row("model", ROOMS) or ())
    assert fits("document.units", row("align.blocks", ROOMS) or ())
    assert fits("sync", row("cli", ROOMS) or ())
    assert not fits("sync.plan", LIBRARIES["sphinx"])
    assert row("a_new_room", ROOMS) is None
    assert ours("sphinx_amts.model.Unit") == "model"
    assert ours("sphinx.application.Sphinx") is None


def test_no_file_names_a_place_of_one_machine() -> None:
    place = re.compile(rb"(?<![\w.~<])/(?:home|root|Users|work)/")
    assert [str(path) for path in FILES if place.search((PROJECT / path).read_bytes())] == []


def test_what_is_installed_is_what_the_project_declares() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert declared["name"] == "sphinx-amts"
    assert declared["scripts"] == {"sphinx-amts": "sphinx_amts.cli:main"}
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+)?", sphinx_amts.__version__)
    assert (PACKAGE / "py.typed").is_file()
    installed = entry_points(group="console_scripts", name="sphinx-amts")
    assert {script.value for script in installed} <= {"sphinx_amts.cli:main"}


def make(*arguments: str) -> str:
    """What make prints to a user whose shell speaks German."""
    program = shutil.which("make")
    if program is None:
        pytest.skip("make is missing")
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin", "LANG": "de_DE.UTF-8"}
    command = [program, "--silent", *arguments]
    return subprocess.run(command, check=True, cwd=PROJECT, env=environment, capture_output=True, text=True).stdout


def test_make_book_takes_its_language_from_the_command_line() -> None:
    done = make("--dry-run", "book", "LANG=es")
    assert "sync example_book/book -l es" in done
    assert "-M html example_book/book example_book/_build/es -q -D language=es\n" in done


def test_make_book_never_takes_the_locale_for_a_language() -> None:
    done = make("--dry-run", "book")
    assert "sync example_book/book -l zh" in done
    assert "de_DE" not in done


def test_a_language_on_the_command_line_is_nobodys_locale(tmp_path: Path) -> None:
    probe = tmp_path / "probe.mk"
    probe.write_text(f"include {PROJECT / 'Makefile'}\nprobe:\n\t@echo locale=$$LANG\n", encoding="utf-8")
    assert make("-f", str(probe), "probe") == "locale=de_DE.UTF-8\n"
    assert make("-f", str(probe), "probe", "LANG=zh") == "locale=\n"


@pytest.mark.parametrize("page", ["warnings", "errors"])
def test_every_outcome_has_an_entry_that_ends_with_what_you_can_do(page: str) -> None:
    text = (PROJECT / "docs" / "reference" / f"{page}.md").read_text(encoding="utf-8")
    entry = r"^## (\S+)\n\n```\{docstring\} sphinx_amts\.\w+:(\S+)\n```\n\n\*What you can do:\* "
    documented = dict(re.findall(entry, text, flags=re.MULTILINE))
    assert len(documented) == text.count("\n## ")
    if page == "warnings":
        assert documented == {subtype.value: f"Subtype.{subtype.name}" for subtype in sorted(Subtype)}
    else:
        assert documented == {name: name for name in sorted(errors.__all__)}


def test_a_test_cannot_reach_another_machine() -> None:
    with pytest.raises(PermissionError, match=r"tests are offline, and this one connects to 192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)


@pytest.mark.corpora
def test_a_bundle_is_a_work_tree_of_its_own(bundle: Callable[[str], Path]) -> None:
    folder = bundle("quantecon-intro")
    assert (folder / "lectures" / "_toc.yml").is_file()
    (folder / "lectures" / "_toc.yml").write_text("changed", encoding="utf-8")
    counted = subprocess.run(
        ["git", "rev-list", "--count", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    assert int(counted.stdout) == 52
