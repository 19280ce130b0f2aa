"""What the text of an answer must be, rule by rule, and the law that they keep together."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from saying import EN, ES, ZH, Saying, done, requests

from sphinx_amts.engines import Answer, Status, checked, create, scripts
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.locales import Language, language
from sphinx_amts.masked import TAG, problem
from sphinx_amts.model import InlineCode, Request


def judged(source: str, target: str, to: Language = ES, codes: tuple[InlineCode, ...] = ()) -> Answer:
    """What becomes of one answer."""
    (answer,) = checked(Saying(lambda _: done(target)), [Request("1", source, codes)], EN, to)
    return answer


def refusal(source: str, target: str, to: Language = ES, codes: tuple[InlineCode, ...] = ()) -> str:
    answer = judged(source, target, to, codes)
    assert (answer.status, answer.target) == (Status.REFUSED, "")
    return answer.reason


def nested(inner: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.one_of(st.text("ab 1.:,é中\n", max_size=6), st.just(None), inner), max_size=4)


@st.composite
def masked_texts(draw: st.DrawFn) -> str:
    """Well-formed masked texts."""
    number = 0

    def write(parts: list[Any]) -> str:
        nonlocal number
        text = ""
        for part in parts:
            if isinstance(part, str):
                text += part
                continue
            number += 1
            mine = number
            text += f"<{mine}/>" if part is None else f"<{mine}>{write(part)}</{mine}>"
        return text

    return write(draw(st.recursive(st.builds(list), nested, max_leaves=6)))


@given(masked_texts())
def test_the_answers_of_identity_and_pseudo_pass_every_check(source: str) -> None:
    for name in ("identity", "pseudo"):
        (answer,) = checked(create(name, {}), requests(source), EN, ZH)
        assert answer.status == Status.DONE
        assert problem(source, answer.target) is None
    assert TAG.findall(pseudo(source)) == TAG.findall(source)


answers = st.lists(
    st.one_of(
        st.builds(
            Answer,
            st.sampled_from(["1", "2", "3", "4"]),
            st.sampled_from(list(Status)),
            st.one_of(
                masked_texts(),
                st.text(),
                st.lists(st.sampled_from(["<1/>", "<2>", "</2>", "<3/>", "uno ", "&lt;", "```", "<b>", "\x00"])).map(
                    "".join
                ),
            ),
            st.text(max_size=3),
        ),
        st.sampled_from([None, "1", 7]),
    ),
    max_size=8,
)
ASKED = requests("one <1/> two <2>three</2>", "<1/>", "plain words")


@given(answers, st.booleans())
def test_every_request_gets_exactly_one_answer_and_no_bad_one_is_done(said: list[Any], fails: bool) -> None:
    def says(_: object) -> Iterator[Any]:
        yield from said
        if fails:
            raise RuntimeError("tired")

    results = list(checked(Saying(says), ASKED, EN, ES))
    got = {answer.id: answer for answer in results}
    assert len(results) == len(got)
    assert set(got) == {"1", "2", "3"}
    for request in ASKED:
        answer = got[request.id]
        if answer.status == Status.DONE:
            assert problem(request.source, answer.target) is None
            assert answer.target.strip()
            assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in answer.target)
        else:
            assert answer.target == ""
            assert answer.reason or answer.status != Status.REFUSED


# The gate: what they answer

SOURCE = "See <1/> and <2>the <3/> manual</2>."


@pytest.mark.parametrize(
    "target",
    [
        "Vea <1/> y <2>el manual <3/></2>.",
        "<2>El manual <3/></2> y <1/>.",
    ],
)
def test_a_good_answer_passes_as_it_is(target: str) -> None:
    assert judged(SOURCE, target) == Answer("1", Status.DONE, target)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("Vea y <2>el manual <3/></2>.", "<1/> is missing"),
        ("Vea <1/> <1/> y <2>el manual <3/></2>.", "<1/> occurs twice"),
        ("Vea <1/> y el manual.", "<2> is missing"),
        ("Vea <2><1/> el manual <3/></2>.", "<1/> stands inside <2>"),
        ("Vea <1/> <3/> y <2>el manual</2>.", "<3/> stands outside its pair"),
        ("Vea <1/> y </2>el <3/> manual<2>.", "</2> closes nothing"),
        ("Vea <1/> y <2>el <3/> manual.", "<2> is never closed"),
        ("Vea <1/> y <2>el <3/> manual</2> <4/>.", "<4/> is not in the source"),
        ("Vea <1/> y <2/>el <3/> manual.", "<2> is missing"),
        ("Vea &lt;1/&gt; y <2>el <3/> manual</2>.", "it contains an entity that its source does not have: &gt;"),
        ("Vea <1/> y <2>el <3/> manual</2> < 2 />", "it contains a broken tag: < 2 />"),
        ("Vea <1/> y <2>el <3/> manual</2> ＜１/＞", "it contains a broken tag: ＜１/＞"),
        ("Vea <2>el <3/> manual</2> <<1/>1/>", "it contains a broken tag: < 1/>"),
        ("Vea <1/> y <2>el <3/> <b>manual</b></2>", "it contains HTML that its source does not have: </b"),
        ("Vea <1/> y <2>el <3/> manual</2><!-- x", "it contains HTML that its source does not have: <!"),
        ("Vea <1/> y <2>l&#39;<3/> manual</2>", "it contains an entity that its source does not have: &#39;"),
        (
            "Vea DNT_GEBK1 <1/> y <2>el <3/> manual</2>",
            "it contains 'DNT_GEBK1', a stand-in of the translation service",
        ),
        ("```markdown Vea <1/> y <2>el <3/> manual</2> ```", "it contains a fence (```)"),
        ("Vea <1/> y <2>el <3/> manual</2> ~~~", "it contains a fence (~~~)"),
        (":::{note} Vea <1/> y <2>el <3/> manual</2>", "it contains a fence (:::)"),
        ("Vea <1/> y <2>el <3/> manual</2>\x00", "it contains the character U+0000"),
        ("Vea <1/> y <2>el <3/> manual\ud800</2>", "it contains the character U+D800"),
        ("Vea <1/> y <2>el <3/> manual\ufffd</2>", "it contains the character U+FFFD"),
        ("Vea <1/> y <2>el <3/> manual\u202e</2>", "it contains the character U+202E"),
        ("", "the answer is empty"),
        (" \n ", "the answer is empty"),
        ("<1/> <2><3/></2>", "the answer has no words"),
        ("Vea <1/> y <2>el <3/> manual</2>" + " ja" * 200, "it is 632 characters long, its source 36"),
    ],
)
def test_a_bad_answer_is_refused_with_a_reason(target: str, reason: str) -> None:
    assert refusal(SOURCE, target) == reason


def test_a_pair_must_keep_some_text() -> None:
    assert refusal("press <1>Enter</1> now", "pulse <1> </1> Intro") == "<1> lost its text"
    assert judged("an empty <1></1> pair", "un par <1></1>").status == Status.DONE


def test_codes_bound_by_order_keep_it() -> None:
    free, bound = InlineCode("math", "$x$"), InlineCode("footnote", "[#]_", ordered=True)
    codes = (bound, free, bound)
    source = "one <1/> and <2/> two <3/>"
    assert judged(source, "<2/> uno <1/> y dos <3/>", codes=codes).status == Status.DONE
    assert refusal(source, "dos <3/> y <2/> uno <1/>", codes=codes).startswith("codes that are bound by their order")


def test_a_line_break_becomes_a_blank() -> None:
    assert judged("one two", "uno \r\n\n  dos\u2028tres\n").target == "uno dos tres"
    assert judged("one two", "uno\tdos").target == "uno dos"
    assert judged("one\ntwo", "uno\ndos").target == "uno dos"


def test_white_space_at_the_ends_is_the_sources() -> None:
    assert judged("one", " uno ").target == "uno"
    assert judged(" one ", " uno ").target == " uno "


def test_what_the_source_has_the_target_may_have() -> None:
    source = "if a < b, &amp; <b>x</b> ``` DNT_ \ufeff <01/>"
    assert judged(source, "Si a < b, &amp; <b>y</b> ``` DNT_ \ufeff <01/>").status == Status.DONE
    assert judged("for R&D; you", "para R&D; usted").status == Status.DONE
    assert judged("for a<n and b>0", "para a<n y b>0").status == Status.DONE


def test_a_short_source_may_have_a_long_target() -> None:
    assert judged("Yes", "Sí, " + "claro " * 30).status == Status.DONE


@pytest.mark.parametrize(
    "hostile", [" " * 1_000_000, "<" + " " * 1_000_000, "<a" * 500_000, "&" * 1_000_000, "<1>" * 300_000]
)
def test_a_huge_answer_is_refused_soon(hostile: str) -> None:
    """Each of them would keep a careless pattern busy for hours."""
    assert judged("one", f"x{hostile}x").status == Status.REFUSED


ENGLISH = "The model learns <1/> from the data that it sees"


@pytest.mark.parametrize(
    ("to", "good"),
    [
        ("zh", "模型从数据中学习 <1/>"),
        ("ja", "モデルはデータから <1/> を学びます"),
        ("ko", "모델은 데이터에서 <1/> 배웁니다"),
        ("ru", "Модель учится <1/> на данных"),
        ("uk", "Модель навчається <1/> на даних"),
        ("ar", "يتعلم النموذج <1/> من البيانات"),
        ("he", "המודל לומד <1/> מהנתונים"),
        ("el", "Το μοντέλο μαθαίνει <1/> από τα δεδομένα"),
        ("hi", "मॉडल डेटा से <1/> सीखता है"),
        ("th", "โมเดลเรียนรู้ <1/> จากข้อมูล"),
    ],
)
def test_an_answer_in_a_script_that_cannot_be_right_is_refused(to: str, good: str) -> None:
    assert refusal(ENGLISH, ENGLISH, language(to)) == f"wrong language: no letter of it is in a script of {to!r}"
    assert judged(ENGLISH, good, language(to)) == Answer("1", Status.DONE, good)


def test_chinese_is_no_spanish() -> None:
    chinese = "<1/>" + "模型从它所看到的数据中学习并且不断改进自己的预测能力"
    assert refusal(ENGLISH, chinese) == "wrong language: no letter of it is in a script of 'es'"


def test_short_and_code_like_answers_may_stay_as_they_are() -> None:
    assert judged("NumPy and SciPy <1/>", "NumPy and SciPy <1/>", ZH).status == Status.DONE
    assert judged(ENGLISH, ENGLISH, ES).status == Status.DONE


def test_a_quotation_in_another_script_is_not_judged() -> None:
    quotation = "Все счастливые семьи похожи друг на друга"
    assert judged(quotation, quotation, ZH).status == Status.DONE


def test_a_language_of_several_scripts_is_not_judged_unless_its_code_names_one() -> None:
    assert scripts.of("sr") is None
    assert scripts.of("xx") is None
    assert scripts.of("zh-Qaaa") is None
    assert scripts.of("sr@latin") == scripts.of("es_MX") == scripts.of("sr-Latn")
    assert scripts.of("zh_Hant") == scripts.of("zh_TW") == scripts.of("zh")
