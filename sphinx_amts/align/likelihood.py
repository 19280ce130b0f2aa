"""How much likelier two texts are if one translates the other than if they merely stand in the same two documents.

All texts of all documents are compared at once, each with the texts in its ``Band`` only.  A token of one text is
explained by the tokens of the other: the likelihood ratios of all tokens, added, are the ratio of the text.  Texts are
merged by adding what explains, so that two merged texts cost no more than two texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sphinx_amts.align.lexicon import Corpus, Floats, Ints, Lexicon, Table

__all__ = ["Band", "Direction", "Explained", "both_ways", "directions", "explained", "hits_of"]

_CELLS = 300_000
"""Places of tokens in bands that are looked at at once: bounds memory, and what is looked at stays in a cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """For each source text the range of target texts, of one document, that it is compared with; both ends never fall."""

    low: Ints
    high: Ints

    @property
    def offsets(self) -> Ints:
        """Where the cells of each source text start, and the end."""
        return np.concatenate([[0], np.cumsum(self.high - self.low)])

    def turned(self, texts: int) -> Band:
        """The same cells, seen from the target."""
        places = np.arange(texts)
        return Band(np.searchsorted(self.high, places, "right"), np.searchsorted(self.low, places, "right"))


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """One language explains the other."""

    telling: Corpus
    told: Corpus
    table: Table
    odds: Floats
    """How the ratio of each token of ``told`` is weighed where it is explained."""
    penalty: Floats
    """What each token of ``told`` costs where it is not."""
    anchored: Any
    keys: Ints
    """The tokens of ``told`` with their documents and texts, as numbers that rise."""
    order: Ints
    """Where the token of each key stands."""

    @property
    def fresh(self) -> Any:
        """Whether each token of ``told`` does not stand in the text before it too."""
        owner = self.told.owner[self.order]
        fresh = np.ones(len(owner), bool)
        fresh[self.order[1:]] = (self.keys[1:] - self.keys[:-1] != 1) | (owner[1:] == 0)
        return fresh


def directions(source: Corpus, target: Corpus, lexicon: Lexicon) -> tuple[Direction, Direction]:
    """Source explains target, and target explains source."""
    return (
        _direction(source, target, lexicon.to_target, lexicon.target_trust, lexicon),
        _direction(target, source, lexicon.to_source, lexicon.source_trust, lexicon),
    )


def _direction(telling: Corpus, told: Corpus, table: Table, trust: Floats, lexicon: Lexicon) -> Direction:
    each = trust[told.tokens]
    # By documents first: what is looked for in one stands close together, however many there are.
    document = told.document[told.owner]
    order = np.lexsort((told.owner, told.tokens, document))
    keys = document * (len(table.starts) - 1) + told.tokens
    return Direction(
        telling,
        told,
        table,
        each / (1 - each),
        np.log1p(-each),
        lexicon.anchor[told.tokens],
        keys[order] * (len(told) + 1) + told.owner[order],
        order,
    )


def both_ways(forward: Direction, backward: Direction, band: Band, merges: int) -> tuple[Explained, Explained]:
    """For 1 to ``merges`` texts: how well so many source texts explain a target text, and the other way round.

    Both in the cells of ``band``; where texts are merged, the cell is that of the first.
    """
    turned = band.turned(len(forward.told))
    return explained(forward, band, merges), explained(backward, turned, merges).at(_same_cells(band, turned))


