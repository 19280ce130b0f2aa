"""A human translation is taken over without a change, and kept in sync from then on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from book import CONF, Engine, SmallBook

from sphinx_amts.adopt import Edition, adopt, editions_of
from sphinx_amts.adopt.editions import Side
from sphinx_amts.adopt.linking import Link, _filled
from sphinx_amts.cli import main
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import language
from sphinx_amts.model import Kind, Origin

SOURCE = """# Gradient descent

Gradient descent follows the slope. It needs a learning rate $\\eta$.

A second paragraph that the translator left out.

- The first item
- The second item

```python
plt.title("Loss")
```

The last paragraph tells about `numpy`. It ends here.
"""
TARGET = """# 梯度下降

梯度下降沿着斜率走，它需要一个学习率$\\eta$。

- 第一项
- 第二项

```python
plt.title("损失")
```

最后一段讲的是`numpy`。它到此为止。

> 译者注：这是一个说明。
"""
LANGUAGES = (language("en"), language("zh"))


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    small = SmallBook(tmp_path, {"index.md": SOURCE})
    small.set_target("index.md", TARGET)
    return small


def taken_over(small: SmallBook) -> SmallBook:
    adopt(small.source, small.locale, editions_of(small.locale, small.source), LANGUAGES)
    return small


def test_not_one_byte_of_a_translation_changes(book: SmallBook) -> None:
    result = adopt(book.source, book.locale, editions_of(book.locale, book.source), LANGUAGES)
    assert (result.documents, result.left_out) == (1, 1)
    assert book.target("index.md") == TARGET
    manifest = book.manifest("index.md")
    assert (manifest.source, manifest.target) == (SOURCE, TARGET)


def test_a_sync_against_the_same_edition_does_nothing(book: SmallBook) -> None:
    engine = Engine(pseudo)
    result = taken_over(book).sync(engine)
    assert (engine.asked, result.files_written, result.findings) == ([], 0, [])
    assert book.target("index.md") == TARGET


@pytest.mark.parametrize(("before", "end"), [("", "\r\n"), ("\ufeff", "\n"), ("\ufeff", "\r\n")])
def test_a_translation_keeps_its_line_ends_and_its_byte_order_mark(book: SmallBook, before: str, end: str) -> None:
    """Its translators work on another system than the authors."""
    book.set_target("index.md", before + TARGET.replace("\n", end))
    taken_over(book)
    tree = book.tree()
    assert (book.sync().files_written, book.tree()) == (0, tree)
    book.change("index.md", "The last paragraph", "A new paragraph.\n\nThe last paragraph")
    book.sync()
    new = pseudo("A new paragraph.")
    assert book.target("index.md") == before + TARGET.replace("最后", f"{new}\n\n最后").replace("\n", end)
    assert book.sync().files_written == 0


def test_line_ends_that_a_translator_s_editor_wrote_stay(book: SmallBook) -> None:
    taken_over(book)
    book.set_target("index.md", TARGET.replace("\n", "\r\n"))
    assert book.sync().files_written == 0
    book.change("index.md", "The last paragraph", "A new paragraph.\n\nThe last paragraph")
    book.sync()
    assert book.target("index.md").count("\r\n") == book.target("index.md").count("\n")


def test_two_sentences_that_people_made_one_are_a_group(book: SmallBook) -> None:
    group = next(group for group in taken_over(book).groups("index.md") if len(group.source) == 2)
    assert group.source == ("Gradient descent follows the slope. ", "It needs a learning rate $\\eta$.")
    assert (group.target, group.origin) == (("梯度下降沿着斜率走，它需要一个学习率$\\eta$。",), Origin.HUMAN)


def test_a_changed_sentence_gets_a_proposal_and_its_neighbour_stays(book: SmallBook) -> None:
    taken_over(book)
    book.change("index.md", "It ends here.", "It ends there.")
    result = book.sync("pseudo")
    assert (result.segments["stale"], result.segments["translated"]) == (1, 0)
    assert book.target("index.md") == TARGET
    stale = book.group("index.md", "It ends there.")
    assert (stale.target, stale.proposal) == (("它到此为止。",), pseudo("It ends there."))


def test_a_new_paragraph_comes_to_its_place(book: SmallBook) -> None:
    taken_over(book)
    book.change("index.md", "- The first item", "Something new.\n\n- The first item")
    book.sync("pseudo")
    assert book.target("index.md") == TARGET.replace("- 第一项", f"{pseudo('Something new.')}\n\n- 第一项")


def test_what_was_left_out_comes_when_its_source_changes(book: SmallBook) -> None:
    taken_over(book)
    book.change("index.md", "left out.", "forgot.")
    book.sync("pseudo")
    new = pseudo("A second paragraph that the translator forgot.")
    assert book.target("index.md") == TARGET.replace("- 第一项", f"{new}\n\n- 第一项")


def test_a_document_that_has_a_manifest_is_left_alone(book: SmallBook) -> None:
    taken_over(book)
    before = book.tree()
    result = adopt(book.source, book.locale, editions_of(book.locale, book.source), LANGUAGES)
    assert (result.documents, result.already, book.tree()) == (0, 1, before)


def test_the_edition_may_stand_beside_the_translation(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": SOURCE.replace("here", "now")})
    book.set_target("index.md", TARGET)
    book.set_target("index_origin.md", SOURCE)
    sources = editions_of(book.locale, book.source, "_origin")
    assert sources == {"index.md": [Edition(book.locale / "index_origin.md", "index_origin.md", "index_origin.md")]}
    adopt(book.source, book.locale, sources, LANGUAGES)
    assert book.manifest("index.md").source == SOURCE


def test_what_has_no_source_is_an_error(book: SmallBook) -> None:
    with pytest.raises(ConfigError, match="no document of this translation has a source"):
        adopt(book.source, book.locale, {}, LANGUAGES)


def test_the_command_line_takes_over_a_translation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = SmallBook(tmp_path, {"index.md": SOURCE}, conf=CONF.replace('"sphinx_amts"', '"sphinx.ext.todo"'))
    book.set_target("index.md", TARGET)
    arguments = [str(book.source), str(book.locale), "-l", "zh"]
    assert main(["adopt", *arguments, "--dry-run"]) == 0
    assert not (book.locale / ".amts").exists() or not list((book.locale / ".amts").glob("*.json"))
    assert main(["adopt", *arguments]) == 0
    out = capsys.readouterr().out
    assert "units left out            1" in out
    assert main(["sync", str(book.source), "-l", "zh", "--engine", "pseudo"]) == 0
    assert book.target("index.md") == TARGET
    assert main(["adopt", *arguments, "--base", str(tmp_path / "nowhere")]) == 2


@pytest.mark.corpora
def test_the_chinese_book_is_taken_over_as_it_stands(corpora: Path, tmp_path: Path) -> None:
    edition, translation = tmp_path / "en", tmp_path / "zh"
    shutil.copytree(corpora / "d2l-zh", translation)
    for file in sorted(translation.rglob("*_origin.md")):
        place = edition / file.relative_to(translation).with_name(file.name.replace("_origin", ""))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)
    texts = {file: file.read_bytes() for file in translation.rglob("*.md")}
    assert main(["adopt", str(edition), str(translation), "-l", "zh"]) == 0
    assert main(["sync", str(edition), "-l", "zh", "--target", str(translation), "--engine", "command"]) == 2
    assert main(["sync", str(edition), "-l", "zh", "--target", str(translation), "--engine", "pseudo"]) == 0
    assert {file: file.read_bytes() for file in translation.rglob("*.md")} == texts


def test_two_paragraphs_that_people_joined_are_never_told_twice(tmp_path: Path) -> None:
    source = "# Title\n\nThe loss $L$ is `small`.\n\nThe rate $\\eta$ is `large`.\n\nThe end of `it` all.\n"
    target = "# 标题\n\n损失$L$很`small`，而学习率$\\eta$很`large`。\n\n这一切`it`的结束。\n"
    book = SmallBook(tmp_path, {"index.md": source})
    book.set_target("index.md", target)
    taken_over(book)
    assert [group.target for group in book.groups("index.md")][2] == ("",)
    book.change("index.md", "The rate", "The learning rate")
    result = book.sync("pseudo")
    assert book.target("index.md") == target
    assert result.segments["stale"] == 1
    stale = book.group("index.md", "The learning rate $\\eta$ is `large`.")
    assert stale.proposal == pseudo("The learning rate <1/> is <2/>.").replace("<1/>", "$\\eta$").replace(
        "<2/>", "`large`"
    )


def test_status_tells_what_was_left_out_and_knows_the_edition_beside_the_translation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = SmallBook(tmp_path, {"index.md": SOURCE}, conf=CONF.replace('"sphinx_amts"', '"sphinx.ext.todo"'))
    book.set_target("index.md", TARGET)
    book.set_target("index_origin.md", SOURCE)
    book.set_target("notes.md", "# 说明\n")
    assert main(["adopt", str(book.source), str(book.locale), "-l", "zh", "--origin-suffix", "_origin"]) == 0
    before = json.loads(_output(capsys, "status", str(book.source), "-l", "zh", "--json", "-"))
    assert book.sync("pseudo").files_written == 0
    book.change("index.md", "It ends here.", "It ends there.")
    book.sync("pseudo")
    after = json.loads(_output(capsys, "status", str(book.source), "-l", "zh", "--json", "-"))
    for told in (before["languages"]["zh"], after["languages"]["zh"]):
        assert told["segments"]["left_out"] == 1
        assert {path: each["flags"] for path, each in told["documents"].items() if each["flags"]} == {
            "notes.md": ["extra", "unadopted"]
        }


def _output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def side(kinds: str, seen: Sequence[int]) -> Side:
    """A document of paragraphs (``p``) and titles (``t``), of which the aligner sees some."""
    units = [SimpleNamespace(kind=Kind.PARAGRAPH if kind == "p" else Kind.TITLE) for kind in kinds]
    blocks = [SimpleNamespace(number=number) for number in seen]
    return cast(Side, SimpleNamespace(blocks=blocks, document=SimpleNamespace(units=units)))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("tpp", "tpp", [((0,), (0,), 1.0), ((1,), (1,), 0.0), ((2,), (2,), 1.0)]),
        ("tpp", "tp", [((0,), (0,), 1.0)]),
        ("ttp", "tpp", [((0,), (0,), 1.0)]),
    ],
    ids=["as many of the same kind", "fewer", "of another kind"],
)
def test_what_stands_alone_in_the_place_of_another_is_linked_for_people_to_look_at(
    source: str, target: str, expected: list[tuple[tuple[int, ...], tuple[int, ...], float]]
) -> None:
    pair = side(source, range(len(source))), side(target, range(len(target)))
    links = [Link((0,), (0,), 1.0)] + [Link((2,), (2,), 1.0)] * (expected[-1][0] == (2,))
    assert [(link.sources, link.targets, link.score) for link in _filled(pair, links)] == expected


def test_what_the_aligner_does_not_look_at_is_sure_in_its_place() -> None:
    pair = side("ptp", [1, 2]), side("pt", [1])
    assert list(_filled(pair, [Link((1,), (1,), 0.9)])) == [Link((0,), (0,), 1.0), Link((1,), (1,), 0.9)]
