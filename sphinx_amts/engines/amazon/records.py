"""The records that Amazon Translate did not take into a resource, and why: a file that it links to.

Nobody depends on that file: where it cannot be read, people are told the numbers alone.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from sphinx_amts.plain import normal

__all__ = ["sentence"]

_LARGEST = 4 << 20
_MOST = 3
"""Records that are shown."""
_LONGEST = 60
_SECONDS = 20


def sentence(location: Mapping[str, Any] | None, failed: int, skipped: int) -> str:
    """How many records failed or were skipped, and the first of them with their reasons; empty where there are none.

    ``failed`` and ``skipped`` are the numbers that the resource itself says; those of the file count where it has them.
    """
    given = _read(str((location or {}).get("Location", "")))
    summary = given.get("summary")
    if isinstance(summary, dict):
        failed = max(failed, _number(summary.get("record_error_count")))
        skipped = max(skipped, _number(summary.get("record_skipped_count")))
    counts = [
        f"{count:,} record{'s' if count > 1 else ''} {what}" for count, what in _counted(failed, skipped) if count
    ]
    messages = given.get("messages")
    found = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
    shown = "; ".join(_record(one) for one in found[:_MOST])
    more = "; ..." if shown and len(found) > _MOST else ""
    return ": ".join(part for part in (", ".join(counts), f"{shown}{more}") if part)


def _counted(failed: int, skipped: int) -> tuple[tuple[int, str], ...]:
    return ((failed, "failed"), (skipped, "skipped"))


def _record(given: Mapping[str, Any]) -> str:
    content = normal(str(given.get("content") or ""))
    message = normal(str(given.get("message") or "")).rstrip(".")
    if len(content) > _LONGEST:
        content = f"{content[: _LONGEST - 3]}..."
    return f"{content!r}: {message}" if content else message


def _read(url: str) -> Mapping[str, Any]:
    """The object that a link leads to; empty for whatever is not JSON within its size and time."""
    if not url.startswith(("https://", "http://")):
        return {}
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - the scheme is checked
            given = json.loads(answer.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _number(given: object) -> int:
    try:
        return int(str(given))
    except ValueError:
        return 0
