"""How Sphinx reads a tree that has no ``conf.py``: a d2lbook tree, or a plain folder."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx_amts.errors import BookError

__all__ = ["default_configuration"]

_NEVER = ("_build", "**/_build", "**/.*", "**/node_modules", "**/site-packages")
_NOISE = (
    "download.not_readable",
    "image.not_readable",
    "myst.header",
    "myst.xref_missing",
    "toc.excluded",
    "toc.no_title",
    "toc.not_included",
    "toc.not_readable",
    "toc.secnum",
)
"""Part of a book, or a book without its figures, is read as well as a whole one."""

_PARSERS = {".md": "markdown", ".rst": "restructuredtext", ".ipynb": "markdown"}


def default_configuration(srcdir: Path) -> dict[str, Any]:
    """Values for ``confoverrides`` of a Sphinx application whose source directory has no ``conf.py``.

    Title, author, copyright, release and exclusions come from d2lbook's ``config.ini``, where there is one.  Raises
    BookError where that cannot be read.
    """
    path = srcdir / "config.ini"
    ini = _read(path) if path.is_file() else None
    # In d2lbook a line that begins with a colon may be a caption, and TeX environments stand between dollars only.
    extensions = ("dollarmath",) if ini else ("amsmath", "colon_fence", "deflist", "dollarmath", "tasklist")
    suffixes = [suffix for suffix in _PARSERS if ini is None or suffix != ".ipynb"]  # d2lbook makes notebooks
    exclusions = _exclusions(ini) if ini else list(_made(srcdir))
    return {
        "extensions": ["sphinx_amts.d2lbook"],
        "project": _value(ini, "title") or srcdir.resolve().name,
        "author": _value(ini, "author"),
        "copyright": _value(ini, "copyright"),
        "release": _value(ini, "release"),
        "root_doc": _root(srcdir, suffixes, exclusions),
        "source_suffix": {suffix: _PARSERS[suffix] for suffix in suffixes},
        "exclude_patterns": [*_NEVER, *exclusions],
        "suppress_warnings": list(_NOISE),
        "numfig": True,
        "math_numfig": False,
        "myst_enable_extensions": list(extensions),
        "myst_dmath_double_inline": True,
        "myst_heading_anchors": 6,
    }


def _read(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise BookError(f"this is no configuration of d2lbook: {error}", path=path) from None
    return parser


def _value(ini: configparser.ConfigParser | None, name: str) -> str:
    return "" if ini is None else ini.get("project", name, fallback="")


def _exclusions(ini: configparser.ConfigParser) -> list[str]:
    """What the book's build leaves out; the originals of a translation, which it leaves out too, are documents here."""
    return [name for name in ini.get("build", "exclusions", fallback="").split() if not name.endswith("_origin.md")]


def _made(srcdir: Path) -> Iterator[str]:
    """Notebooks of the same name as a text, which one of them was made from."""
    for path in sorted(srcdir.rglob("*.ipynb")):
        if any(path.with_suffix(suffix).is_file() for suffix in (".md", ".rst")):
            yield path.relative_to(srcdir).as_posix()


def _root(srcdir: Path, suffixes: list[str], exclusions: list[str]) -> str:
    """The document at the top; a folder without an index has its first document there."""
    names = sorted(
        (path.relative_to(srcdir) for path in srcdir.rglob("*") if path.suffix in suffixes and path.is_file()),
        key=lambda path: (path.stem != "index", path.stem.lower() != "readme", path.as_posix()),
    )
    names.sort(key=lambda path: len(path.parts))
    shown = [path for path in names if not _hidden(path) and not any(path.match(pattern) for pattern in exclusions)]
    return shown[0].with_suffix("").as_posix() if shown else "index"


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)
