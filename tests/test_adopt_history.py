"""The edition that a document was translated from is found in the history of the book's repository."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from book import CONF, Engine, SmallBook

from sphinx_amts.adopt import Edition
from sphinx_amts.adopt.choosing import likely
from sphinx_amts.adopt.history import book_in, contents, history
from sphinx_amts.adopt.likeness import features, likeness
from sphinx_amts.cli import main
from sphinx_amts.engines.pseudo import pseudo
from sphinx_amts.errors import ConfigError

FIRST = """# Gradient descent

Gradient descent follows the slope $f'$ of a function.

The rate is `0.1` at first.

```python
rate = 0.1
step(rate)
```

In the end, all is well.
"""
SECOND = FIRST.replace("step(rate)", "step(rate, momentum=0.9)").replace(
    "The rate is", "Momentum `m` helps.\n\nThe rate is"
)
THIRD = SECOND.replace("rate = 0.1", "rate = 0.01").replace("`0.1` at first", "`0.01` at first")
WORDS = {
    "# Gradient descent": "# 梯度下降",
    "Gradient descent follows the slope $f'$ of a function.": "梯度下降沿着函数的斜率$f'$走。",
    "Momentum `m` helps.": "动量`m`有帮助。",
    "The rate is `0.1` at first.": "学习率起初为`0.1`。",
    "The rate is `0.01` at first.": "学习率起初为`0.01`。",
    "In the end, all is well.": "最后一切都好。",
}


def translated(text: str) -> str:
    for source, target in WORDS.items():
        text = text.replace(f"{source}\n", f"{target}\n")
    return text


def git(place: Path, *arguments: str) -> str:
    command = ["git", "-C", str(place), "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=clean).stdout.strip()


class History:
    """A repository of a book in a folder of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        place.mkdir()
        git(place, "init", "-q", "-b", "main")

    def commit(self, files: Mapping[str, str | None]) -> str:
        """Write files, or remove those without text; the commit as manifests name it."""
        for path, text in files.items():
            file = self.place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text, encoding="utf-8")
        git(self.place, "add", "-A")
        git(self.place, "commit", "-q", "-m", "A change")
        return git(self.place, "rev-parse", "HEAD")[:12]


@pytest.fixture
def repository(tmp_path: Path) -> History:
    return History(tmp_path / "upstream")


def small(tmp_path: Path, source: str, target: str, path: str = "index.md") -> SmallBook:
    book = SmallBook(tmp_path, {path: source}, conf=CONF.replace('"sphinx_amts"', '"sphinx.ext.todo"'))
    book.set_target(path, target)
    return book


def adopt(book: SmallBook, repository: History, *more: str) -> dict[str, str]:
    """The editions that were found."""
    out = book.folder / "adopted.json"
    where = [str(book.source), str(book.locale), "-l", "zh", "--base-repo", str(repository.place)]
    assert main(["adopt", *where, "--json", str(out), *more]) == 0
    return dict(json.loads(out.read_text(encoding="utf-8"))["editions"])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_revision_that_was_translated_is_found(tmp_path: Path, repository: History, number: int) -> None:
    texts = [FIRST, SECOND, THIRD]
    commits = [repository.commit({"docs/index.md": text, "README.md": text}) for text in texts]
    book = small(tmp_path, THIRD, translated(texts[number]))
    assert adopt(book, repository) == {"index.md": f"{commits[number]}:docs/index.md"}
    manifest = book.manifest("index.md")
    assert (manifest.source, manifest.edition) == (texts[number], f"{commits[number]}:docs/index.md")
    assert book.target("index.md") == manifest.target == translated(texts[number])


def test_what_is_new_since_that_revision_is_translated(tmp_path: Path, repository: History) -> None:
    for text in (FIRST, SECOND):
        repository.commit({"docs/index.md": text})
    book = small(tmp_path, SECOND, translated(FIRST))
    adopt(book, repository)
    engine = Engine(pseudo)
    book.sync(engine)
    assert engine.sources == ["Momentum <1/> helps."]
    new = pseudo("Momentum <1/> helps.").replace("<1/>", "`m`")
    assert book.target("index.md") == translated(SECOND).replace("动量`m`有帮助。", new)


