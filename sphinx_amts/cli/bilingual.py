"""The texts and translations that a command is about: its arguments, and the files that they mean."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.errors import ConfigError

if TYPE_CHECKING:
    from sphinx_amts.align.bilingual import Files, Problem

__all__ = ["bilingual_arguments", "check_numbers", "files_of"]


def bilingual_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, their languages, and how they are aligned."""
    parser.add_argument("source", type=Path, nargs="?", metavar="SOURCE", help="a file, or a tree of files")
    parser.add_argument("target", type=Path, nargs="?", metavar="TARGET", help="its translation")
    parser.add_argument("-s", "--source-language", required=True, metavar="LANG", help="the language of SOURCE: en")
    parser.add_argument("-t", "--target-language", required=True, metavar="LANG", help="the language of TARGET: zh")
    parser.add_argument(
        "--origin-suffix", default="", metavar="SUFFIX", help="what the names of sources end in: _origin"
    )
    parser.add_argument("--pairs", type=Path, metavar="FILE.csv", help="a table of source files and target files")
    parser.add_argument("--score", type=float, default=0.5, metavar="N", help="the least score, 0 to 1 (default: 0.5)")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="work with N processes (default: a processor each)",
    )


def check_numbers(options: argparse.Namespace) -> None:
    """Raise ConfigError for a score or a number of processes that cannot be."""
    if options.jobs < 1:
        raise ConfigError(f"--jobs {options.jobs} is not a number of processes")
    if not 0 <= options.score <= 1:
        raise ConfigError(f"--score {options.score} is not between 0 and 1")


def files_of(options: argparse.Namespace) -> tuple[list[Files], list[Problem]]:
    """The pairs of files that the command line means."""
    from sphinx_amts.align import bilingual, pages
    from sphinx_amts.align.bilingual import pairs_of_files, pairs_of_table, pairs_of_trees
    from sphinx_amts.align.catalogues import catalogues_in

    if options.pairs is not None:
        if options.source is not None:
            raise ConfigError("--pairs names the files, and SOURCE was given too")
        return pairs_of_table(options.pairs)
    if options.source is not None and options.target is None and not options.origin_suffix:
        found = catalogues_in(options.source)
        if found:
            return found, []
    if options.source is None or (options.target is None and not options.origin_suffix):
        raise ConfigError("SOURCE and TARGET are missing", hint=_PAIRS_HINT)
    target = options.target or options.source
    for path in (options.source, target):
        if not path.exists():
            raise ConfigError("there is no such file or directory", path=path)
    if options.source.is_dir() and target.is_dir():
        if not options.origin_suffix and options.source.resolve() == target.resolve():
            raise ConfigError("SOURCE and TARGET are the same", path=target, hint="Give --origin-suffix, or two trees.")
        suffixes = (*bilingual.SUFFIXES, *pages.SUFFIXES)
        return pairs_of_trees(options.source, target, options.origin_suffix, suffixes=suffixes)
    return pairs_of_files(options.source, target), []


_PAIRS_HINT = "Or give catalogues (.po) alone, --pairs FILE.csv, or --origin-suffix _origin."
