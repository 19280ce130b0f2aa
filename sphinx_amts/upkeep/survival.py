"""What people wrote in a locale tree, and whether another state of the tree still has it.

1. ``peoples`` lists the sentences of people: those of the manifests, those that were written into the files since, what is
   left of them in the attics, notes between the blocks; and the files that have no manifest.
2. ``lost`` looks for each in another state of the tree: in the bytes of its files, wherever they stand now, or in an attic.
   What the other state's manifests say of its targets counts for nothing.

A sentence is the same where white space and the width of punctuation differ, and where nothing but its inline codes does: they
follow the source.  Nothing is read by Sphinx, so no code of the book runs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sphinx_amts.document.encodings import decode
from sphinx_amts.document.flat import flat_of, flatten
from sphinx_amts.document.inline import protect
from sphinx_amts.document.inline.alone import grammar_alone
from sphinx_amts.masked import strip_tags
from sphinx_amts.model import Finding, Group, Subtype
from sphinx_amts.pairs.manifest import GapPiece, Manifest
from sphinx_amts.sync.people import fold
from sphinx_amts.sync.plan import is_peoples
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["Peoples", "Sentence", "Survival", "lost", "peoples"]

_MARGIN = re.compile(r"^[ \t>]+", re.MULTILINE)
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,}|:{3,}|\$\$)")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CODE = "\ufffc"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a person; ``line`` is that of the file, 0 for one in an attic."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Peoples:
    """What people wrote in a tree: sentences, and the files that are theirs alone."""

    root: Path
    sentences: Sequence[Sentence]
    files: Mapping[str, bytes]


@dataclass(slots=True)
class Survival:
    """How much of it another state of the tree has: each finding is a sentence or a file that it has not."""

    sentences: int = 0
    recoded: int = 0
    """Sentences whose inline codes alone differ."""
    files: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many sentences and files were changed or lost."""
        return len(self.findings)

    def line(self) -> str:
        """The result in one line, for people."""
        recoded = f" ({self.recoded:,} with other inline codes)" if self.recoded else ""
        return f"people's sentences {self.sentences:,}, files of their own {self.files:,}, changed {self.changed:,}{recoded}"

    def as_json(self) -> dict[str, Any]:
        """The result for programs."""
        return asdict(self) | {"changed": self.changed}


def peoples(tree: LocaleTree) -> Peoples:
    """What people wrote; raises an AmtsError for a file that is damaged or not UTF-8."""
    sentences: list[Sentence] = []
    known = tree.paths()
    for path in known:
        manifest = tree.manifest(path)
        assert manifest is not None
        target = tree.read(path)
        if target is not None:
            sentences += _standing(path, _folded(manifest, target))
        sentences += [Sentence(path, 0, text) for group in manifest.attic for text in group.target if text.strip()]
    own = {path: tree.file(path).read_bytes() for path in tree.files() if path not in set(known)}
    return Peoples(tree.root, sentences, own)


def lost(before: Peoples, tree: LocaleTree) -> Survival:
    """What of it a tree does not have."""
    result = Survival(len(before.sentences), files=len(before.files))
    result.findings += _changed_files(before, tree)
    texts = _Texts(tree)
    everything = sorted(before.sentences, key=lambda one: -len(one.text))
    left = everything
    for look in (texts.take_there, texts.take_elsewhere):
        left = [sentence for sentence in left if not look(sentence)]
    if left:
        missing = set(map(id, left))
        texts.take_words_of(sentence for sentence in everything if id(sentence) not in missing)
    for sentence in left:
        if texts.take_words(sentence):
            result.recoded += 1
        else:
            message = "a person wrote this, and it is neither in the new tree nor in its attic"
            place = str(before.root / sentence.path)
            result.findings.append(Finding(Subtype.PEOPLE, message, place, sentence.line, sentence.text.strip()))
    result.findings.sort(key=lambda finding: (finding.path, finding.line))
    return result


def _folded(manifest: Manifest, target: str) -> Manifest:
    """The manifest with its targets as they stand in the file; what was edited is not cut into sentences."""
    flat = flatten(target, Path(manifest.path).suffix, manifest.target)
    return fold(manifest, flat.text, lambda text: [text])


def _standing(path: str, manifest: Manifest) -> Iterator[Sentence]:
    """The sentences of people in a document, in order."""
    flat = flat_of(manifest.target, manifest.style, Path(path).suffix)
    line = 1
    for piece in manifest.pieces:
        if isinstance(piece, GapPiece):
            for number, text in _notes(piece):
                yield Sentence(path, flat.raw_line(line + number), text)
        else:
            for text in _texts(piece.groups):
                yield Sentence(path, flat.raw_line(line), text)
        line += piece.target.count("\n")


