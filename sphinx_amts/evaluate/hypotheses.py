"""What engines make of the articles; an answer that was given once is kept in a file and not asked for again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sphinx_amts import engines
from sphinx_amts.engines import Customised, Engine, Estimate, Notice, Priced, Receipt, Status, Waiting
from sphinx_amts.errors import AmtsError
from sphinx_amts.evaluate.articles import Article, Direction
from sphinx_amts.evaluate.variants import Texts
from sphinx_amts.masked import key, strip_tags
from sphinx_amts.model import Request, Segment
from sphinx_amts.plain import normal, plain

__all__ = ["Answers", "Hypotheses", "Task"]


class Answers:
    """Masked targets by masked source, in a file of one JSON object a line; a line that was cut short is passed over.

    With ``fresh`` nothing is known at first, and what was is overwritten.
    """

    def __init__(self, folder: Path, *names: str, fresh: bool = False) -> None:
        digest = hashlib.sha256("\0".join(names).encode("utf-8", "backslashreplace")).hexdigest()[:32]
        self._path = folder / f"{digest}.jsonl"
        self._known: dict[str, str] = {}
        self._mode = "w" if fresh else "a"
        if self._path.is_file() and not fresh:
            for line in self._path.read_text("utf-8", "replace").split("\n"):
                self._take(line)

    def _take(self, line: str) -> None:
        try:
            found = json.loads(line)
            self._known[str(found["source"])] = str(found["target"])
        except (ValueError, KeyError, TypeError):
            return

    def get(self, masked: str) -> str | None:
        return self._known.get(masked)

    def add(self, masked: str, target: str) -> None:
        """Keep an answer; it is in the file when this returns."""
        self._known[masked] = target
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open(self._mode, encoding="utf-8", errors="backslashreplace") as file:
            self._mode = "a"
            # The line end comes first: whatever an interruption left behind ends there.
            file.write("\n" + json.dumps({"source": masked, "target": target}, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """A text for each row of each article, and what it took; ``refused`` are sentences that stayed as they were."""

    texts: Mapping[str, tuple[str, ...]]
    sentences: int
    refused: Mapping[str, str]
    from_memory: int
    characters: int
    notices: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()


@dataclass(slots=True)
class Task:
    """One engine at work on all articles in one direction.  Ask ``step`` until it says that all is done."""

    engine: Engine
    direction: Direction
    articles: Sequence[Article]
    pairs: Sequence[Texts]
    memory: Mapping[str, str]
    answers: Answers
    error: str = ""
    """Why nothing came of it."""
    _refused: dict[str, str] = field(default_factory=dict)
    _notices: list[str] = field(default_factory=list)
    _receipts: list[Receipt] = field(default_factory=list)
    _characters: int = 0
    _has_learnt: bool = False

    def requests(self) -> list[Request]:
        """What is not known yet, each text once, in the order of the articles."""
        found: dict[str, Request] = {}
        for article in self.articles:
            sentences = [sentence for row in article.rows for sentence in row.sentences]
            masked = ["", *(key(sentence.masked) for sentence in sentences), ""]
            for number, sentence in enumerate(sentences):
                text = masked[number + 1]
                if text not in found and text not in self._refused and self._is_open(sentence):
                    name = str(len(found))
                    found[text] = Request(name, text, sentence.codes, masked[number], masked[number + 2], article.path)
        return list(found.values())

    def _is_open(self, sentence: Segment) -> bool:
        return (
            _has_words(sentence)
            and self._remembered(sentence) is None
            and self.answers.get(_known_as(sentence)) is None
        )

    def _remembered(self, sentence: Segment) -> str | None:
        return self.memory.get(plain(sentence.masked, sentence.codes))

    def estimate(self) -> Estimate:
        """What the rest would take."""
        requests = self.requests()
        if isinstance(self.engine, Priced) and requests:
            source, target = self.direction.source, self.direction.target
            return self.engine.estimate(requests, source, target, customised=bool(self.pairs))
        return Estimate(sum(len(request.source) for request in requests))

    def step(self) -> bool:
        """Translate what can be now; whether all is done.  What goes wrong ends this task alone, and stands in ``error``."""
        try:
            return self._step()
        except AmtsError as error:
            self.error = " ".join(str(error).split())
            return True

    def _step(self) -> bool:
        requests = self.requests()
        if not requests:
            return True
        source, target = self.direction.source, self.direction.target
        if isinstance(self.engine, Customised) and self.pairs and not self._has_learnt:
            self._has_learnt = True
            for notice in self.engine.learn(lambda: iter(self.pairs), source, target):
                self._hear(notice)
        asked = {request.id: request for request in requests}
        is_waiting = False
        for answer in engines.checked(self.engine, requests, source, target, self._hear):
            request = asked[answer.id]
            self._characters += len(request.source) if answer.sent else 0
            if answer.status is Status.DONE:
                self.answers.add(_request_as(request), answer.target)
            elif answer.status is Status.WAITING:
                is_waiting = True
            else:
                self._refused[request.source] = answer.reason or "the engine has nothing for it"
        if not is_waiting:
            return True
        if isinstance(self.engine, Waiting) and self.engine.pending:
            return False
        self.error = "the engine gave no answer, and nothing that could be waited for"
        return True

    @property
    def is_ready(self) -> bool:
        """Whether the next step has more to say than the last."""
        assert isinstance(self.engine, Waiting)
        return self.engine.is_ready()

    def _hear(self, said: Notice | Receipt) -> None:
        if isinstance(said, Receipt):
            self._receipts.append(said)
        elif said.text not in self._notices:
            self._notices.append(said.text)

    def hypotheses(self) -> Hypotheses:
        """All texts as a reader of the translated book would see them: what was refused stays as it is in the source."""
        blank = " " if self.direction.target.spaced else ""
        texts, count, from_memory = {}, 0, 0
        for article in self.articles:
            texts[article.name] = tuple(blank.join(map(self._text, row.sentences)) for row in article.rows)
            sentences = [sentence for row in article.rows for sentence in row.sentences]
            count += len(sentences)
            from_memory += sum(self._remembered(sentence) is not None for sentence in sentences)
        return Hypotheses(
            texts,
            count,
            dict(self._refused),
            from_memory,
            self._characters,
            tuple(self._notices),
            tuple(self._receipts),
        )

    def _text(self, sentence: Segment) -> str:
        remembered = self._remembered(sentence)
        if remembered is not None:
            return normal(remembered)
        answer = self.answers.get(_known_as(sentence))
        return plain(answer if answer is not None else sentence.masked, sentence.codes)


def _has_words(sentence: Segment) -> bool:
    return any(map(str.isalpha, strip_tags(sentence.masked)))


def _known_as(sentence: Segment) -> str:
    """Kinds of codes are part of the name: an engine is told them."""
    return "\0".join([key(sentence.masked), *(code.kind for code in sentence.codes)])


def _request_as(request: Request) -> str:
    return "\0".join([request.source, *(code.kind for code in request.codes)])
