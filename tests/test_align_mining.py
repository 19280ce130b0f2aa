from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_align_blocks import corpus_of

from sphinx_amts.align import Mined, mine, mine_each
from sphinx_amts.align.bilingual import Bitext, Block, Side, pairs_of_trees
from sphinx_amts.align.evidence import evidence
from sphinx_amts.align.reading import read
from sphinx_amts.document.sentences import split
from sphinx_amts.model import Segment


def side(path: str, texts: Sequence[str], language: str) -> Side:
    """A file of paragraphs without markup."""
    return Side(
        path,
        tuple(
            Block(
                number,
                number + 1,
                tuple(Segment(each, each) for each in split(text, language)),
                evidence(text, (), kind="p"),
            )
            for number, text in enumerate(texts)
        ),
    )


def bitext(source: Sequence[str], target: Sequence[str], languages: tuple[str, str]) -> Bitext:
    return Bitext(side("a", source, languages[0]), side("b", target, languages[1]))


def shown(mined: Mined) -> list[tuple[str, str]]:
    return [(pair.source.plain, pair.target.plain) for pair in mined.pairs]


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("ja", ("木は10本ある。", "家は2軒だけだ！")),
        ("ko", ("나무는 10그루 있다.", "집은 2채뿐이다!")),
        ("pt_BR", ("Há 10 árvores.", "Só há 2 casas!")),
        ("tr", ("10 ağaç var.", "Sadece 2 ev var!")),
        ("vi", ("Có 10 cái cây.", "Chỉ có 2 ngôi nhà!")),
        ("fr", ("Il y a 10 arbres.", "Il n'y a que 2 maisons !")),
        ("fa", ("۱۰ درخت وجود دارد.", "فقط ۲ خانه وجود دارد!")),
        ("de", ("Es gibt 10 Bäume.", "Es gibt nur 2 Häuser!")),
        ("es", ("Hay 10 árboles.", "¡Solo hay 2 casas!")),
        ("zh", ("有10棵树。", "只有2座房子！")),
    ],
)
def test_a_language_is_cut_into_its_sentences_and_aligned_both_ways(code: str, sentences: tuple[str, str]) -> None:
    blank = "" if code in ("ja", "zh") else " "
    english, other = ["There are 10 trees.", "There are only 2 houses!"], blank.join(sentences)
    forth = mine([bitext([" ".join(english)], [other], ("en", code))], "en", code)
    assert shown(forth) == list(zip(english, sentences, strict=True))
    back = mine([bitext([other], [" ".join(english)], (code, "en"))], code, "en")
    assert shown(back) == list(zip(sentences, english, strict=True))


def books() -> list[Bitext]:
    """Ten documents of paragraphs of two sentences."""
    source, target = ([f"{text.capitalize()}." for text in texts] for texts in corpus_of(5, 240))
    return [
        bitext(
            [" ".join(source[at : at + 2]) for at in range(start, start + 24, 2)],
            [" ".join(target[at : at + 2]) for at in range(start, start + 24, 2)],
            ("en", "es"),
        )
        for start in range(0, 240, 24)
    ]


def test_sentences_are_found_inside_paragraphs() -> None:
    mined = mine(books(), "en", "es")
    source, target = corpus_of(5, 240)
    assert shown(mined) == [(f"{a.capitalize()}.", f"{b.capitalize()}.") for a, b in zip(source, target, strict=True)]
    assert (mined.source_texts, mined.target_texts, mined.source_alone, mined.target_alone) == (240, 240, 0, 0)
    assert {pair.granularity for pair in mined.pairs} == {"sentence"}
    assert mined.pairs[3].source.units == (1,)
    assert all(pair.score > 0.9 for pair in mined.pairs)


def test_paragraphs_stay_whole() -> None:
    mined = mine(books(), "en", "es", granularity="paragraph")
    assert len(mined.pairs) == mined.source_texts == 120
    assert mined.pairs[0].sentences == (2, 2)
    assert {pair.granularity for pair in mined.pairs} == {"paragraph"}


@pytest.mark.parametrize("is_paired", [False, True])
def test_paragraphs_and_sentences_at_once_are_those_of_two_runs(is_paired: bool) -> None:
    """Of two shares too."""
    those = [Bitext(one.source, one.target, is_paired) for one in books()]
    assert mine_each(those, "en", "es", ["paragraph", "sentence"], share=70) == {
        granularity: mine(those, "en", "es", granularity=granularity, share=70)
        for granularity in ("paragraph", "sentence")
    }


def test_a_condensed_translation_is_in_the_right_place_and_not_complete() -> None:
    those = books()
    whole = those[4].target.blocks[5]
    short = whole.sentences[0].text
    block = Block(5, 6, (whole.sentences[0],), evidence(short, (), kind="p"))
    blocks = (*those[4].target.blocks[:5], block, *those[4].target.blocks[6:])
    those[4] = Bitext(those[4].source, Side("b", blocks))
    mined = mine(those, "en", "es", granularity="paragraph")
    condensed = mined.pairs[4 * 12 + 5]
    assert condensed.target.plain == short.strip()
    assert condensed.score > 0.5
    assert condensed.complete < 0.3
    assert min(pair.complete for pair in mined.pairs if pair is not condensed) > 0.5


def test_the_same_input_gives_the_same_pairs() -> None:
    assert mine(books(), "en", "es") == mine(books(), "en", "es")


def test_nothing_gives_nothing() -> None:
    assert mine([], "en", "zh") == Mined((), 0, 0, 0, 0)
    assert mine([bitext([], ["有。"], ("en", "zh"))], "en", "zh") == Mined((), 0, 1, 0, 1)


@pytest.mark.corpora
def test_a_chapter_of_a_real_book_is_nearly_all_found(corpora: Path) -> None:
    chapter = corpora / "d2l-zh" / "chapter_recurrent-modern"
    bitexts, problems = read(pairs_of_trees(chapter, chapter, "_origin")[0], "en", "zh")
    mined = mine(bitexts, "en", "zh")
    assert problems == []
    assert mined.source_alone <= 0.15 * mined.source_texts
    assert ("Gated Recurrent Units (GRU)", "门控循环单元（GRU）") in shown(mined)


@pytest.mark.corpora
def test_a_chapter_gives_nearly_the_same_pairs_from_chinese_to_english(corpora: Path) -> None:
    chapter = corpora / "d2l-zh" / "chapter_recurrent-modern"
    bitexts, _ = read(pairs_of_trees(chapter, chapter, "_origin")[0], "en", "zh")
    forth = shown(mine(bitexts, "en", "zh"))
    back = shown(mine([Bitext(each.target, each.source) for each in bitexts], "zh", "en"))
    same = {(one, other) for other, one in back} & set(forth)
    assert len(same) >= 0.99 * max(len(set(forth)), len(set(back)))
