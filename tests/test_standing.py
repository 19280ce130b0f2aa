"""The documents of a locale tree as they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from book import SmallBook, opened

from sphinx_amts.config import Settings
from sphinx_amts.document import segments as segments_module
from sphinx_amts.document.segments import segments
from sphinx_amts.session import local_job
from sphinx_amts.sync.plan import old_units
from sphinx_amts.sync.standing import units_of


@pytest.mark.parametrize("name", ["md", "rst"])
def test_the_sentences_of_a_manifest_are_those_that_would_be_found_again(name: str, tmp_path: Path) -> None:
    """They are not looked for, where today's splitter wrote the manifest; else they are."""
    text = "First one, e.g. *this and that*. Second with ``x``! A third?\n\nAll in one.\n"
    book = SmallBook(tmp_path, {f"index.{name}": f"Title\n=====\n\n{text}"})
    book.sync()
    asked: list[str] = []
    with opened(book) as read, pytest.MonkeyPatch.context() as patch:
        job = local_job(read, Settings(), "zh", base=book.source)
        manifest = book.manifest(f"index.{name}")
        grammar = read.grammar_of(manifest.path, manifest.source)
        expected = old_units(manifest.units, lambda text: segments(text, grammar, "en"))
        split = segments_module.split
        patch.setattr(segments_module, "split", lambda text, language: [asked.append(text), *split(text, language)][1:])
        assert units_of(job, manifest) == expected
        assert asked == []
        assert units_of(job, replace(manifest, splitter="another")) == expected
        assert len(asked) == 3