def test_what_the_translation_has_of_a_later_edition_is_never_proposed(tmp_path: Path, repository: History) -> None:
    """People took over the new paragraph and the new code, but not the new rate."""
    fourth = THIRD.replace("step(rate", "long_step(rate").replace("In the end", "A new tale of `it`.\n\nIn the end")
    for text in (FIRST, fourth):
        repository.commit({"index.md": text})
    mixed = FIRST.replace("The rate is", "Momentum `m` helps.\n\nThe rate is")
    book = small(tmp_path, fourth, translated(mixed))
    assert " + " in adopt(book, repository)["index.md"]
    assert book.manifest("index.md").source == mixed
    engine = Engine(pseudo)
    book.sync(engine)
    assert engine.sources == ["A new tale of <1/>."]
    assert book.target("index.md").count("动量`m`有帮助。") == 1


def test_a_document_is_followed_through_its_names(tmp_path: Path, repository: History) -> None:
    first = repository.commit({"docs/old.md": FIRST})
    repository.commit({"docs/old.md": None, "docs/index.md": FIRST + "\nThe last `word`.\n"})
    book = small(tmp_path, FIRST + "\nThe last `word`.\n", translated(FIRST))
    assert adopt(book, repository) == {"index.md": f"{first}:docs/old.md"}


def test_a_release_counts_that_is_not_on_the_main_branch(tmp_path: Path, repository: History) -> None:
    repository.commit({"index.md": FIRST})
    git(repository.place, "checkout", "-q", "-b", "release")
    release = repository.commit({"index.md": SECOND})
    git(repository.place, "checkout", "-q", "main")
    repository.commit({"index.md": FIRST.replace("well", "good")})
    book = small(tmp_path, FIRST, translated(SECOND))
    assert adopt(book, repository)["index.md"] == f"{release}:index.md"


def test_a_file_beside_the_translation_is_one_edition_of_many(tmp_path: Path, repository: History) -> None:
    """It competes with the revisions; whichever is chosen, it is no document of its own."""
    second = repository.commit({"index.md": SECOND})
    book = small(tmp_path, SECOND, translated(SECOND))
    book.set_target("index_origin.md", FIRST)
    assert adopt(book, repository, "--origin-suffix", "_origin") == {"index.md": f"{second}:index.md"}
    assert book.manifest("index.md").beside == "index_origin.md"
    other = small(tmp_path / "other", SECOND, translated(FIRST))
    other.set_target("index_origin.md", FIRST)
    assert adopt(other, repository, "--origin-suffix", "_origin") == {"index.md": "index_origin.md"}


def test_of_two_that_fit_alike_the_newer_one_is_taken(tmp_path: Path, repository: History) -> None:
    repository.commit({"index.md": FIRST})
    new = FIRST.replace("all is well", "all is good")
    newer = repository.commit({"index.md": new})
    book = small(tmp_path, new, translated(FIRST))
    assert adopt(book, repository) == {"index.md": f"{newer}:index.md"}


def test_nothing_is_adopted_twice(tmp_path: Path, repository: History) -> None:
    repository.commit({"index.md": FIRST})
    book = small(tmp_path, FIRST, translated(FIRST))
    adopt(book, repository)
    before = book.tree()
    assert adopt(book, repository) == {}
    assert book.tree() == before


def test_base_and_base_repo_together_are_an_error(
    tmp_path: Path, repository: History, capsys: pytest.CaptureFixture[str]
) -> None:
    book = small(tmp_path, FIRST, translated(FIRST))
    where = ["adopt", str(book.source), str(book.locale), "-l", "zh", "--base", str(book.source)]
    assert main([*where, "--base-repo", str(repository.place)]) == 2
    assert "--base names the edition" in capsys.readouterr().err


# The repository.


