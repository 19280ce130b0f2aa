"""How fast, how sturdy and how good the engine ``apertium`` is, and what parallel data does for it.

    python benchmarks/apertium.py CORPORA [messages] [order] [curve] [learning] [--every N] [--plot FILE]

CORPORA is the folder of the real books; its ``python-docs-es`` holds the catalogues of the Python documentation.  Needs
Apertium with eng-spa, and the extra ``benchmarks`` (Babel and matplotlib).

- *messages*: every message through the gate: characters for each second of a core, what was refused;
- *order*: a sample in two orders, on one worker and on three: the same bytes;
- *curve*: BLEU by sacrebleu on catalogues that nothing was learnt from, with more and more pairs from the others, in both
  directions; the interval of the gain is a paired bootstrap over catalogues;
- *learning*: 20,000 pairs, in seconds and megabytes, what Apertium itself takes apart.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sacrebleu.metrics import BLEU, CHRF

from sphinx_amts.document.inline import protect, restore
from sphinx_amts.document.inline.rst import RstGrammar
from sphinx_amts.engines import Answer, Status, checked, create
from sphinx_amts.engines.apertium.drafts import remembered
from sphinx_amts.engines.apertium.installed import mode
from sphinx_amts.locales import language
from sphinx_amts.masked import key
from sphinx_amts.model import Masked, Request
from sphinx_amts.pairs import adaptation
from sphinx_amts.pairs.catalogues import read
from sphinx_amts.plain import plain

RST = RstGrammar(None)
EN, ES = language("en"), language("es")
TESTED = 2_000
"""Messages that nothing is learnt from."""
SIZES = (0, 100, 300, 1_000, 3_000, 20_000)
ROUNDS = 1_000
Row = tuple[str, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("what", nargs="*", default=[], choices=[*_PARTS, []])
    parser.add_argument("--every", type=int, default=1, help="only each so many messages (messages, order)")
    parser.add_argument("--most", type=int, default=SIZES[-1], help="no more pairs than these (curve)")
    parser.add_argument("--plot", type=Path, help="where the curve is drawn")
    options = parser.parse_args(arguments)
    for name in options.what or _PARTS:
        print(f"\n{name}", flush=True)
        _PARTS[name](options)
    return 0


def catalogues(options: argparse.Namespace) -> list[list[Row]]:
    """The messages of each catalogue with their translations, which may be empty."""
    paths = sorted((options.corpora / "python-docs-es").rglob("*.po"))
    return [
        [(one.source, "" if one.is_fuzzy or one.source == one.target else one.target) for one in read(path).messages]
        for path in paths
    ]


def requests_of(sources: Sequence[Masked]) -> list[Request]:
    """A request for each masked text."""
    return [Request(str(number), key(one.text), one.codes) for number, one in enumerate(sources)]


def asked(engine: Any, requests: Sequence[Request], source: Any = EN, target: Any = ES) -> list[Answer]:
    """The answers in the order of the requests."""
    given = {answer.id: answer for answer in checked(engine, requests, source, target)}
    return [given[request.id] for request in requests]


def messages(options: argparse.Namespace) -> None:
    """Every distinct message through the gate."""
    distinct = sorted({source for rows in catalogues(options) for source, _ in rows})[:: options.every]
    requests = requests_of([protect(text, RST) for text in distinct])
    start, wall = _cpu(), time.perf_counter()
    answers = asked(create("apertium", {}), requests)
    seconds, wall = _cpu() - start, time.perf_counter() - wall
    characters = sum(len(request.source) for request in requests)
    counted = Counter(answer.status for answer in answers)
    codes = sum(
        len(request.codes) for request, answer in zip(requests, answers, strict=True) if answer.status == Status.DONE
    )
    print(f"{len(requests):,} messages, {characters:,} characters: {wall:.0f} s, {seconds:.0f} s of one core;", end=" ")
    print(f"{characters / seconds:,.0f} characters for each second of a core")
    print(f"done {counted[Status.DONE]:,}, refused {counted[Status.REFUSED]:,}; {codes:,} codes, each there once")
    for request, answer in zip(requests, answers, strict=True):
        if answer.status is not Status.DONE:
            print(f"  {answer.reason}: {request.source[:100]}")


def _cpu() -> float:
    """Seconds of processors that this process and those that it started and waited for have used."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def order(options: argparse.Namespace) -> None:
    """Two orders, one worker and three."""
    distinct = sorted({source for rows in catalogues(options) for source, _ in rows})[:: max(options.every, 10)]
    requests = requests_of([protect(text, RST) for text in distinct])
    shuffled = random.Random(1).sample(requests, len(requests))
    for name, some, jobs in (
        ("sorted", requests, 1),
        ("sorted", requests, 3),
        ("shuffled", shuffled, 1),
        ("shuffled", shuffled, 3),
    ):
        answers = sorted(asked(create("apertium", {"jobs": jobs}), some), key=lambda answer: int(answer.id))
        digest = hashlib.sha256("\n".join(answer.target for answer in answers).encode()).hexdigest()
        print(f"{len(some):,} messages, {name}, {jobs} at once: {digest[:16]}", flush=True)


