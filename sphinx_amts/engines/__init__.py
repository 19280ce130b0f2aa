"""Who translates: engines turn masked source segments into masked target segments.

1. ``create`` finds an engine by name and checks its options.  Ours are named below; others come from the
   entry-point group ``sphinx_amts.engines``.  An engine's module is imported when it is chosen, not before.
2. ``Engine.translate`` takes requests and yields answers, in any order, as they come.
3. ``checked`` is the one gate between an engine and the book: each request leaves it with exactly one answer, and
   what is *done* is fit to be restored.  The rules for the text of an answer are in ``checks``.

Engines see requests, never documents.
"""

from __future__ import annotations

import contextlib
import difflib
import enum
import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from sphinx_amts.engines import checks
from sphinx_amts.engines.options import fault_of, known_to, typed
from sphinx_amts.errors import AmtsError, ConfigError
from sphinx_amts.model import Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = [
    "GROUP",
    "Answer",
    "Customised",
    "Engine",
    "Estimate",
    "Notice",
    "Priced",
    "Receipt",
    "Status",
    "Waiting",
    "checked",
    "create",
    "meant_for",
    "names",
]

GROUP = "sphinx_amts.engines"
"""The entry-point group in which other distributions name their engines."""

_OURS = {
    "amazon": "sphinx_amts.engines.amazon.engine:Amazon",
    "amazon-realtime": "sphinx_amts.engines.amazon.realtime:Realtime",
    "apertium": "sphinx_amts.engines.apertium.engine:Apertium",
    "command": "sphinx_amts.engines.command:Command",
    "handover": "sphinx_amts.engines.handover:Handover",
    "identity": "sphinx_amts.engines.identity:Identity",
    "memory": "sphinx_amts.engines.memory:Memory",
    "pseudo": "sphinx_amts.engines.pseudo:Pseudo",
}


class Status(enum.StrEnum):
    """What became of a request."""

    DONE = "done"
    """The answer has a target."""
    WAITING = "waiting"
    """The engine works on it; a later sync collects it."""
    REFUSED = "refused"
    """There is no target that may be written; the answer says why."""
    NONE = "none"
    """The engine has nothing for this request, and that is no failure."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine says to the request with the same ``id``; ``target`` is masked text."""

    id: str
    status: Status
    target: str = ""
    reason: str = ""
    sent: bool = True
    """Whether its source was sent now; not where an earlier call paid for it, or where it waits for its turn."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for people: a record that was left out, a job that failed."""

    text: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an engine would send: characters of source text, US dollars, batch jobs and calls."""

    characters: int
    price: float = 0.0
    jobs: int = 0
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What something cost: the characters that were predicted beside those that were charged."""

    name: str
    predicted: int
    charged: int
    price: float = 0.0


class Engine(Protocol):
    """What an engine is.  It is constructed as ``Engine(**options)``.

    An engine can do more: it may be ``Priced``, ``Customised`` or ``Waiting``.  One that wants the closest pairs from
    memory with each request says so with an attribute ``wants_matches = True``, one whose answers are not in the
    target language (for tests) with ``pseudo = True``.
    """

    @property
    def name(self) -> str:
        """The name by which it is chosen."""

    @property
    def translates(self) -> bool:
        """False for ``memory``, which never has an answer of its own."""

    def translate(
        self, requests: Sequence[Request], source: Language, target: Language
    ) -> Iterator[Answer | Notice | Receipt]:
        """An answer for each request, in any order, as they come; among them what people should know.

        Raises ``EngineError`` when the engine cannot work at all.
        """


@runtime_checkable
class Priced(Protocol):
    """An engine that knows what it costs."""

    def estimate(
        self, requests: Sequence[Request], source: Language, target: Language, *, customised: bool
    ) -> Estimate:
        """What ``translate`` would send; ``customised`` says whether people translated anything.  Needs no network."""


@runtime_checkable
class Customised(Protocol):
    """An engine that learns from what people translated."""

    def learn(
        self, pairs: Callable[[], Iterable[tuple[str, str]]], source: Language, target: Language
    ) -> Iterator[Notice]:
        """Take in the sentence pairs of people, as a reader sees them; is told before it is asked to translate."""


@runtime_checkable
class Waiting(Protocol):
    """An engine whose answers can be waited for."""

    @property
    def wait(self) -> bool | None:
        """Whether its user wants to wait; ``None`` where that is left to whoever asks."""

    @property
    def pending(self) -> str:
        """What is under way since the last ``translate``, in a few words; empty where waiting is of no use."""

    def is_ready(self) -> bool:
        """Whether a next ``translate`` has more to say than the last."""


def names() -> tuple[str, ...]:
    """The engines that ``create`` knows, sorted."""
    return tuple(sorted({*_OURS, *metadata.entry_points(group=GROUP).names}))


def create(name: str, options: Mapping[str, Any]) -> Engine:
    """The engine ``name`` with its options.

    Raises ``ConfigError`` for an engine that is not known or cannot be imported, and for an option that is unknown,
    missing or of the wrong type.  No message shows an option's value.
    """
    kind = _kind(name)
    options = typed(kind, options)
    if fault := fault_of(kind, options):
        raise ConfigError(f"engine {name!r}: {fault}")
    try:
        return cast("Engine", kind(**options))
    except (TypeError, ValueError) as why:
        raise ConfigError(f"engine {name!r}: {why}") from why


