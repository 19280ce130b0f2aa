"""A language's own ways: what each rule does, what it leaves alone, and what no rule may do."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from book import SmallBook
from docutils.utils.smartquotes import smartchars
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.config import Settings, for_language, settings
from sphinx_amts.engines import Answer, Status
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language
from sphinx_amts.masked import TAG, problem
from sphinx_amts.sync.people import _sameness
from sphinx_amts.typography import RULES, typeset
from sphinx_amts.typography.languages import _ROWS

THIN, HARD, RLM, LRM = "\u202f", "\u00a0", "\u200f", "\u200e"

SET = [
    ("zh", "你好, 世界.", "你好，世界。"),
    ("zh", "注意: 使用 <1>NumPy</1>, 我们得到 3.14!", "注意：使用 <1>NumPy</1>，我们得到 3.14！"),
    ("zh", "卷积 (convolution) 层(一种层)", "卷积（convolution）层（一种层）"),
    ("zh", '<1>他说</1> "好", 然后?', "<1>他说</1> “好”，然后？"),
    ("zh", "参见 Smith, J. (2020), 第 1,000 页", "参见 Smith, J. (2020)，第 1,000 页"),
    ("zh", "见 http://x.org:80/a.b, 10:30, f(x) 和图 (1)", "见 http://x.org:80/a.b, 10:30, f(x) 和图 (1)"),
    ("zh", "其中, <1/> 是: <2/>.", "其中， <1/> 是： <2/>。"),
    ("zh", "我们使用 NumPy.", "我们使用 NumPy。"),
    ("zh", "Smith 等 (见第 2 章) et al.", "Smith 等（见第 2 章）et al."),
    ("zh", "The model (a network), learns.", "The model (a network), learns."),
    ("zh_TW", '他說 "好"', "他說 「好」"),
    ("ja", 'これは, "テスト"です.', "これは、「テスト」です。"),
    (
        "fr",
        "Pourquoi? Parce que : ceci ; <1>cela</1> !",
        f"Pourquoi{THIN}? Parce que{HARD}: ceci{THIN}; <1>cela</1>{THIN}!",
    ),
    ("fr", 'Le "mot" et «<1>mot</1>»', f"Le «{HARD}mot{HARD}» et «{HARD}<1>mot</1>{HARD}»"),
    ("fr", "À 10:30, http://x.org, :smile: (?)", "À 10:30, http://x.org, :smile: (?)"),
    ("fr_CA", "Pourquoi? Voici: ceci", f"Pourquoi? Voici{HARD}: ceci"),
    ("de", 'Das "Modell" ist “gut”.', "Das „Modell“ ist „gut“."),
    ("de", 'Ein 5" breites, 7" hohes Bild', 'Ein 5" breites, 7" hohes Bild'),
    ("es", "<1>Qué</1> es un tensor?", "¿<1>Qué</1> es un tensor?"),
    ("es", "Qué bien!", "¡Qué bien!"),
    ("es", "Si llueve, qué hacemos?", "Si llueve, qué hacemos?"),
    ("ar", "استخدم <1/>, ثم ماذا?", "استخدم <1/>، ثم ماذا؟"),
    ("he", "NumPy היא ספרייה של C++.", f"{RLM}NumPy היא ספרייה של C++{LRM}."),
    ("xx", "a , b ; c", "a , b ; c"),
]


def of(code: str) -> str:
    return "eo" if code == "xx" else code


@pytest.mark.parametrize(("code", "given_", "wanted"), SET)
def test_a_text_is_set_as_its_language_is(code: str, given_: str, wanted: str) -> None:
    assert typeset(given_, language(of(code))) == wanted


def test_blanks_between_chinese_and_latin_are_for_the_book_to_choose() -> None:
    glued, apart = "使用<1>NumPy</1>库2次", "使用 <1>NumPy</1> 库 2 次"
    chinese = language("zh")
    assert (typeset(glued, chinese), typeset(apart, chinese)) == (glued, apart)
    assert typeset(glued, chinese, ["spaced"]) == apart
    assert typeset(apart, chinese, ["unspaced"]) == glued


def test_each_rule_can_be_left_out() -> None:
    text = 'Qué "x", <1/>?'
    assert typeset('他说 "好", 对', language("zh"), ["quotes"]) == "他说 “好”, 对"
    assert typeset('他说 "好"了, 对', language("zh"), ["punctuation"]) == '他说 "好"了，对'
    assert typeset(text, language("es"), False) == text
    assert typeset(text, language("es"), []) == text


def test_the_quotes_are_those_that_docutils_writes() -> None:
    """A built page, where docutils makes the quotes, and a file of ours agree."""
    differ = {}
    for code, ways in _ROWS.items():
        theirs = smartchars.quotes.get(code.lower().replace("_", "-")) or smartchars.quotes.get(
            "zh-cn" if code == "zh" else code
        )
        if theirs and ways.quotes and [mark.strip() for mark in ways.quotes] != [mark.strip() for mark in theirs[:2]]:
            differ[code] = ways.quotes
    assert differ == {}


WORDS = st.sampled_from(
    [
        *"中文字あアабabcXYZ019",
        *",.:;?!()\"“”«»„' \u00a0\u202f，。（）「」/=+#-¿…、\ufffc\u200f",
        "Qué",
        "سلام",
        "עברית",
        "C++",
    ]
)


@st.composite
def masked(draw: st.DrawFn) -> str:
    """Words among placeholders and nested pairs."""
    parts: list[str] = []
    open_: list[int] = []
    number = 0
    for step in draw(st.lists(st.one_of(st.lists(WORDS, max_size=6), st.sampled_from(["alone", "open", "close"])))):
        if isinstance(step, list):
            parts += step
        elif step == "close":
            parts += [f"</{open_.pop()}>"] if open_ else []
        else:
            number += 1
            parts.append(f"<{number}/>" if step == "alone" else f"<{number}>")
            open_ += [number] if step == "open" else []
    return "".join([*parts, *(f"</{one}>" for one in reversed(open_))])


CODES = st.sampled_from([*_ROWS, "eo"])
CHOSEN = st.one_of(st.just(True), st.sets(st.sampled_from(sorted(RULES.keys() - {"unspaced"}))))


@given(masked(), CODES, CHOSEN)
def test_set_twice_is_set_once(text: str, code: str, chosen: bool | set[str]) -> None:
    once = typeset(text, language(code), chosen)
    assert typeset(once, language(code), chosen) == once


@given(masked(), CODES, CHOSEN)
def test_tags_and_words_are_untouched(text: str, code: str, chosen: bool | set[str]) -> None:
    once = typeset(text, language(code), chosen)
    assert [tag[0] for tag in TAG.finditer(once)] == [tag[0] for tag in TAG.finditer(text)]
    assert problem(text, once) is None
    assert seen(once) == seen(text)


def seen(text: str) -> list[str]:
    """The letters and digits of a text and its tags, in order."""
    return [character for character in text if unicodedata.category(character)[0] in "LN" or character in "</>\ufffc"]


# In a sync


class Says:
    """An engine with one answer for each source."""

    name = "says"
    translates = True

    def __init__(self, **answers: str) -> None:
        self.answers = answers

    def translate(self, requests, source, target):  # type: ignore[no-untyped-def]
        for request in requests:
            yield Answer(request.id, Status.DONE, self.answers[request.source.split()[0].strip(".,?")])


def test_what_an_engine_says_is_set_and_what_people_say_is_not(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Title\n\nOne, two. Three `x`, four.\n"})
    engine = Says(Title="标题", One="一, 二.", Three="三 <1/>, 四.")
    book.sync(engine)
    assert book.target("index.md") == "# 标题\n\n一，二。三 `x`，四。\n"
    book.edit("index.md", "一，二。", "一, 两.")
    before = book.tree()["index.md"]
    assert book.sync(engine).segments["kept"] == 3
    assert book.tree()["index.md"] == before


def test_a_rule_that_is_new_writes_no_file(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "One, two.\n"})
    book.sync(Says(One="一, 二."), typography=False)
    before = book.tree()
    assert book.target("index.md") == "一, 二.\n"
    result = book.sync(Says(One="一, 二."))
    assert (result.files_written, result.engine_calls, book.tree()) == (0, 0, before)


def test_a_french_space_arrives_in_the_file_and_in_memory(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "Why?\n"}, language="fr")
    book.sync(Says(Why="Pourquoi ?"))
    assert book.target("index.md") == f"Pourquoi{THIN}?\n"
    book.write("more.md", "---\norphan: true\n---\n\nWhy?\n")
    assert book.sync(Says()).segments["memory"] == 1
    assert book.target("more.md").endswith(f"\nPourquoi{THIN}?\n")


def test_a_person_who_changes_width_or_spaces_does_not_make_a_sentence_theirs(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "One, two?\n"})
    book.sync(Says(One="一, 二?"))
    book.edit("index.md", "一，二？", "一, 二 ?")
    book.change("index.md", "two", "three")
    book.sync(Says(One="一, 三?"))
    assert book.target("index.md") == "一，三？\n"
    assert book.group("index.md", "One, three?").origin == "mt:says"


@given(st.lists(WORDS).map("".join))
def test_spaces_and_width_are_no_edit_of_a_sentence(text: str) -> None:
    spaced = typeset(text, language("fr"), ["no-break"])
    assert _sameness(spaced) == _sameness(text)
    wide = typeset(text, language("zh"), ["punctuation", "spaced"])
    assert _sameness(wide) == _sameness(text)


def test_a_book_chooses_rules_for_each_language() -> None:
    base = settings({"amts_typography": ["quotes"], "amts_overrides": {"zh": {"typography": False}}})
    assert for_language(base, "fr").typography == ["quotes"]
    assert for_language(base, "zh").typography is False
    assert Settings().typography is True
    assert settings({"amts_typography": "quotes,no-break"}).typography == ["quotes", "no-break"]
    assert settings({"amts_typography": "0"}).typography is False
    with pytest.raises(
        ConfigError, match="amts_typography names the rule 'quote', and must be of: quotes, punctuation"
    ):
        settings({"amts_typography": ["quote"]})
