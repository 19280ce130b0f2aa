"""Syncs that Sphinx starts: by the builder ``amts``, and before a language is built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from logging import WARNING, LogRecord, getLogger
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging

from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.model import Subtype
from sphinx_amts.sphinx_ext.language import SYNCING

__all__ = ["sync_before_build", "sync_from_builder", "warn"]

logger = logging.getLogger(__name__)


def warn(config: Config, subtype: Subtype | str, message: str, path: str | Path, line: int = 0) -> None:
    """A finding as a warning of the build, which ``suppress_warnings`` knows by its name."""
    name = f"amts.{subtype}"
    # Sphinx 8 shows the names of warnings by itself.
    text = message if config.show_warning_types else f"{message} [{name}]"
    # Without a line Sphinx would take the path for a docname.
    logger.warning(text, type="amts", subtype=str(subtype), location=f"{path}:{line or 1}")


def sync_from_builder(app: Sphinx) -> None:
    """Sync all ``amts_languages`` of a book that Sphinx has just read.

    Raises ExtensionError where one cannot be synced; its exit status says so where an answer was refused.
    """
    from sphinx_amts.document.reader import Book
    from sphinx_amts.session import configured, sync_languages, with_repositories

    try:
        book = Book(app)
        chosen = configured(book)
        if not chosen.codes:
            raise ConfigError("there is no language to sync", hint="Set amts_languages in conf.py.")
        chosen = with_repositories(book, chosen, chosen.codes)
        with _without_warnings():
            results = sync_languages(book, chosen, chosen.codes, base=Path(app.confdir), progress=_Progress().show)
    except AmtsError as error:
        raise ExtensionError(str(error)) from None
    for code, result in results.items():
        _log(app, code, result.as_json())
    if any(result.new_findings for result in results.values()):
        app.statuscode = 1


def sync_before_build(app: Sphinx, code: str) -> None:
    """Sync one language in a process of its own, and log what it found as warnings of this build.

    Raises ExtensionError where it cannot be synced.
    """
    logger.info("syncing %s...", code)
    command = [sys.executable, "-m", "sphinx_amts", "sync", str(app.srcdir), "-l", code, "--json", "-"]
    if not app.config.amts_amazon.get("wait"):
        command.append("--no-wait")
    if Path(app.confdir) != Path(app.srcdir):
        command += ["--confdir", str(app.confdir)]
    for name, value in _overrides(app.config):
        command += ["-D", f"{name}={value}"]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, SYNCING: "1", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode not in (0, 1) or not done.stdout:
        raise ExtensionError(f"{code} was not synced: {_reason(done.stderr)}")
    for name, result in json.loads(done.stdout)["languages"].items():
        _log(app, name, result)


def _reason(output: str) -> str:
    """What the other process said: its own message, or the last line of what Python says."""
    mark = "sphinx-amts: "
    if mark in output:
        return output.rpartition(mark)[2].strip()
    return (output.strip().splitlines() or ["it ended without a word"])[-1]


def _overrides(config: Config) -> Iterator[tuple[str, str]]:
    """The options of ours that were given on the command line, as the command line takes them."""
    for name, value in config.overrides.items():
        if not name.startswith("amts_"):
            continue
        if isinstance(value, bool):
            yield name, "1" if value else "0"
        elif isinstance(value, (list, tuple)):
            yield name, ",".join(map(str, value))
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{key}", str(item)) for key, item in value.items())
        elif value is not None:
            yield name, str(value)


def _log(app: Sphinx, code: str, result: Mapping[str, Any]) -> None:
    segments = {name: number for name, number in result["segments"].items() if number and name != "total"}
    counts = ", ".join(f"{number} {name}" for name, number in segments.items()) or "nothing to translate"
    logger.info("%s: %s", code, counts)
    for finding in result["findings"]:
        _log_finding(app, finding)


def _log_finding(app: Sphinx, finding: Mapping[str, Any]) -> None:
    excerpt = f": {_short(finding['source'])}" if finding["source"] else ""
    path = Path(app.srcdir) / finding["path"]
    warn(app.config, finding["subtype"], finding["message"] + excerpt, path, finding["line"])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"


class _Progress:
    """Shows how far a sync has come, as Sphinx shows its own steps."""

    def __init__(self) -> None:
        self._shown: Sequence[object] = ()

    def show(self, stage: str, done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if (stage, percent) == self._shown:
            return
        self._shown = (stage, percent)
        last = done >= total
        logger.info("\r%s... [%3d%%]", stage, percent, nonl=not last)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Checking a translation reads documents again: what Sphinx warns of then, it has said before, or is a finding."""

    def is_quiet(record: LogRecord) -> bool:
        return record.levelno < WARNING

    handlers = getLogger(logging.NAMESPACE).handlers
    for handler in handlers:
        handler.filters.insert(0, is_quiet)
    try:
        yield
    finally:
        for handler in handlers:
            handler.filters.remove(is_quiet)
