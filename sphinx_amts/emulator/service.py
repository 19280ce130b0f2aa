"""Amazon Translate without a transport: operations in, answers or errors out.

Time passes only by the clock that the service is given: each call first plays what should have happened since.
What a document is charged for is ``html.text_of`` for HTML and every character for plain text, once for each target
language, where it was translated; the real service's rule is not documented to the last detail.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sphinx_amts.emulator import validation
from sphinx_amts.emulator.clock import Durations
from sphinx_amts.emulator.documents import translate_html, translate_plain
from sphinx_amts.emulator.errors import ConnectionDropped, ServiceError
from sphinx_amts.emulator.faults import Fault, Faults
from sphinx_amts.emulator.html import Kind, nodes
from sphinx_amts.emulator.jobs import JobRoom
from sphinx_amts.emulator.languages import FORMALITY
from sphinx_amts.emulator.ledger import Ledger
from sphinx_amts.emulator.parallel import ParallelDataRoom
from sphinx_amts.emulator.quotas import Quotas, Rates
from sphinx_amts.emulator.storage import Storage
from sphinx_amts.emulator.tags import TagRoom
from sphinx_amts.emulator.terminology import TerminologyRoom
from sphinx_amts.emulator.translator import PseudoTranslator, Task, Translator
from sphinx_amts.emulator.world import Parameters, Place, World, check_pair

__all__ = ["Service"]

_ERRORS = {
    Fault.THROTTLED: ("TooManyRequestsException", "Rate exceeded"),
    Fault.ACCESS_DENIED: ("AccessDeniedException", "The user is not authorized to perform this operation"),
    Fault.WRONG_REGION: ("NotAuthorizedException", "The operation is not available in this region"),
    Fault.INTERNAL_ERROR: ("InternalServerException", "An internal server error occurred"),
    Fault.SERVICE_UNAVAILABLE: ("ServiceUnavailableException", "The service is temporarily unavailable"),
    Fault.CONCURRENT_CHANGE: ("ConcurrentModificationException", "Another modification is being made"),
}


@dataclass
class Room:
    """All that belongs to one account in one region."""

    parallel: ParallelDataRoom
    terminologies: TerminologyRoom
    jobs: JobRoom
    tags: TagRoom
    tokens: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """Request and answer by operation and client token."""

    def advance(self) -> None:
        """Bring everything up to the time of the clock."""
        self.parallel.advance()
        self.jobs.advance()


class Service:
    """Amazon Translate.  ``s3`` gives a client of S3 as boto3 makes it, ``clock`` gives epoch seconds.

    Threads may share it: one call is answered after the other.
    """

    def __init__(
        self,
        s3: Callable[[], Any],
        clock: Callable[[], float] = time.time,
        *,
        translator: Translator | None = None,
        faults: Faults | None = None,
        quotas: Quotas | None = None,
        durations: Durations | None = None,
    ) -> None:
        self._world = World(
            Storage(s3),
            clock,
            translator or PseudoTranslator(),
            faults or Faults(),
            quotas or Quotas(),
            durations or Durations(),
        )
        self._lock = threading.RLock()
        self._forget()

    @property
    def faults(self) -> Faults:
        """What goes wrong."""
        return self._world.faults

    @property
    def ledger(self) -> Ledger:
        """What was done so far."""
        return self._world.ledger

    def reset(self) -> None:
        """Forget all resources, jobs, faults and the ledger."""
        with self._lock:
            self._world.faults.set()
            self._world.ledger.clear()
            self._forget()

    def _forget(self) -> None:
        self._rooms: dict[Place, Room] = {}
        self._rates = Rates(self._world.quotas.calls_per_second)

    def call(
        self, operation: str, parameters: Parameters, region: str = "us-east-1", account: str = "123456789012"
    ) -> dict[str, Any]:
        """The answer to a request; times are epoch seconds.

        Raises ServiceError with AWS's code, and ConnectionDropped where the request was done and nobody hears of it.
        """
        with self._lock:
            self.ledger.calls[operation] += 1
            try:
                answer = self._answer(operation, parameters, Place(account, region))
            except ServiceError as error:
                self.ledger.errors[error.code] += 1
                raise
            if self.faults.strikes(Fault.ANSWER_LOST, operation):
                raise ConnectionDropped(operation)
            return answer

    def _answer(self, operation: str, parameters: Parameters, place: Place) -> dict[str, Any]:
        for fault, (code, message) in _ERRORS.items():
            if self.faults.strikes(fault, operation):
                raise ServiceError(code, message)
        if place not in self._rooms:
            self._rooms[place] = self._room(place)
        room = self._rooms[place]
        do = self._operations(room).get(operation)
        if do is None:
            raise ServiceError("UnknownOperationException", f"The emulator does not have the operation {operation}")
        validation.check(operation, parameters)
        self._rates.check(operation, place, self._world.clock())
        room.advance()
        return _once(room, operation, parameters, do)

    def _room(self, place: Place) -> Room:
        parallel, terminologies = ParallelDataRoom(self._world, place), TerminologyRoom(self._world, place)
        jobs = JobRoom(self._world, place, parallel, terminologies)
        return Room(parallel, terminologies, jobs, TagRoom(parallel, terminologies))

    def _operations(self, room: Room) -> Mapping[str, Callable[[Parameters], dict[str, Any]]]:
        return {
            "TranslateText": lambda parameters: self._translate_text(room, parameters),
            "StartTextTranslationJob": room.jobs.start,
            "DescribeTextTranslationJob": room.jobs.describe,
            "ListTextTranslationJobs": room.jobs.listed,
            "StopTextTranslationJob": room.jobs.stop,
            "CreateParallelData": room.tags.tagging(room.parallel.create),
            "UpdateParallelData": room.parallel.update,
            "GetParallelData": room.parallel.get,
            "ListParallelData": room.parallel.listed,
            "DeleteParallelData": room.parallel.delete,
            "ImportTerminology": room.tags.tagging(room.terminologies.import_),
            "GetTerminology": room.terminologies.get,
            "ListTerminologies": room.terminologies.listed,
            "DeleteTerminology": room.terminologies.delete,
            "TagResource": room.tags.tag,
            "UntagResource": room.tags.untag,
            "ListTagsForResource": room.tags.listed,
        }

    def _translate_text(self, room: Room, parameters: Parameters) -> dict[str, Any]:
        text, target, names = (
            parameters["Text"],
            parameters["TargetLanguageCode"],
            parameters.get("TerminologyNames", []),
        )
        size, limit = len(text.encode("utf-8", "replace")), self._world.quotas.text_bytes
        if size > limit:
            message = f"Input text size exceeds limit. Max length of request text allowed is {limit} bytes "
            raise ServiceError("TextSizeLimitExceededException", f"{message}while in this request it is {size} bytes")
        check_pair(parameters["SourceLanguageCode"], [target])
        if len(names) > 1:
            raise ServiceError("InvalidRequestException", "Only one terminology can be used")
        source = "en" if parameters["SourceLanguageCode"] == "auto" else parameters["SourceLanguageCode"]
        formality = parameters.get("Settings", {}).get("Formality", "") if target in FORMALITY else ""
        task = Task(source, target, terms=room.terminologies.terms(names, source, target), formality=formality)
        is_html = any(node.kind in {Kind.OPENING, Kind.EMPTY} for node in nodes(text))
        translate = translate_html if is_html else translate_plain
        done = translate(text, task, self._world.translator, self.faults)
        self.ledger.characters["realtime"] += len(text)
        answer: dict[str, Any] = {
            "TranslatedText": done.text,
            "SourceLanguageCode": source,
            "TargetLanguageCode": target,
        }
        if names:
            terms = [{"SourceText": term, "TargetText": target} for term, target in done.terms.items()]
            answer["AppliedTerminologies"] = [{"Name": names[0], "Terms": terms}]
        if formality:
            answer["AppliedSettings"] = {"Formality": formality}
        return answer


def _once(
    room: Room, operation: str, parameters: Parameters, do: Callable[[Parameters], dict[str, Any]]
) -> dict[str, Any]:
    """Do a request; one that comes again with its client token gets the first answer."""
    token = parameters.get("ClientToken")
    if token is None:
        return do(parameters)
    request = json.dumps(parameters, sort_keys=True, default=str)
    if known := room.tokens.get((operation, token)):
        if known[0] != request:
            raise ServiceError("InvalidRequestException", "The client token was used for another request")
        return known[1]
    answer = do(parameters)
    room.tokens[operation, token] = request, answer
    return answer
