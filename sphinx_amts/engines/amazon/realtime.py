"""Amazon Translate in real time: sentences packed into calls of 10,000 bytes, four at a time.

1. ``Calls`` looks for what earlier calls answered and no sync wrote, and packs the rest into HTML documents.
2. Each answer is kept in the user's cache before it is read; answers are handed on as calls finish.
3. A call that fails refuses its own sentences.  What would fail for every call ends the run.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from sphinx_amts.cache import cache_home
from sphinx_amts.engines import Answer, Estimate, Notice, Status, checks
from sphinx_amts.engines.amazon import terminology
from sphinx_amts.engines.amazon.answers import by_id
from sphinx_amts.engines.amazon.client import AmazonError, Connection
from sphinx_amts.engines.amazon.html import Fault, HtmlDocument, documents, masked_texts
from sphinx_amts.engines.amazon.journal import Entry, Journal
from sphinx_amts.engines.amazon.languages import codes, settings
from sphinx_amts.engines.amazon.money import affordable, exhausted, left, today
from sphinx_amts.engines.amazon.options import Options
from sphinx_amts.engines.amazon.paid import Paid
from sphinx_amts.model import Request
from sphinx_amts.pairs.terminology import TerminologyFile, as_csv, read

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Calls", "Realtime"]

_Asked = Mapping[str, Sequence[Request]]
"""The requests of each segment, by its id."""

_MOST_BYTES = 10_000
_AT_ONCE = 4
_MOST_FAILURES = 8
"""So many calls failing one after the other say that the service is down."""
_OF_ONE_CALL = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "DetectedLanguageLowConfidenceException",
        "InternalFailure",
        "InternalServerException",
        "InvalidRequestException",
        "ReadTimeoutError",
        "ServiceUnavailableException",
        "TextSizeLimitExceededException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Errors that say nothing about other calls."""


class Realtime(Options):
    """Translates at once, sentence by sentence; nothing is customised but by a terminology.

    It is not a dataclass of its own, so that its options are those of ``Options``, types included.
    """

    __slots__ = ()
    name: ClassVar[str] = "amazon-realtime"
    translates: ClassVar[bool] = True

    def estimate(
        self, requests: Sequence[Request], source: Language, target: Language, *, customised: bool = False
    ) -> Estimate:
        """What ``translate`` would send; needs no network."""
        return self._calls(source, target).estimate(requests)

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer | Notice]:
        """An answer for each request as calls finish.

        Raises EngineError for languages that Amazon does not have, and AmazonError where it cannot be used at all.
        """
        return self._calls(source, target).translate(requests)

    def _calls(self, source: Language, target: Language) -> Calls:
        return Calls(self, Connection(self), source, target)


