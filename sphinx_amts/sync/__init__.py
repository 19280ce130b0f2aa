"""Bring one language's locale tree up to date.  This is the one place that knows the order of the steps.

1. *Look*: which documents are not as their manifests say (``_look``).
2. *Plan*: what people did to a target is folded into its manifest; the new units are compared with it.
3. *Translate*: what is pending is looked up in memory; what memory does not know goes to the engine, once each.
4. *Finish and verify*: the new text is read by Sphinx in the source's place; units that do not hold up keep what
   stood there before.
5. *Write*: target and manifest, document by document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from sphinx_amts.config import Settings
from sphinx_amts.document.flat import is_file_of, unflatten, without_templates
from sphinx_amts.document.links import Links, linked
from sphinx_amts.document.reader import VERSION
from sphinx_amts.document.sentences import version
from sphinx_amts.document.verify import Difference
from sphinx_amts.model import Finding, State, Subtype
from sphinx_amts.pairs.anchors import with_anchors, without_anchors
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.sync.asking import documents_pairs, settle
from sphinx_amts.sync.assets import copy, needed
from sphinx_amts.sync.bibliography import complete
from sphinx_amts.sync.finishing import Finished, finish
from sphinx_amts.sync.job import Job, Progress
from sphinx_amts.sync.localised import keep, localised
from sphinx_amts.sync.moving import brought_by_hand, gone, move, moved, receivers_first, stands_elsewhere
from sphinx_amts.sync.naming import called
from sphinx_amts.sync.plan import is_open, is_peoples
from sphinx_amts.sync.reporting import report, report_left_over
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.standing import folded
from sphinx_amts.sync.tree import WrittenMeanwhile
from sphinx_amts.sync.verifying import verified
from sphinx_amts.sync.work import Work

__all__ = ["Job", "Progress", "documents_pairs", "included", "sync", "wanted"]


_UNADOPTED = "this file has no manifest: it belongs to people and was left alone; adopt it to keep it in sync"

Fill = Callable[[Job, Sequence[Work]], bool]
"""Gives the pending slots of works their outcomes; whether some are worth waiting for."""


def sync(job: Job, fill: Fill = settle) -> LanguageResult:
    """Do all of it, and say what was done; with ``dry_run`` nothing is sent and nothing is written.

    Nothing is written either, and the result says so, while an engine that is worth waiting for is at work: sync again
    when it is ready.
    """
    if job.dry_run:
        return _sync(job, fill)
    with job.tree.locked():
        return _sync(job, fill)


def _sync(job: Job, fill: Fill) -> LanguageResult:
    result = LanguageResult(exchange=job.exchange)
    paths = wanted(job)
    attics: list[Manifest] = []
    links = linked(job.book) if job.settings.anchors else Links()
    works = list(_look(job, paths, links, result, attics))
    works = list(_to_translate(job, moved(job, works, attics), result))
    result.moved = {work.document.path: work.replaces for work in works if work.replaces}
    files = needed(job, works)
    result.is_waiting = fill(job, works) and job.wait
    if result.is_waiting:
        return result
    if not job.dry_run:
        result.files_written += copy(job, files) + complete(job)
    done: list[tuple[Work, Manifest]] = []
    for number, (work, finished, differences) in enumerate(_finished(job, receivers_first(works)), 1):
        job.progress("writing", number, len(works))
        work.fates = finished.fates
        manifest = with_anchors(finished.manifest, links.labels.get(finished.manifest.path, {}))
        try:
            result.files_written += not job.dry_run and _write(job, work, manifest)
        except WrittenMeanwhile as error:
            message = f"{error.message}: their text was kept, and the next sync takes it up"
            result.findings.append(Finding(Subtype.PEOPLE, message, path=str(error.path)))
            continue
        report(job, work, finished, manifest, differences, result)
        done.append((work, manifest))
    report_left_over(job, done, result)
    if not job.dry_run and not job.only:
        _remove_deleted(job, result)
    _note_localised(job, result)
    result.findings += _unlabelled(links, paths)
    return result


def _write(job: Job, work: Work, manifest: Manifest) -> bool:
    """Put a target in place, where the document it was before has moved along; whether its file changed."""
    if work.replaces:
        move(job, work)
    return job.tree.write(manifest, work.before) or bool(work.replaces)


def _finished(job: Job, works: Sequence[Work]) -> Iterable[tuple[Work, Finished, Sequence[Difference]]]:
    """Each work with its new target; of a dry run, nothing is verified."""
    if job.dry_run:
        return ((work, finish(work), ()) for work in works)
    return verified(job.book, works, job.processes)


def wanted(job: Job) -> list[str]:
    """The paths of the documents to sync; raises ConfigError for one in ``only`` that is none of the book's."""
    paths = [path for path in job.book.paths() if included(path, job.settings)]
    if not job.only:
        return paths
    chosen = {path for name in job.only for path in called(paths, name, "sync", job.book.srcdir)}
    return [path for path in paths if path in chosen]


def included(path: str, settings: Settings) -> bool:
    """Whether a document is one to translate."""
    name = path.rpartition(".")[0]
    return _matches(name, settings.include) and not _matches(name, settings.exclude)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(
        fnmatchcase(name, pattern) or (pattern.startswith("**/") and fnmatchcase(name, pattern[3:]))
        for pattern in patterns
    )