def _same_cells(band: Band, turned: Band) -> Ints:
    offsets = band.offsets
    rows = np.repeat(np.arange(len(band.low)), np.diff(offsets))
    columns = np.arange(offsets[-1]) - offsets[rows] + band.low[rows]
    return np.asarray(turned.offsets[columns] + rows - turned.low[columns])


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Log-likelihood ratios of told texts, for 1 to so many telling texts, in the cells of a band.

    ``new`` leaves out the tokens that the text before has too: a merge says what is repeated once.
    """

    whole: list[Floats]
    new: list[Floats]

    def at(self, cells: Ints) -> Explained:
        """The same in other cells."""
        return Explained([each[cells] for each in self.whole], [each[cells] for each in self.new])

    def shaped(self, shape: tuple[int, ...]) -> Explained:
        """The same as arrays of this shape."""
        return Explained([each.reshape(shape) for each in self.whole], [each.reshape(shape) for each in self.new])


def explained(direction: Direction, band: Band, merges: int) -> Explained:
    """How well each telling text, alone and with those behind it, explains each told text of its band."""
    told = direction.told
    offsets = band.offsets
    rows = np.repeat(np.arange(len(band.low)), np.diff(offsets))
    columns = np.arange(offsets[-1]) - offsets[rows] + band.low[rows]
    fresh = direction.fresh if merges > 1 else np.zeros(0, bool)
    base = np.bincount(told.owner, direction.penalty, minlength=len(told))[columns]
    result = Explained([base.copy() for _ in range(merges)], [])
    if merges > 1:
        base = np.bincount(told.owner[fresh], direction.penalty[fresh], minlength=len(told))[columns]
        result.new.extend(base.copy() for _ in range(merges))
    for begin, end in _chunks(direction, band):
        start, stop = offsets[begin], offsets[end]
        for merged, (cells, places, gains) in enumerate(_gains(direction, band, begin, end, merges)):
            result.whole[merged][start:stop] += np.bincount(cells - start, gains, minlength=stop - start)
            if merges > 1:
                new = fresh[places]
                result.new[merged][start:stop] += np.bincount(cells[new] - start, gains[new], minlength=stop - start)
    return result


def _chunks(direction: Direction, band: Band) -> Iterator[tuple[int, int]]:
    """Ranges of telling texts whose bands hold about ``_CELLS`` tokens."""
    starts = direction.told.starts
    work = np.cumsum(starts[band.high] - starts[band.low])
    begin = 0
    while begin < len(band.low):
        done = work[begin - 1] if begin else 0
        end = max(int(np.searchsorted(work, done + _CELLS, "right")), begin + 1)
        yield begin, end
        begin = end


def _gains(direction: Direction, band: Band, begin: int, end: int, merges: int) -> Iterator[tuple[Ints, Ints, Floats]]:
    """For 1 to ``merges``: the cells of explained tokens, the tokens, and what each adds to its cell."""
    telling, told = direction.telling, direction.told
    last = min(end + merges - 1, len(band.low))
    low, high = told.starts[band.low[begin:last]], told.starts[band.high[begin:last]]
    offsets = np.concatenate([[0], np.cumsum(high - low)])
    told_by = _hits(direction, band, begin, last, low, offsets)
    inner = int(offsets[end - begin])
    every = np.flatnonzero(told_by)
    every_row = _rows_of(every, offsets)
    every_place, every_value = every - offsets[every_row] + low[every_row], told_by[every]
    sums, sizes = told_by[:inner], telling.size[begin:end].copy()
    cells = band.offsets
    for merged in range(1, merges + 1):
        if merged > 1:
            row = every_row - merged + 1
            chosen = np.flatnonzero((row >= 0) & (row < end - begin))
            row, place, value = row[chosen], every_place[chosen], every_value[chosen]
            inside = (place >= low[row]) & (place < high[row])
            row, place, value = row[inside], place[inside], value[inside]
            sums = sums + np.bincount(offsets[row] + place - low[row], value, minlength=inner)
            sizes += telling.size[np.minimum(np.arange(begin, end) + merged - 1, len(telling) - 1)]
        found = np.flatnonzero(sums)
        row = _rows_of(found, offsets)
        place = found - offsets[row] + low[row]
        share = np.where(direction.anchored[place], np.minimum(sums[found], 1.0), sums[found] / (sizes[row] + 1.0))
        gain = np.log1p(direction.odds[place] * share / told.chance[place])
        yield cells[begin + row] + told.owner[place] - band.low[begin + row], place, gain


def _rows_of(cells: Ints, offsets: Ints) -> Ints:
    """The row of each cell; cells rise, and rows start at ``offsets``."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(np.searchsorted(cells, offsets)))


def _hits(direction: Direction, band: Band, begin: int, last: int, low: Ints, offsets: Ints) -> Floats:
    """For every place of a token in the bands of telling texts: how strongly that text's tokens point at it."""
    telling, table = direction.telling, direction.table
    start, stop = telling.starts[begin], telling.starts[last]
    tokens, owner = telling.tokens[start:stop], telling.owner[start:stop]
    counts = table.starts[tokens + 1] - table.starts[tokens]
    rows = np.repeat(owner, counts)
    entries = np.repeat(table.starts[tokens] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    near = _present(direction, band, begin, last)[table.other[entries]]
    rows, entries = rows[near], entries[near]
    document = np.append(direction.told.document, 0)[band.low[rows]]
    texts, weight = len(direction.told) + 1, table.weight[entries]
    wanted = (document * (len(table.starts) - 1) + table.other[entries]) * texts
    end = wanted + band.high[rows]
    here = slice(*np.searchsorted(direction.keys, [wanted.min(), end.max()])) if len(end) else slice(0)
    keys, order = direction.keys[here], direction.order[here]
    first = np.searchsorted(keys, wanted + band.low[rows])
    # Most tokens point at nothing in the band; to look for an end only where there is something halves the search.
    keep = np.flatnonzero(first < len(keys))
    keep = keep[keys[first[keep]] < end[keep]]
    first = first[keep]
    hits = np.searchsorted(keys, end[keep]) - first
    rows, weight = rows[keep] - begin, weight[keep]
    each = np.repeat(np.arange(len(hits)), hits)
    found = order[first[each] + np.arange(len(each)) - np.repeat(np.cumsum(hits) - hits, hits)]
    row = rows[each]
    return np.bincount(offsets[row] + found - low[row], weight[each], minlength=int(offsets[-1]))


def _present(direction: Direction, band: Band, begin: int, last: int) -> Any:
    """Whether each token stands anywhere in the bands of these telling texts: most do not, and need not be looked for."""
    starts = direction.told.starts
    texts = slice(starts[np.min(band.low[begin:last])], starts[np.max(band.high[begin:last])])
    present = np.zeros(len(direction.table.starts) - 1, bool)
    present[direction.told.tokens[texts]] = True
    return present


def hits_of(direction: Direction, band: Band) -> Floats:
    """The likelihood ratio of each token of ``told``, where the band gives each told text the one telling it."""
    told, ratio = direction.told, np.zeros(len(direction.told.tokens))
    for begin, end in _chunks(direction, band):
        low, high = told.starts[band.low[begin:end]], told.starts[band.high[begin:end]]
        offsets = np.concatenate([[0], np.cumsum(high - low)])
        sums = _hits(direction, band, begin, end, low, offsets)
        rows = np.repeat(np.arange(end - begin), np.diff(offsets))
        place = np.arange(len(sums)) - offsets[rows] + low[rows]
        size = direction.telling.size[begin + rows] + 1.0
        share = np.where(direction.anchored[place], np.minimum(sums, 1.0), sums / size)
        ratio[place] = share / told.chance[place]
    return ratio
