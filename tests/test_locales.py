"""Language codes: one language, and what each tool calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sphinx

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language, language, same

AMAZON = (
    "af sq am ar hy az bn bs bg ca zh zh-TW hr cs da fa-AF nl en et fa tl fi fr fr-CA ka de el gu ht ha he hi hu is id"
    " ga it ja kn kk ko lv lt mk ms ml mt mr mn no ps pl pt pt-PT pa ro ru sr si sk sl so es es-MX sw sv ta te th tr uk"
    " ur uz vi cy"
).split()
CATALOGUES = sorted(path.parent.name for path in (Path(sphinx.__file__).parent / "locale").glob("*/LC_MESSAGES"))


def test_chinese_is_called_differently_by_each_tool() -> None:
    assert language("zh") == Language(
        code="zh",
        sphinx="zh_CN",
        amazon="zh",
        splitter="zh",
        bleu="zh",
        name="简体中文",
        spaced=False,
        rtl=False,
        choices=(),
    )


@pytest.mark.parametrize("code", ["zh", "ZH", "zh_CN", "zh-CN", "zh_cn", "zh_Hans", "zh-hans-CN", " zh "])
def test_a_code_may_be_spelled_in_many_ways(code: str) -> None:
    assert language(code).sphinx == "zh_CN"


def test_the_code_stays_as_it_was_given() -> None:
    assert [language(code).code for code in ("zh-CN", "PT_br", "es")] == ["zh-CN", "PT_br", "es"]


@pytest.mark.parametrize("code", CATALOGUES)
def test_every_language_of_sphinx_is_known(code: str) -> None:
    assert language(code).sphinx in CATALOGUES


@pytest.mark.parametrize("code", AMAZON)
def test_every_language_of_amazon_is_known_by_its_code(code: str) -> None:
    expected = None if code == "pt" else code
    assert language(code).amazon == expected


@pytest.mark.parametrize(
    ("code", "amazon"),
    [
        ("zh_CN", "zh"),
        ("zh_TW", "zh-TW"),
        ("zh_HK", "zh-TW"),
        ("zh_Hant", "zh-TW"),
        ("pt_BR", "pt"),
        ("pt_PT", "pt-PT"),
        ("nb", "no"),
        ("nb_NO", "no"),
        ("no", "no"),
        ("uk_UA", "uk"),
        ("hi_IN", "hi"),
        ("de_DE", "de"),
        ("de_AT", "de"),
        ("es_CO", "es"),
        ("es_MX", "es-MX"),
        ("es_419", "es"),
        ("fr_FR", "fr"),
        ("fr_CA", "fr-CA"),
        ("en_GB", "en"),
        ("en_HK", "en"),
        ("fil", "tl"),
        ("iw", "he"),
    ],
)
def test_amazon_has_a_code_for_it(code: str, amazon: str) -> None:
    assert language(code).amazon == amazon


@pytest.mark.parametrize("code", ["cak", "eo", "eu", "gl", "ne", "yue", "sr@latin", "sr_Latn", "km", "lo", "my"])
def test_amazon_has_no_code_for_it(code: str) -> None:
    assert (language(code).amazon, language(code).choices) == (None, ())


def test_portuguese_alone_has_to_be_asked_about() -> None:
    portuguese = language("pt")
    assert (portuguese.amazon, portuguese.choices) == (None, ("pt_BR", "pt_PT"))
    assert [language(choice).amazon for choice in portuguese.choices] == ["pt", "pt-PT"]


@pytest.mark.parametrize(
    ("code", "sphinx_code"),
    [
        ("hi_IN", "hi"),
        ("de_DE", "de"),
        ("fr_FR", "fr"),
        ("sr_RS", "sr"),
        ("nb", "nb_NO"),
        ("no", "nb_NO"),
        ("uk", "uk_UA"),
        ("de_AT", "de_AT"),
        ("en-us", "en"),
        ("zh_TW.Big5", "zh_TW"),
        ("ca@valencia", "ca@valencia"),
        ("sr-Latn", "sr@latin"),
    ],
)
def test_sphinx_gets_the_code_of_the_catalogue_that_is_translated(code: str, sphinx_code: str) -> None:
    assert language(code).sphinx == sphinx_code


@pytest.mark.parametrize(
    ("code", "tokenizer"),
    [
        ("zh", "zh"),
        ("zh_TW", "zh"),
        ("yue", "zh"),
        ("ja", "ja-mecab"),
        ("ko", "ko-mecab"),
        ("es", "13a"),
        ("th", "13a"),
    ],
)
def test_bleu_has_a_tokenizer_for_it(code: str, tokenizer: str) -> None:
    assert language(code).bleu == tokenizer


@pytest.mark.parametrize(
    ("code", "splitter"),
    [("zh_TW", "zh"), ("yue", "zh"), ("pt_BR", "pt"), ("nb", "no"), ("sr@latin", "sr"), ("ca@valencia", "ca")],
)
def test_sentences_are_split_by_the_rules_of_the_language_alone(code: str, splitter: str) -> None:
    assert language(code).splitter == splitter


def test_only_some_languages_have_no_blanks_between_words() -> None:
    codes = {*AMAZON, *CATALOGUES, "km", "lo", "my"}
    assert {language(code).splitter for code in codes if not language(code).spaced} == {
        "ja",
        "km",
        "lo",
        "my",
        "th",
        "zh",
    }


def test_some_languages_are_written_from_right_to_left() -> None:
    assert [code for code in AMAZON if language(code).rtl] == ["ar", "fa-AF", "fa", "he", "ps", "ur"]


def test_names_are_in_the_language_itself() -> None:
    codes = ["zh_TW", "pt_BR", "de", "de_AT", "nb"]
    assert [language(code).name for code in codes] == [
        "繁體中文",
        "Português (Brasil)",
        "Deutsch",
        "Deutsch (AT)",
        "Norsk bokmål",
    ]


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("jp", "Did you mean ja?"),
        ("Deutsch", "Did you mean de?"),
        ("pt_BRR", "Did you mean pt or pt_BR or pt_PT?"),
        ("zhCN", "Did you mean zh_CN or zh?"),
        ("zh_Foo", "Did you mean zh or zh_CN or zh_Hans or zh_Hans_CN?"),
        ("xx", "Codes look like zh_CN, pt_BR, es."),
        ("", "Codes look like zh_CN, pt_BR, es."),
    ],
)
def test_an_unknown_code_is_refused_with_a_hint(code: str, hint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        language(code)
    assert (refused.value.message, refused.value.hint) == (f"the language {code!r} is not known", hint)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("zh", "zh_CN", True),
        ("zh-cn", "zh_Hans", True),
        ("zh", "zh_TW", False),
        ("en", "en_US", True),
        ("en", "en_GB", False),
        ("de", "de_DE", True),
        ("nb", "no", True),
        ("pt", "pt_BR", False),
        ("es", "en", False),
    ],
)
def test_two_codes_are_the_same_language(a: str, b: str, expected: bool) -> None:
    assert same(a, b) is expected
    assert same(b, a) is expected


def test_same_refuses_an_unknown_code() -> None:
    with pytest.raises(ConfigError, match="'xx'"):
        same("zh", "xx")
