"""How well the aligner finds what is known to be true, beside a probe's figures and NLTK's Gale-Church.

    python benchmarks/align.py CORPORA [truth] [turned] [chinese] [time] [--files N] [--seeds N] [--row NAME]

CORPORA is the folder of the real books.  Needs the extra ``benchmarks`` (Babel and NLTK), and Jupyter Book 1 for
quantecon-zh.  Damage is seeded: of the target's texts 5 % are dropped, 5 % added, 5 % merged with the next, 3 % moved.
F1 is strict: the sets of both sides must be those that are true.

Gale and Church's aligner is NLTK's, ``nltk.translate.gale_church``.  It looks at every pair of texts, so it gets a sample:
20 documents of at most 100 texts, from all over; our figure for the same 20 stands beside it.
"""

from __future__ import annotations

import argparse
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import compress
from pathlib import Path

from babel.messages.pofile import read_po
from nltk.translate.gale_church import align_blocks

from sphinx_amts.align.beads import Bead
from sphinx_amts.align.bilingual import Bitext, Block, Side, pairs_of_trees
from sphinx_amts.align.blocks import aligned
from sphinx_amts.align.evidence import Evidence, anchors, evidence, is_anchor
from sphinx_amts.align.filters import DEFAULT_SCORE
from sphinx_amts.align.mining import Pair, mine
from sphinx_amts.align.reading import read
from sphinx_amts.align.spoiling import damaged
from sphinx_amts.document.inline import protect
from sphinx_amts.document.inline.rst import RstGrammar
from sphinx_amts.document.segments import segments
from sphinx_amts.masked import strip_tags
from sphinx_amts.model import InlineCode

Row = tuple[Evidence, Evidence]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("what", nargs="*", default=[], choices=[*_PARTS, []])
    parser.add_argument("--files", type=int, default=0, help="so many catalogues, from all over (default: all)")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--row", default="", help="only the rows of known truth with this in their name")
    options = parser.parse_args(arguments)
    for name in options.what or _PARTS:
        print(f"\n{name}", flush=True)
        _PARTS[name](options)
    return 0