def _texts(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        if is_peoples(group):
            yield from (text for text in group.target if text.strip())


def _notes(gap: GapPiece) -> Iterator[tuple[int, str]]:
    """The lines of prose that only the target has, such as a translator's note; code is no sentence."""
    if gap.source == gap.target:
        return
    theirs = Counter(line.strip() for line in gap.source.splitlines())
    fence = ""
    for number, line in enumerate(gap.target.splitlines()):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence else mark[1][0]
            fence = "" if fence == ":" else fence
        elif not fence and not theirs[line.strip()] and _is_prose(line):
            yield number, line


def _is_prose(line: str) -> bool:
    text = line.strip(" \t>")
    return not text.startswith((":", "..", "(", "%", "#|", '"', "<")) and bool(_LETTERS.search(text))


class _Texts:
    """The texts of a tree, in which each place is found once."""

    def __init__(self, tree: LocaleTree) -> None:
        self._files: dict[str, _Text] = {}
        self._attics: dict[str, _Text] = {}
        self._units: dict[str, Sequence[str]] = {}
        self._masked: dict[str, _Text] = {}
        known = set(tree.paths())
        for path in sorted({*known, *tree.files()}):
            manifest = tree.manifest(path) if path in known else None
            target = tree.read(path) if manifest is not None or path.endswith(_READABLE) else None
            if manifest is not None:
                self._attics[path] = _Text("\n\n".join(text for group in manifest.attic for text in group.target))
            if target is not None:
                blocks, self._units[path] = _blocks(path, manifest, target)
                self._files[path] = _Text("\n".join(blocks))

    def take_there(self, sentence: Sentence) -> bool:
        """Find a sentence in its own document or its attic."""
        wanted = _Text(sentence.text).plain
        own = (place[sentence.path] for place in (self._files, self._attics) if sentence.path in place)
        return not wanted or any(text.take(wanted) for text in own)

    def take_elsewhere(self, sentence: Sentence) -> bool:
        """Find a sentence wherever it may have gone."""
        wanted = _Text(sentence.text).plain
        return any(text.take(wanted) for place in (self._files, self._attics) for text in place.values())

    def take_words_of(self, found: Iterable[Sentence]) -> None:
        """Keep the places of sentences that were found from being taken for others with the same words."""
        for sentence in found:
            if (words := _words(sentence.path, sentence.text)) != sentence.text:
                self._masked_text(sentence.path).take(_Text(words).plain)

    def take_words(self, sentence: Sentence) -> bool:
        """Find a sentence whose inline codes have changed."""
        words = _words(sentence.path, sentence.text)
        wanted = _Text(words).plain
        if words == sentence.text or not _LETTERS.search(wanted):
            return words != sentence.text  # codes alone follow the source, and nothing else is to be kept
        paths = sorted({*self._units, sentence.path}, key=lambda path: path != sentence.path)
        return any(self._masked_text(path).take(wanted) for path in paths)

    def _masked_text(self, path: str) -> _Text:
        if path not in self._masked:
            self._masked[path] = _Text("\n".join(_words(path, unit) for unit in self._units.get(path, ())))
        return self._masked[path]


def _blocks(path: str, manifest: Manifest | None, target: str) -> tuple[Sequence[str], Sequence[str]]:
    """The text of each block of a file as it stands there now; and of those of them that are units."""
    if manifest is None:
        text = flatten(target, Path(path).suffix).text
        return [text], text.split("\n\n")
    pieces = _folded(manifest, target).pieces
    texts = [
        piece.target if isinstance(piece, GapPiece) else decode(piece.target, piece.encoding, piece.prefix)
        for piece in pieces
    ]
    return texts, texts[1::2]


_READABLE = (".md", ".markdown", ".myst", ".rst", ".ipynb", ".txt", ".yml", ".yaml")


def _words(path: str, text: str) -> str:
    return strip_tags(protect(text, grammar_alone(path)).text, _CODE)


class _Text:
    """A text without white space, with full-width punctuation as half-width; ``take`` finds a place in it once."""

    def __init__(self, text: str) -> None:
        words = _MARGIN.sub("", text).split()
        plain = [unicodedata.normalize("NFKC", word).replace("。", ".") for word in words]
        self.plain = "".join(plain)
        self._taken = bytearray(len(self.plain))
        self._edges = {0}
        at = 0
        for word in plain:
            at += len(word)
            self._edges.add(at)

    def take(self, wanted: str) -> bool:
        """Whether a text, already without white space, stands here as whole words at a place that is not taken."""
        at = self.plain.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if self._is_edge(at) and self._is_edge(end) and 1 not in self._taken[at:end]:
                self._taken[at:end] = b"\1" * len(wanted)
                return True
            at = self.plain.find(wanted, at + 1)
        return False

    def _is_edge(self, at: int) -> bool:
        return at in self._edges or not (self.plain[at - 1].isalnum() and self.plain[at].isalnum())


def _changed_files(before: Peoples, tree: LocaleTree) -> Iterator[Finding]:
    """Files of people alone that lost anything: what was appended to one changes nothing of theirs."""
    now = {path: tree.file(path).read_bytes() for path in tree.files()}
    everywhere = set(now.values())
    for path, content in before.files.items():
        if content in everywhere:
            continue
        place = str(before.root / path)
        if path not in now:
            yield Finding(Subtype.PEOPLE, "this file of people is not in the new tree", place)
            continue
        left = Counter(content.splitlines()) - Counter(now[path].splitlines())
        if left:
            line = next(number for number, text in enumerate(content.splitlines(), 1) if text in left)
            yield Finding(Subtype.PEOPLE, "this line of a file of people is not in the new tree", place, line)
