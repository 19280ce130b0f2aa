"""What people's translations teach an engine that cannot learn: its own output is corrected as they would.

1. ``with_names_masked`` makes tags of what is not translated in a pair, as it is no word of either language.
2. ``learn`` compares what an engine makes of sentences with what people made of them, and keeps the rewrites of a few
   words that hold up.
3. ``Edits.apply`` makes them in any other output of the same engine.
4. ``similar`` and ``Similar`` find what people wrote for the same sentence, or for one that is nearly the same.

It knows no engine: text goes in, text comes out.  The same pairs teach the same, in whatever order they come.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sphinx_amts.masked import TAG, key, problem, strip_tags
from sphinx_amts.model import InlineCode, Match, Origin
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.plain import plain

__all__ = ["LONGEST", "SIMILAR", "Edits", "Similar", "learn", "similar", "with_names_masked"]

LONGEST = 5
"""Words of the longest text that is rewritten as one."""
SIMILAR = 0.75
"""How similar a sentence is, at least, whose translation is taken over."""
_SEEN = 2
_RIGHT = 0.3
"""How often a rewrite has to be seen, and how much of the time it has to be right."""
_WIDEST = 2 * LONGEST
"""Words of the longest text that takes its place."""
_TOKEN = re.compile(
    r" ?(?:</?[1-9][0-9]*/?>|[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+(?:['’][^\W\d_]+)?|[^\w\s])"
)
_START, _END, _JOIN, _BECOMES = "\x02", "\x03", "\x1f", "\x1e"
_LOOSE = (" .", " ,")
_NAME = re.compile(r"[^\s,;:!?\"'“”«»¿¡()\[\]]{3,}(?:\([^\s()]*\))?(?<!\.)")
_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Edits:
    """Rewrites of a few words; ``len`` counts them."""

    rewrites: Mapping[str, str] = field(default_factory=dict)
    """Words by words, each joined by a separator."""

    def __len__(self) -> int:
        return len(self.rewrites)

    def apply(self, masked: str) -> str:
        """The text with every rewrite that fits, the longest first, from left to right; no tag is touched or crossed."""
        tokens = _tokens(masked)
        done: list[str] = []
        at = 0
        while at < len(tokens):
            length, new = self._best(tokens, at)
            done += new
            at += length
        return "".join(token for token in done if token not in (_START, _END)).strip()

    def _best(self, tokens: Sequence[str], at: int) -> tuple[int, Sequence[str]]:
        """How many words to replace here, and by which."""
        for length in range(min(LONGEST, len(tokens) - at), 0, -1):
            found = tokens[at : at + length]
            new = self.rewrites.get(_joined(found))
            if new is not None:
                return length, _glued(new.split(_JOIN), found[0])
        return 1, tokens[at : at + 1]

    def as_json(self) -> str:
        """For a file; ``from_json`` reads it."""
        return json.dumps(dict(sorted(self.rewrites.items())), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Edits:
        """Raises ``ValueError`` for what ``as_json`` did not write."""
        given = json.loads(text)
        if not isinstance(given, dict) or not all(isinstance(value, str) and value for value in given.values()):
            raise ValueError("no rewrites")
        return cls(given)


def with_names_masked(source: str, target: str) -> tuple[str, str]:
    """The pair with a tag in place of each word that stands once in both texts: code and names, for the most part.

    Such words would be translated, and rewrites would be learnt from what became of them.
    """
    if TAG.search(source + target):
        return source, target
    masked, other, number = source, target, 0
    for word in dict.fromkeys(_NAME.findall(source)):
        alone = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        if not word.isdigit() and len(alone.findall(masked)) == 1 == len(alone.findall(other)):
            number += 1
            tag = f"<{number}/>"
            masked, other = alone.sub(tag, masked), alone.sub(tag, other)
    return (masked, other) if problem(masked, other) is None else (source, target)


def learn(drafts: Iterable[tuple[str, str]]) -> Edits:
    """The rewrites that pairs teach: of an engine's output for a sentence, and a person's.

    A rewrite was seen twice or more, and people made it more often than they left the words alone, and in at least three
    of ten places where it can be told what they made of them.
    """
    linked = [_Linked(_tokens(draft), _tokens(person)) for draft, person in sorted(set(drafts)) if draft and person]
    changes = Counter(change for one in linked for change in one.changes())
    best: dict[str, tuple[int, str]] = {}
    for change, count in changes.items():
        if count >= _SEEN:
            before, _, after = change.partition(_BECOMES)
            best[before] = min(best.get(before, (0, "")), (-count, after))
    del changes
    told: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for one in linked:
        for before, is_kept in one.runs():
            if before in best:
                told[before] += 1
                kept[before] += is_kept
    return Edits(
        {
            before: after
            for before, (count, after) in sorted(best.items())
            if -count > kept[before] and -count >= _RIGHT * told[before]
        }
    )


def _tokens(text: str) -> list[str]:
    """The words and signs of a text, each with the blank before it, between a start and an end."""
    return [_START, *_TOKEN.findall(key(text)), _END]


def _joined(tokens: Sequence[str]) -> str:
    """Words as they are looked up: the first without the blank before it, so that they are found at a start, too."""
    return _JOIN.join([tokens[0].lstrip(" "), *tokens[1:]])


def _glued(tokens: Sequence[str], before: str) -> list[str]:
    """New words with the blank that the old ones had."""
    return [" " * before.startswith(" ") + tokens[0], *tokens[1:]]


class _Linked:
    """The words of an output and of a person's text, and which ends of words belong together."""

    __slots__ = ("_draft", "_ends", "_person", "_starts")

    def __init__(self, draft: Sequence[str], person: Sequence[str]) -> None:
        self._draft, self._person = draft, person
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        matcher = difflib.SequenceMatcher(None, draft, person, autojunk=False)
        for kind, start, end, new_start, new_end in matcher.get_opcodes():
            # As many words as before: most often each stands for the one in its place.
            if kind == "equal" or (kind == "replace" and end - start == new_end - new_start):
                for offset in range(end - start):
                    self._starts[start + offset] = new_start + offset
                    self._ends[start + offset + 1] = new_start + offset + 1
            elif kind != "insert":
                self._starts[start], self._ends[end] = new_start, new_end

    def _linked(self) -> Iterator[tuple[int, int, int, int]]:
        """Each run of words of the output that may be rewritten, and the run that a person has in its place.

        None holds a tag or a loose full stop, or crosses an end of the text, and none becomes nothing.
        """
        last, new_last = len(self._draft), len(self._person)
        tags = {at for at, token in enumerate(self._draft) if TAG.search(token)}
        # A blank before a full stop is left where a reader sees nothing of a code.
        unfit = [at for at, token in enumerate(self._person) if token in _LOOSE or TAG.search(token)]
        for start, new_start in self._starts.items():
            for end in range(start + 1, min(start + LONGEST, last) + 1):
                if end - 1 in tags:
                    break
                new_end = self._ends.get(end, -1)
                is_inside = new_start < new_end <= new_start + _WIDEST
                has_ends = (start == 0) == (new_start == 0) and (end == last) == (new_end == new_last)
                has_words = new_end - new_start > (start == 0) + (end == last)
                if is_inside and has_ends and has_words and not any(new_start <= at < new_end for at in unfit):
                    yield start, end, new_start, new_end

    def changes(self) -> Iterator[str]:
        """What a person wrote differently."""
        for start, end, new_start, new_end in self._linked():
            before, after = _joined(self._draft[start:end]), _joined(self._person[new_start:new_end])
            if before != after:
                yield before + _BECOMES + after

    def runs(self) -> Iterator[tuple[str, bool]]:
        """Each run of words, and whether a person left it alone."""
        for start, end, new_start, new_end in self._linked():
            before = _joined(self._draft[start:end])
            yield before, before == _joined(self._person[new_start:new_end])


