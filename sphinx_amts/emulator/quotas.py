"""The limits of Amazon Translate; a test may set lower ones."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from sphinx_amts.emulator.errors import ServiceError

__all__ = ["Quotas", "Rates"]

_RATES: Mapping[str, int] = {
    "StartTextTranslationJob": 5,
    "StopTextTranslationJob": 5,
    "DescribeTextTranslationJob": 10,
    "ListTextTranslationJobs": 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """How much is allowed.  The numbers are those of AWS's documentation."""

    running_jobs: int = 10
    """Further jobs wait in the queue as SUBMITTED."""
    queued_jobs: int = 1_000
    target_languages: int = 10
    job_documents: int = 1_000_000
    job_bytes: int = 5 * 1024**3
    document_bytes: int = 20 * 1024**2
    document_characters: int = 1_000_000
    document_text_bytes: int = 1024**2
    """UTF-8 bytes of a document's translatable text."""
    text_bytes: int = 10_000
    """Of TranslateText."""
    parallel_data: int = 1_000
    parallel_data_bytes: int = 5 * 1024**3
    segment_bytes: int = 1_000
    """Of parallel data, on each side."""
    terminologies: int = 100
    terminology_bytes: int = 10 * 1024**2
    term_bytes: int = 200
    """Of a terminology, on each side."""
    calls_per_second: Mapping[str, int] = field(default_factory=dict)
    """By operation; ``Quotas(calls_per_second=Rates.AWS)`` takes AWS's.  Unlimited by default."""


class Rates:
    """Refuses the calls of a second that are too many."""

    AWS = _RATES

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._calls: defaultdict[tuple[object, ...], deque[float]] = defaultdict(deque)

    def check(self, operation: str, place: tuple[str, str], now: float) -> None:
        """Note a call; raises TooManyRequestsException where the last second had enough."""
        limit = self._limits.get(operation)
        if limit is None:
            return
        calls = self._calls[operation, *place]
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= limit:
            raise ServiceError("TooManyRequestsException", f"Rate exceeded: {limit} calls of {operation} a second")
        calls.append(now)
