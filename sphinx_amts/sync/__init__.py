"""Bring one language's locale tree up to date.  This is the one place that knows the order of the steps.

1. *Look*: which documents are not as their manifests say (``_look``).
2. *Plan*: what people did to a target is folded into its manifest; the new units are compared with it.
3. *Translate*: what is pending is looked up in memory; what memory does not know goes to the engine, once each.
4. *Finish and verify*: the new text is read by Sphinx in the source's place; units that do not hold up keep what
   stood there before.
5. *Write*: target and manifest, document by document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from sphinx_amts import engines
from sphinx_amts.config import Settings
from sphinx_amts.document.flat import flatten, unflatten, without_templates
from sphinx_amts.document.reader import VERSION, Book
from sphinx_amts.document.segments import segments
from sphinx_amts.document.sentences import version
from sphinx_amts.document.verify import Difference
from sphinx_amts.engines import Status
from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language
from sphinx_amts.masked import key
from sphinx_amts.model import Finding, Request, Segment, State, Subtype, Unit
from sphinx_amts.pairs.manifest import GapPiece, Manifest, UnitPiece
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.sync.knowledge import add_document, add_file
from sphinx_amts.sync.localised import keep, localised
from sphinx_amts.sync.people import fold
from sphinx_amts.sync.plan import Slot, old_units
from sphinx_amts.sync.result import LanguageResult
from sphinx_amts.sync.tree import LocaleTree
from sphinx_amts.sync.verifying import verified
from sphinx_amts.sync.work import Fate, Outcome, Place, Work, is_peoples

__all__ = ["Job", "Progress", "included", "sync", "wanted"]


class Progress(Protocol):
    """Is told how far a stage has come."""

    def __call__(self, stage: str, done: int, total: int) -> None: ...


@dataclass(slots=True)
class Job:
    """What to sync: a book that Sphinx has read, and the tree of one language."""

    book: Book
    tree: LocaleTree
    source_language: Language
    language: Language
    settings: Settings
    base: Path
    """The directory that ``amts_memory`` is relative to."""
    only: Sequence[str] = ()
    """Docnames or paths; all of them if empty."""
    dry_run: bool = False
    wait: bool = True
    """Whether to wait for an engine that answers later."""
    progress: Progress = field(default=lambda stage, done, total: None)


def sync(job: Job) -> LanguageResult:
    """Do all of it, and say what was done; with ``dry_run`` nothing is sent and nothing is written."""
    if job.dry_run:
        return _sync(job)
    with job.tree.locked():
        return _sync(job)


def _sync(job: Job) -> LanguageResult:
    result = LanguageResult()
    engine = engines.create(job.settings.engine, job.settings.engine_options)
    paths = wanted(job)
    works = list(_look(job, paths, result))
    _translate(job, works, engine, result)
    for number, work in enumerate(works):
        job.progress("writing", number, len(works))
        _finish(job, work, result)
    if works:
        job.progress("writing", len(works), len(works))
    if not job.dry_run and not job.only:
        _remove_deleted(job, set(paths), result)
    _note_localised(job, result)
    return result


def wanted(job: Job) -> list[str]:
    """The paths of the documents to sync; raises ConfigError for one in ``only`` that is none of the book's."""
    paths = [path for path in job.book.paths() if included(path, job.settings)]
    if not job.only:
        return paths
    chosen = [path for path in paths if any(path == name or path.rpartition(".")[0] == name for name in job.only)]
    for name in job.only:
        if not any(path == name or path.rpartition(".")[0] == name for path in chosen):
            near = get_close_matches(name, [*paths, *(path.rpartition(".")[0] for path in paths)], n=1)
            hint = f"Did you mean {near[0]}?" if near else "Docnames are relative to the book's directory."
            raise ConfigError(f"there is no document {name!r} to sync", path=job.book.srcdir, hint=hint)
    return chosen


def included(path: str, settings: Settings) -> bool:
    """Whether a document is one to translate."""
    name = path.rpartition(".")[0]
    return _matches(name, settings.include) and not _matches(name, settings.exclude)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(
        fnmatchcase(name, pattern) or (pattern.startswith("**/") and fnmatchcase(name, pattern[3:]))
        for pattern in patterns
    )


