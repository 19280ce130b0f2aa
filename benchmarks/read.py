"""How long a sync takes beside Sphinx's own gettext build of the same tree, and how much memory.

    python benchmarks/read.py BUNDLE [--book DIR] [--runs N] [--copies N]

BUNDLE is a git bundle of a Jupyter Book 1 with a branch ``main``.  Its configuration is turned into a ``conf.py`` by
``jupyter-book config sphinx``, without other projects' inventories and with execution off, so that both commands do the same
reading.  Every figure is the median of N runs, taken in turn; every ratio is the median of the runs' ratios.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One run of one command: seconds of wall clock, and the largest resident set in MB."""

    seconds: float
    megabytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure in a temporary directory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--book", default="lectures")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--copies", type=int, default=0, help="also sync a book of so many copies")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place), options)
    return 0


def measure(place: Path, options: argparse.Namespace) -> None:
    """Print the table."""
    book = prepare(place, options)
    os.environ["XDG_CACHE_HOME"] = str(place / "cache")

    def gettext() -> list[str]:
        return [sys.executable, "-m", "sphinx", "-q", "-b", "gettext", str(book), str(place / "pot")]

    def sync(*more: str) -> list[str]:
        target = ["--target", str(place / "zh"), "--engine", "pseudo"]
        return [sys.executable, "-m", "sphinx_amts", "sync", str(book), "-l", "zh", *target, *more]

    def fresh() -> None:
        for name in ("zh", "cache", "pot"):
            shutil.rmtree(place / name, ignore_errors=True)

    print(f"{'':34} {'seconds':>18} {'MB':>15} {'ratio':>6}")
    for cores in (1, 2):
        jobs = ["--jobs", "2"] if cores == 2 else []
        rows = [(run([*gettext(), "-E"], cores, fresh), run(sync(*jobs), cores, fresh)) for _ in range(options.runs)]
        show(f"first sync, {cores} core(s) : gettext -E", rows)
    run(gettext(), 1)
    run(sync(), 1)
    show("nothing to do : no-op gettext", [(run(gettext(), 1), run(sync(), 1)) for _ in range(options.runs)])
    run(gettext(), 1)
    rows = []
    for number in range(options.runs):
        with min(book.glob("*.md")).open("a", encoding="utf-8") as file:
            file.write(f"\nThis is line {number} of what is new.\n")
        changed = run(sync(), 1)
        run(gettext(), 1)
        rows.append((run(gettext(), 1), changed))
    show(f"1 of {len(list(book.glob('*.md')))} changed : no-op gettext", rows)
    if options.copies:  # last: Sphinx itself ends at equations whose labels stand in several copies
        single = run(sync(), 1, fresh)
        multiply(book, options.copies)
        show(f"{options.copies} copies : one", [(single, run(sync(), 1, fresh))])


def prepare(place: Path, options: argparse.Namespace) -> Path:
    """A work tree of the book, with a ``conf.py`` that both commands can read."""
    repository = place / "repository"
    subprocess.run(["git", "clone", "-q", "-b", "main", options.bundle, repository], check=True)
    book = repository / options.book
    subprocess.run(["jupyter-book", "config", "sphinx", str(book)], check=True, capture_output=True)
    with (book / "conf.py").open("a", encoding="utf-8") as file:
        file.write("\nextensions = [*extensions, 'sphinx_amts']\n")
        file.write(
            "intersphinx_mapping = {}\nnb_execution_mode = 'off'\nhtml_theme = 'alabaster'\nhtml_theme_options = {}\n"
        )
    return book


def multiply(book: Path, copies: int) -> None:
    """Copy every lecture, so that the book has ``copies`` times as many."""
    toc = (book / "_toc.yml").read_text(encoding="utf-8")
    names = [path.stem for path in sorted(book.glob("*.md")) if path.stem not in ("intro", "status")]
    for number in range(1, copies):
        toc += f"- caption: Copy {number}\n  chapters:\n"
        for name in names:
            shutil.copy(book / f"{name}.md", book / f"{name}_{number}.md")
            toc += f"  - file: {name}_{number}\n"
    (book / "_toc.yml").write_text(toc, encoding="utf-8")


def run(command: Sequence[str], cores: int, before: Callable[[], None] = lambda: None) -> Figure:
    """Run a command on so many cores, and measure it."""
    before()
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        before_start = os.sched_getaffinity(0)
        os.sched_setaffinity(0, range(cores))  # the child inherits it
        process = subprocess.Popen(command, stdout=output, stderr=output)
        os.sched_setaffinity(0, before_start)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode > 1:
            output.seek(0)
            raise SystemExit(f"{' '.join(command)}\n{output.read().decode()}")
    return Figure(time.perf_counter() - start, usage.ru_maxrss / 1024)


def show(name: str, rows: Sequence[tuple[Figure, Figure]]) -> None:
    """One line: the medians of both commands, and of their ratios."""
    base, ours = ([row[side] for row in rows] for side in (0, 1))
    ratio = statistics.median(b.seconds / a.seconds for a, b in rows)
    memory = statistics.median(b.megabytes / a.megabytes for a, b in rows)
    seconds = f"{median(ours, 'seconds'):.2f} : {median(base, 'seconds'):.2f}"
    megabytes = f"{median(ours, 'megabytes'):.0f} : {median(base, 'megabytes'):.0f}"
    print(f"{name:34} {seconds:>18} {megabytes:>15} {ratio:6.2f}, memory {memory:.2f}", flush=True)


def median(figures: Sequence[Figure], name: str) -> float:
    """The median of one column."""
    return float(statistics.median(getattr(figure, name) for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
