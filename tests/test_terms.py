"""Terms: what is found to be missing, and one word in place of another everywhere that sentences are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from book import CONF, Engine, SmallBook, chinese, opened_job
from pooling import PAGE, found, lacks, pooling_book

from sphinx_amts.cli import main
from sphinx_amts.pairs.termbase import CODE
from sphinx_amts.pairs.terminology import Term, read
from sphinx_amts.upkeep.terms import TermsResult, check


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return pooling_book(tmp_path)


def checked(book: SmallBook, *terms: tuple[str, str]) -> TermsResult:
    with opened_job(book) as job:
        return check(job, [Term(*term) for term in terms])


# Where a text has a term


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("The pooling layers.", "pooling layer"),
        ("Pooling Layer", "pooling layer"),
        ("a pooling\nlayer", "pooling layer"),
        ("one mini-batch", "minibatch"),
        ("one minibatch", "mini-batch"),
        ("one mini batch", "mini-batch"),
        ("long short term memories", "long short-term memory"),
        ("two matrices", "matrix"),
        ("all indices", "index"),
        ("all indexes", "index"),
        ("two analyses", "analysis"),
        ("three losses", "loss"),
        ("GANs", "GAN"),
        ("a recurrent unit", "recurrent units"),
        ("an LSTM网络", "LSTM"),
    ],
)
def test_a_term_is_found_however_it_is_written(text: str, term: str) -> None:
    assert found(text, term) == [term]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("spooling", "pooling"),
        ("poolings2", "pooling"),
        ("the pooling. Layer two", "pooling layer"),
        (f"the pooling {CODE} layer", "pooling layer"),
        ("tell us", "US"),
        ("a gated one", "gate"),
    ],
)
def test_no_term_is_found_in_part_of_a_word_or_over_an_end(text: str, term: str) -> None:
    assert found(text, term) == []


def test_of_terms_that_overlap_the_longest_counts() -> None:
    assert found("a pooling layer and a layer", "layer", "pooling layer", "pooling") == ["pooling layer", "layer"]


def test_a_source_without_blanks_is_looked_into_too() -> None:
    assert found("使用池化层。", "池化", source="zh") == ["池化"]


def test_any_of_several_translations_will_do() -> None:
    assert not lacks("精度很高", "准确率", "精度")
    assert lacks("查准很高", "准确率", "精度")
    assert not lacks("softmax 回归", "softmax回归")
    assert not lacks("ＬＳＴＭ网络", "LSTM")


def test_an_abbreviation_may_stay() -> None:
    assert not lacks("LSTM很好", "长短期记忆网络", term="LSTM")


@pytest.mark.parametrize("target", ["Redes neuronales", "la red neuronal.", "una RED NEURONAL"])
def test_where_blanks_part_words_an_ending_may_differ(target: str) -> None:
    assert not lacks(target, "red neuronal", code="es")


@pytest.mark.parametrize("target", ["una red normal", "neuronal red", "enredo neuronal"])
def test_other_words_are_no_translation(target: str) -> None:
    assert lacks(target, "red neuronal", code="es")


def test_every_way_to_write_a_target_is_read_for_a_check(tmp_path: Path) -> None:
    file = tmp_path / "terms.md"
    file.write_text("准确率/精度，accuracy\n\n鞍点，saddle point\n", encoding="utf-8")
    every = [("accuracy", "准确率"), ("accuracy", "精度"), ("saddle point", "鞍点")]
    assert [(term.source, term.target) for term in read(file, "en", "zh", every=True)] == every
    assert [(term.source, term.target) for term in read(file, "en", "zh")] == [every[0], every[2]]


# Checking a book


def test_a_sentence_without_the_translation_is_found_with_its_line(book: SmallBook) -> None:
    book.edit("index.md", f"池化{chinese('layer')}{chinese('is')}", f"汇聚{chinese('layer')}{chinese('is')}")
    result = checked(book, ("pooling", "池化"))
    (missing,) = result.missing
    assert (missing.path, missing.line) == (str(book.locale / "index.md"), 3)
    assert (missing.term, missing.expected, missing.source) == ("pooling", ("池化",), "The pooling layer is fast.")
    assert "汇聚" in missing.target
    assert result.counts == {"pooling": (1, result.sentences["pooling"])}
    assert book.target("index.md").splitlines()[missing.line - 1].startswith(missing.target[:4])


def test_codes_are_not_looked_into(book: SmallBook) -> None:
    # of the five sentences with the word in prose, none lacks it; the words in code and formulas are no terms
    result = checked(book, ("pooling", "池化"))
    assert (result.missing, result.documents) == ([], 2)
    assert result.sentences["pooling"] == 10


def test_what_is_untranslated_is_not_looked_into(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": PAGE})
    book.sync("memory")
    assert checked(book, ("pooling", "池化")).sentences.total() == 0


def test_a_target_with_the_translation_in_a_code_alone_lacks_it(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Title\n\nUse pooling with `x`.\n"})
    book.sync(Engine(lambda masked: chinese(masked)))
    result = checked(book, ("pooling", "x"), ("title", chinese("Title")))
    assert [(one.term, one.line) for one in result.missing] == [("pooling", 3)]


# The command


Run = Callable[..., int]


@pytest.fixture
def run(book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (book.source / "conf.py").write_text(f"{CONF}\namts_languages = ['zh']\n", encoding="utf-8")
    return lambda *arguments: main(["terms", str(book.source), *arguments])


def test_the_command_lists_what_is_missing_and_counts_it(
    run: Run, book: SmallBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "terms.csv").write_text("en,zh\npooling,汇聚\npooling,聚合\n", encoding="utf-8")
    arguments = ("-l", "zh", "--glossary", "terms.csv")
    assert run(*arguments) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("locale/zh/index.md:1: 'pooling' is 汇聚 or 聚合: Pooling layers | ")
    assert [line.split() for line in out[-3:]] == [
        ["zh", "missing", "sentences"],
        ["pooling", "10", "10"],
        ["all", "terms", "10", "10"],
    ]
    assert run(*arguments, "--strict") == 1
    capsys.readouterr()
    assert run(*arguments, "--json") == 0
    data = json.loads(capsys.readouterr().out)["languages"]["zh"]
    assert data["terms"] == {"pooling": {"sentences": 10, "missing": 10}}
    assert data["missing"][0]["expected"] == ["汇聚", "聚合"]


@pytest.mark.parametrize("options", ["amts_amazon", "amts_engine_options"])
def test_the_glossary_is_the_one_that_the_book_names(
    run: Run, book: SmallBook, capsys: pytest.CaptureFixture[str], options: str
) -> None:
    assert run("-l", "zh") == 2
    assert "there is no glossary to check against" in capsys.readouterr().err
    (book.source / "terms.md").write_text("- pooling - 池化\n", encoding="utf-8")
    with (book.source / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write(f"{options} = {{'terminology': 'terms.md'}}\n")
    assert run("-l", "zh", "--strict") == 0


def test_the_command_shows_each_change_and_the_sums(
    run: Run, book: SmallBook, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.tree()
    assert run("--replace", "池化", "汇聚", "--dry-run") == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "locale/zh/index.md: 6 in 5 sentences"
    assert out[1].startswith("  1 - 池化")
    assert out[2].startswith("  1 + 汇聚")
    assert out[-2] == "would change: 11 in 10 sentences of 2 documents, 0 files of pairs"
    assert book.tree() == before
    assert run("--replace", "池化", "汇聚", "--json") == 0
    data = json.loads(capsys.readouterr().out)["languages"]["zh"]
    assert (data["documents"], data["sentences"], data["places"]) == (2, 10, 11)
    assert run("--replace", "池化", "汇聚") == 0
    assert capsys.readouterr().out == "changed: 0 in 0 sentences of 0 documents, 0 files of pairs\n"


def test_a_word_is_replaced_in_one_language(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-l", "zh", "-l", "es", "--replace", "a", "b") == 2
    assert "a word is replaced in one language" in capsys.readouterr().err
