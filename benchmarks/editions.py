"""How often adopt finds the edition that a translation was made from, when nobody names it.

    python benchmarks/editions.py [CORPORA]

CORPORA is the directory of the corpora (``AMTS_CORPORA``, else ``../shared/corpora``).  The Chinese lectures of ``quantecon-zh``
are in sync with ``quantecon-zh/en``, the last edition in ``quantecon-intro.bundle``.  That edition is hidden, and the history of
the bundle given.

Told are the documents whose edition was found to the byte; of the others, those in which the same texts of the translation
are linked as with the edition that was hidden; and the rest by name.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sphinx_amts.cli import main as sphinx_amts
from sphinx_amts.sync.tree import LocaleTree


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("AMTS_CORPORA", Path(__file__).resolve().parent.parent.parent / "shared" / "corpora")
    parser.add_argument("corpora", type=Path, nargs="?", default=default)
    corpora = parser.parse_args(arguments).corpora
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        git("clone", "-q", "-b", "main", str(corpora / "quantecon-intro.bundle"), str(place / "repo"))
        last = copied(corpora / "quantecon-zh" / "en", place / "last")
        translation = copied(corpora / "quantecon-zh" / "zh", place / "zh")
        show(last, translation, place)
    return 0


def show(edition: Path, translation: Path, place: Path) -> None:
    """Print what is found where ``edition`` is hidden."""
    known, found = (copied(translation, place / each) for each in ("known", "found"))
    run("adopt", str(edition), str(known), "-l", "zh")
    run("adopt", str(edition), str(found), "-l", "zh", "--base-repo", str(place / "repo"))
    same, alike, others = 0, 0, []
    for path in LocaleTree(known).paths():
        one, other = LocaleTree(known).manifest(path), LocaleTree(found).manifest(path)
        assert one is not None
        if other is not None and one.source == other.source:
            same += 1
        elif other is not None and targets(one) == targets(other):
            alike += 1
            others.append(f"{path} (the same links): {other.edition}")
        else:
            others.append(f"{path}: {other.edition if other else 'none'}")
    print(f"{same} of {same + len(others)} found to the byte, {alike} more with the same links", flush=True)
    print("".join(f"  {line}\n" for line in others), end="", flush=True)


def targets(manifest: object) -> list[str]:
    """The texts of a translation that are linked."""
    return [unit.target for unit in getattr(manifest, "units", ()) if unit.target]


def run(*arguments: str) -> None:
    """Run a command of ours in this process."""
    if sphinx_amts(list(arguments)):
        raise SystemExit(f"sphinx-amts {' '.join(arguments)} failed")


def git(*arguments: str) -> str:
    """What git prints."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def copied(source: Path, place: Path) -> Path:
    """A copy that can be written."""
    shutil.copytree(source, place)
    subprocess.run(["chmod", "-R", "u+w", str(place)], check=True)
    return place


if __name__ == "__main__":
    sys.exit(main())
