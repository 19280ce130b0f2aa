"""Which block of a translation stands for which block of its source.

Blocks with equal signatures are found first, so that one lost paragraph is one lost paragraph; between them, blocks of
the same kind are paired by what they have in common, in order.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sphinx_amts.document.skeleton import Block, Skeleton

__all__ = ["Pairing", "Unpaired", "pair"]

_LARGEST_TABLE = 40_000
_CHEAP = 1

Pair = tuple[Block | None, Block | None]


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A block without counterpart, or two that stand in the same place and are of different kinds.

    ``near`` is the block of the other document after which, or in which, the lost block would stand.
    """

    source: Block | None
    target: Block | None
    near: Block


@dataclass(slots=True)
class Pairing:
    """All pairs of two documents in document order, those of them that are not equal, and what has no partner."""

    source: Skeleton
    target: Skeleton
    pairs: list[tuple[Block, Block]] = field(default_factory=list)
    unequal: list[tuple[Block, Block]] = field(default_factory=list)
    unpaired: list[Unpaired] = field(default_factory=list)


def pair(source: Skeleton, target: Skeleton) -> Pairing:
    """Pair the blocks of two skeletons that were read with the same numbers.  Neither is changed."""
    pairing = Pairing(source, target)
    _pair(source.root, target.root, pairing)
    return pairing


def _pair(source: Block, target: Block, pairing: Pairing) -> None:
    pairing.pairs.append((source, target))
    if source.own != target.own:
        pairing.unequal.append((source, target))
    if source.signature == target.signature:
        for one, other in zip(source.children, target.children, strict=True):
            _pair(one, other, pairing)
        return
    last_source, last_target = source, target
    for left, right in _match(source.children, target.children):
        if left is not None and right is not None and left.tag == right.tag:
            _pair(left, right, pairing)
        else:
            pairing.unpaired.append(Unpaired(left, right, last_target if right is None else last_source))
        last_source, last_target = left or last_source, right or last_target


def _match(sources: Sequence[Block], targets: Sequence[Block]) -> list[Pair]:
    """Two rows of blocks side by side; ``None`` where one of them has nothing."""
    if [block.tag for block in sources] == [block.tag for block in targets]:
        side_by_side: list[Pair] = list(zip(sources, targets, strict=True))
        if (cost := _cost(side_by_side)) <= _CHEAP or cost <= _cost(aligned := _align(sources, targets)):
            return side_by_side
        return aligned
    return _align(sources, targets)


def _cost(pairs: Sequence[Pair]) -> int:
    return sum(one is None or other is None or one.signature != other.signature for one, other in pairs)


def _align(sources: Sequence[Block], targets: Sequence[Block]) -> list[Pair]:
    pairs: list[Pair] = []
    one, other = [block.signature for block in sources], [block.signature for block in targets]
    for what, i, i_end, j, j_end in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            pairs.extend(zip(sources[i:i_end], targets[j:j_end], strict=True))
        else:
            pairs.extend(_match_by_kind(sources[i:i_end], targets[j:j_end]))
    return pairs


def _match_by_kind(sources: Sequence[Block], targets: Sequence[Block]) -> Iterator[Pair]:
    """The pairs, in order, that have most in common; the blocks between them side by side where they are as many."""
    i = j = 0
    for next_i, next_j in [*_best_path(sources, targets), (len(sources), len(targets))]:
        left, right = sources[i:next_i], targets[j:next_j]
        if len(left) == len(right):
            yield from zip(left, right, strict=True)
        else:
            yield from ((block, None) for block in left)
            yield from ((None, block) for block in right)
        if next_i < len(sources):
            yield sources[next_i], targets[next_j]
        i, j = next_i + 1, next_j + 1


def _best_path(sources: Sequence[Block], targets: Sequence[Block]) -> list[tuple[int, int]]:
    if not sources or not targets:
        return []
    if len(sources) * len(targets) > _LARGEST_TABLE:
        matcher = difflib.SequenceMatcher(None, [b.tag for b in sources], [b.tag for b in targets], autojunk=False)
        return [(m.a + k, m.b + k) for m in matcher.get_matching_blocks() for k in range(m.size)]
    columns = len(targets) + 1
    best = [[0.0] * columns for _ in range(len(sources) + 1)]
    likeness = [[_likeness(a, b) for b in targets] for a in sources]
    for i in range(len(sources) - 1, -1, -1):
        for j in range(len(targets) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] and likeness[i][j] + best[i + 1][j + 1])
    path, i, j = [], 0, 0
    while i < len(sources) and j < len(targets):
        if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            path.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return path


def _likeness(source: Block, target: Block) -> float:
    """0 for blocks of different kinds, else 1 and up to 3 more for what they have in common."""
    if source.tag != target.tag:
        return 0
    codes = _overlap(Counter(source.codes), Counter(target.codes))
    inside = _overlap(Counter(b.signature for b in source.children), Counter(b.signature for b in target.children))
    return 1 + codes + inside + (source.verbatim == target.verbatim and source.labels == target.labels)


def _overlap(one: Counter[object], other: Counter[object]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.5
