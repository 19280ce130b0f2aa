"""``sphinx-amts parallel-data select``: the pairs that are most like a book, out of a large collection."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from sphinx_amts.cli.display import StatusLine, can_write, printable, table, write_result, write_whole
from sphinx_amts.cli.opening import Opened, opened
from sphinx_amts.config import for_language
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language

__all__ = ["add_arguments", "run"]

Pair = tuple[str, str]

_UNLIKE = "with nothing of the book"
_MORE = "less like the book than --most"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the action takes."""
    group = parser.add_argument_group("select")
    group.add_argument("--for", dest="for_book", type=Path, metavar="BOOK", help="the book that is to be translated")
    group.add_argument("-o", "--output", type=Path, metavar="OUT", help="a .tmx or .csv file for the best pairs")
    group.add_argument("--most", type=int, metavar="N", help="so many pairs at most (default: all that are like it)")


def run(options: argparse.Namespace) -> int:
    """Rank the pairs of files by likeness to a book, and write the best; the exit status."""
    from sphinx_amts.engines.amazon.languages import codes
    from sphinx_amts.pairs.parallel_data import as_csv, as_tmx

    files = [options.book, *options.files]
    _check(options)
    options.book = options.for_book
    progress = StatusLine()
    try:
        with opened(options, progress) as open_:
            if len(open_.codes) != 1:
                raise ConfigError("pairs are selected for one language", hint="Give it with -l LANG.")
            code = open_.codes[0]
            own = for_language(open_.settings, code).source_language
            source, target = codes(language(own), language(code))
            texts = list(_texts(open_))
        progress("ranking", 0, len(files))
        pairs = [pair for file in files for pair in _pairs(file, own, code)]
        chosen, left_out = _chosen(pairs, texts, options)
        write = as_csv if options.output.suffix == ".csv" else as_tmx
        write_whole(options.output, write([pair for pair, _ in chosen], source, target).content)
    finally:
        progress.clear()
    _tell(options, len(pairs), chosen, left_out)
    return 0


def _check(options: argparse.Namespace) -> None:
    """Raise ConfigError for what cannot be done, before anything is read."""
    if options.for_book is None:
        raise ConfigError("--for is missing", hint="parallel-data select --for BOOK FILE... -o OUT.tmx")
    if options.output is None or options.output.suffix not in (".tmx", ".csv"):
        raise ConfigError("-o names no .tmx or .csv file", hint="parallel-data select --for BOOK FILE... -o OUT.tmx")
    can_write(options.output)
    if options.most is not None and options.most < 1:
        raise ConfigError(f"--most {options.most} is not a number of pairs")


def _texts(open_: Opened) -> Iterator[str]:
    """What readers see of each unit of the book."""
    from sphinx_amts.document.inline import protect
    from sphinx_amts.plain import plain

    for path in open_.book.paths():
        document = open_.book.document(path)
        grammar = open_.book.grammar(document)
        for unit in document.units:
            masked = protect(unit.text, grammar)
            yield plain(masked.text, masked.codes)


def _pairs(file: Path, source: str, target: str) -> Iterator[Pair]:
    """The pairs of a file; those of .jsonl are as `align` writes them."""
    from sphinx_amts.pairs.tmx import read

    if file.suffix != ".jsonl":
        yield from read(file, source, target)
        return
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _pair(line, file, number)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", path=file) from None


def _pair(line: str, file: Path, number: int) -> Pair:
    try:
        found = json.loads(line)
        source, target = found["source"], found["target"]
    except (ValueError, KeyError, TypeError):
        source = target = None
    if not isinstance(source, str) or not isinstance(target, str):
        raise ConfigError("no object with a source and a target", path=file, line=number)
    return source, target


def _chosen(
    pairs: Iterable[Pair], texts: Iterable[str], options: argparse.Namespace
) -> tuple[list[tuple[Pair, float]], Mapping[str, int]]:
    """The best pairs with their likeness, best first; and how many others there are, by reason."""
    from sphinx_amts.align.select import ranked
    from sphinx_amts.pairs.parallel_data import LONGEST, unwritable
    from sphinx_amts.plain import normal

    left_out: Counter[str] = Counter()
    targets: dict[str, Counter[str]] = {}
    for source, target in pairs:
        pair = normal(source), normal(target)
        if why := unwritable(pair, LONGEST, formulas=options.output.suffix == ".tmx"):
            left_out[why] += 1
        else:
            targets.setdefault(pair[0], Counter())[pair[1]] += 1
    sources = sorted(targets)
    best = [min(counts, key=lambda text: (-counts[text], text)) for counts in map(targets.__getitem__, sources)]
    left_out["of a source that another pair has"] = sum(each.total() for each in targets.values()) - len(sources)
    order = list(ranked(sources, texts))
    left_out[_UNLIKE] = len(sources) - len(order)
    chosen = [((sources[each.number], best[each.number]), each.likeness) for each in islice(order, options.most)]
    left_out[_MORE] = len(order) - len(chosen)
    return chosen, {reason: count for reason, count in sorted(left_out.items()) if count}


_SHOWN = 5


def _tell(
    options: argparse.Namespace, given: int, chosen: list[tuple[Pair, float]], left_out: Mapping[str, int]
) -> None:
    """Law: the pairs written and those left out, together, are those given."""
    data: dict[str, Any] = {
        "output": str(options.output),
        "given": given,
        "pairs": len(chosen),
        "left_out": dict(left_out),
        "likeness": {"most": round(chosen[0][1], 4), "least": round(chosen[-1][1], 4)} if chosen else {},
        "best": [{"source": pair[0], "target": pair[1], "likeness": round(like, 4)} for pair, like in chosen[:_SHOWN]],
    }
    rows: list[list[object]] = [
        ["pairs given", given],
        *([f"left out: {reason}", count] for reason, count in left_out.items()),
        [f"pairs in {printable(str(options.output))}", len(chosen)],
    ]
    write_result(options.json, data, table(rows))