class Direction:
    """What is learnt from and what is tested, from one language to the other."""

    def __init__(self, options: argparse.Namespace, source: Any, target: Any) -> None:
        self.source, self.target = source, target
        files = [[row for row in rows if row[1] and len(row[0]) < 2_000] for rows in catalogues(options)]
        if source is ES:
            files = [[(there, here) for here, there in rows] for rows in files]
        files = [rows for rows in files if rows]
        random.Random(0).shuffle(files)
        tested = 0
        while sum(map(len, files[:tested])) < TESTED:
            tested += 1
        self.places = [number for number, rows in enumerate(files[:tested]) for _ in rows]
        self.rows = [row for rows in files[:tested] for row in rows]
        seen = {source for source, _ in self.rows}
        learnt = sorted({row for rows in files[tested:] for row in rows if row[0] not in seen})
        random.Random(1).shuffle(learnt)
        self.pairs = [self._plain(row) for row in learnt[: max(SIZES)]]

    @staticmethod
    def _plain(row: Row) -> Row:
        source, target = (protect(text, RST) for text in row)
        return plain(source.text, source.codes), plain(target.text, target.codes)

    def translated(self, size: int) -> list[str]:
        """The tested messages, as reST, learnt from so many pairs; what is refused stays in its language."""
        engine: Any = create("apertium", {})
        for _ in engine.learn(lambda: iter(self.pairs[:size]), self.source, self.target):
            pass
        masked = [protect(source, RST) for source, _ in self.rows]
        answers = asked(engine, requests_of(masked), self.source, self.target)
        return [
            restore(answer.target, one.codes, RST) if answer.status is Status.DONE else row[0]
            for answer, one, row in zip(answers, masked, self.rows, strict=True)
        ]


def curve(options: argparse.Namespace) -> None:
    """BLEU and its gain, by how much is learnt from."""
    drawn = {}
    for source, target in ((EN, ES), (ES, EN)):
        direction = Direction(options, source, target)
        references = [reference for _, reference in direction.rows]
        name = f"{source.code} to {target.code}"
        print(f"{name}: {len(references):,} messages of {max(direction.places) + 1} catalogues", flush=True)
        before: np.ndarray[Any, Any] | None = None
        points, signature = [], None
        for size in (size for size in SIZES if size <= options.most):
            hypotheses = direction.translated(size)
            bleu, chrf = BLEU(), CHRF()
            score = bleu.corpus_score(hypotheses, [references]).score
            statistics = _by_place(bleu, hypotheses, references, direction.places)
            before = statistics if before is None else before
            gain, low, high = _gain(before, statistics)
            points.append((size, gain, low, high))
            print(f"| {size:,} | {score:.1f} | {chrf.corpus_score(hypotheses, [references]).score:.1f} |", end=" ")
            print(f"{gain:+.1f} ({low:.1f} to {high:.1f}) |", flush=True)
            signature = bleu.get_signature()
        print(signature)
        drawn[name] = points
    if options.plot:
        _draw(drawn, options.plot)


def _by_place(
    bleu: BLEU, hypotheses: Sequence[str], references: Sequence[str], places: Sequence[int]
) -> np.ndarray[Any, Any]:
    """What BLEU counts, catalogue by catalogue."""
    counts = np.array(bleu._extract_corpus_statistics(hypotheses, [references]))
    summed = np.zeros((max(places) + 1, counts.shape[1]))
    np.add.at(summed, np.array(places), counts)
    return summed


def _score(statistics: np.ndarray[Any, Any]) -> float:
    """BLEU of summed counts: lengths of both sides, matches and totals of one to four words."""
    length, reference, *rest = statistics
    precisions = np.array(rest[:4]) / np.array(rest[4:])
    return float(100 * min(1.0, np.exp(1 - reference / length)) * np.exp(np.log(precisions).mean()))


def _gain(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    """The difference of BLEU, and the middle 95 % of it over catalogues drawn again and again."""
    chance = np.random.default_rng(0)
    draws = chance.integers(0, len(before), (ROUNDS, len(before)))
    gains = [_score(after[drawn].sum(0)) - _score(before[drawn].sum(0)) for drawn in draws]
    low, high = np.percentile(gains, [2.5, 97.5])
    return _score(after.sum(0)) - _score(before.sum(0)), float(low), float(high)


def _draw(drawn: Mapping[str, Sequence[tuple[int, float, float, float]]], file: Path) -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "apertium"
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    for name, points in drawn.items():
        sizes, gains, lows, highs = zip(*(point for point in points if point[0]), strict=True)
        axes.plot(sizes, gains, marker="o", label=name)
        axes.fill_between(sizes, lows, highs, alpha=0.2)
    axes.set(xscale="log", xlabel="pairs learnt from", ylabel="gain in BLEU (of 100)", ylim=(0, None))
    ticks = sorted({point[0] for points in drawn.values() for point in points if point[0]})
    axes.set_xticks(ticks, [f"{size:,}" for size in ticks])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    figure.savefig(file, metadata={"Date": None})


def learning(options: argparse.Namespace) -> None:
    """20,000 pairs: Apertium's part, and what is learnt from it."""
    direction = Direction(options, EN, ES)
    masked = [adaptation.with_names_masked(*pair) for pair in direction.pairs]
    sources = [source for source, _ in masked]
    engine: Any = create("apertium", {})
    start = time.perf_counter()
    drafts = remembered(sources, mode(EN, ES), lambda texts: engine._drafts(mode(EN, ES), texts))
    print(f"{len(sources):,} drafts: {time.perf_counter() - start:.0f} s (from the cache, where it has them)")
    pairs: Iterator[Row] = zip(drafts, (target for _, target in masked), strict=True)
    rows = list(pairs)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    edits = adaptation.learn(rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(edits):,} rewrites: {time.process_time() - start:.1f} s of one core, {peak:.0f} MB at most ({base:.0f} before)"
    )


_PARTS: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "messages": messages,
    "order": order,
    "curve": curve,
    "learning": learning,
}

if __name__ == "__main__":
    sys.exit(main())
