"""What the memory of a language holds: the pairs of its manifests, and those of the files that the book names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sphinx_amts.document.inline import Grammar, protect
from sphinx_amts.document.inline.matching import in_source_numbers
from sphinx_amts.document.segments import segments
from sphinx_amts.locales import Language
from sphinx_amts.model import Segment, State
from sphinx_amts.pairs import exchange, tmx
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.plain import plain
from sphinx_amts.sync.plan import OldGroup, OldUnit, is_peoples, joined

__all__ = ["add_document", "add_file", "people_pairs"]


def add_document(
    memory: TranslationMemory, path: str, units: Sequence[OldUnit], grammar: Grammar, language: Language
) -> None:
    """Remember every group of a document whose target stands for its source as it is."""
    groups = [group for unit in units for group in unit.groups]
    keys = [" ".join(group.keys) for group in groups]
    for index, group in enumerate(groups):
        is_whole = group.group.target and group.segments and group.group.state is not State.INITIAL
        if not is_whole or group.group.stale or group.group.unsure:
            continue
        source = joined(group.segments)
        target = joined(segments("".join(group.group.target), grammar, language.splitter))
        found = in_source_numbers(source, target, grammar)
        if found is None:
            continue
        memory.add(
            source.masked,
            found[0],
            before=keys[index - 1] if index else "",
            after=keys[index + 1] if index + 1 < len(keys) else "",
            origin=group.group.origin,
            document=path,
        )


def add_file(memory: TranslationMemory, file: Path, grammars: Iterable[Grammar], source: str, target: str) -> None:
    """Remember the pairs of a TMX or CSV file, as each of the grammars reads them; raises ConfigError where it is damaged."""
    texts = []
    if file.suffix.lower() == ".tmx":
        for pair, written_out in exchange.read(file, source, target):
            if pair.source.codes or pair.document:  # its codes are known without a grammar
                memory.add(
                    pair.source.text,
                    pair.target.text,
                    before=pair.before,
                    after=pair.after,
                    origin=pair.origin,
                    document=str(file),
                )
            if not pair.document:
                texts.append(written_out)
    else:
        texts += tmx.read(file, source, target)
    for grammar in grammars:
        for text, translation in texts:
            one, other = _whole(text, grammar), _whole(translation, grammar)
            found = in_source_numbers(one, other, grammar)
            if found is not None:
                memory.add(one.masked, found[0], origin="tm", document=str(file))


def people_pairs(groups: Iterable[OldGroup], grammar: Grammar, language: Language) -> Iterator[tuple[str, str]]:
    """What people translated, of some groups: source and target sentences as a reader sees them."""
    for old in groups:
        is_sure = not old.group.stale and not old.group.unsure
        if is_peoples(old.group) and is_sure and old.group.target and old.segments:
            source = joined(old.segments)
            target = joined(segments("".join(old.group.target), grammar, language.splitter))
            yield plain(source.masked, source.codes), plain(target.masked, target.codes)


def _whole(text: str, grammar: Grammar) -> Segment:
    masked = protect(text, grammar)
    return Segment(text, masked.text, masked.codes)