def _look(
    job: Job, paths: Sequence[str], links: Links, result: LanguageResult, attics: list[Manifest]
) -> Iterator[Work]:
    """The work to do on each document; what is as its manifest says is only counted.

    ``attics`` takes up the manifests that keep what people wrote for sentences that are no more.
    """
    for number, path in enumerate(paths):
        job.progress("planning", number, len(paths))
        result.documents += 1
        manifest, target = job.tree.manifest(path), job.tree.read(path)
        attics += [manifest] if manifest is not None and manifest.attic else []
        raw = job.book.raw(path)
        is_theirs = manifest is None and target not in (None, raw)
        before = brought_by_hand(job, path, target) if is_theirs and target is not None else None
        if is_theirs and before is None:
            result.documents -= 1
            result.findings.append(Finding(Subtype.PEOPLE, _UNADOPTED, path=str(job.tree.file(path))))
            continue
        has_anchors = manifest is not None and _has_anchors(manifest, links)
        if manifest is not None and has_anchors and _is_settled(job, manifest, raw, target):
            result.segments.update(_counted(manifest))
            continue
        document = job.book.document(path)
        for message in document.missing:
            result.findings.append(
                Finding(
                    Subtype.UNIT,
                    "this text was not found in its file; it stays as it is",
                    path,
                    message.line,
                    message.text,
                )
            )
        replaces = ""
        if before is not None:
            manifest, replaces = replace(before, path=path), before.path
        if manifest is not None and target is not None:
            manifest = without_anchors(folded(job, manifest, target, path))
        overwrites = job.settings.on_human == "replace"
        languages = (job.source_language, job.language)
        yield Work(document, job.book.grammar(document), *languages, manifest, target, replaces, overwrites=overwrites)


def _to_translate(job: Job, works: Sequence[Work], result: LanguageResult) -> Iterator[Work]:
    """The works without those of new documents that are only to be listed."""
    for work in works:
        is_new = work.old is None and work.before is None and work.document.docname is not None
        if is_new and job.settings.new_documents == "list" and not job.only:
            result.documents -= 1
            message = "this document is new and was not translated; name it in a sync to have it translated"
            result.findings.append(Finding(Subtype.MISSING, message, path=work.document.path))
        else:
            yield work


def _is_settled(job: Job, manifest: Manifest, raw: str, target: str | None) -> bool:
    """Whether nothing changed since the last sync, and nothing was left to do."""
    return (
        target is not None
        and manifest.reader == VERSION
        and manifest.splitter == version(job.source_language.splitter)
        and is_file_of(raw, manifest.source, manifest.style)
        and unflatten(manifest.target, manifest.style) == target
        and not any(_is_open(job, unit) for unit in manifest.units)
    )


def _has_anchors(manifest: Manifest, links: Links) -> bool:
    """Whether a target has the labels that links want, which may have changed in any other document."""
    return with_anchors(without_anchors(manifest), links.labels.get(manifest.path, {})) == manifest


def _unlabelled(links: Links, paths: Sequence[str]) -> Iterator[Finding]:
    for heading in links.unlabelled:
        if heading.path in paths:
            message = f"links lead to this heading as {heading.label!r}, which cannot be its label: {heading.reason}"
            yield Finding(Subtype.ANCHORS, message, heading.path, heading.line)


def _is_open(job: Job, unit: UnitPiece) -> bool:
    """Whether anything in a unit wants an answer, and may get one."""
    asks = job.settings.on_human != "keep"
    return any(is_open(group) and (asks or not (group.stale and is_peoples(group))) for group in unit.groups)


def _counted(manifest: Manifest) -> Iterator[str]:
    for unit in manifest.units:
        for group in unit.groups:
            name = "stale" if group.stale else "untranslated" if group.state is State.INITIAL else "kept"
            yield from [name] * len(group.source)


def _note_localised(job: Job, result: LanguageResult) -> None:
    """Say which localised files are behind their sources, and remember what the new ones were made of."""
    files = localised(job.tree, job.book.srcdir, {*job.book.paths(), *job.tree.paths()})
    for file in files:
        if file.is_outdated:
            message = "the source of this localised file has changed since it was made"
            result.findings.append(Finding(Subtype.LOCAL, message, path=str(job.tree.file(file.path))))
    if not job.dry_run:
        keep(job.tree, files)


def _remove_deleted(job: Job, result: LanguageResult) -> None:
    """Take targets out of the tree whose source is gone, where nothing that people wrote would be lost."""
    for path in gone(job):
        manifest, target = job.tree.manifest(path), job.tree.read(path)
        if manifest is None:
            continue
        manifest = without_anchors(manifest if target is None else folded(job, manifest, target, path))
        if not _holds_peoples(manifest) or stands_elsewhere(job, manifest):
            job.tree.remove(path)
            result.files_written += target is not None
        else:
            message = "the source of this file is gone; people wrote in it, so it was left"
            result.findings.append(Finding(Subtype.PEOPLE, message, path=str(job.tree.file(path))))


def _holds_peoples(manifest: Manifest) -> bool:
    """Whether anything in a target, or left over from it, is a person's."""
    gaps = (piece for piece in manifest.pieces if isinstance(piece, GapPiece))
    local = any(without_templates(gap.source) != without_templates(gap.target) for gap in gaps)
    return local or bool(manifest.attic) or any(is_peoples(group) for unit in manifest.units for group in unit.groups)