def _look(job: Job, paths: Sequence[str], result: LanguageResult) -> Iterator[Work]:
    """The work to do on each document; what is as its manifest says is only counted."""
    for number, path in enumerate(paths):
        job.progress("planning", number, len(paths))
        result.documents += 1
        manifest, target = job.tree.manifest(path), job.tree.read(path)
        raw = job.book.raw(path)
        if manifest is None and target is not None and target != raw:
            result.documents -= 1
            result.findings.append(
                Finding(
                    Subtype.PEOPLE,
                    "this file has no manifest: it belongs to people and was left alone; adopt it to keep it in sync",
                    path=str(job.tree.file(path)),
                )
            )
            continue
        if manifest is not None and _is_settled(job, manifest, raw, target):
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
        if manifest is not None and target is not None:
            manifest = _folded(job, manifest, target, path)
        yield Work(document, job.book.grammar(document), job.source_language, job.language, manifest, target)


def _is_settled(job: Job, manifest: Manifest, raw: str, target: str | None) -> bool:
    """Whether nothing changed since the last sync, and nothing was left to do."""
    return (
        target is not None
        and manifest.reader == VERSION
        and manifest.splitter == version(job.source_language.splitter)
        and unflatten(manifest.source, manifest.style) == raw
        and unflatten(manifest.target, manifest.style) == target
        and not any(_is_open(job, unit) for unit in manifest.units)
    )


def _is_open(job: Job, unit: UnitPiece) -> bool:
    return any(group.state is State.INITIAL or (group.stale and group.origin != "human") for group in unit.groups)


def _counted(manifest: Manifest) -> Iterator[str]:
    for unit in manifest.units:
        for group in unit.groups:
            name = "stale" if group.stale else "untranslated" if group.state is State.INITIAL else "kept"
            yield from [name] * len(group.source)


def _folded(job: Job, manifest: Manifest, target: str, path: str) -> Manifest:
    flat = flatten(target, Path(path).suffix, manifest.target)
    grammar = job.book.grammar_of(path, manifest.source)

    def sentences(text: str) -> list[str]:
        return [segment.text for segment in segments(text, grammar, job.language.splitter)]

    return fold(manifest, flat.text, sentences)


def _translate(job: Job, works: Sequence[Work], engine: engines.Engine, result: LanguageResult) -> None:
    """Give every pending slot an outcome: from memory, else from the engine, each text once."""
    pending: dict[str, list[tuple[Work, Place, Slot]]] = {}
    for work in works:
        for place, slot in work.pending():
            pending.setdefault(key(slot.segment.masked), []).append((work, place, slot))
    if not pending:
        return
    memory = _memory(job, works)
    for uses in pending.values():
        for work, place, slot in uses:
            before, after = work.context(place)
            match = memory.look_up(slot.segment.masked, before=before, after=after, document=work.document.path)
            if match is not None:
                work.outcomes[place] = Outcome(Fate.MEMORY, match.target, match.origin)
    left = [uses for uses in pending.values() if any(place not in work.outcomes for work, place, _ in uses)]
    requests = {str(number): uses for number, uses in enumerate(left) if _asks(job, uses)}
    result.characters_sent += sum(len(uses[0][2].segment.text.strip()) for uses in requests.values())
    if not engine.translates:
        result.characters_sent = 0
        return
    if job.dry_run or not requests:
        return
    result.engine_calls += 1
    asked = [_request(name, uses, memory, engine) for name, uses in requests.items()]
    for done, answer in enumerate(engines.checked(engine, asked, job.source_language, job.language)):
        job.progress("translating", done + 1, len(asked))
        for work, place, _ in requests[answer.id]:
            work.outcomes.setdefault(place, _outcome(answer, engine.name))


def _asks(job: Job, uses: Sequence[tuple[Work, Place, Slot]]) -> bool:
    """Whether an engine is asked: not where all that it could give is a proposal that nobody wants."""
    return job.settings.on_human != "keep" or any(
        not slot.previous or slot.previous.group.origin != "human" for _, _, slot in uses
    )


def _outcome(answer: engines.Answer, engine: str) -> Outcome:
    match answer.status:
        case Status.DONE:
            return Outcome(Fate.TRANSLATED, answer.target, f"mt:{engine}")
        case Status.WAITING:
            return Outcome(Fate.WAITING)
        case Status.REFUSED:
            return Outcome(Fate.REFUSED, reason=answer.reason)
        case Status.NONE:
            return Outcome(Fate.UNTRANSLATED)


