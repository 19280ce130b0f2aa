"""Every pending sentence gets an outcome: from memory, else from the engine, each text once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sphinx_amts import engines
from sphinx_amts.document.inline import Grammar
from sphinx_amts.engines import Answer, Customised, Priced, Status, Waiting
from sphinx_amts.masked import key, problem
from sphinx_amts.model import Match, Origin, Request
from sphinx_amts.pairs.memory import TranslationMemory
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.knowledge import add_document, add_file, people_pairs
from sphinx_amts.sync.leverage import leverage
from sphinx_amts.sync.plan import OldUnit, Slot, is_peoples
from sphinx_amts.sync.standing import units_of
from sphinx_amts.sync.work import Fate, Outcome, Place, Work
from sphinx_amts.typography import typeset

__all__ = ["documents_pairs", "settle"]

_Uses = Sequence[tuple[Work, Place, Slot]]


def settle(job: Job, works: Sequence[Work]) -> bool:
    """Give every pending slot of the works its outcome; whether some of them are worth waiting for."""
    if isinstance(job.engine, Customised) and works and not job.dry_run:
        for notice in job.engine.learn(lambda: documents_pairs(job, works), job.source_language, job.language):
            job.exchange.hear(notice)
    pending: dict[str, list[tuple[Work, Place, Slot]]] = {}
    for work in works:
        for place, slot in work.pending():
            pending.setdefault(key(slot.segment.masked), []).append((work, place, slot))
    memory = _memory(job, works) if pending else TranslationMemory()
    if job.dry_run:
        job.exchange.leverage = leverage(works, pending, memory)
    for uses in pending.values():
        _remember(memory, uses)
    if not pending:
        return False
    left = [uses for uses in pending.values() if any(place not in work.outcomes for work, place, _ in uses)]
    if not job.engine.translates:
        _propose(job, memory, left)
        return False
    requests = {str(number): uses for number, uses in enumerate(left) if _asks(job, uses)}
    return bool(requests) and _ask(job, works, requests, memory)


def _remember(memory: TranslationMemory, uses: _Uses) -> None:
    for work, place, slot in uses:
        before, after = work.context(place)
        match = memory.look_up(slot.segment.masked, before=before, after=after, document=work.document.path)
        if match is not None:
            work.outcomes[place] = Outcome(Fate.MEMORY, match.target, match.origin)


def _propose(job: Job, memory: TranslationMemory, left: Sequence[_Uses]) -> None:
    """Where nobody translates, the closest sentence of memory is put beside what stays untranslated."""
    for number, uses in enumerate(left):
        job.progress("looking in memory", number, len(left))
        near = _closest(memory, uses[0][2].segment.masked)
        if near is not None:
            for work, place, _ in uses:
                work.outcomes.setdefault(place, Outcome(Fate.UNTRANSLATED, near.target))


def _closest(memory: TranslationMemory, masked: str) -> Match | None:
    """The closest pair that could be written for a source, if people or engines made one."""
    near = (match for match in memory.fuzzy(masked) if match.origin != Origin.SOURCE)
    return next((match for match in near if problem(key(masked), match.target) is None), None)


def _ask(job: Job, works: Sequence[Work], requests: Mapping[str, _Uses], memory: TranslationMemory) -> bool:
    """Ask the engine; whether it wants to be waited for."""
    asked = [_request(name, uses, memory, job.engine) for name, uses in requests.items()]
    sizes = {name: len(uses[0][2].segment.text.strip()) for name, uses in requests.items()}
    if job.dry_run:
        job.exchange.characters_sent = sum(sizes.values())
        for one in asked:
            job.exchange.sent_to[one.document] += sizes[one.id]
        if isinstance(job.engine, Priced):
            customised = next(documents_pairs(job, works), None) is not None
            job.exchange.estimate = job.engine.estimate(asked, job.source_language, job.language, customised=customised)
        return False
    answers = engines.checked(job.engine, asked, job.source_language, job.language, job.exchange.hear)
    sent = 0
    for done, answer in enumerate(answers):
        job.progress("translating", done + 1, len(asked))
        if answer.sent:
            sent += sizes[answer.id]
            job.exchange.sent_to[requests[answer.id][0][0].document.path] += sizes[answer.id]
        for work, place, slot in requests[answer.id]:
            work.outcomes.setdefault(place, _outcome(answer, job, slot.segment.masked))
    job.exchange.characters_sent += sent
    job.exchange.engine_calls += bool(sent)
    return isinstance(job.engine, Waiting) and bool(job.engine.pending)


def _asks(job: Job, uses: _Uses) -> bool:
    """Whether an engine is asked: not where all that it could give is a proposal that nobody wants."""
    return job.settings.on_human != "keep" or any(
        not slot.previous or not is_peoples(slot.previous.group) for _, _, slot in uses
    )


def _outcome(answer: Answer, job: Job, source: str) -> Outcome:
    match answer.status:
        case Status.DONE:
            is_foreign = key(answer.target) == key(source) or getattr(job.engine, "pseudo", False)
            rules = False if is_foreign else job.settings.typography
            return Outcome(Fate.TRANSLATED, typeset(answer.target, job.language, rules), f"mt:{job.engine.name}")
        case Status.WAITING:
            return Outcome(Fate.WAITING)
        case Status.REFUSED:
            return Outcome(Fate.REFUSED, reason=answer.reason)
        case Status.NONE:
            return Outcome(Fate.UNTRANSLATED)


def _request(name: str, uses: _Uses, memory: TranslationMemory, engine: engines.Engine) -> Request:
    work, place, slot = uses[0]
    before, after = work.context(place)
    segment = slot.segment
    matches = tuple(memory.fuzzy(segment.masked)) if getattr(engine, "wants_matches", False) else ()
    return Request(name, key(segment.masked), segment.codes, before, after, work.document.path, matches)


def _memory(job: Job, works: Sequence[Work]) -> TranslationMemory:
    """All that is known in this language."""
    memory = TranslationMemory()
    for path, units, grammar in _documents(job, works):
        add_document(memory, path, units, grammar, job.language)
    suffixes = sorted({Path(work.document.path).suffix for work in works})
    grammars = [job.book.grammar_of(suffix, "") for suffix in suffixes]
    for name in job.settings.memory:
        add_file(memory, job.base / name, grammars, job.source_language.code, job.language.code)
    return memory


def documents_pairs(job: Job, works: Sequence[Work] = ()) -> Iterator[tuple[str, str]]:
    """The sentence pairs of people in a language, as a reader sees them; of the works, those that are kept."""
    own = {work.replaces or work.document.path for work in works}
    for work in works:
        kept = (slot.kept for _, slot in work.slots() if slot.kept is not None)
        yield from people_pairs(kept, work.grammar, job.language)
    for path, units, grammar in _documents(job, works):
        if path not in own:
            yield from people_pairs((group for unit in units for group in unit.groups), grammar, job.language)


def _documents(job: Job, works: Sequence[Work]) -> Iterator[tuple[str, Sequence[OldUnit], Grammar]]:
    """Each document of the tree with its manifest's units, what people did to its target folded in."""
    own = {work.replaces or work.document.path: work for work in works}
    for path in job.tree.paths():
        if path in own:
            yield path, own[path].previous, own[path].grammar
            continue
        manifest = job.tree.manifest(path)
        if manifest is not None:
            yield path, units_of(job, manifest), job.book.grammar_of(path, manifest.source)
