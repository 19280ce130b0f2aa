"""What may still be spent this month, and what fits into it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sphinx_amts.engines import Notice
from sphinx_amts.engines.amazon.journal import Journal
from sphinx_amts.model import Request

__all__ = ["affordable", "exhausted", "left", "today"]


def today(now: float) -> str:
    """The date in UTC of seconds since the epoch: ``2026-11-21``."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


def left(journal: Journal, day: str) -> float | None:
    """The US dollars that the budget leaves for the rest of the month; ``None`` where there is no budget."""
    budget = journal.connection.options.budget
    if budget is None:
        return None
    month = [entry for entry in journal.every_entry() if entry.day[:7] == day[:7]]
    return budget - sum(entry.price for entry in month if entry.is_paid)


def affordable(
    requests: Sequence[Request], price: Callable[[Sequence[Request]], float], dollars: float | None
) -> Sequence[Request]:
    """As many of the requests, from the first on, as ``dollars`` pay for."""
    if dollars is None:
        return requests
    # A price that fits to the cent must not fail by a rounding.
    numbers = range(1, len(requests) + 1)
    return requests[: bisect_right(numbers, dollars + 1e-9, key=lambda number: price(requests[:number]))]


def exhausted(budget: float | None, sentences: int) -> Notice:
    """What people are told of sentences that the budget does not pay for."""
    return Notice(f"the budget of {budget or 0:,.2f} US dollars a month is used up; sentences that wait: {sentences:,}")
