"""The frame of every page that is written: one Jinja environment, one style sheet, one script, all of them local files.

A page is safe whatever stands in a document: Jinja escapes every value, and the page's Content-Security-Policy lets nothing
run or load but the files beside it.  Templates have no script and no style inside.  ``base.html`` is the frame of a page; it
wants ``title`` and ``root``, the way back to the report's directory (``"../"``), and has the blocks ``main`` and ``trail``.
A page that stands alone has a ``policy``, a ``style`` and a ``body`` of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from sphinx_amts.errors import ConfigError
from sphinx_amts.upkeep.effort import percent

__all__ = ["STATIC", "Site", "address", "bytes_of", "rendered"]

STATIC = ("report.css", "report.js")
"""The files that stand beside the pages."""


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sphinx_amts.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["address"] = address
    environment.filters["percent"] = percent
    environment.filters["number"] = lambda value: f"{value:,}"
    return environment


def rendered(template: str, **values: object) -> str:
    """The text that a template makes of values; each is escaped where it is written."""
    return _ENVIRONMENT.get_template(template).render(**values)


def address(path: str) -> str:
    """A relative path as an address; no name of a file can lead out of it or become a scheme."""
    return quote(path, safe="/", errors="surrogateescape")


def bytes_of(text: str) -> bytes:
    """A page's bytes; half a character, which a document may hold, becomes a question mark."""
    return text.encode("utf-8", errors="replace")


_ENVIRONMENT = _environment()


class Site:
    """A directory that is written to, page by page."""

    def __init__(self, root: Path, mark: str) -> None:
        """``mark`` is a file of JSON that each report has, with the key ``sphinx-amts``.

        Raises ConfigError where the directory holds something else: nothing of anybody's is overwritten.
        """
        self.root = root
        try:
            if root.exists() and any(root.iterdir()) and not _is_report(root / mark):
                hint = "Name a directory that is empty, or one that an earlier report was written to."
                raise ConfigError("this directory holds something else than a report", path=root, hint=hint)
        except OSError as error:
            raise _unwritable(root, error) from None
        self.write(mark, '{"sphinx-amts": "report"}\n')  # so that one which is interrupted can be written again
        for name in STATIC:
            self.write(name, (Path(__file__).parent / "static" / name).read_bytes())

    def write(self, path: str, content: str | bytes) -> None:
        """Put a file in place, below the directory; raises ConfigError where that cannot be."""
        file = self.root.joinpath(*_parts(path))
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(bytes_of(content) if isinstance(content, str) else content)
        except OSError as error:
            raise _unwritable(file, error) from None


def _is_report(mark: Path) -> bool:
    return mark.is_file() and b'"sphinx-amts"' in mark.read_bytes()


def _unwritable(file: Path, error: OSError) -> ConfigError:
    return ConfigError(f"the report cannot be written: {error.strerror}", path=file, hint="Name another directory.")


def _parts(path: str) -> Iterator[str]:
    parts: Sequence[str] = path.split("/")
    for part in parts:
        assert part not in ("", os.curdir, os.pardir), path
        yield part
