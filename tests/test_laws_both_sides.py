"""The laws where authors and translators edit at the same time, in any order, and syncs are killed on the way."""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from book import SmallBook, opened
from hypothesis import given, settings
from hypothesis import strategies as st
from test_laws_random import Block, block, edits, page, suffixes
from test_tree import killed

from sphinx_amts.config import Settings
from sphinx_amts.document.flat import unflatten
from sphinx_amts.document.inline import protect
from sphinx_amts.document.reader import Book
from sphinx_amts.model import Group, Kind, State, Subtype
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.session import sync_languages
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.tree import LocaleTree
from sphinx_amts.sync.work import has_words

NAMES = ["alpha", "beta", "gamma"]
LINES = ["{name} = {n}  # the {name} value", "plot({name}, label='{name} {n}')", "print({name} + {n})", "{name}.show()"]


@dataclass(frozen=True)
class Code(Block):
    """A block of code: the choice of each line, of its name and its number."""

    lines: tuple[tuple[int, int, int], ...] = ()

    def text(self, suffix: str) -> str:
        written = [LINES[line].format(name=NAMES[name], n=n) for line, name, n in self.lines]
        if suffix == ".md":
            return "\n".join(["```python", *written, "```"])
        return "\n".join([".. code-block:: python", "", *(f"   {line}" for line in written)])


line = st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, 2), st.integers(0, 2))
code = st.builds(
    lambda lines: Code("code", (), 0, tuple(lines)),
    st.lists(line, min_size=1, max_size=5, unique_by=lambda one: one[0]),
)
documents = st.lists(st.one_of(block, block, code), min_size=2, max_size=7).map(tuple)