def meant_for(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of another engine's options that the engine ``name`` knows too; raises ``ConfigError`` as ``create`` does."""
    return known_to(_kind(name), options)


def _kind(name: str) -> Callable[..., Any]:
    """The class of an engine.  Our names cannot be taken over by another distribution."""
    try:
        if name in _OURS:
            module, _, attribute = _OURS[name].partition(":")
            return cast("Callable[..., Any]", getattr(importlib.import_module(module), attribute))
        for entry in metadata.entry_points(group=GROUP, name=name):
            return cast("Callable[..., Any]", entry.load())
    except (ImportError, AttributeError) as why:
        raise ConfigError(
            f"engine {name!r} cannot be loaded: {why}", hint="Install what it needs, or choose another engine."
        ) from why
    known = names()
    near = difflib.get_close_matches(name, known, n=len(known), cutoff=0.5)
    listed = ", ".join([*near, *(other for other in known if other not in near)])
    raise ConfigError(f"no engine is called {name!r}", hint=f"Known engines: {listed}")


def _silent(said: Notice | Receipt) -> None:
    """Nobody listens."""


def checked(
    engine: Engine,
    requests: Sequence[Request],
    source: Language,
    target: Language,
    report: Callable[[Notice | Receipt], None] = _silent,
) -> Iterator[Answer]:
    """Exactly one answer for each request, as they come; a *done* one has passed every check.

    What the engine says to people goes to ``report``.

    A request that the engine does not answer is refused.  So are all that are open when the engine fails; an
    ``AmtsError`` passes through if no request was answered yet.  What cannot be pinned on an open request (an unknown
    id, a second answer, a failure after the last answer) is ignored and told to ``report``.  An engine
    that never stops is left after as many stray answers as there are requests.

    Raises ``ValueError`` if two requests have the same id.
    """
    open_requests = {request.id: request for request in requests}
    if len(open_requests) < len(requests):
        raise ValueError("two requests have the same id")
    if not requests:
        return
    strays, why = 0, "no answer"
    answers: Iterator[Answer | Notice | Receipt] = iter(())
    try:
        answers = iter(engine.translate(requests, source, target))
        for answer in answers:
            if isinstance(answer, (Notice, Receipt)):
                report(answer)
                continue
            request = _asked(answer, open_requests)
            if request is not None:
                judged = _judged(engine, request, answer, source, target)
                del open_requests[request.id]
                yield judged
                continue
            strays += 1
            report(Notice(f"engine {engine.name!r}: {_stray(answer, requests)}"))
            if strays >= len(requests):
                why = "no answer, but many that were not asked for"
                break
    except Exception as error:
        if isinstance(error, AmtsError) and len(open_requests) == len(requests):
            raise
        why = f"the engine failed: {checks.one_line(_said(error))}"
        if not open_requests:
            report(Notice(f"engine {engine.name!r}: {why}"))
    finally:
        _close(answers)
    for missing in open_requests:
        yield Answer(missing, Status.REFUSED, reason=why)


def _said(error: Exception) -> str:
    """What an exception says, a hint as a sentence of its own."""
    if isinstance(error, AmtsError) and error.hint:
        return f"{error.message}. {error.hint}"
    return str(error) or type(error).__name__


def _asked(answer: object, open_requests: Mapping[str, Request]) -> Request | None:
    """The open request that an answer belongs to, if any."""
    return open_requests.get(answer.id) if isinstance(answer, Answer) and isinstance(answer.id, str) else None


def _stray(answer: object, requests: Sequence[Request]) -> str:
    """What is wrong with an answer that belongs to no open request."""
    if not isinstance(answer, Answer):
        return f"it gave a {type(answer).__name__} in place of an Answer"
    what = checks.one_line(repr(answer.id), 80)
    asked = any(request.id == answer.id for request in requests)
    return f"a second answer for {what} was ignored" if asked else f"an answer for {what}, which was not asked"


def _judged(engine: Engine, request: Request, answer: Answer, source: Language, target: Language) -> Answer:
    """The answer itself, or why it is refused."""
    try:
        status = Status(answer.status)
    except ValueError:
        return Answer(request.id, Status.REFUSED, reason=f"{str(answer.status)[:40]!r} is not a status")
    if status is not Status.DONE:
        reason = checks.one_line(str(answer.reason))
        if status is Status.REFUSED and not reason:
            reason = "the engine gave no reason"
        return Answer(request.id, status, reason=reason, sent=answer.sent)
    given: object = answer.target
    if not isinstance(given, str):
        return Answer(request.id, Status.REFUSED, reason="its target is not a text")
    text = checks.tidy(request.source, given)
    fault = checks.fault(request, text)
    if fault is None and not getattr(engine, "pseudo", False):
        fault = checks.wrong_language(request.source, text, source.code, target.code)
    if fault:
        return Answer(request.id, Status.REFUSED, reason=fault, sent=answer.sent)
    return Answer(request.id, status, text, sent=answer.sent)


def _close(answers: Iterator[Answer | Notice | Receipt]) -> None:
    """Let the engine stop at once what it still does (its program, its connection)."""
    close = getattr(answers, "close", None)
    if close is not None:
        with contextlib.suppress(Exception):
            close()
