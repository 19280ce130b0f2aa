"""What the emulator makes of documents: HTML and text, examples, terms, formality, and faults of paragraphs."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinx_amts.emulator import Examples, Fault, Faults, PseudoTranslator, Rule, Task, Translated
from sphinx_amts.emulator.documents import translate_html, translate_plain
from sphinx_amts.emulator.html import nodes, text_of
from sphinx_amts.emulator.languages import LANGUAGES
from sphinx_amts.emulator.placing import placed, plain

PAGE = '<p id="s-1">Read <b>the book</b> with <span translate="no" id="c">$x &lt; y$</span> &amp; more.</p>'


def upper(text: str, marks: Mapping[str, str], task: Task) -> Translated:
    """Translates by shouting."""
    return Translated(text.upper())


def shout(source: str, *rules: Rule) -> str:
    return translate_html(source, Task("en", "es"), upper, Faults(*rules)).text


def pseudo(source: str, target: str = "es", **more: object) -> str:
    task = Task("en", target, **more)  # type: ignore[arg-type]
    return translate_html(source, task, PseudoTranslator(), Faults()).text


def test_text_is_translated_and_everything_else_stays() -> None:
    source = '<!-- a --><P class="a b"  id=x>One <br/> two<img alt="three"></P><script>a < b</script>\n<p>&nbsp;</p>'
    expected = '<!-- a --><P class="a b"  id=x>ONE <br/> TWO<img alt="three"></P><script>a < b</script>\n<p>&nbsp;</p>'
    assert shout(source) == expected


def test_what_must_not_be_translated_stays_and_takes_part_in_the_sentence() -> None:
    seen = []

    def keep(text: str, marks: Mapping[str, str], task: Task) -> Translated:
        seen.append(plain(text, marks))
        return Translated(text)

    assert translate_html(PAGE, Task("en", "es"), keep, Faults()).text == PAGE
    assert seen == ["Read the book with $x < y$ & more."]


def test_a_block_that_must_not_be_translated_is_no_part_of_a_sentence() -> None:
    source = '<div>one<pre translate="no">two<pre>three</pre></pre>four</div>'
    assert shout(source) == '<div>ONE<pre translate="no">two<pre>three</pre></pre>FOUR</div>'


def test_only_the_body_is_translated_and_charged() -> None:
    source = "<html><head><title>a title</title></head><body>a body</body></html>"
    assert shout(source) == "<html><head><title>a title</title></head><body>A BODY</body></html>"
    assert text_of(source) == "a body"


def test_characters_are_those_of_text_nodes_with_entities_as_what_they_stand_for() -> None:
    assert text_of(PAGE + "\n<script>no</script><!-- no -->") == "Read the book with $x < y$ & more.\n"


@given(st.text(alphabet="<>/!-abp \"'=&;\n", max_size=60))
def test_the_pieces_of_a_document_are_the_document(source: str) -> None:
    assert "".join(node.raw for node in nodes(source)) == source


@given(st.text(alphabet="ab. \U000f0000\U000f0001\U000f0002", max_size=30), st.text(alphabet="xy. $", max_size=20))
def test_marks_are_placed_once_each_and_the_text_is_kept(source: str, target: str) -> None:
    marks = {"\U000f0000": "", "\U000f0001": "$", "\U000f0002": ""}
    once = "".join(letter for at, letter in enumerate(source) if letter not in marks or letter not in source[:at])
    done = placed(target, once, marks)
    assert sorted(letter for letter in done if letter in marks) == sorted(letter for letter in once if letter in marks)
    assert [letter for letter in done if letter in "\U000f0000\U000f0002"] == [
        letter for letter in once if letter in "\U000f0000\U000f0002"
    ]


@pytest.mark.parametrize(
    ("target", "letters"),
    [
        ("zh", "[\u4e00-\u9fff]"),
        ("zh-TW", "[\u4e00-\u9fff]"),
        ("ja", "[\u3040-\u30ff\u4e00-\u9fff]"),
        ("ko", "[\uac00-\ud7af]"),
        ("ru", "[\u0400-\u04ff]"),
        ("ar", "[\u0600-\u06ff]"),
        ("hi", "[\u0900-\u097f]"),
        ("th", "[\u0e00-\u0e7f]"),
        ("es", "[a-z\u00e0-\u017f]"),
    ],
)
def test_words_are_written_in_the_script_of_the_language(target: str, letters: str) -> None:
    assert re.fullmatch(f"({letters}+ ?)+", pseudo("read these words slowly", target))


@pytest.mark.parametrize("target", sorted(LANGUAGES - {"en"}))
def test_every_language_changes_words_and_keeps_numbers_acronyms_and_addresses(target: str) -> None:
    done = pseudo("Open 12 PDF files at https://example.org/a?b=c again", target)
    assert "open" not in done.lower()
    assert re.findall(r"[\w:/.?=]*[A-Za-z0-9]{2,}[\w:/.?=]*", done)[:2] == ["12", "PDF"] or "12" in done
    assert "PDF" in done
    assert "https://example.org/a?b=c" in done


def test_an_example_is_used_where_the_sentence_is_the_same() -> None:
    examples = Examples({"Read the book.": "Lee el libro."})
    done = pseudo("<p>See this. Read  <b>the book</b>.</p>", examples=examples)
    assert done == "<p>Šéé ťĥíš. Lee el <b>libro</b>.</p>"


def test_an_example_may_hold_several_sentences() -> None:
    examples = Examples({"One fish. Two fish.": "Un pez y otro."})
    assert pseudo("One fish. Two fish. 3", examples=examples) == "Un pez y otro. 3"


def test_a_near_example_shows_with_what_differs() -> None:
    examples = Examples({"The cat has 4 legs.": "El gato tiene 4 patas."})
    assert pseudo("The cat has 5 legs.", examples=examples) == "El gato tiene 5 patas."
    assert pseudo("The dog has 4 legs.", examples=examples) == "El gato tiene 4 patas.⟨ďóǧ⟩"


def test_an_example_that_is_far_is_not_used() -> None:
    examples = Examples({"The cat has 4 legs.": "El gato tiene 4 patas."})
    assert "gato" not in pseudo("Nobody knows the answer.", examples=examples)


def test_what_must_not_be_translated_takes_its_place_in_the_example() -> None:
    examples = Examples({"Where $x < y$ holds.": "Si vale $x < y$ aquí."})
    source = '<p>Where <span translate="no">$x &lt; y$</span> holds.</p>'
    assert pseudo(source, examples=examples) == '<p>Si vale <span translate="no">$x &lt; y$</span> aquí.</p>'


def test_terms_are_applied_as_whole_words_with_their_case() -> None:
    terms = {"book": "LIBRO", "book club": "CLUB"}
    done = translate_plain("book Book book club books", Task("en", "es", terms=terms), PseudoTranslator(), Faults())
    assert done.text == "LIBRO Ɓóóķ CLUB ƀóóķš"
    assert done.terms == {"book": "LIBRO", "book club": "CLUB"}


def test_formality_shows_where_the_language_has_it() -> None:
    assert pseudo("Read.", "de", formality="FORMAL") == "Ŕéáď.⁽ᶠ⁾"
    assert pseudo("Read.", "da", formality="FORMAL") == "Ŕéáď."


def test_the_lines_of_a_text_are_its_paragraphs() -> None:
    done = translate_plain("one\r\n\r\n--\ntwo < three", Task("en", "es"), upper, Faults())
    assert done.text == "ONE\r\n\r\n--\nTWO < THREE"


SPAN = '<span translate="no" id="c">$x &lt; y$</span>'


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.UNTRANSLATED, PAGE),
        (Fault.TAGS_MOVED, f'<p id="s-1">{SPAN}READ <b>THE BOOK</b> WITH  &amp; MORE.</p>'),
        (Fault.TAGS_DOUBLED, f'<p id="s-1">READ <b>THE BOOK</b><b></b> WITH {SPAN} &amp; MORE.</p>'),
        (Fault.TAGS_LOST, f'<p id="s-1">READ THE BOOK WITH {SPAN} &amp; MORE.</p>'),
        (Fault.SPACES_ADDED, f'<p id="s-1">READ <b>THE BOOK</b> WITH  {SPAN}  &amp; MORE.</p>'),
        (Fault.PLACEHOLDER_LEAKED, '<p id="s-1">READ <b>THE BOOK</b> WITH DNT_GEBK0 &amp; MORE.</p>'),
        (Fault.ENTITIES_UNESCAPED, f'<p id="s-1">READ <b>THE BOOK</b> WITH {SPAN} & MORE.</p>'),
    ],
)
def test_a_paragraph_can_be_damaged(fault: Fault, expected: str) -> None:
    assert shout(PAGE, Rule(fault)) == expected
    assert shout("<p>Plain.</p>", Rule(fault)) == ("<p>Plain.</p>" if fault is Fault.UNTRANSLATED else "<p>PLAIN.</p>")


def test_a_text_can_stay_untranslated() -> None:
    faults = Faults(Rule(Fault.UNTRANSLATED, share=0.5))
    assert translate_plain("one\ntwo\nthree", Task("en", "es"), upper, faults).text == "ONE\ntwo\nTHREE"