def similar(masked: str, matches: Iterable[Match]) -> str | None:
    """The target of the first match, best first, that may stand for a sentence as it is.

    A person wrote it, it is similar enough, and has the sentence's tags and numbers.
    """
    wanted = key(masked)
    for match in matches:
        if (
            match.score >= SIMILAR
            and match.origin in (Origin.HUMAN, Origin.TM)
            and problem(wanted, match.target) is None
            and _numbers(wanted) == _numbers(match.source)
        ):
            return match.target
    return None


def _numbers(masked: str) -> list[str]:
    return sorted(_NUMBER.findall(strip_tags(masked, " ")))


class Similar:
    """What people made of sentences, as a reader sees them."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._memory = TranslationMemory()
        for source, target in pairs:
            if not TAG.search(source + target):
                self._memory.add(source, target, origin=Origin.HUMAN)

    def find(self, masked: str, codes: Sequence[InlineCode]) -> str | None:
        """The target for a sentence, with its tags in their places; ``None`` where these cannot be told."""
        if not len(self._memory):
            return None
        tags = list(TAG.finditer(masked))
        if not all(tag["alone"] and int(tag["number"]) <= len(codes) for tag in tags):
            return None
        text = plain(masked, codes)
        target = similar(text, self._memory.fuzzy(text, limit=1, threshold=SIMILAR))
        for tag in tags if target else ():
            shown = plain(tag[0], codes)
            if target is None or not shown or target.count(shown) != 1 or TAG.search(shown):
                return None
            target = target.replace(shown, tag[0])
        return target if target and problem(masked, target) is None else None
