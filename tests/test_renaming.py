"""One word in place of another, everywhere that sentences are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from book import Engine, SmallBook, chinese, opened_job
from hypothesis import assume, given
from hypothesis import strategies as st
from pooling import PAGE, pooling_book, speaks

from sphinx_amts.config import Settings
from sphinx_amts.errors import ConfigError
from sphinx_amts.model import State
from sphinx_amts.pairs import manifest as manifests
from sphinx_amts.pairs.renaming import Renaming
from sphinx_amts.pairs.rewriting import rewritten
from sphinx_amts.upkeep.renaming import Renamed, rename


@pytest.fixture
def book(tmp_path: Path) -> SmallBook:
    return pooling_book(tmp_path)


def renamed(book: SmallBook, old: str, new: str, *, dry_run: bool = False, **settings: object) -> Renamed:
    with opened_job(book, Settings(**settings), dry_run=dry_run) as job:  # type: ignore[arg-type]
        return rename(job, Renaming(old, new))


# Replacing a word


def test_a_word_changes_in_prose_and_nowhere_else(book: SmallBook) -> None:
    before = book.targets()
    result = renamed(book, "池化", "汇聚")
    assert result.findings == []
    assert book.targets() == {path: text.replace("池化", "汇聚") for path, text in before.items()}
    assert sum(change.places for change in result.changes) == sum(text.count("池化") for text in before.values()) == 11
    assert "https://example.org/pooling" in book.target("index.md")


def test_the_manifest_changes_with_the_target_and_a_sync_has_nothing_to_do(book: SmallBook) -> None:
    renamed(book, "池化", "汇聚")
    for path in ("index.md", "other.rst"):
        assert "池化" not in manifests.dump(book.manifest(path))
    after = book.tree()
    engine = Engine(speaks)
    result = book.sync(engine)
    assert (engine.asked, result.files_written, book.tree()) == ([], 0, after)


def test_origins_and_states_stay(book: SmallBook) -> None:
    book.edit("index.md", "**池化**", "**池化**者")
    before = [(group.origin, group.state) for group in book.groups("index.md")]
    result = renamed(book, "池化", "汇聚")
    after = [(group.origin, group.state) for group in book.groups("index.md")]
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [("human", State.TRANSLATED)]  # the edit, which no sync had seen
    assert [change.origin for change in result.changes].count("human") == 1
    assert "**汇聚**者" in book.target("index.md")


@pytest.mark.parametrize("state", [State.REVIEWED, State.FINAL])
def test_a_reviewed_sentence_stays_reviewed(book: SmallBook, state: State) -> None:
    file = book.locale / ".amts" / "index.md.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"translated"', f'"{state}"'), encoding="utf-8")
    result = renamed(book, "池化", "汇聚")
    assert {change.state for change in result.changes if change.path.endswith(".md")} == {state}
    assert {group.state for group in book.groups("index.md")} == {state}


def test_to_replace_twice_is_to_replace_once(book: SmallBook) -> None:
    renamed(book, "池化", "池化（pooling）")
    once = book.tree()
    again = renamed(book, "池化", "池化（pooling）")
    assert (again.changes, book.tree()) == ([], once)


def test_a_dry_run_shows_the_same_and_writes_nothing(book: SmallBook) -> None:
    before = book.tree()
    planned = renamed(book, "池化", "汇聚", dry_run=True)
    assert book.tree() == before
    assert planned.as_json() == renamed(book, "池化", "汇聚").as_json()


def test_markup_around_the_new_word_is_spelled_so_that_it_holds(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Title\n\nThe **pooling** layer.\n"})
    book.sync(Engine(speaks))
    assert "**池化**" in book.target("index.md")
    result = renamed(book, "池化", "汇聚（pooling）")
    assert (result.findings, book.differences("index.md")) == ([], [])
    assert "汇聚（pooling）" in book.target("index.md")
    assert "池化" not in book.target("index.md")


def test_a_word_that_looks_like_markup_left_over_is_refused(book: SmallBook) -> None:
    before = book.tree()
    result = renamed(book, "池化", "*汇*")
    assert {finding.subtype for finding in result.findings} == {"refused"}
    assert "* stands in the text" in {finding.message for finding in result.findings}
    assert (result.changes, book.tree()) == ([], before)


def test_only_the_unit_that_the_word_would_break_is_left(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Title\n\nPooling wins.\n\nWins pooling.\n"})
    book.sync(Engine(speaks))
    first, last = f"池化{chinese('wins')}。", f"{chinese('Wins')}池化。"
    assert book.target("index.md").splitlines()[2:] == [first, "", last]
    result = renamed(book, "池化", "1. 汇聚")
    (finding,) = result.findings
    assert (finding.line, finding.message) == (3, "an extra numbered list")
    assert book.target("index.md").splitlines()[2:] == [first, "", last.replace("池化", "1. 汇聚")]
    assert [change.line for change in result.changes] == [5]


def test_a_title_keeps_an_adornment_of_its_length(book: SmallBook) -> None:
    renamed(book, "池化", "汇聚汇聚汇聚")
    title, rule = book.target("other.rst").splitlines()[2:4]
    assert title.startswith("汇聚汇聚汇聚")
    assert len(rule) == 2 * len(title)
    assert book.differences("other.rst") == []


def test_the_proposal_beside_a_stale_sentence_changes_too(book: SmallBook) -> None:
    book.edit("index.md", f"池化{chinese('layer')}{chinese('is')}", f"人的{chinese('layer')}{chinese('is')}")
    book.sync(Engine(speaks))
    book.change("index.md", "The pooling layer is fast.", "The pooling layer is very fast.")
    book.sync(Engine(speaks))
    before = book.group("index.md", "The pooling layer is very fast.")
    assert before.proposal is not None
    result = renamed(book, "池化", "汇聚")
    after = book.group("index.md", "The pooling layer is very fast.")
    assert (after.proposal, result.proposals) == (before.proposal.replace("池化", "汇聚"), 1)
    assert (after.stale, after.origin, after.target) == (True, "human", before.target)


def test_what_people_have_localised_does_not_stop_it(book: SmallBook) -> None:
    book.edit("index.md", "pooling = 1", "pooling = 2")
    result = renamed(book, "池化", "汇聚")
    assert result.findings == []
    assert "pooling = 2" in book.target("index.md")
    assert "池化" not in book.target("index.md")


def test_a_source_that_moved_on_does_not_stop_it(book: SmallBook) -> None:
    book.write("index.md", PAGE + "\n## More\n\nText with `code`.\n")
    result = renamed(book, "池化", "汇聚")
    assert (result.findings, "池化" in book.target("index.md")) == ([], False)


def test_a_file_without_manifest_is_left_and_told(book: SmallBook) -> None:
    book.write("new.md", "---\norphan: true\n---\n\n# New\n")
    book.set_target("new.md", "---\norphan: true\n---\n\n# 池化\n")
    (finding,) = renamed(book, "池化", "汇聚").findings
    assert (finding.path, finding.subtype) == (str(book.locale / "new.md"), "people")
    assert "池化" in book.target("new.md")


def test_a_file_whose_source_is_gone_is_left_and_told(book: SmallBook) -> None:
    (book.source / "other.rst").unlink()
    (finding,) = renamed(book, "池化", "汇聚").findings
    assert finding.path == str(book.locale / "other.rst")
    assert "池化" in book.target("other.rst")


def test_an_untranslated_sentence_stays_the_source_s(tmp_path: Path) -> None:
    book = SmallBook(tmp_path, {"index.md": "# Pooling\n\nPooling wins. Max pooling.\n"})
    book.sync("memory")
    before = book.tree()
    assert renamed(book, "pooling", "汇聚").changes == []
    assert book.tree() == before


# The files of pairs that a book names


def test_the_files_that_memory_and_parallel_data_name_change_too(book: SmallBook) -> None:
    (book.source / "old.csv").write_text('en,zh\n"池化, a",池化\nb,`池化`\n', encoding="utf-8")
    (book.source / "data.tmx").write_text(tmx("池化<ph>池化</ph>层"), encoding="utf-8")
    settings = {"memory": ["old.csv"], "amazon": {"parallel_data": ["data.tmx"]}}
    before = book.tree()
    planned = renamed(book, "池化", "汇聚", dry_run=True, **settings)
    assert book.tree() == before
    result = renamed(book, "池化", "汇聚", **settings)
    assert planned.files == result.files == {str(book.source / "old.csv"): 1, str(book.source / "data.tmx"): 1}
    assert (book.source / "old.csv").read_text(encoding="utf-8") == 'en,zh\n"池化, a",汇聚\nb,`池化`\n'
    assert (book.source / "data.tmx").read_text(encoding="utf-8") == tmx("汇聚<ph>池化</ph>层")


def tmx(target: str, source: str = "池化") -> str:
    return (
        '<?xml version="1.0"?>\n<!-- 池化 --><tmx version="1.4"><header  srclang="en"/><body>\n<tu>'
        f'<tuv xml:lang="en"><seg>{source}</seg></tuv><tuv xml:lang="zh-CN"><note>池化</note><seg>{target}</seg></tuv>'
        "</tu></body></tmx>"
    )


def test_only_the_targets_of_tmx_change_byte_for_byte(tmp_path: Path) -> None:
    file = tmp_path / "a.tmx"
    file.write_text("\ufeff" + tmx("a &amp; &#x6C60;化 <hi>池化</hi> <![CDATA[池化]]>"), encoding="utf-8")
    after = rewritten(file, "en", "zh", lambda text: text.replace("池化", "<汇聚>")).decode()
    assert after == "\ufeff" + tmx("a &amp; &lt;汇聚&gt; <hi>&lt;汇聚&gt;</hi> <![CDATA[池化]]>")


def test_only_the_rows_that_change_are_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = ['"en","es","zh"\r\n', '"a\n,b","x","池化, ""二"""\r\n', "c , d,池,e\r\n", "\r\n", "f,g,池化"]
    file.write_bytes("".join(rows).encode("utf-8"))
    after = rewritten(file, "en", "zh", lambda text: text.replace("池化", "汇聚"))
    assert after.decode("utf-8") == "".join(rows).replace("池化", "汇聚")