def test_the_folder_with_most_documents_is_the_book(repository: History) -> None:
    repository.commit({"docs/a.md": "a", "docs/b/c.md": "c", "old/a.md": "a", "a.md": "a"})
    assert book_in(repository.place, ["a.md", "b/c.md"]) == "docs/"
    assert book_in(repository.place / "old", ["a.md", "b/c.md"]) == "old/"
    assert book_in(repository.place, ["a.md"]) == ""


def test_what_is_no_repository_of_the_book_is_an_error(tmp_path: Path, repository: History) -> None:
    repository.commit({"a.md": "a"})
    with pytest.raises(ConfigError, match="no document of this translation is in this repository"):
        book_in(repository.place, ["other.md"])
    (tmp_path / "plain").mkdir()
    with pytest.raises(ConfigError, match="git cannot read this repository"):
        book_in(tmp_path / "plain", ["a.md"])


def test_each_text_counts_once_and_what_a_merge_wrote_counts(repository: History) -> None:
    for text in ("1", "2", "1"):
        repository.commit({"a.md": text})
    git(repository.place, "checkout", "-q", "-b", "side", "HEAD~1")
    repository.commit({"a.md": "3"})
    git(repository.place, "checkout", "-q", "main")
    git(repository.place, "merge", "-q", "--no-commit", "-s", "ours", "side")
    repository.commit({"a.md": "merged"})
    found = history(repository.place, "", ["a.md"])["a.md"]
    texts = contents(repository.place, [revision.blob for revision in found])
    assert sorted(text.decode() for text in texts.values()) == ["1", "2", "3", "merged"]
    assert texts[found[0].blob] == b"merged"


def test_links_out_of_the_tree_and_what_is_missing_are_no_revisions(repository: History, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret", encoding="utf-8")
    repository.commit({"b.md": "b"})
    (repository.place / "a.md").symlink_to(tmp_path / "secret.md")
    repository.commit({})
    assert history(repository.place, "", ["a.md", "b.md", "../secret.md"])["a.md"] == []
    assert contents(repository.place, ["0" * 40]) == {}


def test_nothing_that_a_repository_configures_is_run(repository: History, tmp_path: Path) -> None:
    repository.commit({"a.md": "a", ".gitattributes": "*.md filter=evil diff=evil\n"})
    ran = tmp_path / "ran"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\ncat\n", encoding="utf-8")
    program.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "gpg.program",
    ):
        git(repository.place, "config", name, str(program))
    git(repository.place, "config", "log.showSignature", "true")
    git(repository.place, "config", "core.hooksPath", str(tmp_path))
    assert book_in(repository.place, ["a.md"]) == ""
    found = history(repository.place, "", ["a.md"])["a.md"]
    assert contents(repository.place, [found[0].blob]) == {found[0].blob: b"a"}
    assert not ran.exists()


# A glance.


def test_a_translated_string_is_no_other_code() -> None:
    one, other = ('```python\nplt.title("Loss")  # a plot\n```\n', '```python\nplt.title("损失")\n```\n')
    assert likeness(features(one, ".md"), features(other, ".md")) == 1.0
    assert likeness(features(one, ".md"), features(other.replace("plt", "ax"), ".md")) < 1.0


def test_words_do_not_count_and_codes_do() -> None:
    one = features("# A\n\nSet $x = 1$ in `f`, see [here](a.md).\n", ".md")
    assert likeness(one, features("# 一\n\n在`f`中设$x=1$，见[这里](a.md)。\n", ".md")) == 1.0
    assert likeness(one, features("# 一\n\n在`g`中设$x=2$，见[这里](b.md)。\n", ".md")) < 0.6


def test_editions_with_the_same_text_are_one_and_the_present_one_stays(tmp_path: Path) -> None:
    texts = {"a": FIRST, "b": SECOND, "c": FIRST, "d": "# Other\n", "target.md": translated(FIRST)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    editions = [Edition(tmp_path / "a"), *(Edition(tmp_path / name, name) for name in "bcd")]
    found = likely(editions, tmp_path / "target.md", tmp_path / "d")
    assert [edition.name for edition in found] == ["c", "d"]
