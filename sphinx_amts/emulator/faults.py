"""What may go wrong, on demand.

1. ``Fault`` names what can go wrong.
2. ``Rule`` says how often, and to whom.
3. ``Faults`` is asked at every opportunity.  It counts and never throws dice: a run can be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

__all__ = ["Fault", "Faults", "Rule", "rules_of"]


class Fault(StrEnum):
    """What can go wrong.  The opportunities are calls, requests to S3, jobs, imports, documents or paragraphs."""

    THROTTLED = "throttled"
    """Calls: TooManyRequestsException."""
    ACCESS_DENIED = "access denied"
    """Calls: AccessDeniedException."""
    WRONG_REGION = "wrong region"
    """Calls: NotAuthorizedException, as where the region does not have the feature."""
    INTERNAL_ERROR = "internal error"
    """Calls: InternalServerException."""
    SERVICE_UNAVAILABLE = "service unavailable"
    """Calls: ServiceUnavailableException."""
    CONCURRENT_CHANGE = "concurrent change"
    """Calls: ConcurrentModificationException."""
    ANSWER_LOST = "answer lost"
    """Calls: the request is done, and the connection is dropped before the answer."""

    STORAGE_DENIED = "storage denied"
    """Requests to S3, named like ``PUT /bucket/key``: AccessDenied.  The service's own are not struck."""
    STORAGE_BUSY = "storage busy"
    """Requests to S3: SlowDown."""

    JOB_FAILED = "job failed"
    """Jobs: FAILED, without output."""
    JOB_SLOW = "job slow"
    """Jobs: they take a day."""
    IMPORT_FAILED = "import failed"
    """Imports of parallel data: FAILED."""

    DOCUMENT_REFUSED = "document refused"
    """Documents: an error in the details, no output."""
    DOCUMENT_BROKEN = "document broken"
    """Documents: the same, where the service is at fault."""
    DOCUMENT_MISSING = "document missing"
    """Documents: the details tell of an output that is not there."""
    DOCUMENT_TRUNCATED = "document truncated"
    """Documents: the second half is missing."""
    IDS_LOST = "ids lost"
    """Documents: no tag has its ``id`` any more."""

    UNTRANSLATED = "untranslated"
    """Paragraphs: they come back as they are."""
    TAGS_MOVED = "tags moved"
    """Paragraphs: the last inline element stands at the front."""
    TAGS_DOUBLED = "tags doubled"
    """Paragraphs: the first inline element comes twice."""
    TAGS_LOST = "tags lost"
    """Paragraphs: the first inline element is missing."""
    SPACES_ADDED = "spaces added"
    """Paragraphs: spaces around what must not be translated."""
    PLACEHOLDER_LEAKED = "placeholder leaked"
    """Paragraphs: ``DNT_GEBK0`` in place of what must not be translated."""
    ENTITIES_UNESCAPED = "entities unescaped"
    """Paragraphs: ``&lt;`` comes back as ``<``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often something goes wrong, and to whom."""

    fault: Fault
    share: float = 1.0
    """Of its opportunities: 0.5 strikes the second, the fourth and so on."""
    times: int | None = None
    """At most; without a number for ever."""
    only: str = "*"
    """A pattern of the operations, or of the names of jobs, parallel data or documents, that it strikes."""

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"the share of {self.fault!s} must lie between 0 and 1")


class Faults:
    """Says at each opportunity whether something goes wrong."""

    def __init__(self, *rules: Rule) -> None:
        self.rules: Sequence[Rule] = rules
        self._opportunities: list[int] = [0] * len(rules)
        self._strikes: list[int] = [0] * len(rules)

    def set(self, *rules: Rule) -> None:
        """Have these rules from now on; none at all means that nothing goes wrong."""
        self.rules = rules
        self._opportunities = [0] * len(rules)
        self._strikes = [0] * len(rules)

    def strikes(self, fault: Fault, name: str = "") -> bool:
        """Whether it goes wrong now, for the operation, job or document of this name."""
        # Each rule counts the opportunity, also where another one has struck.
        struck = [self._strikes_by(number, name) for number, rule in enumerate(self.rules) if rule.fault == fault]
        return any(struck)

    def _strikes_by(self, number: int, name: str) -> bool:
        rule = self.rules[number]
        if not fnmatchcase(name, rule.only):
            return False
        self._opportunities[number] += 1
        is_due = int(self._opportunities[number] * rule.share) > int((self._opportunities[number] - 1) * rule.share)
        if not is_due or (rule.times is not None and self._strikes[number] >= rule.times):
            return False
        self._strikes[number] += 1
        return True

    def as_json(self) -> list[Mapping[str, Any]]:
        """The rules, and how often each has struck."""
        return [asdict(rule) | {"struck": struck} for rule, struck in zip(self.rules, self._strikes, strict=True)]


def rules_of(data: Any) -> list[Rule]:
    """The rules of a list of objects ``{"fault": "throttled", "share": 0.5}``; raises ValueError for another thing."""
    if not isinstance(data, list):
        raise ValueError("a list of faults is expected")
    try:
        return [
            Rule(Fault(entry["fault"]), **{name: entry[name] for name in entry if name != "fault"}) for entry in data
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a fault: {error}") from error
