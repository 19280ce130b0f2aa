"""Requests and answers as files, so that a book and an engine need not be in one place.

1. A sync with the engine ``handover`` writes what it would ask into the file ``requests``, and takes it as *waiting*.
2. ``sphinx-amts translate`` has any engine answer such a file.  It needs the engine's credentials, and no book.
3. A sync with ``handover`` and the file ``answers`` goes on as if that engine had answered: its name, its notices and its
   receipts are in the file.

Both files hold a JSON object a line.  A request is known by its languages, its text and its codes, so that any later
sync of any document can use an answer.  The sentence pairs of people come with the requests, for engines that learn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx_amts.engines import Answer, Notice, Receipt, Status
from sphinx_amts.engines.command import meant
from sphinx_amts.errors import EngineError
from sphinx_amts.model import InlineCode, Match, Request

if TYPE_CHECKING:
    from sphinx_amts.locales import Language

__all__ = ["Asked", "Handover", "read_requests", "write_answers"]

Pair = tuple[str, str]


@dataclass(slots=True)
class Asked:
    """What a file of requests asks in one pair of languages."""

    requests: list[Request] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


@dataclass(slots=True)
class Handover:
    """The engine ``handover``: answers are those of the file ``answers``; the rest is appended to ``requests``.

    Either may be left out.  Raises ``EngineError`` for a file that cannot be read or written, or holds something else.
    """

    requests: Path | None = None
    answers: Path | None = None
    name: str = field(default="handover", init=False)
    """The name of the engine that answered, as soon as that is known."""
    pseudo: bool = field(default=False, init=False)
    translates: bool = field(default=True, init=False)
    wants_matches: bool = field(default=True, init=False)
    _pairs: Callable[[], Iterable[Pair]] = field(default=tuple, init=False, repr=False)

    def learn(self, pairs: Callable[[], Iterable[Pair]], source: Language, target: Language) -> Iterator[Notice]:
        """Keep people's pairs for the engine that will be asked."""
        self._pairs = pairs
        return iter(())

    def translate(
        self, requests: Sequence[Request], source: Language, target: Language
    ) -> Iterator[Answer | Notice | Receipt]:
        """Each answer of the file; *waiting* for what it does not answer."""
        known: dict[str, Answer] = {}
        for said in self._said():
            if isinstance(said, Answer):
                known[said.id] = said
            else:
                yield said
        left = []
        for request in requests:
            answer = known.get(_key(request, source.code, target.code))
            if answer is None:
                left.append(request)
            yield replace(answer, id=request.id) if answer else Answer(request.id, Status.WAITING, sent=False)
        if left and self.requests is not None:
            self._ask(left, source.code, target.code)

    def _said(self) -> Iterator[Answer | Notice | Receipt]:
        if self.answers is None:
            return
        for where, line in _lines(Path(self.answers)):
            match line:
                case {"engine": str(name), "pseudo": bool(pseudo)}:
                    self.name, self.pseudo = name, pseudo
                case {"notice": str(text)}:
                    yield Notice(text)
                case {
                    "receipt": {
                        "name": str(name),
                        "predicted": int(predicted),
                        "charged": int(charged),
                        "price": int() | float() as price,
                    }
                }:
                    yield Receipt(name, predicted, charged, float(price))
                case {"id": str(name), "none": True}:
                    yield Answer(name, Status.NONE)
                case {"id": str(name), "sent": bool(sent), **says}:
                    yield replace(meant(name, says), sent=sent)
                case _:
                    raise EngineError(f"{where}: this is no answer", hint=_HINT)

    def _ask(self, requests: Sequence[Request], source: str, target: str) -> None:
        languages = {"source_language": source, "target_language": target}
        lines = [json.dumps({"pair": pair, **languages}) for pair in self._pairs()]
        for request in requests:
            what = asdict(replace(request, id=_key(request, source, target)))
            lines.append(json.dumps({**what, **languages}))
        _write(Path(str(self.requests)), lines, "a")


_HINT = "It has to be a file that `sphinx-amts translate` wrote."


def read_requests(file: Path) -> Mapping[tuple[str, str], Asked]:
    """What a file asks, by source and target language, each request once; raises EngineError for anything else."""
    found: dict[tuple[str, str], Asked] = {}
    seen: set[str] = set()
    for where, line in _lines(file):
        match line:
            case {"pair": [str(one), str(other)], "source_language": str(source), "target_language": str(target)}:
                found.setdefault((source, target), Asked()).pairs.append((one, other))
            case {"id": str(name), "source_language": str(source), "target_language": str(target), **what}:
                if name not in seen:
                    seen.add(name)
                    found.setdefault((source, target), Asked()).requests.append(_request(name, what, where))
            case _:
                hint = "It has to be a file that a sync with the engine 'handover' wrote."
                raise EngineError(f"{where}: this is no request", hint=hint)
    return found


def write_answers(file: Path, engine: Any, said: Iterable[Answer | Notice | Receipt]) -> None:
    """Write what an engine said to a file of requests; raises EngineError where that cannot be written."""
    lines = [json.dumps({"engine": engine.name, "pseudo": bool(getattr(engine, "pseudo", False))})]
    _write(file, [*lines, *(json.dumps(_line(one)) for one in said)], "w")


def _line(said: Answer | Notice | Receipt) -> Mapping[str, Any]:
    match said:
        case Notice(text):
            return {"notice": text}
        case Receipt():
            return {"receipt": asdict(said)}
    says: Mapping[Status, Mapping[str, Any]] = {
        Status.DONE: {"target": said.target},
        Status.REFUSED: {"refused": said.reason},
        Status.WAITING: {"waiting": True},
        Status.NONE: {"none": True},
    }
    return {"id": said.id, **says[said.status], "sent": said.sent}


def _request(name: str, what: Mapping[Any, Any], where: str) -> Request:
    try:
        return Request(
            name,
            str(what["source"]),
            tuple(InlineCode(**code) for code in what["codes"]),
            str(what["before"]),
            str(what["after"]),
            str(what["document"]),
            tuple(Match(**match) for match in what["matches"]),
        )
    except (KeyError, TypeError) as why:
        raise EngineError(f"{where}: this is no request: {why}") from None


def _key(request: Request, source: str, target: str) -> str:
    """The same for the same question, whatever run, document and place it comes from."""
    codes = [[code.kind, code.opening, code.closing] for code in request.codes]
    return hashlib.sha256(json.dumps([source, target, request.source, codes]).encode()).hexdigest()[:32]


def _lines(file: Path) -> Iterator[tuple[str, Any]]:
    """Each line of a file as JSON, with its place."""
    try:
        texts = file.read_bytes().split(b"\n")
    except OSError as why:
        raise EngineError(f"{file} cannot be read: {why.strerror}", hint="Check the engine's options.") from None
    for number, text in enumerate(texts, 1):
        if text.strip():
            try:
                yield f"{file}:{number}", json.loads(text)
            except (ValueError, RecursionError):
                raise EngineError(f"{file}:{number}: this is not JSON", hint=_HINT) from None


def _write(file: Path, lines: Sequence[str], mode: str) -> None:
    try:
        with file.open(mode, encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
    except OSError as why:
        raise EngineError(f"{file} cannot be written: {why.strerror}", hint="Check the engine's options.") from None
