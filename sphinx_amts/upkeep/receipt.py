"""The receipt of a sync, in Markdown: what of people's stands, then what was done, for a pull request or a build's summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.upkeep.survival import Survival

__all__ = ["receipt"]

_COLUMNS = ("translated", "memory", "stale", "conflicting", "refused", "waiting", "untranslated")
_TITLES = {"memory": "from memory"}
_MOST = 50
"""Documents that have a row."""


def receipt(
    results: Mapping[str, LanguageResult], survivals: Mapping[str, Survival], findings: Mapping[str, Sequence[str]]
) -> str:
    """The receipt; ``findings`` are each language's as lines."""
    return "\n".join(
        line for code, result in results.items() for line in _language(code, result, survivals[code], findings[code])
    )


def _language(code: str, result: LanguageResult, survival: Survival, findings: Sequence[str]) -> Iterator[str]:
    yield f"## {code}"
    yield ""
    yield f"{survival.line().capitalize()}."
    yield ""
    yield f"{_sum(result)}. {_bill(result)}."
    yield ""
    if result.moved:
        moved = [f"{_cell(old)} to {_cell(new)}" for new, old in sorted(result.moved.items())]
        rest = f", and {len(moved) - _MOST:,} more" if len(moved) > _MOST else ""
        yield f"Moved: {', '.join(moved[:_MOST])}{rest}."
        yield ""
    yield from _documents(result)
    if findings:
        yield "````text"
        yield from findings
        yield "````"
        yield ""


def _sum(result: LanguageResult) -> str:
    """What became of the sentences; what is zero is left out, but for what was translated."""
    conflicting = sum(counts["conflicting"] for counts in result.by_document.values())
    numbers = {"kept": result.segments["kept"], **{name: result.segments[name] for name in _COLUMNS}}
    numbers["conflicting"] = conflicting
    said = [
        f"{_title(name)} {number:,}" for name, number in numbers.items() if number or name in ("kept", "translated")
    ]
    return f"{result.documents:,} documents: {', '.join(said)}"


def _bill(result: LanguageResult) -> str:
    """What was sent, and what it cost where that is known."""
    exchange = result.exchange
    price = sum(receipt.price for receipt in exchange.receipts) or (exchange.estimate.price if exchange.estimate else 0)
    costs = f", {price:,.2f} US dollars" if price else ""
    return f"{result.characters_sent:,} characters sent{costs}"


def _documents(result: LanguageResult) -> Iterator[str]:
    """A row for each document in which anything happened, with the columns that are needed."""
    rows = {path: counts for path, counts in result.by_document.items() if counts.total()}
    columns = [name for name in _COLUMNS if any(counts[name] for counts in rows.values())]
    if not columns:
        return
    yield f"| document | {' | '.join(map(_title, columns))} | characters |"
    yield f"|---|{'--:|' * (len(columns) + 1)}"
    for path, counts in list(rows.items())[:_MOST]:
        numbers = [*(counts[name] for name in columns), result.exchange.sent_to[path]]
        yield f"| {_cell(path)} | {' | '.join(f'{number:,}' for number in numbers)} |"
    if len(rows) > _MOST:
        yield ""
        yield f"... and {len(rows) - _MOST:,} more documents."
    yield ""


def _title(name: str) -> str:
    return _TITLES.get(name, name)


def _cell(path: str) -> str:
    """A path as code in a table, whatever stands in it."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in path)
    return f"`{shown.replace('`', '?').replace('|', '?')}`"
