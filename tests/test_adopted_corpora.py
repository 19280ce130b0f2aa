"""Chinese lectures that are taken over and synced to an earlier edition of their source."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from book import SmallBook

from sphinx_amts.adopt import adopt, editions_of
from sphinx_amts.locales import language
from sphinx_amts.merge.code import lines
from sphinx_amts.model import Origin, Subtype
from sphinx_amts.pairs.manifest import GapPiece, Manifest
from sphinx_amts.sync.result import LanguageResult

pytestmark = pytest.mark.corpora

LECTURES = ("heavy_tails.md", "mle.md")
CONF = """
extensions = ["myst_nb", "sphinx_exercise", "sphinx_proof", "sphinx_amts"]
myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath", "html_admonition", "html_image"]
nb_execution_mode = "off"
root_doc = "heavy_tails"
exclude_patterns = ["_build"]
"""


class Case:
    """Two lectures as adopted, and what a sync to an earlier edition made of them."""

    def __init__(self, book: SmallBook) -> None:
        self.book = book
        self.before = {path: book.manifest(path) for path in LECTURES}
        self.result: LanguageResult

    def after(self) -> dict[str, Manifest]:
        return {path: self.book.manifest(path) for path in LECTURES}


@pytest.fixture(scope="module")
def case(corpora: Path, _clones: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Case:
    for name in ("myst_nb", "sphinx_exercise", "sphinx_proof"):
        pytest.importorskip(name)
    folder = corpora / "quantecon-zh"
    texts = {name: (folder / "en" / name).read_text("utf-8") for name in LECTURES}
    book = SmallBook(tmp_path_factory.mktemp("lectures"), texts, conf=CONF)
    for name in LECTURES:
        book.set_target(name, (folder / "zh" / name).read_text("utf-8"))
    languages = (language("en"), language("zh"))
    adopt(book.source, book.locale, editions_of(book.locale, book.source), languages)
    found = Case(book)
    assert book.sync().files_written == 0
    repository = _clones("quantecon-intro")
    for name in LECTURES:
        book.write(name, git(repository, "show", f"main~51:lectures/{name}"))
    found.result = book.sync()
    return found


def git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True).stdout


def test_what_did_not_change_in_the_source_is_byte_identical(case: Case) -> None:
    compared = 0
    for path, manifest in case.after().items():
        known: dict[str, set[str]] = defaultdict(set)
        for unit in case.before[path].units:
            known[unit.source].add(unit.target)
        same = [unit for unit in manifest.units if unit.source in known]
        assert [unit.target for unit in same if unit.target not in known[unit.source]] == []
        compared += len(same)
    assert compared > 150


def test_nothing_that_people_wrote_is_lost(case: Case) -> None:
    for path, manifest in case.after().items():
        there = case.book.target(path) + "".join(text for group in manifest.attic for text in group.target)
        theirs = [text.strip() for unit in case.before[path].units for group in unit.groups for text in group.target]
        assert [text for text in theirs if text not in there] == []


def test_localised_code_survives_and_the_code_of_the_source_arrives(case: Case) -> None:
    """Lines are compared without strings and comments; those in a conflict are listed, and there are few."""
    changed = 0
    listed = "".join(finding.source for finding in case.result.findings if finding.subtype is Subtype.LOCAL)
    for path, manifest in case.after().items():
        gaps = [piece for piece in manifest.pieces if isinstance(piece, GapPiece)]
        before, target = masked(case.before[path].source), masked("".join(gap.target for gap in gaps))
        new = [line for line in masked("".join(gap.source for gap in gaps)) if line not in before]
        assert [line for line in new if line not in target and line not in masked(listed)] == []
        changed += len(new)
        there = case.book.target(path) + "".join(text for group in manifest.attic for text in group.target)
        for line in case.before[path].target.splitlines():
            assert "i18n" not in line or line in there
    assert changed > 10


def masked(text: str) -> set[str]:
    return {line.masked.strip() for line in lines(text, ".md") if line.is_solid}


def test_every_changed_sentence_is_translated_or_proposed(case: Case) -> None:
    groups = [group for manifest in case.after().values() for unit in manifest.units for group in unit.groups]
    stale = [group for group in groups if group.stale]
    assert [group for group in stale if group.proposal is None or group.origin != Origin.HUMAN] == []
    assert stale
    assert case.result.segments["untranslated"] == case.result.segments["refused"] == 0
    assert {finding.subtype for finding in case.result.findings} <= {Subtype.STALE, Subtype.LOCAL, Subtype.ATTIC}


def test_the_next_sync_does_nothing(case: Case) -> None:
    again = case.book.sync()
    assert (again.engine_calls, again.files_written) == (0, 0)