def _request(
    name: str, uses: Sequence[tuple[Work, Place, Slot]], memory: TranslationMemory, engine: engines.Engine
) -> Request:
    work, place, slot = uses[0]
    before, after = work.context(place)
    segment = slot.segment
    matches = tuple(memory.fuzzy(segment.masked)) if getattr(engine, "wants_matches", False) else ()
    return Request(name, key(segment.masked), segment.codes, before, after, work.document.path, matches)


def _memory(job: Job, works: Sequence[Work]) -> TranslationMemory:
    """All that is known in this language."""
    memory = TranslationMemory()
    own = {work.document.path: work for work in works}
    for path in job.tree.paths():
        if path in own:
            work = own[path]
            add_document(memory, path, work.previous, work.grammar, job.language)
            continue
        manifest = job.tree.manifest(path)
        if manifest is not None:
            grammar = job.book.grammar_of(path, manifest.source)

            def split(text: str, grammar: object = grammar) -> tuple[Segment, ...]:
                return segments(text, grammar, job.source_language.splitter)  # type: ignore[arg-type]

            add_document(memory, path, old_units(manifest.units, split), grammar, job.language)
    grammars = [job.book.grammar_of(name, "") for name in sorted({Path(path).suffix for path in own})]
    for name in job.settings.memory:
        add_file(memory, job.base / name, grammars, job.source_language.code, job.language.code)
    return memory


def _finish(job: Job, work: Work, result: LanguageResult) -> None:
    """Verify, write, and count."""
    differences: Sequence[Difference] = ()
    if job.dry_run:
        manifest = work.finish({})
    else:
        manifest, differences = verified(job.book, work)
        result.files_written += job.tree.write(manifest, work.before)
    _report(job, work, manifest, differences, result)


def _report(
    job: Job, work: Work, manifest: Manifest, differences: Sequence[Difference], result: LanguageResult
) -> None:
    path = str(job.tree.file(work.document.path))
    for difference in differences:
        result.findings.append(Finding(Subtype.STRUCTURE, difference.message, path=path, line=difference.target_line))
    for index in work.behind:
        line = _line(work, work.document.units[index]) if index < len(work.document.units) else 0
        message = "the source changed where the translation was localised; the localised text was kept"
        result.findings.append(Finding(Subtype.LOCAL, message, work.document.path, line))
    for place, slot in work.slots():
        fate, reason = work.fates[place]
        result.segments[fate.value] += len(slot.segments)
        unit = work.plans[place[0]].new.unit
        if fate is Fate.REFUSED:
            result.new_findings = result.new_findings or not slot.refused
            result.findings.append(
                Finding(
                    Subtype.REFUSED,
                    reason or "the answer was refused",
                    work.document.path,
                    _line(work, unit),
                    slot.segment.text.strip(),
                )
            )
        elif (
            fate is Fate.STALE
            and slot.kept is None
            and slot.previous is not None
            and slot.previous.group.origin == "human"
        ):
            result.findings.append(
                Finding(
                    Subtype.STALE,
                    "the source of a sentence that a person wrote has changed; the sentence was kept",
                    work.document.path,
                    _line(work, unit),
                    slot.segment.text.strip(),
                    "".join(slot.previous.group.target).strip(),
                )
            )


def _line(work: Work, unit: Unit) -> int:
    """The line of a unit in its file."""
    return work.document.flat.raw_line(unit.line)


def _note_localised(job: Job, result: LanguageResult) -> None:
    """Say which localised files are behind their sources, and remember what the new ones were made of."""
    files = localised(job.tree, job.book.srcdir, {*job.book.paths(), *job.tree.paths()})
    for file in files:
        if file.is_outdated:
            message = "the source of this localised file has changed since it was made"
            result.findings.append(Finding(Subtype.LOCAL, message, path=str(job.tree.file(file.path))))
    if not job.dry_run:
        keep(job.tree, files)


def _remove_deleted(job: Job, paths: set[str], result: LanguageResult) -> None:
    """Take targets out of the tree whose source is gone, where nobody but us wrote them."""
    known = set(job.book.paths())
    for path in job.tree.paths():
        if path in paths or path in known:
            continue
        manifest, target = job.tree.manifest(path), job.tree.read(path)
        if manifest is None:
            continue
        is_ours = target is None or unflatten(manifest.target, manifest.style) == target
        if is_ours and not _holds_peoples(manifest):
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
