"""What all parts of the service share."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sphinx_amts.emulator.clock import Durations
from sphinx_amts.emulator.errors import ServiceError
from sphinx_amts.emulator.faults import Faults
from sphinx_amts.emulator.languages import LANGUAGES
from sphinx_amts.emulator.ledger import Ledger
from sphinx_amts.emulator.quotas import Quotas
from sphinx_amts.emulator.storage import Storage
from sphinx_amts.emulator.translator import PseudoTranslator, Translator

__all__ = ["Parameters", "Place", "World", "check_pair", "page", "seconds"]

Parameters = Mapping[str, Any]


class Place(NamedTuple):
    """An account in a region: nothing is shared between two."""

    account: str
    region: str

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a resource."""
        return f"arn:aws:translate:{self.region}:{self.account}:{kind}/{name}"


@dataclass(frozen=True)
class World:
    """The surroundings of a service."""

    storage: Storage
    clock: Callable[[], float]
    translator: Translator = field(default_factory=PseudoTranslator)
    faults: Faults = field(default_factory=Faults)
    quotas: Quotas = field(default_factory=Quotas)
    durations: Durations = field(default_factory=Durations)
    ledger: Ledger = field(default_factory=Ledger)


def check_pair(source: str, targets: Sequence[str]) -> None:
    """Raise UnsupportedLanguagePairException for a pair that Amazon Translate does not have."""
    for target in targets:
        if source not in LANGUAGES | {"auto"} or target not in LANGUAGES or source == target:
            message = f"Unsupported language pair: {source} to {target}."
            raise ServiceError("UnsupportedLanguagePairException", message)


def seconds(time: float | datetime) -> float:
    """A time of a request as epoch seconds."""
    return time.timestamp() if isinstance(time, datetime) else float(time)


def page(name: str, entries: Sequence[Mapping[str, Any]], parameters: Parameters) -> dict[str, Any]:
    """One page of a list, with a NextToken where there are more; raises InvalidParameterValueException."""
    start = 0
    if token := parameters.get("NextToken"):
        try:
            start = int(json.loads(base64.urlsafe_b64decode(token))["start"])
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceError("InvalidParameterValueException", "The NextToken is not valid") from error
    end = start + parameters.get("MaxResults", 100)
    answer: dict[str, Any] = {name: list(entries[start:end])}
    if end < len(entries):
        answer["NextToken"] = base64.urlsafe_b64encode(json.dumps({"start": end}).encode()).decode()
    return answer