def test_a_damaged_file_of_pairs_stops_it_before_anything_is_written(book: SmallBook) -> None:
    (book.source / "old.tmx").write_text("<tmx><body><tu>", encoding="utf-8")
    before = book.tree()
    with pytest.raises(ConfigError, match="damaged XML"):
        renamed(book, "池化", "汇聚", memory=["old.tmx"])
    assert book.tree() == before


# The word itself


@pytest.mark.parametrize(
    ("old", "new", "text", "after"),
    [
        (
            "pooling",
            "agrupación",
            "Pooling y pooling, spooling, pooling_x",
            "Agrupación y agrupación, spooling, pooling_x",
        ),
        ("Pooling", "Agrupación", "Pooling y pooling", "Agrupación y agrupación"),
        ("capa de pooling", "capa", "Capa de\npooling", "Capa"),
        ("LSTM", "GRU", "LSTM网络, LSTMs, lstm", "GRU网络, LSTMs, lstm"),
        ("汇聚层", "汇聚", "汇聚层层", "汇聚"),
        ("汇聚", "汇聚层", "汇聚与汇聚层", "汇聚层与汇聚层"),
        ("a", "a", "a A", "a A"),
    ],
)
def test_a_word_is_replaced_as_a_whole(old: str, new: str, text: str, after: str) -> None:
    assert Renaming(old, new).apply(text)[0] == after


@pytest.mark.parametrize(("old", "new"), [("", "a"), ("a", " ")])
def test_nothing_is_no_word(old: str, new: str) -> None:
    with pytest.raises(ConfigError, match="one of the two is empty"):
        Renaming(old, new)


WORDS = st.text("abA池化 -.", min_size=1, max_size=5)


@given(WORDS, WORDS, st.text("abA池化 -.\n", max_size=20))
def test_law_to_replace_twice_is_to_replace_once(old: str, new: str, text: str) -> None:
    assume(old.strip() and new.strip())
    try:
        renaming = Renaming(old, new)
        once, places = renaming.apply(text)
    except ConfigError:
        assume(False)
    assert renaming.apply(once) == (once, 0)
    assert bool(places) == (once != text)