@st.composite
def changes(draw: st.DrawFn, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The source after an author's edits, of prose and of code."""
    result = list(draw(edits(blocks)))
    for index, one in enumerate(result):
        if isinstance(one, Code) and draw(st.booleans()):
            lines = list(one.lines)
            at = draw(st.integers(0, len(lines) - 1))
            match draw(st.sampled_from(["number", "insert", "delete", "move"])):
                case "number":
                    lines[at] = (*lines[at][:2], lines[at][2] + 3)
                case "insert":
                    lines.insert(at, draw(line))
                case "delete" if len(lines) > 1:
                    del lines[at]
                case "move":
                    lines.append(lines.pop(at))
            result[index] = replace(one, lines=tuple(lines))
    return tuple(result)


# Translators


Pieces = Sequence[GapPiece | UnitPiece]
Edit = Callable[[str, str], str]
"""A target after an edit, from the target and a mark that stands nowhere else; the same where it cannot be edited so."""


def reworded(target: str, mark: str) -> str:
    return re.sub(r"(?<=⟦)[^\W\d_]+(?= )", mark, target, count=1)


def rewritten(target: str, mark: str) -> str:
    return f"{mark}。" if target.strip() and "\n" not in target and "|" not in target else target


def reflowed(target: str, mark: str) -> str:
    return re.sub(r"(?<=[^\W\d_]{3}) (?=[^\W\d_]{3})", "\n", target, count=1)


def cut(target: str, mark: str) -> str:
    rest = target.partition("⟧")[2]
    return rest.lstrip() if "⟦" in rest else target


def noted(target: str, mark: str) -> str:
    return f"\n\n译注：{mark}。{target}" if target.startswith("\n\n") else target


def joined(target: str, mark: str) -> str:
    return f"，{mark}，" if target == "\n\n" else target


def commented(target: str, mark: str) -> str:
    return re.sub(r"# the \w+ value", f"# {mark}", target, count=1)


def quoted(target: str, mark: str) -> str:
    return re.sub(r"label='\w+ \d+'", f"label='{mark}'", target, count=1)


def set_up(target: str, mark: str) -> str:
    return re.sub(r"^( *)(\w+\(|\w+ =)", rf"\1font('{mark}')\n\1\2", target, count=1, flags=re.MULTILINE)


def unplotted(target: str, mark: str) -> str:
    return re.sub(r"^ *\w+\.show\(\)\n(?=[ `]*[\w`])", "", target, count=1, flags=re.MULTILINE)


UNIT_EDITS = (reworded, rewritten, cut)
LAYOUT_EDITS = (reflowed,)
GAP_EDITS = (noted, joined, commented, quoted, set_up, unplotted)
KEEPING = (reworded, reflowed, commented, quoted, set_up, unplotted)
"""Edits after which a document has its source's skeleton, but for code."""


def fitting(piece: GapPiece | UnitPiece, behind: str, edit: Edit) -> bool:
    """Whether an edit leaves a document that a person could have written."""
    if isinstance(piece, GapPiece):
        return edit in GAP_EDITS and (edit not in (noted, joined) or behind != "")
    is_paragraph = piece.kind is Kind.PARAGRAPH and not piece.prefix and piece.encoding == "lines"
    return edit in UNIT_EDITS or (edit in LAYOUT_EDITS and is_paragraph)


@dataclass
class Scene:
    """A book of one page, its tree, and what its translators wrote."""

    small: SmallBook
    path: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    marks: list[str] = field(default_factory=list)
    is_restructured: bool = False

    @property
    def tree(self) -> LocaleTree:
        return LocaleTree(self.small.locale)

    def edit(self, data: st.DataObject) -> None:
        """One to three edits of the target as it stands, where it is as it was last written."""
        manifest = self.small.manifest(self.path)
        if unflatten(manifest.target, manifest.style) != self.small.target(self.path):
            return
        targets = [piece.target for piece in manifest.pieces]
        for _ in range(data.draw(st.integers(1, 3))):
            places = [
                (index, edit)
                for index, piece in enumerate(manifest.pieces)
                for edit in (*UNIT_EDITS, *LAYOUT_EDITS, *GAP_EDITS)
                if fitting(piece, _after(manifest.pieces, index), edit)
                and targets[index] == piece.target != edit(piece.target, "X")
                and not any(mark in targets[index] for mark in self.marks)
            ]
            if places:
                index, edit = data.draw(st.sampled_from(places))
                mark = f"译者{next(self.numbers)}写"
                targets[index] = edit(targets[index], mark)
                self.marks += [mark] if mark in targets[index] else []
                self.is_restructured = self.is_restructured or edit not in KEEPING
        self.small.set_target(self.path, unflatten("".join(targets), manifest.style))

    def sync(self, book: Book, root: Path | None = None) -> LanguageResult:
        results = sync_languages(
            book, Settings(engine="pseudo"), ["zh"], base=self.small.source, target=root or self.small.locale
        )
        return results["zh"]


def _after(pieces: Pieces, index: int) -> str:
    """The prefix-free paragraph behind a gap that stands behind another; else nothing."""
    around = [pieces[at] for at in (index - 1, index + 1) if 0 <= at < len(pieces)]
    plain = [
        piece.target
        for piece in around
        if isinstance(piece, UnitPiece)
        and piece.kind is Kind.PARAGRAPH
        and not piece.prefix
        and piece.encoding == "lines"
        and "\n" not in piece.source
    ]
    return plain[1] if len(plain) == 2 and pieces[index].source == "\n\n" else ""


# Laws


def check(scene: Scene, book: Book, before: Manifest | None, result: LanguageResult) -> None:
    """What must hold after every sync; ``before`` is the target as people left it, where it is known piece by piece."""
    manifest = scene.small.manifest(scene.path)
    target = scene.small.target(scene.path)
    assert unflatten(manifest.target, manifest.style) == target
    # Law 10: nothing of people's is lost, and what did not change in the source stays, byte for byte.
    attic = "\n".join(text for group in manifest.attic for text in group.target)
    assert [mark for mark in scene.marks if mark not in target and mark not in attic] == []
    if before is not None:
        check_untouched(before, manifest)
    # Law 8: each unit that nobody but us wrote has its source's codes, and nothing was refused.
    told = {finding.subtype for finding in result.findings}
    assert told <= {Subtype.STALE, Subtype.LOCAL, Subtype.ATTIC}, result.findings
    grammar = book.grammar_of(scene.path, manifest.source)
    for unit in manifest.units:
        assert not any(is_forgotten(group, unit, lambda text: protect(text, grammar).text) for group in unit.groups)
        if unit.groups and all(group.origin == "mt:pseudo" for group in unit.groups):
            kinds = [sorted(code.kind for code in protect(text, grammar).codes) for text in (unit.source, unit.target)]
            assert kinds[0] == kinds[1]
    # Law 4: the next sync does nothing.
    tree = scene.small.tree()
    again = scene.sync(book)
    assert (again.engine_calls, again.files_written, scene.small.tree()) == (0, 0, tree)


def check_untouched(before: Manifest, after: Manifest) -> None:
    """Law 5: units whose source is as it was have the same bytes, and so have the gaps between two of them."""
    units: dict[str, set[str]] = defaultdict(set)
    gaps: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for unit in before.units:
        units[unit.source].add(unit.target)
    for one, gap, other in triples(before):
        gaps[one.source, gap.source, other.source].add(gap.target)
    for unit in after.units:
        assert unit.source not in units or unit.target in units[unit.source]
    for one, gap, other in triples(after):
        known = gaps.get((one.source, gap.source, other.source))
        assert known is None or gap.target in known


def triples(manifest: Manifest) -> Iterator[tuple[UnitPiece, GapPiece, UnitPiece]]:
    for index in range(2, len(manifest.pieces) - 1, 2):
        one, gap, other = manifest.pieces[index - 1 : index + 2]
        assert isinstance(one, UnitPiece)
        assert isinstance(gap, GapPiece)
        assert isinstance(other, UnitPiece)
        yield one, gap, other


def is_forgotten(group: Group, unit: UnitPiece, masked: Callable[[str], str]) -> bool:
    """Whether words stand for which there is neither a translation nor a proposal."""
    return group.state is State.INITIAL and has_words(masked("".join(group.source)))


def check_both_sides(blocks: tuple[Block, ...], suffix: str, data: st.DataObject, rounds: int) -> None:
    path = f"index{suffix}"
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(SmallBook(Path(folder) / "x", {path: page(blocks, suffix)}), path)
        with opened(scene.small) as book:
            scene.sync(book)
        for _ in range(rounds):
            happenings = data.draw(st.sampled_from(["people", "people author", "author people", "people sync author"]))
            before = scene.small.manifest(path)
            for what in happenings.split():
                match what:
                    case "people":
                        scene.edit(data)
                        before = None
                    case "author":
                        blocks = data.draw(changes(blocks))
                        scene.small.write(path, page(blocks, suffix))
                    case "sync":
                        edited = scene.small.target(path)
                        with opened(scene.small) as book:
                            assert scene.sync(book).characters_sent == 0
                        assert scene.small.target(path) == edited
                        before = scene.small.manifest(path)
            check_a_sync(scene, before, data, Path(folder))


def check_a_sync(scene: Scene, before: Manifest | None, data: st.DataObject, folder: Path) -> None:
    """Sync, sync a copy that is killed on the way, and look at both."""
    copy = Path(tempfile.mkdtemp(dir=folder)) / "copy"
    shutil.copytree(scene.small.locale, copy)
    at = data.draw(st.integers(1, 24))
    with opened(scene.small) as book:
        result = scene.sync(book)
        # Law 12: what is killed anywhere ends as if nothing had been.
        with killed(at):
            scene.sync(book, copy)
        scene.sync(book, copy)
        expected = scene.small.tree()
        got = files_of(copy)
        assert got == expected
        check(scene, book, before, result)
    scene.is_restructured = scene.is_restructured or any(each.subtype is Subtype.LOCAL for each in result.findings)
    if not scene.is_restructured:
        assert {difference.check for difference in scene.small.differences()} <= {"code_blocks"}


def files_of(root: Path) -> dict[str, bytes]:
    files = (file for file in sorted(root.rglob("*")) if file.is_file() and file.name != ".lock")
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


@settings(max_examples=20)
@given(documents, suffixes, st.data())
def test_authors_and_translators_edit_in_any_order(blocks: tuple[Block, ...], suffix: str, data: st.DataObject) -> None:
    """Nothing of people's is lost, nothing that did not change is touched, and a kill on the way does no harm."""
    check_both_sides(blocks, suffix, data, 2)


@pytest.mark.slow
@settings(max_examples=150)
@given(documents, suffixes, st.data())
def test_authors_and_translators_edit_in_any_order_at_length(
    blocks: tuple[Block, ...], suffix: str, data: st.DataObject
) -> None:
    check_both_sides(blocks, suffix, data, 4)
