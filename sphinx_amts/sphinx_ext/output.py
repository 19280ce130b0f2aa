"""Build a book, or one language of it, into a directory: what ``sphinx-build`` does, for every kind of book.

Each build has a process of its own, because extensions keep things for a process that differ between languages.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.console import color_terminal, nocolor

from sphinx_amts.config import OPTIONS, settings
from sphinx_amts.document.reader import configuration
from sphinx_amts.document.refusals import refusal
from sphinx_amts.errors import AmtsError, BookError, ConfigError
from sphinx_amts.sphinx_ext.language import chosen

__all__ = ["Output", "build"]


@dataclass(frozen=True, slots=True)
class Output:
    """What to build, how, and where to; ``published`` are the languages to link to, none for those of the book."""

    book: Path
    directory: Path
    builder: str = "html"
    confdir: Path | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    published: Sequence[str] = ()
    jobs: int = 1


def build(output: Output, code: str | None) -> tuple[Sequence[str], int]:
    """Build the source into the directory, or a language, which is named by its code, into a directory below it.

    Returns the codes of the languages that pages link to, and how many warnings there were; Sphinx prints what it does.
    Raises an AmtsError where the book cannot be built, has no such language, or has documents at its place.
    """
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        codes, warnings, error = processes.submit(_build, output, code).result()
    if error is not None:
        raise error
    return codes, warnings


def _build(output: Output, code: str | None) -> tuple[Sequence[str], int, AmtsError | None]:
    """The same, in the other process; an error is handed over as it would be shown."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            app = _application(output, code)
            codes = _codes(app, output.published)
            _check(app, codes, code)
            app.build()
    except AmtsError as error:
        return (), 0, type(error)(str(error))
    except Exception as error:  # noqa: BLE001 - whatever Sphinx and extensions raise becomes a message
        return (), 0, BookError(str(refusal(error, output.book)))
    return codes, app._warncount, None


def _application(output: Output, code: str | None) -> Sphinx:
    if not color_terminal():
        nocolor()
    confdir, values = configuration(output.book.resolve(), output.confdir)
    language = {} if code is None else {"language": code}
    published = {"amts_published": list(output.published)} if output.published else {}
    if values and "sphinx_amts" not in values["extensions"]:
        # Nobody can have named it, nor a language, in a book without configuration.
        values["extensions"] = ["sphinx_amts", *values["extensions"]]
        values.setdefault("amts_languages", list(output.published))
    return Sphinx(
        srcdir=output.book.resolve(),
        confdir=confdir,
        outdir=output.directory / (code or ""),
        doctreedir=output.directory / ".doctrees" / (code or "source"),
        buildername=output.builder,
        confoverrides={**values, **published, **output.overrides, **language},
        status=None,
        warning=sys.stderr,
        parallel=output.jobs,
    )


def _codes(app: Sphinx, published: Sequence[str]) -> Sequence[str]:
    """The languages that pages link to."""
    if "sphinx_amts" not in app.extensions:
        hint = "Add it to extensions in conf.py."
        raise ConfigError("the book does not use the extension sphinx_amts", path=app.confdir, hint=hint)
    base = settings({name: app.config[name] for name in OPTIONS})
    return tuple(published or base.published or base.codes)


def _check(app: Sphinx, codes: Sequence[str], code: str | None) -> None:
    """Raise ConfigError for a language that the book has not, and for one whose place a document needs."""
    base = app.config
    for name in codes if code is None else ():
        if chosen(name, base.amts_source_language, base.amts_languages) != name:
            hint = f"It has {', '.join(base.amts_languages) or 'none'}: add others to amts_languages."
            raise ConfigError(f"the book has no language {name!r}", path=app.confdir, hint=hint)
        taken = next((found for found in app.project.discover() if found.startswith(f"{name}/")), None)
        if taken is not None:
            raise ConfigError(f"the pages of {name} would lie among those of the document {taken}", path=app.srcdir)
