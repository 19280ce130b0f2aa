"""Take over a human translation as it stands: align it with the edition it was made from, and write its manifests.

1. ``revisions`` names the editions that a document may have been made from; ``history`` finds them in git.
2. ``choosing`` takes the one that fits best; ``composing`` mixes two where people followed both.
3. ``editions`` reads edition and translation, both with the book's own configuration.
4. ``linking`` finds which units and which sentences belong together.
5. ``writing`` makes a manifest of each pair of documents; pairs that are not sure are marked.
6. ``unsure`` lists those for a person, and reads back what is said of them; ``settling`` does it.

Not one byte of the translation changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sphinx_amts.adopt.choosing import chosen, likely
from sphinx_amts.adopt.composing import best_composed, unit_texts
from sphinx_amts.adopt.editions import YAML, Edition, Read, Side, reading
from sphinx_amts.adopt.linking import Link, linked
from sphinx_amts.adopt.revisions import DOCUMENTS, editions_of, revisions_of
from sphinx_amts.adopt.settling import settled_manifests
from sphinx_amts.adopt.unsure import Marked, listed, marked, unsure_pairs
from sphinx_amts.adopt.writing import adopted_manifest, unsure_links
from sphinx_amts.adopt.yaml_files import yaml_links
from sphinx_amts.align.limits import unreadable
from sphinx_amts.document.flat import unflatten
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language
from sphinx_amts.model import Finding, Subtype
from sphinx_amts.sync.localised import Localised, keep, localised
from sphinx_amts.sync.tree import LocaleTree

__all__ = ["Adopted", "Edition", "adopt", "editions_of", "listed", "marked", "revisions_of", "settle", "unsure_pairs"]

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Adopted:
    """What was taken over: documents, their units with a target and without, and what people should look at."""

    documents: int = 0
    linked: int = 0
    left_out: int = 0
    already: int = 0
    editions: dict[str, str] = field(default_factory=dict)
    """What each document was made from, where that has a name."""
    findings: list[Finding] = field(default_factory=list)


def adopt(
    book: Path,
    translation: Path,
    editions: Mapping[str, Sequence[Edition]],
    languages: tuple[Language, Language],
    *,
    files_of: Path | None = None,
    confdir: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Adopted:
    """Write the manifests of a translation; ``editions`` are those that each document may have been made from, by path.

    ``files_of`` is the directory of which the translation's figures and bibliographies were made, if it is known.  A document
    that has a manifest already is left alone.  Raises ConfigError where no document can be taken over.
    """
    result = Adopted()
    tree = LocaleTree(translation.resolve())
    wanted = _wanted(tree, book, editions, result)
    if not wanted and not result.already:
        hint = "Give --base DIR, --base-repo DIR or --origin-suffix, and check that both trees use the same paths."
        raise ConfigError("no document of this translation has a source", path=translation, hint=hint)
    if not wanted:
        return result
    with reading(book, confdir, overrides or {}) as read:
        progress("reading", 0, 0)
        others = read({path: tree.file(path) for path in wanted}, languages[1])
        found = _sources(wanted, others, read, languages[0])
    for path in wanted.keys() - {*found, *YAML}:
        message = "this is no document of the book; it was left alone"
        result.findings.append(Finding(Subtype.PEOPLE, message, path=str(tree.file(path))))
    paths = [path for path in wanted if path in found]
    documents = [path for path in paths if path not in YAML]
    links = dict(zip(documents, linked([(found[path][1], others[path]) for path in documents]), strict=True))
    links |= {path: yaml_links(found[path][1], others[path]) for path in paths if path in YAML}
    for number, (path, each) in enumerate(links.items(), 1):
        edition, side = found[path]
        manifest = adopted_manifest(path, side, others[path], each, languages[0])
        beside = next((other.beside for other in editions[path] if other.beside), "")
        manifest = replace(manifest, edition=edition.name, beside=beside)
        result.documents += 1
        result.linked += sum(bool(unit.target.strip()) for unit in manifest.units)
        result.left_out += sum(not unit.target.strip() for unit in manifest.units)
        result.editions.update({path: edition.name} if edition.name else {})
        doubted = unsure_links(each, len(others[path].document.units))
        result.findings += [_unsure(tree, path, side, others[path], link) for link in doubted]
        if not dry_run:
            with tree.locked():
                tree.write(manifest, tree.read(path))
        progress("adopting", number, len(paths))
    if files_of is not None and not dry_run and tree.record() is None:
        with tree.locked():
            keep(tree, tuple(_others(tree, files_of)))
    return result


def _others(tree: LocaleTree, edition: Path) -> Iterator[Localised]:
    """The files of a translation that are no documents and stand in the edition that it was made from, too."""
    for file in localised(tree, edition, set(tree.paths())):
        if not file.path.endswith((*DOCUMENTS, *YAML)):
            yield file


def settle(
    book: Path,
    translation: Path,
    marks: Sequence[Marked],
    language: Language,
    *,
    confdir: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> None:
    """Do in the manifests what a person says of pairs that are not sure; ``language`` is the translation's.

    Raises ConfigError, with the line of the mark, for a pair that is not asked about; then nothing is written.
    """
    tree = LocaleTree(translation.resolve())

    def read(paths: Sequence[str]) -> Mapping[str, Side]:
        with reading(book, confdir, overrides or {}) as read:
            return read({path: tree.file(path) for path in paths}, language)

    for manifest in settled_manifests(tree, marks, read):
        if not dry_run:
            with tree.locked():
                tree.write(manifest, tree.read(manifest.path))


def _wanted(
    tree: LocaleTree, book: Path, editions: Mapping[str, Sequence[Edition]], result: Adopted
) -> dict[str, list[Edition]]:
    """The documents to take over, with the editions that can be read."""
    wanted = {}
    for path, each in editions.items():
        if tree.manifest(path) is not None:
            result.already += 1
            continue
        why = unreadable(tree.file(path)) or (unreadable(each[0].file) if len(each) == 1 else None)
        if why:
            result.findings.append(Finding(Subtype.PEOPLE, why, path=str(tree.file(path))))
        elif readable := [edition for edition in each if unreadable(edition.file) is None]:
            wanted[path] = likely(readable, tree.file(path), book / path)
    return wanted


def _sources(
    wanted: Mapping[str, Sequence[Edition]], targets: Mapping[str, Side], read: Read, language: Language
) -> dict[str, tuple[Edition, Side]]:
    """The edition that each document was made from, and its text."""
    # Where some compete, all documents are aligned: the aligner learns from each.
    is_settled = all(len(each) == 1 for each in wanted.values())
    alone = {path: each[0] for path, each in wanted.items() if path in targets and (is_settled or path in YAML)}
    competing = {path: each for path, each in wanted.items() if path not in alone}
    sides = read({path: edition.file for path, edition in alone.items()}, language) if alone else {}
    found = {path: (alone[path], side) for path, side in sides.items()}
    choices = chosen(competing, targets, read, language)
    found |= {path: (each[0].edition, each[0].side) for path, each in choices.items()}
    mixed = {path: best for path, each in choices.items() if (best := best_composed(each, targets[path])) is not None}
    with tempfile.TemporaryDirectory(prefix="sphinx-amts-") as place:
        files = {path: Path(place, str(number)) for number, path in enumerate(mixed)}
        for path, file in files.items():
            file.write_bytes(unflatten(mixed[path].text, found[path][1].document.flat.style).encode())
        sides = read(files, language) if files else {}
    for path, side in sides.items():
        if unit_texts(side) == mixed[path].units:  # two texts that were put together wrongly are read otherwise
            found[path] = (replace(found[path][0], name=mixed[path].name), side)
    return found


def _unsure(tree: LocaleTree, path: str, source: Side, target: Side, link: Link) -> Finding:
    return Finding(
        Subtype.PEOPLE,
        f"it is not sure that these belong together ({link.score:.2f})",
        path=str(tree.file(path)),
        line=target.document.flat.raw_line(target.document.units[link.targets[0]].line),
        source=source.document.units[link.sources[0]].text,
        target=target.document.units[link.targets[0]].text,
    )
