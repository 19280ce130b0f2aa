"""``sphinx-amts verify``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.cli.arguments import Commands, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, findings, write_json, write_result
from sphinx_amts.errors import BookError, ConfigError
from sphinx_amts.model import Finding, Subtype

if TYPE_CHECKING:
    from sphinx_amts.document.flat import Flat
    from sphinx_amts.document.reader import Book
    from sphinx_amts.pairs.manifest import Manifest

__all__ = ["add", "run"]

_EXAMPLE = """example:
  sphinx-amts verify docs locale/zh
  sphinx-amts verify docs/intro.md locale/zh/intro.md
  sphinx-amts verify --people locale-before-the-sync/zh locale/zh

exit status:
  0  the target has its source's structure, labels, code, and inline markup;
     with --people, nothing that people wrote was changed or lost
  1  there are findings
  2  usage or configuration error"""
_CONFIGURATIONS = ("conf.py", "_config.yml", "config.ini")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "verify",
        help="compare a translation with its source",
        description="Read a translation as Sphinx reads its source, and list in what, beside its words, it is not\n"
        "the same. SOURCE and TARGET are two directories or two files. Nothing is changed.\n\n"
        "With --people they are two states of one locale tree, the old one and the new one. Each sentence that\n"
        "people wrote in the old tree has to be in the files of the new one, or in its attic; where nothing but\n"
        "its inline codes differs, it is counted apart. So has each line of the files that have no manifest.\n"
        "No book is read, and no code of it runs.",
        epilog=_EXAMPLE,
    )
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a book, or one of its files")
    parser.add_argument("target", type=Path, metavar="TARGET", help="its translation")
    parser.add_argument(
        "--people", action="store_true", help="compare two states of a locale tree, as to what people wrote"
    )
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare; the exit status."""
    can_write(options.json)
    for place in (options.source, options.target):
        if not place.exists():
            raise ConfigError("there is no such file or directory", path=place)
    if options.source.is_dir() != options.target.is_dir():
        raise ConfigError("a file cannot be compared with a directory", path=options.target, hint="Give two of a kind.")
    if options.people:
        return _people(options)
    progress = StatusLine()
    try:
        found = list((_trees if options.source.is_dir() else _files)(options, progress))
    finally:
        progress.clear()
    if options.json:
        write_json(options.json, {"findings": [asdict(finding) for finding in found]})
    for line in findings(found, Path.cwd()):
        print(line, file=sys.stderr if options.json == "-" else sys.stdout)
    return int(bool(found))


def _people(options: argparse.Namespace) -> int:
    """Compare two states of a locale tree; the exit status."""
    from sphinx_amts.sync.tree import LocaleTree
    from sphinx_amts.upkeep.survival import lost, peoples

    if not options.source.is_dir():
        raise ConfigError("--people compares two directories", path=options.source)
    result = lost(peoples(LocaleTree(options.source.resolve())), LocaleTree(options.target.resolve()))
    write_result(options.json, result.as_json(), [result.line()])
    for line in findings(result.findings, Path.cwd()):
        print(line, file=sys.stderr)
    return int(bool(result.findings))


def _trees(options: argparse.Namespace, progress: StatusLine) -> Iterator[Finding]:
    from sphinx_amts.document.opening import opened

    with opened(options.source, confdir=options.confdir, overrides=dict(options.overrides), progress=progress) as book:
        paths = book.paths()
        targets = {path: options.target / path for path in paths}
        for path, target in targets.items():
            if not target.is_file():
                yield Finding(Subtype.STRUCTURE, "this document has no translation", str(book.srcdir / path))
        there = {path: target for path, target in targets.items() if target.is_file()}
        for number, (path, target) in enumerate(there.items()):
            progress("comparing", number, len(there))
            yield from _compared(book, path, target)
        yield from _extra(options.target, paths)


def _files(options: argparse.Namespace, progress: StatusLine) -> Iterator[Finding]:
    """Two files: the source's own book says how both are read; a file of no book is read alone."""
    from sphinx_amts.document.opening import opened

    source, target = options.source.resolve(), options.target.resolve()
    with ExitStack() as stack:
        directory = _book_of(source)
        if directory is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            shutil.copy(source, directory / source.name)
            source = directory / source.name
        name = source.relative_to(directory).with_suffix("").as_posix()
        overrides = dict(options.overrides)
        book = stack.enter_context(
            opened(directory, confdir=options.confdir, overrides=overrides, only=[name], progress=progress)
        )
        path = source.relative_to(book.srcdir).as_posix()
        if path not in book.paths():
            raise BookError("this file is no document of its book", path=source, hint=f"The book is {directory}.")
        yield from _compared(book, path, target)


def _compared(book: Book, path: str, target: Path) -> Iterator[Finding]:
    """In what a target is not its source."""
    from sphinx_amts.pairs.anchors import blanked

    document = book.document(path)
    if document.syntax == "yaml":
        return
    manifest, flat = _manifest(path, target), _flat(target)
    if manifest is not None:
        flat = replace(flat, text=blanked(flat.text, manifest))
    for found in book.differences(document, flat, manifest):
        message = f"{found.message} (line {found.source_line} of the source)" if found.source_line else found.message
        yield Finding(Subtype.STRUCTURE, message, str(target), found.target_line)


def _manifest(path: str, target: Path) -> Manifest | None:
    """The manifest of a target, where it stands in a locale tree: it says which title is which."""
    from sphinx_amts.pairs.manifest import load

    if not target.resolve().as_posix().endswith(f"/{path}"):
        return None
    return load(target.resolve().parents[path.count("/")] / ".amts" / f"{path}.json")


def _flat(file: Path) -> Flat:
    from sphinx_amts.document.flat import flatten
    from sphinx_amts.document.reader import read_text

    try:
        return flatten(read_text(file), file.suffix)
    except BookError as error:
        error.path = error.path or file
        raise


def _extra(target: Path, paths: Sequence[str]) -> Iterator[Finding]:
    """Documents of the target that the source has not; what is hidden or was built is none."""
    suffixes = {Path(path).suffix for path in paths} - {".yml"}
    for file in sorted(target.rglob("*")):
        path = file.relative_to(target)
        is_hidden = any(part.startswith((".", "_build")) for part in path.parts)
        if file.suffix in suffixes and path.as_posix() not in paths and not is_hidden:
            yield Finding(Subtype.STRUCTURE, "this document has no source", str(file))


def _book_of(file: Path) -> Path | None:
    """The directory above a file that holds a book's configuration, inside its git work tree if it is in one."""
    for parent in file.parents:
        if any((parent / name).is_file() for name in _CONFIGURATIONS):
            return parent
        if (parent / ".git").exists():
            return None
    return None
