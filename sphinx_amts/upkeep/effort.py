"""What people did to a machine's sentences: how many they left, how many words they edited, what work that saved.

1. ``effort`` takes documents as they stand, with their manifests in the history of git, oldest first (``sync.versions``).
2. A sentence that was a machine's in one version and is a person's in the next was edited.  What counts is what stands now beside
   what the machine wrote.
3. Sentences that people wrote themselves, or accepted from a proposal, say nothing of a machine and are left out.

A word is one of the memory's: a word, a mark of punctuation, a letter of a script without blanks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import Manifest
from sphinx_amts.pairs.words import Distance, words
from sphinx_amts.sync.plan import is_peoples
from sphinx_amts.sync.standing import Standing
from sphinx_amts.sync.tree import LocaleTree
from sphinx_amts.upkeep.versions import versions

__all__ = ["AIM", "Effort", "PostEdit", "effort", "percent", "post_edits", "summed"]

AIM = 0.8
"""The share of the work that translators are to be saved, as the project published it."""


@dataclass(frozen=True, slots=True)
class PostEdit:
    """What a machine wrote, and what stands there now."""

    machine: str
    now: str


@dataclass(slots=True)
class Effort:
    """The sentences that a machine wrote, in one document or more; words are those that stand now."""

    untouched: int = 0
    """Sentences that stand as the machine wrote them."""
    reviewed: int = 0
    """Of them, those that a person read and found good."""
    edited: int = 0
    """Sentences that a person has changed since."""
    untouched_words: int = 0
    reviewed_words: int = 0
    edited_words: int = 0
    edits: int = 0
    """Words that were put in, left out or replaced."""

    @property
    def hter(self) -> float | None:
        """Edits for each word of the sentences that were edited; ``None`` where none was."""
        return self.edits / self.edited_words if self.edited_words else None

    @property
    def left(self) -> float | None:
        """The share of the sentences that nobody has touched."""
        sentences = self.untouched + self.edited
        return self.untouched / sentences if sentences else None

    @property
    def kept(self) -> float | None:
        """The share of the words that stand as the machine wrote them."""
        return _without(self.edits, self.untouched_words + self.edited_words)

    @property
    def saved(self) -> float | None:
        """Work saved: the share of the words that people read and had not to write; ``None`` where they read nothing yet.

        What nobody has edited or reviewed does not count: it may be good, or nobody has looked.
        """
        return _without(self.edits, self.reviewed_words + self.edited_words)

    def as_json(self) -> dict[str, Any]:
        """The numbers for programs."""
        return {**asdict(self), "hter": self.hter, "left": self.left, "kept": self.kept, "saved": self.saved}


def effort(tree: LocaleTree, documents: Sequence[Standing]) -> Mapping[str, Effort]:
    """The effort of each document of a tree, by its path."""
    edited = [one.path for one in documents if any(map(_is_edited, _groups(one.manifest)))]
    history = versions(tree, edited)
    return {one.path: _measured(one, history.get(one.path, ())) for one in documents}


def percent(share: float | None) -> str:
    """A share for people, rounded down: only what is whole is 100 %."""
    return "unknown" if share is None else f"{int(share * 1000 + 1e-9) / 10:.1f} %"


def summed(efforts: Mapping[str, Effort]) -> Effort:
    """The effort of all documents."""
    sums: Counter[str] = Counter()
    for one in efforts.values():
        sums.update(asdict(one))
    return Effort(**sums)


def post_edits(history: Sequence[Manifest]) -> Iterator[PostEdit]:
    """The edited sentences of the last of some versions of a document, oldest first, with what a machine wrote there.

    A sentence is known again by the source that its target was made of.
    """
    wrote: dict[_Name, str] = {}
    now: dict[_Name, Group] = {}
    different = [one for number, one in enumerate(history) if not number or one is not history[number - 1]]
    for manifest in different if len(different) > 1 else ():
        now = dict(_named(manifest))
        for name, group in now.items():
            if _is_machines(group):
                wrote[name] = _text(group.target)
            elif not _is_edited(group):
                wrote.pop(name, None)
        wrote = {name: text for name, text in wrote.items() if name in now}
    for name, group in now.items():
        if name in wrote and _is_edited(group):
            yield PostEdit(wrote[name], _text(group.target))


_Name = tuple[str, int]


def _named(manifest: Manifest) -> Iterator[tuple[_Name, Group]]:
    """Each group by its source, and by how many with the same source stand before it."""
    seen: Counter[str] = Counter()
    for group in _groups(manifest):
        source = _text(group.former or group.source)
        yield (source, seen[source]), group
        seen[source] += 1


def _measured(document: Standing, history: Sequence[Manifest]) -> Effort:
    result = Effort()
    for group in _groups(document.manifest):
        if _is_machines(group):
            size = len(list(words(_text(group.target))))
            result.untouched += 1
            result.untouched_words += size
            if is_peoples(group):
                result.reviewed += 1
                result.reviewed_words += size
    for edit in post_edits([*history, document.written, document.manifest]):
        here = list(words(edit.now))
        result.edited += 1
        result.edited_words += len(here)
        result.edits += Distance(here).to(words(edit.machine))
    return result


def _groups(manifest: Manifest) -> Iterator[Group]:
    return (group for unit in manifest.units for group in unit.groups)


def _is_machines(group: Group) -> bool:
    """Whether the target is a machine's as it stands, be it that a person has found it good."""
    return group.state is not State.INITIAL and group.origin not in (Origin.HUMAN, Origin.SOURCE) and bool(group.target)


def _is_edited(group: Group) -> bool:
    """Whether the words of the target are a person's."""
    return group.state is not State.INITIAL and group.origin == Origin.HUMAN and bool(group.target)


def _text(sentences: Sequence[str]) -> str:
    return " ".join("".join(sentences).split())


def _without(edits: int, of: int) -> float | None:
    return max(0.0, 1 - edits / of) if of else None
