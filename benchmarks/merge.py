"""Localised code against a source that moves: conflicts of a merge by lines, and of ours.

    python benchmarks/merge.py [CORPORA] [--show N]

CORPORA is the directory of the corpora (``AMTS_CORPORA``, else ``../shared/corpora``).  The Chinese lectures of ``quantecon-zh``
were made of the last edition in ``quantecon-intro.bundle``.  Its history is walked backwards: from that edition (*base*) to each
earlier one of the same lecture (*theirs*), under the Chinese code (*ours*).  All code cells of a lecture are merged as one text.

- *hunks*: how many places differ between base and theirs;
- *conflicts*: those that ``git merge-file`` leaves, and those that we leave;
- *localised*: strings and comments that the Chinese edition wrote; those in the merged text, those whose own line the source took
  out, and those that are missing;
- *arrived*: lines that theirs changed or added, strings and comments masked; those in the merged text, those in a conflict, and
  those that are missing.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from history import cloned, git

from sphinx_amts.merge.code import Line, code_lines, lines
from sphinx_amts.merge.three_way import Conflict, Merged, merge

NAMES = (
    *("editions", "hunks", "git", "ours"),
    *("localised", "kept", "taken out", "missing"),
    *("changed", "arrived", "in conflict", "absent"),
)

_CELL = re.compile(r"^```\{(?:code-cell\}|\.).*?^```[ \t]*\n", re.MULTILINE | re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Merge all editions, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "corpora", type=Path, nargs="?", default=Path(os.environ.get("AMTS_CORPORA", "../shared/corpora"))
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the first N conflicts")
    options = parser.parse_args(arguments)
    print(f"{'lecture':30}" + "".join(f"{name:>12}" for name in NAMES))
    total: Counter[str] = Counter()
    shown: list[tuple[str, Conflict]] = []
    started = time.perf_counter()
    with cloned(options.corpora / "quantecon-intro.bundle") as repository:
        for english in sorted((options.corpora / "quantecon-zh" / "en").glob("*.md")):
            row: Counter[str] = Counter()
            base, ours = (code(file.read_text("utf-8")) for file in (english, english.parents[1] / "zh" / english.name))
            for theirs in editions(repository, f"lectures/{english.name}", base):
                merged = merge(base, theirs, ours, ".md")
                row += counted(base, theirs, ours, merged)
                row += Counter(editions=1, git=by_lines(base, theirs, ours, repository.parent))
                shown += [(english.name, conflict) for conflict in merged.conflicts]
            if row:
                print(_line(english.name, row))
            total += row
    print(_line("total", total))
    print(f"{time.perf_counter() - started:.1f} s", file=sys.stderr)
    for name, conflict in shown[: options.show]:
        print(f"\n{name}\nbase:\n{conflict.base}theirs:\n{conflict.theirs}ours:\n{conflict.ours}")
    return 0


def _line(name: str, row: Counter[str]) -> str:
    return f"{name:30}" + "".join(f"{row[name]:12,}" for name in NAMES)


def code(text: str) -> str:
    """The code cells of a lecture, be it MyST's or d2lbook's."""
    return "".join(cell[0] for cell in _CELL.finditer(text))


def editions(repository: Path, path: str, base: str) -> Iterator[str]:
    """The code of the earlier editions of a lecture, each once."""
    seen = {base}
    for commit in git(repository, "rev-list", "HEAD").split():
        if git(repository, "ls-tree", commit, path):
            text = code(git(repository, "show", f"{commit}:{path}"))
            if text not in seen:
                seen.add(text)
                yield text


def by_lines(base: str, theirs: str, ours: str, place: Path) -> int:
    """How many conflicts git leaves."""
    files = {place / "ours": ours, place / "base": base, place / "theirs": theirs}
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    done = subprocess.run(["git", "merge-file", "-p", *files], capture_output=True, check=False)
    return done.stdout.count(b"\n<<<<<<< ") + done.stdout.startswith(b"<<<<<<< ")


def counted(base: str, theirs: str, ours: str, merged: Merged) -> Counter[str]:
    """The figures of one merge."""
    before, new, own, now = (lines(text, ".md") for text in (base, theirs, ours, merged.text))
    matcher = SequenceMatcher(None, *([line.text for line in side] for side in (before, new)), autojunk=False)
    row = Counter(hunks=sum(code[0] != "equal" for code in matcher.get_opcodes()), ours=len(merged.conflicts))
    _survived(row, localised(own) - localised(before), localised(now), "".join(lost.ours for lost in merged.lost))
    changed = Counter(_code(new)) - Counter(_code(before))
    there = Counter(_code(now)) - (Counter(_code(own)) - changed)
    row += Counter(changed=changed.total(), arrived=(changed & there).total())
    disputed = Counter(_code(line for conflict in merged.conflicts for line in lines(conflict.theirs, ".md")))
    disputed |= Counter(_code(line for conflict in merged.conflicts for line in code_lines(conflict.theirs)))
    left = changed - there
    return row + Counter({"in conflict": (left & disputed).total(), "absent": (left - disputed).total()})


def _survived(row: Counter[str], wanted: Counter[str], now: Counter[str], lost: str) -> None:
    left = wanted - now
    gone = sum(count for text, count in left.items() if text in lost)
    row += Counter({"localised": wanted.total(), "kept": (wanted & now).total(), "taken out": gone})
    row["missing"] += left.total() - gone


def localised(side: Sequence[Line]) -> Counter[str]:
    """The strings, comments and values of some lines."""
    return Counter(token.text for line in side for token in line.tokens if token.is_masked)


def _code(side: Sequence[Line] | Iterator[Line]) -> Iterator[str]:
    return (line.masked for line in side if line.is_solid)


if __name__ == "__main__":
    sys.exit(main())
