"""Take over a human translation as it stands: align it with the edition it was made from, and write its manifests.

1. ``editions`` reads the edition and the translation, both with the book's own configuration.
2. ``linking`` finds which units and which sentences belong together.
3. ``writing`` makes a manifest of each pair of documents.

Not one byte of the translation changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sphinx_amts.adopt.editions import YAML, overlaid, sides
from sphinx_amts.adopt.linking import linked
from sphinx_amts.adopt.writing import adopted_manifest
from sphinx_amts.adopt.yaml_files import yaml_links
from sphinx_amts.align.bilingual import pairs_of_trees, unreadable
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language
from sphinx_amts.model import Finding, Subtype
from sphinx_amts.sync.localised import Localised, keep, localised
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["Adopted", "adopt", "sources_of"]

_DOCUMENTS = (".md", ".rst", ".ipynb")
_UNSURE = 0.5
"""Below this score, people should look at a pair."""


@dataclass(slots=True)
class Adopted:
    """What was taken over: documents, their units with a target and without, and what people should look at."""

    documents: int = 0
    linked: int = 0
    left_out: int = 0
    already: int = 0
    findings: list[Finding] = field(default_factory=list)


def sources_of(translation: Path, base: Path, origin_suffix: str = "") -> dict[str, Path]:
    """The file that each document of a translation was made from, by the document's path.

    They stand at the same paths below ``base``, or beside it under names with a suffix (``intro_origin.md``).
    """
    pairs, _ = pairs_of_trees(translation if origin_suffix else base, translation, origin_suffix)
    found = {pair.target: pair.source_path for pair in pairs if pair.target.endswith(_DOCUMENTS)}
    yaml = {} if origin_suffix else {name: base / name for name in YAML if (translation / name).is_file()}
    return {**found, **{name: file for name, file in yaml.items() if file.is_file()}}


def _documents(files: Mapping[str, Path]) -> dict[str, Path]:
    """What Sphinx reads: the book's own YAML files are its configuration, whatever language its documents have."""
    return {path: file for path, file in files.items() if path not in YAML}


def adopt(
    book: Path,
    translation: Path,
    sources: Mapping[str, Path],
    languages: tuple[Language, Language],
    *,
    edition: Path | None = None,
    confdir: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Adopted:
    """Write the manifests of a translation; ``sources`` are the files that its documents were made from, by path.

    ``edition`` is the directory of which the translation's figures and bibliographies were made, if it is known.  A document
    that has a manifest already is left alone.  Raises ConfigError where no document can be taken over.
    """
    result = Adopted()
    tree = LocaleTree(translation.resolve())
    source_language, language = languages
    wanted = {}
    for path, source in sources.items():
        if tree.manifest(path) is not None:
            result.already += 1
        elif why := unreadable(source) or unreadable(tree.file(path)):
            result.findings.append(Finding(Subtype.PEOPLE, why, path=str(tree.file(path))))
        else:
            wanted[path] = source
    if not wanted and not result.already:
        hint = "Give --base DIR or --origin-suffix, and check that both trees use the same paths."
        raise ConfigError("no document of this translation has a source", path=translation, hint=hint)
    targets = {path: tree.file(path) for path in wanted}
    with overlaid(book, _documents(wanted)) as place:
        one = sides(place, wanted, source_language, confdir, overrides or {})
    with overlaid(book, _documents(targets)) as place:
        other = sides(place, targets, language, confdir, overrides or {})
    paths = [path for path in wanted if path in one and path in other]
    for path in wanted.keys() - {*paths, *YAML}:
        message = "this is no document of the book; it was left alone"
        result.findings.append(Finding(Subtype.PEOPLE, message, path=str(tree.file(path))))
    documents = [path for path in paths if path not in YAML]
    found = dict(zip(documents, linked([(one[path], other[path]) for path in documents]), strict=True))
    found |= {path: yaml_links(one[path], other[path]) for path in paths if path in YAML}
    for number, (path, links) in enumerate(found.items(), 1):
        manifest = adopted_manifest(path, one[path], other[path], links, source_language)
        result.documents += 1
        result.linked += sum(bool(unit.target.strip()) for unit in manifest.units)
        result.left_out += sum(not unit.target.strip() for unit in manifest.units)
        result.findings += [
            Finding(
                Subtype.PEOPLE,
                f"it is not sure that these belong together ({link.score:.2f})",
                path=str(tree.file(path)),
                line=other[path].document.flat.raw_line(other[path].document.units[link.targets[0]].line),
                source=one[path].document.units[link.sources[0]].text,
                target=other[path].document.units[link.targets[0]].text,
            )
            for link in links
            if link.score < _UNSURE
        ]
        if not dry_run:
            with tree.locked():
                tree.write(manifest, tree.read(path))
        progress("adopting", number, len(paths))
    if edition is not None and not dry_run and tree.record() is None:
        with tree.locked():
            keep(tree, tuple(_others(tree, edition)))
    return result


def _others(tree: LocaleTree, edition: Path) -> Iterator[Localised]:
    """The files of a translation that are no documents and stand in the edition that it was made from, too."""
    for file in localised(tree, edition, set(tree.paths())):
        if not file.path.endswith((*_DOCUMENTS, *YAML)):
            yield file
