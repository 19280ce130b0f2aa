"""What Apertium made of sentences before, and what was learnt from it: kept in the user's cache.

So learning again costs only what is new, and nothing where nothing is.

Without it everything is the same and takes longer: a cache that cannot be read is made anew, one that cannot be written is
left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from sphinx_amts.cache import cache_home
from sphinx_amts.engines.apertium.installed import Mode
from sphinx_amts.pairs.adaptation import Edits, learn
from sphinx_amts.pairs.parallel_data import digest_of

__all__ = ["edits_of", "remembered"]

_VERSION = 1
"""Of what is written; raised when the same sentence would be translated, or the same rows learnt from, in another way."""


def remembered(
    texts: Sequence[str], mode: Mode, translate: Callable[[Sequence[str]], Iterable[str]], home: Path | None = None
) -> list[str]:
    """The draft of each text; ``translate`` is asked for those that are new, each once."""
    file = (home or cache_home()) / "apertium" / f"{mode.name}-{mode.digest}-{_VERSION}.sqlite"
    known = _read(file)
    new = sorted(set(texts) - known.keys())
    if new:
        made = dict(zip(new, translate(new), strict=True))
        _write(file, {text: draft for text, draft in made.items() if draft})
        known |= made
    return [known[text] for text in texts]


def edits_of(rows: Sequence[tuple[str, str]], home: Path | None = None) -> Edits:
    """What drafts and people's texts teach; learnt once for the same rows."""
    given = sorted(set(rows))
    file = (home or cache_home()) / "apertium" / f"edits-{digest_of(given, '', '')}-{_VERSION}.json"
    with suppress(OSError, ValueError):
        return Edits.from_json(file.read_text(encoding="utf-8"))
    edits = learn(given)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        # A file that is half written is no JSON: it is learnt again.
        file.write_text(edits.as_json(), encoding="utf-8")
    return edits


def _read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        with closing(sqlite3.connect(file)) as connection:
            return dict(connection.execute("SELECT source, target FROM draft"))
    except (sqlite3.Error, ValueError):
        with suppress(OSError):
            file.unlink()
        return {}


def _write(file: Path, made: dict[str, str]) -> None:
    with suppress(OSError, sqlite3.Error):
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS draft (source TEXT PRIMARY KEY, target TEXT NOT NULL)")
            connection.executemany("INSERT OR REPLACE INTO draft VALUES (?, ?)", made.items())