def catalogues(options: argparse.Namespace) -> list[list[tuple[str, str]]]:
    """The pairs of each Spanish catalogue, in order; what is fuzzy, empty or the same in both languages is left out."""
    found = []
    for path in sorted((options.corpora / "python-docs-es").rglob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        rows = [
            (str(message.id), str(message.string))
            for message in catalogue
            if isinstance(message.id, str) and message.id and message.string and not message.fuzzy
        ]
        rows = [row for row in rows if row[0] != row[1]]
        if rows:
            found.append(rows)
    return found[:: max(len(found) // options.files, 1)] if options.files else found


_RST = RstGrammar(None)


def of_text(text: str, *, stripped: bool = False) -> Evidence:
    """What the aligner knows of a text; ``stripped`` of every code and number."""
    masked = protect(text, _RST)
    if stripped:
        return evidence(re.sub(r"\d+", " ", strip_tags(masked.text, " ")), ())
    return evidence(masked.text, masked.codes)


def paragraphs(rows: Sequence[tuple[str, str]], *, stripped: bool) -> list[Row]:
    """Each pair of a catalogue is a pair of paragraphs."""
    return [(of_text(one, stripped=stripped), of_text(other, stripped=stripped)) for one, other in rows]


def sentences(rows: Sequence[tuple[str, str]], *, stripped: bool) -> list[Row]:
    """The sentences of pairs that have as many on both sides, all in one row."""
    found = []
    for one, other in rows:
        left, right = segments(one, _RST, "en"), segments(other, _RST, "es")
        if len(left) == len(right):
            texts = zip(left, right, strict=True)
            found += [(of_text(a.text, stripped=stripped), of_text(b.text, stripped=stripped)) for a, b in texts]
    return found


Found = list[set[tuple[tuple[int, ...], tuple[int, ...]]]]


def f1(found: Found, true: Found) -> float:
    """The strict one."""
    right = sum(len(a & b) for a, b in zip(found, true, strict=True))
    return 2 * right / max(sum(map(len, found)) + sum(map(len, true)), 1)


def sets(ways: Iterable[Iterable[Bead]]) -> Found:
    """Beads as sets of both sides."""
    return [{(bead.sources, bead.targets) for bead in way if 0 not in bead.shape} for way in ways]


_SAMPLE, _LARGEST = 20, 100
"""So many documents of so many texts are given to NLTK."""


def sample(documents: Sequence[Sequence[Row]]) -> list[int]:
    """The numbers of small documents from all over."""
    small = [number for number, document in enumerate(documents) if 0 < len(document) <= _LARGEST]
    return small[:: max(len(small) // _SAMPLE, 1)][:_SAMPLE]


def gale_church(sources: Sequence[Sequence[Evidence]], targets: Sequence[Sequence[Evidence]]) -> Found:
    """NLTK's, which sees lengths only."""
    found: Found = []
    for one, other in zip(sources, targets, strict=True):
        groups: dict[int, tuple[set[int], set[int]]] = {}
        parent: dict[tuple[str, int], int] = {}
        for a, b in align_blocks([text.length for text in one], [text.length for text in other]):
            key = parent.get(("s", a), parent.get(("t", b), len(groups)))
            parent["s", a] = parent["t", b] = key
            group = groups.setdefault(key, (set(), set()))
            group[0].add(a)
            group[1].add(b)
        found.append({(tuple(sorted(a)), tuple(sorted(b))) for a, b in groups.values()})
    return found


def truth(options: argparse.Namespace) -> None:
    """Known truth: damaged Spanish catalogues, then damaged quantecon-zh."""
    heading()
    for name, make, stripped, probe, wanted in (
        ("es paragraphs, with codes", paragraphs, False, 0.993, 0.992),
        ("es paragraphs, codes and numbers stripped", paragraphs, True, 0.991, 0.990),
        ("es sentences, with codes", sentences, False, 0.994, 0.990),
        ("es sentences, stripped", sentences, True, 0.991, 0.990),
    ):
        if options.row in name:
            show_truth(f"en-{name}", spanish(options, make, stripped=stripped), options.seeds, probe, wanted)
    for name, stripped, probe, wanted in _QUANTECON:
        if options.row in name and (documents := list(by_position(options, stripped=stripped))):
            show_truth(f"en-{name}", documents, options.seeds, probe, wanted)


_QUANTECON = (
    ("zh quantecon-zh, kinds and anchors hidden", False, 0.976, 0.976),
    ("zh quantecon-zh, codes and numbers too", True, 0.960, 0.96),
)


def turned(options: argparse.Namespace) -> None:
    """Known truth the other way round: the English side is the target, and is what is damaged."""
    heading()
    for name, make, stripped in (
        ("es-en paragraphs, with codes", paragraphs, False),
        ("es-en paragraphs, stripped", paragraphs, True),
        ("es-en sentences, with codes", sentences, False),
        ("es-en sentences, stripped", sentences, True),
    ):
        if options.row in name:
            show_truth(name, back(spanish(options, make, stripped=stripped)), options.seeds)
    for name, stripped in (("zh-en quantecon-zh, kinds and anchors hidden", False), ("zh-en, codes too", True)):
        if options.row in name and (documents := list(by_position(options, stripped=stripped))):
            show_truth(name, back(documents), options.seeds)

    for name, read_book in _BOOKS.items():
        if options.row in name:
            show_same(name, read_book(options, 2))


def show_same(name: str, bitexts: Sequence[Bitext]) -> None:
    """How many pairs of sentences are found both ways."""
    forth = mine(bitexts, "en", "zh").pairs
    behind = mine([Bitext(each.target, each.source) for each in bitexts], "zh", "en").pairs
    one = Counter((pair.source_file, pair.source.plain, pair.target.plain) for pair in forth)
    other = Counter((pair.target_file, pair.target.plain, pair.source.plain) for pair in behind)
    print(
        f"{name}: {(one & other).total():,} of {max(one.total(), other.total()):,} pairs the same both ways", flush=True
    )


def back(documents: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The same pairs, source and target swapped."""
    return [[(other, one) for one, other in rows] for rows in documents]


def spanish(options: argparse.Namespace, make: Callable[..., list[Row]], *, stripped: bool) -> list[list[Row]]:
    """The texts of each Spanish catalogue."""
    with ProcessPoolExecutor(2) as executor:
        return list(executor.map(partial(make, stripped=stripped), catalogues(options), chunksize=8))


def heading() -> None:
    """What stands in the columns of ``show_truth``."""
    columns = ("ours", "worst", "4th", "rest", "wanted", "probe", "seconds", "sample", "G.-C.")
    print(" " * 44 + "".join(f"{name:>8}" for name in columns), flush=True)


def show_truth(
    name: str, documents: Sequence[Sequence[Row]], seeds: int, probe: float = 0.0, wanted: float = 0.0
) -> None:
    """One line: the mean of all seeds, the worst of them, every fourth document and the rest; NLTK's beside ours."""
    parts, seconds, same, theirs = [], [], 0.0, 0.0
    for seed in range(seeds):
        sources, targets, true = damaged(documents, seed)
        start = time.perf_counter()
        found = sets(aligned(sources, targets).beads)
        seconds.append(time.perf_counter() - start)
        fourth = [number % 4 == 0 for number in range(len(found))]
        rest = [not each for each in fourth]
        parts.append((f1(found, true), *(f1(*chosen(some, found, true)) for some in (fourth, rest))))
        print(f"{name}, seed {seed}: {' '.join(f'{each:.4f}' for each in parts[-1])}", file=sys.stderr, flush=True)
        if seed == 0:
            numbers = sample(documents)
            some = [[rows[number] for number in numbers] for rows in (sources, targets)]
            answers = [true[number] for number in numbers]
            same, theirs = f1([found[number] for number in numbers], answers), f1(gale_church(*some), answers)
    ours, *halves = (statistics.mean(each) for each in zip(*parts, strict=True))
    figures = (ours, min(each[0] for each in parts), *halves, wanted, probe, statistics.mean(seconds), same, theirs)
    print(
        f"{name:44}" + "".join(f"{each:8.4f}" for each in figures) + f"  {sum(map(len, documents)):,} texts", flush=True
    )


def chosen(some: Sequence[bool], *all_: Found) -> Iterator[Found]:
    """The same documents of several answers."""
    return (list(compress(each, some)) for each in all_)


def by_position(options: argparse.Namespace, *, stripped: bool) -> Iterator[list[Row]]:
    """Lectures whose blocks are the same in number and kind: they stand for each other in their order."""
    for bitext in quantecon(options):
        left, right = bitext.source.blocks, bitext.target.blocks
        kinds = [[block.evidence.kind for block in side] for side in (left, right)]
        if kinds[0] == kinds[1]:
            yield [
                (hidden(a, stripped=stripped), hidden(b, stripped=stripped)) for a, b in zip(left, right, strict=True)
            ]


def hidden(block: Block, *, stripped: bool) -> Evidence:
    """The evidence of a block without its kind and what stands around it."""
    masked, codes = whole(block)
    if stripped:
        return evidence(re.sub(r"\d+", " ", strip_tags(masked, " ")), ())
    return evidence(masked, codes)


def whole(block: Block) -> tuple[str, tuple[InlineCode, ...]]:
    """A block as one masked text; its tags need no numbers here."""
    return " ".join(each.masked for each in block.sentences), tuple(c for each in block.sentences for c in each.codes)


def quantecon(options: argparse.Namespace, jobs: int = 2) -> list[Bitext]:
    """The lectures, if they can be read here."""
    return bitexts_of(options.corpora / "quantecon-zh" / "en", options.corpora / "quantecon-zh" / "zh", "", jobs)


def bitexts_of(source: Path, target: Path, suffix: str, jobs: int) -> list[Bitext]:
    """Two trees, read by so many processes."""
    files, _ = pairs_of_trees(source, target, suffix)
    with ProcessPoolExecutor(jobs) as executor:
        found, problems = read(files, "en", "zh", jobs=jobs, executor=executor)
    for problem in problems[:1]:
        print(f"{problem.path}: {problem.message}".partition("\n")[0])
    return found


def d2l(options: argparse.Namespace, jobs: int = 2) -> list[Bitext]:
    """The chapters with their originals."""
    return bitexts_of(options.corpora / "d2l-zh", options.corpora / "d2l-zh", "_origin", jobs)


_TERM = re.compile(r"(?<=[\u3400-\u9fff>*])\s*[（(](?P<term>[A-Za-z][A-Za-z0-9 ,;，、/'’.-]*)[)）]")


def chinese(options: argparse.Namespace) -> None:
    """Independent truth on d2l-zh: hidden terms, and hidden codes."""
    bitexts = d2l(options)
    for name, change in (
        ("terms hidden", without_terms),
        ("terms, codes, kinds and numbers hidden", lambda text: without_codes(without_terms(text))),
    ):
        pairs = mine([changed(bitext, change) for bitext in bitexts], "en", "zh")
        show_terms(name, pairs.pairs, pairs.source_texts)
    pairs = mine([changed(bitext, without_codes) for bitext in bitexts], "en", "zh")
    show_codes(bitexts, pairs.pairs)


def changed(
    bitext: Bitext, change: Callable[[str, tuple[InlineCode, ...]], tuple[str, tuple[InlineCode, ...]]]
) -> Bitext:
    """A bitext whose sentences show the aligner less than their files hold."""
    return Bitext(
        *(
            Side(side.path, tuple(_changed(block, change) for block in side.blocks))
            for side in (bitext.source, bitext.target)
        )
    )


def _changed(
    block: Block, change: Callable[[str, tuple[InlineCode, ...]], tuple[str, tuple[InlineCode, ...]]]
) -> Block:
    """One block."""
    parts = []
    for each in block.sentences:
        masked, codes = change((each.masked, each.codes))
        parts.append(replace(each, masked=masked, codes=codes))
    around = [token for token in block.evidence.tokens if is_anchor(token) and token[1] in "ab"]
    codes = tuple(code for each in parts for code in each.codes)
    keep = bool(codes) or any(each.codes for each in block.sentences) is False
    text = " ".join(each.masked for each in parts)
    if change is without_terms or not keep:
        return replace(
            block, sentences=tuple(parts), evidence=evidence(text, codes, kind=block.evidence.kind, more=around)
        )
    return replace(block, sentences=tuple(parts), evidence=evidence(text, codes))


def without_terms(text: tuple[str, tuple[InlineCode, ...]]) -> tuple[str, tuple[InlineCode, ...]]:
    """Without the English term in parentheses after a Chinese one."""
    return _TERM.sub("", text[0]), text[1]


def without_codes(text: tuple[str, tuple[InlineCode, ...]]) -> tuple[str, tuple[InlineCode, ...]]:
    """Without codes and numbers."""
    return re.sub(r"\d+", " ", strip_tags(text[0], " ")), ()


def show_terms(name: str, pairs: Sequence[Pair], sources: int) -> None:
    """How often the hidden term is in the English side."""
    sure = [pair for pair in pairs if pair.score >= DEFAULT_SCORE]
    seen = [found(term["term"], pair.source.written) for pair in sure for term in _TERM.finditer(pair.target.written)]
    ones = sum(pair.sentences == (1, 1) for pair in sure)
    covered = sum(pair.sentences[0] for pair in sure)
    print(
        f"{name:44} precision {sum(seen) / max(len(seen), 1):.4f} of {len(seen)} (wanted 0.97, probe 0.976),"
        f" coverage {covered / sources:.4f} (0.90), 1-1 {ones / max(len(sure), 1):.4f} (0.88)",
        flush=True,
    )


def found(term: str, text: str) -> bool:
    """Whether a term, or one of its alternatives, is in a text; stems, hyphens and plurals are forgiven."""
    have = stems(text)
    return any(
        all(any(one.startswith(stem) or stem.startswith(one) for one in have) for stem in stems(each))
        or "".join(stems(each)) in "".join(have)
        for each in re.split(r"[,;，、/]| or ", term)
        if each.strip()
    ) or initials(term) in "".join(word[0] for word in have)


def initials(term: str) -> str:
    """An abbreviation's letters; of other terms something that no text has."""
    return term.lower() if term.isupper() and len(term) > 1 else "\0"


def stems(text: str) -> list[str]:
    """Beginnings of words."""
    return [
        re.sub(r"(?:ies|es|s|y|ing|ed|e|al|ation|ion|ity)$", "", word)[:8] or word
        for word in re.findall(r"[a-z0-9]+", text.lower())
    ]


def show_codes(bitexts: Sequence[Bitext], pairs: Sequence[Pair]) -> None:
    """How often a hidden reference or literal of the target stands in the source of its pair.

    Those count that stand equally often in both documents: people add, drop and change the others.
    """
    codes: dict[tuple[str, str], Counter[str]] = {}
    everywhere: dict[str, Counter[str]] = {}
    for bitext in bitexts:
        for side in (bitext.source, bitext.target):
            for each in (each for block in side.blocks for each in block.sentences):
                codes[side.path, " ".join(each.text.split())] = telling(each.codes)
                everywhere.setdefault(side.path, Counter()).update(telling(each.codes))
    right = total = 0
    for pair in pairs:
        if pair.score >= DEFAULT_SCORE and pair.sentences == (1, 1):
            one = codes[pair.source_file, pair.source.written]
            other = codes[pair.target_file, pair.target.written]
            counts = everywhere[pair.source_file], everywhere[pair.target_file]
            same = Counter({code: count for code, count in other.items() if counts[0][code] == counts[1][code]})
            right += (one & same).total()
            total += same.total()
    print(
        f"{'codes hidden: in the right pair':44} {right / max(total, 1):.4f} of {total} (wanted 0.98, probe 0.983)",
        flush=True,
    )


def telling(codes: Iterable[InlineCode]) -> Counter[str]:
    """References and literals."""
    kept = [code for code in codes if code.kind in ("role", "literal", "reference", "citation")]
    return Counter(anchor for anchor in anchors(kept) if anchor[1] != "i")


def timing(options: argparse.Namespace) -> None:
    """Seconds, and the largest resident set."""
    for name in ("d2l-zh", "quantecon-zh"):
        timed_book(name, options)
    start = time.perf_counter()
    with ProcessPoolExecutor(2) as executor:
        list(executor.map(partial(timed_book, options=options, jobs=1), ("d2l-zh", "quantecon-zh")))
    print(f"{'both books, side by side':44} {time.perf_counter() - start:.1f} s (wanted 15)", flush=True)
    start = time.perf_counter()
    rows = catalogues(options)
    with ProcessPoolExecutor(2) as executor:
        documents = list(executor.map(partial(paragraphs, stripped=False), rows, chunksize=8))
    middle = time.perf_counter()
    aligned([[a for a, _ in each] for each in documents], [[b for _, b in each] for each in documents])
    end = time.perf_counter()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = f"the Python documentation, {sum(map(len, rows)):,} paragraphs"
    print(
        f"{name:44} read {middle - start:.1f} s, aligned {end - middle:.1f} s (wanted 90 together), {memory:.0f} MB",
        flush=True,
    )
    growth(documents)
    sources, targets, _ = damaged([[row for document in documents for row in document][:1700]])
    start = time.perf_counter()
    aligned(sources, targets)
    print(f"{'one document of 1,700 units':44} {time.perf_counter() - start:.1f} s (wanted 5)", flush=True)


def timed_book(name: str, options: argparse.Namespace, jobs: int = 2) -> None:
    """From the files to scored pairs."""
    start, before = time.perf_counter(), _spent()
    bitexts = _BOOKS[name](options, jobs)
    middle = time.perf_counter()
    mine(bitexts, "en", "zh")
    end = time.perf_counter()
    print(
        f"{name:44} read {middle - start:.1f} s, mined {end - middle:.1f} s ({_spent() - before:.1f} s of processors)",
        flush=True,
    )


def _spent() -> float:
    """Seconds of processors, those of other processes that have ended included."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def growth(documents: Sequence[Sequence[Row]]) -> None:
    """Ten times as many documents, all different: ten tenths of like sizes, each on its own, then all together."""
    ordered = sorted(documents, key=len)
    ordered = ordered[: len(ordered) // 10 * 10]
    spent = []
    for some in (*(ordered[start::10] for start in range(10)), ordered):
        before = time.process_time()
        aligned([[a for a, _ in each] for each in some], [[b for _, b in each] for each in some])
        spent.append(time.process_time() - before)
    tenth = statistics.mean(spent[:10])
    print(
        f"{f'{len(ordered) // 10} documents, then {len(ordered)}':44} {tenth:.1f} s, {spent[10]:.1f} s of processors:"
        f" {spent[10] / tenth:.1f} times the time (wanted 11)",
        flush=True,
    )


_BOOKS: dict[str, Callable[[argparse.Namespace, int], list[Bitext]]] = {"d2l-zh": d2l, "quantecon-zh": quantecon}
_PARTS: dict[str, Callable[[argparse.Namespace], None]] = {
    "truth": truth,
    "turned": turned,
    "chinese": chinese,
    "time": timing,
}

if __name__ == "__main__":
    raise SystemExit(main())