@dataclass(frozen=True)
class Calls:
    """The calls that translate requests from one language into another."""

    options: Options
    connection: Connection
    source: Language
    target: Language
    now: Callable[[], float] = field(default=time.time, repr=False)

    def estimate(self, requests: Sequence[Request]) -> Estimate:
        """What ``translate`` would send: what was answered before costs nothing.

        The price is the highest that is possible: a call has no type, so its tags may be charged as its text is.
        """
        asked = by_id(requests)
        packed, _ = self._packed(asked, self._known(asked))
        characters = sum(document.characters for document in packed)
        price = sum(len(document.text) for document in packed) / 1_000_000 * self.options.price_of("realtime")
        return Estimate(characters, price, calls=len(packed))

    def translate(self, requests: Sequence[Request]) -> Iterator[Answer | Notice]:
        """An answer for each request: what is known from earlier calls, then the others as calls finish.

        Raises AmazonError at what would fail for each call; if the first call fails so, before any answer.
        """
        afforded = requests if self.options.budget is None else self._afforded(requests)
        if beyond := requests[len(afforded) :]:
            yield exhausted(self.options.budget, len(beyond))
            yield from (Answer(request.id, Status.WAITING, sent=False) for request in beyond)
        asked = by_id(afforded)
        self._paid.forget()
        known = self._known(asked)
        packed, unfit = self._packed(asked, known)
        parameters, notices = self._parameters() if packed else ({}, ())
        told = dict.fromkeys(notices)
        yield from map(Notice, told)
        with contextlib.closing(self._finished(packed, parameters)) as finished:
            # The first call tells whether Amazon can be used at all: only then does anything count as answered.
            first = list(itertools.islice(finished, 1))
            for id, text in known.items():
                yield from _answers(asked[id], text, sent=False)
            for fault in unfit:
                yield from _answers(asked[fault.id], fault, sent=False)
            for document, result in itertools.chain(first, finished):
                if result.unkept and result.unkept not in told:
                    told[result.unkept] = None
                    yield Notice(result.unkept)
                yield from _said(result, {id: asked[id] for id in document.ids})

    def _afforded(self, requests: Sequence[Request]) -> Sequence[Request]:
        """The requests that the budget pays for; their price is written down before they are sent."""
        journal, day = Journal(self.connection, "-".join(self._codes)), today(self.now())
        afforded = affordable(requests, lambda some: self.estimate(some).price, left(journal, day))
        estimate = self.estimate(afforded)
        if estimate.characters:
            digest = sha256(repr((self.now(), [request.source for request in afforded])).encode()).hexdigest()[:20]
            journal.write(Entry(f"realtime-{digest}", day, {}, estimate.characters, estimate.price, state="COMPLETED"))
        return afforded

    def _known(self, asked: _Asked) -> dict[str, str]:
        return self._paid.answers({id: uses[0] for id, uses in asked.items()}, self._is_fit)

    def _is_fit(self, request: Request, text: str) -> bool:
        """Whether an answer passes the gate: one that does not is worth another call."""
        return checks.unfit(request, text, self.source.code, self.target.code) is None

    def _packed(self, asked: _Asked, known: Collection[str]) -> tuple[list[HtmlDocument], list[Fault]]:
        """What has to be sent, and what cannot be sent."""
        language, _ = self._codes
        requests = [uses[0] for id, uses in asked.items() if id not in known]
        items = list(documents(requests, language=language, most_characters=_MOST_BYTES, most_bytes=_MOST_BYTES))
        packed = [item for item in items if isinstance(item, HtmlDocument)]
        return packed, [item for item in items if isinstance(item, Fault)]

    def _parameters(self) -> tuple[Mapping[str, Any], Sequence[str]]:
        """What all calls have in common, and what people should know of it."""
        source, target = self._codes
        parameters: dict[str, Any] = {"SourceLanguageCode": source, "TargetLanguageCode": target}
        if manners := settings(self.options, target):
            parameters["Settings"] = manners
        if self._terms is None:
            return parameters, ()
        ready = terminology.ensure(self.connection, self._terms, source, target)
        return {**parameters, "TerminologyNames": [ready.name]}, ready.notices

    def _finished(
        self, packed: Sequence[HtmlDocument], parameters: Mapping[str, Any]
    ) -> Generator[tuple[HtmlDocument, _Result], None, None]:
        """What became of each call, as calls finish.  Closed early, it waits for those in flight: they are paid for."""
        if not packed:
            return
        client, stop, failures = self.connection.translate, threading.Event(), 0

        def translate_text(**text: str) -> Any:
            if stop.is_set():
                raise CancelledError
            return client.translate_text(**parameters, **text)

        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="amazon-realtime")
        try:
            calls = {pool.submit(self._call, translate_text, document): document for document in packed}
            for call in as_completed(calls):
                result = call.result()
                yield calls[call], result
                failures = failures + 1 if result.error else 0
                if result.error and failures == _MOST_FAILURES:
                    raise result.error
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)

    def _call(self, translate_text: Callable[..., Any], document: HtmlDocument) -> _Result:
        """One call, its answer in the user's cache; raises AmazonError at what would fail for each call."""
        try:
            answer = self.connection.call("translate", translate_text, Text=document.text)
        except AmazonError as error:
            if error.code not in _OF_ONE_CALL:
                raise
            return _Result(error=error)
        html = str(answer.get("TranslatedText", ""))
        try:
            self._paid.keep(html)
        except OSError as error:
            why = f"{error.strerror}: {self._paid.folder}"
            return _Result(
                html, unkept=f"answers cannot be kept; a sync that is cut short would pay for them twice ({why})"
            )
        return _Result(html)

    @cached_property
    def _codes(self) -> tuple[str, str]:
        return codes(self.source, self.target)

    @cached_property
    def _terms(self) -> TerminologyFile | None:
        """The terms of the option ``terminology``; raises ConfigError for a file that has none."""
        if self.options.terminology is None:
            return None
        return as_csv(read(self.options.terminology, self.source.code, self.target.code), *self._codes)

    @cached_property
    def _paid(self) -> Paid:
        """What was answered before, in this pair of languages, with these terms and these manners."""
        source, target = self._codes
        how = [self._terms.digest if self._terms else "", settings(self.options, target)]
        digest = sha256(json.dumps(how).encode()).hexdigest()[:16]
        return Paid(cache_home() / "amazon-realtime" / f"{source}-{target}-{digest}", self.now)


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of a call: an answer or an error, and why the answer could not be kept."""

    html: str = ""
    error: AmazonError | None = None
    unkept: str = ""


def _said(result: _Result, asked: _Asked) -> Iterator[Answer]:
    """What a call says to its segments.  One that failed costs nothing."""
    why = f"{result.error.message}. {result.error.hint}".strip() if result.error else ""
    texts = {} if why else masked_texts(result.html, [uses[0] for uses in asked.values()])
    for id, uses in asked.items():
        yield from _answers(uses, texts.get(id, Fault(id, why)), sent=not why)


def _answers(uses: Sequence[Request], said: str | Fault, *, sent: bool) -> Iterator[Answer]:
    """The same answer for each request of a segment."""
    for request in uses:
        if isinstance(said, Fault):
            yield Answer(request.id, Status.REFUSED, reason=said.reason, sent=sent)
        else:
            yield Answer(request.id, Status.DONE, said, sent=sent)
