from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from test_align_mining import bitext, shown

from sphinx_amts.align import mine
from sphinx_amts.align.terms import Glossary
from sphinx_amts.cli import main
from sphinx_amts.locales import language
from sphinx_amts.pairs.terminology import Term

TERMS = [
    Term("tree", "árbol"),
    Term("trees", "árboles"),
    Term("saddle point", "punto de silla"),
    Term("gradient", "gradiente"),
    Term("layer", "capa"),
    Term("kernel", "núcleo"),
    Term("core", "núcleo"),
]
ENGLISH = ["tree", "saddle point", "gradient", "layer", "kernel"]
SPANISH = ["árbol", "punto de silla", "gradiente", "capa", "núcleo"]


def test_a_term_and_its_translation_are_an_anchor_of_both_texts() -> None:
    glossary = Glossary(TERMS, language("en"), language("es"))
    pair = bitext(["Saddle points of a kernel."], ["Cada punto de silla de un núcleo."], ("en", "es"))
    marked = glossary.marked(pair)
    source, target = (side.blocks[0].evidence.tokens for side in (marked.source, marked.target))
    assert [token for token in source if token.startswith("\x01t")] == ["\x01tsaddle point", "\x01tkernel"]
    assert [token for token in target if token.startswith("\x01t")] == [
        "\x01tsaddle point",
        "\x01tkernel",
        "\x01tcore",
    ]
    assert marked.source.blocks[0].sentences == pair.source.blocks[0].sentences


def test_no_terms_change_nothing() -> None:
    pair = bitext(["A tree."], ["Un árbol."], ("en", "es"))
    assert Glossary([], language("en"), language("es")).marked(pair) == pair


def found(seed: int, terms: list[Term]) -> tuple[int, int]:
    """How many pairs of a text that lost half its sentences are found, and how many there are."""
    chance = random.Random(seed)
    words = [chance.sample(range(5), 2) for _ in range(20)]
    source = [f"Here we see the {ENGLISH[a]} and the {ENGLISH[b]}." for a, b in words]
    left = sorted(chance.sample(range(20), 12))
    target = [f"Aquí vemos {SPANISH[words[at][0]]} y también {SPANISH[words[at][1]]}." for at in left]
    truth = {(source[at], text) for at, text in zip(left, target, strict=True)}
    return len(truth & set(shown(mine([bitext(source, target, ("en", "es"))], "en", "es", terms=terms)))), len(truth)


def test_a_short_text_is_aligned_by_its_terms_where_nothing_else_tells() -> None:
    without, given = ([found(seed, terms) for seed in range(4)] for terms in ([], TERMS))
    assert all(right >= those - 1 for right, those in given)
    assert sum(right for right, _ in without) < 0.8 * sum(right for right, _ in given)


def test_the_command_takes_a_glossary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("en.md").write_text("The kernel counts.\n\nThe layer counts.\n", encoding="utf-8")
    Path("es.md").write_text("Cuenta la capa.\n", encoding="utf-8")
    Path("terms.csv").write_text("en,es\nlayer,capa\nkernel,núcleo\n", encoding="utf-8")
    common = ["align", "en.md", "es.md", "-s", "en", "-t", "es", "-o", "pairs.jsonl", "--jobs", "1"]
    assert main([*common, "--score", "0", "--glossary", "terms.csv"]) == 0
    (row,) = [json.loads(line) for line in Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (row["source"], row["target"]) == ("The layer counts.", "Cuenta la capa.")
    assert main([*common, "--glossary", "gone.csv"]) == 2
