"""Gettext catalogues as bilingual texts: their pairs are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sphinx_amts.align import mine
from sphinx_amts.align.bilingual import Bitext, Files
from sphinx_amts.align.catalogues import Catalogue, bitext_of, catalogues_in
from sphinx_amts.align.reading import read
from sphinx_amts.cli import main

HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
PETS = """#: ../docs/pets.rst:3
msgid "Pets"
msgstr "Animales"

#: ../docs/pets.rst:5
msgid "The cat sleeps, see :func:`purr`. It wakes up at night."
msgstr "El gato duerme, véase :func:`purr`. Se despierta de noche."

#, fuzzy
msgid "The dog runs."
msgstr "El pez nada."

msgid "Nobody translated this."
msgstr ""

msgid "A bird"
msgid_plural "Birds"
msgstr[0] "Un pájaro"
msgstr[1] "Pájaros"

#~ msgid "It was here."
#~ msgstr "Estaba aquí."
"""


def catalogue(path: Path, text: str = PETS, language: str = "es") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(language=language) + text, encoding="utf-8")
    return path


def bitext(path: Path, source: str = "en", target: str = "es") -> Bitext:
    found = bitext_of(Catalogue(path, source, target))
    assert isinstance(found, Bitext)
    return found


def test_each_translated_message_is_a_block_on_its_line(tmp_path: Path) -> None:
    found = bitext(catalogue(tmp_path / "pets.po"))
    assert found.is_paired
    assert [[one.masked for one in block.sentences] for block in found.target.blocks] == [
        ["Animales"],
        ["El gato duerme, véase <1/>. ", "Se despierta de noche."],
    ]
    lines = (tmp_path / "pets.po").read_text(encoding="utf-8").splitlines()
    assert [lines[block.line - 1][:7] for block in found.source.blocks] == ["msgid \"", "msgid \""]  # fmt: skip


def test_pairs_are_known_however_unlike_they_are(tmp_path: Path) -> None:
    """An aligner would not pair them."""
    text = 'msgid "One, two, three, four, five: 12345."\nmsgstr "Sí."\n\nmsgid "Yes."\nmsgstr "Uno, dos: 12345."\n'
    found = mine([bitext(catalogue(tmp_path / "x.po", text))], "en", "es", granularity="paragraph")
    assert [(pair.source.plain, pair.target.plain, pair.score, pair.complete) for pair in found.pairs] == [
        ("One, two, three, four, five: 12345.", "Sí.", 1.0, 1.0),
        ("Yes.", "Uno, dos: 12345.", 1.0, 1.0),
    ]


def test_sentences_are_found_inside_messages(tmp_path: Path) -> None:
    found = mine([bitext(catalogue(tmp_path / "pets.po"))], "en", "es")
    assert [(pair.source.plain, pair.target.plain) for pair in found.pairs] == [
        ("Pets", "Animales"),
        ("The cat sleeps, see purr.", "El gato duerme, véase purr."),
        ("It wakes up at night.", "Se despierta de noche."),
    ]


def test_languages_may_be_swapped(tmp_path: Path) -> None:
    found = bitext(catalogue(tmp_path / "pets.po"), "es", "en")
    assert [found.source.blocks[0].sentences[0].text, found.target.blocks[0].sentences[0].text] == ["Animales", "Pets"]


@pytest.mark.parametrize("named", ["", "tlh", "es_MX"])
def test_a_header_that_says_nothing_of_use_changes_nothing(tmp_path: Path, named: str) -> None:
    found = bitext(catalogue(tmp_path / "pets.po", language=named))
    assert found.source.blocks[0].sentences[0].text == "Pets"


def test_messages_of_markdown_are_read_as_markdown(tmp_path: Path) -> None:
    text = '#: ../docs/pets.md:3\nmsgid "The **cat** and `it`."\nmsgstr "El **gato** y `it`."\n'
    found = bitext(catalogue(tmp_path / "pets.po", text))
    assert [code.kind for code in found.source.blocks[0].sentences[0].codes] == ["strong", "literal"]


def test_what_cannot_be_read_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    catalogue(tmp_path / "good.po")
    catalogue(tmp_path / "empty.po", 'msgid "Nobody."\nmsgstr ""\n')
    catalogue(tmp_path / "bad.po", 'msgid "Broken\n')
    other = Files("good.po", "empty.po", tmp_path, tmp_path)
    found, problems = read([*catalogues_in(tmp_path), other], "en", "es")
    assert [(Path(one.source.path).name, len(one.source.blocks)) for one in found] == [("empty.po", 0), ("good.po", 2)]
    told = {Path(problem.path).name: problem.message for problem in problems}
    assert set(told) == {"bad.po", "good.po"}
    assert told["bad.po"].startswith("line 6: damaged catalogue")
    assert "a catalogue has both languages: give it alone" in told["good.po"]


def test_a_tree_of_catalogues_is_aligned_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    catalogue(Path("locale/es/LC_MESSAGES/pets.po"))
    assert main(["align", "locale/es", "-s", "en", "-t", "es", "-o", "pairs.jsonl", "--granularity", "paragraph"]) == 0
    rows = [json.loads(line) for line in Path("pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["source"] for row in rows] == ["Pets", "The cat sleeps, see :func:`purr`. It wakes up at night."]
    assert "pairs in pairs.jsonl" in capsys.readouterr().out


def test_a_tree_without_catalogues_needs_a_translation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    assert main(["align", "docs", "-s", "en", "-t", "es", "-o", "pairs.jsonl"]) == 2
    assert "Or give catalogues (.po) alone" in capsys.readouterr().err
