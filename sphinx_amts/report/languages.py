"""The report of a book: a page for all languages, one for each of them, one for each document; badges, and numbers as JSON."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language
from sphinx_amts.report.history import Entry, appended
from sphinx_amts.report.page import Site, address, rendered
from sphinx_amts.report.plots import Plot, coverage_plot, history_plots
from sphinx_amts.report.review import Item, items
from sphinx_amts.report.synced import Synced, read
from sphinx_amts.sync import Job, Progress
from sphinx_amts.sync.standing import Standing, standing
from sphinx_amts.upkeep.effort import AIM, Effort, effort, summed
from sphinx_amts.upkeep.status import STATES, DocumentStatus, LanguageStatus

__all__ = ["MARK", "Links", "write"]

MARK = "report.json"
"""What every report holds, and what tells a directory of one from others."""
_WAITING = ("refused", "stale", "unsure", "untranslated")


@dataclass(frozen=True, slots=True)
class Links:
    """Where a document's built page can be seen, and a line of its source.

    ``{lang}`` stands for the language in ``pages``, ``{path}`` and ``{line}`` for the place in ``source``.
    """

    pages: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for name, template in (("--pages", self.pages), ("--source-url", self.source)):
            if urlsplit(template).scheme not in ("", "file", "http", "https"):
                hint = "Give an address that begins with https://, or a directory."
                raise ConfigError(f"{name} cannot be this address: {template}", hint=hint)

    def page(self, code: str, path: str, directory: Path) -> str:
        """The built page of a document, seen from a directory; empty where none was named."""
        if not self.pages:
            return ""
        docname = str(PurePosixPath(path).with_suffix(""))
        if urlsplit(self.pages).scheme:
            return f"{self.pages.replace('{lang}', quote(code)).rstrip('/')}/{quote(docname)}.html"
        place = Path(self.pages.replace("{lang}", code), f"{docname}.html")
        return address(os.path.relpath(place.resolve(), directory.resolve()))

    def line(self, path: str, line: int) -> str:
        """A line of a source; empty where no address was named."""
        return self.source.replace("{path}", address(path)).replace("{line}", str(line))


@dataclass(frozen=True, slots=True)
class Standings:
    """All that a report says of one language."""

    job: Job
    status: LanguageStatus
    documents: Sequence[Standing]
    effort: Mapping[str, Effort]
    synced: Synced | None = None

    @property
    def language(self) -> Language:
        return self.job.language

    def numbers(self) -> dict[str, Any]:
        """The numbers as ``status --json`` has them, with the effort; without places of this machine."""
        data = {name: value for name, value in self.status.as_json().items() if name != "root"}
        cost = {"characters": self.synced.characters, "price": self.synced.price} if self.synced else None
        return {**data, "effort": summed(self.effort).as_json(), **({"synced": cost} if cost else {})}


def write(
    root: Path,
    name: str,
    languages: Mapping[str, tuple[Job, LanguageStatus]],
    links: Links,
    history: Path | None,
    synced: Path | None,
    today: date,
    progress: Progress = lambda stage, done, total: None,
) -> dict[str, Any]:
    """Write the report of a book called ``name``; its numbers.

    Those of ``today`` are added to the file ``history``; ``synced`` is what ``sync --json`` wrote.  Raises an AmtsError
    where anything cannot be read or written.
    """
    roots = {code: job.tree.root for code, (job, _) in languages.items()}
    last = read(synced, roots) if synced else {}
    site = Site(root, MARK)
    data: dict[str, Any] = {}
    for code, (job, status) in languages.items():
        documents = list(standing(job))
        one = Standings(job, status, documents, effort(job.tree, documents), last.get(code))
        data[code] = one.numbers()
        _badge(site, code, status)
        _language(site, code, one, dict(_documents(site, code, one, links, progress)))
    numbers = {"sphinx-amts": "report", "languages": data}
    site.write(MARK, json.dumps(numbers, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    entries = appended(history, numbers, today) if history else ()
    text = rendered(
        "index.html",
        title=f"Translations of {name}",
        root="",
        languages=data,
        names={code: job.language.name for code, (job, _) in languages.items()},
        aim=AIM,
        states=STATES,
        plots=_plots(site, data, entries),
        history=entries,
        synced=last,
    )
    site.write("index.html", text)
    return numbers


def _documents(
    site: Site, code: str, one: Standings, links: Links, progress: Progress
) -> Iterator[tuple[str, Counter[str]]]:
    """Write the page of each document; how many of its items wait, by why."""
    for number, document in enumerate(one.documents):
        progress(f"{code}: writing", number, len(one.documents))
        found = list(items(document))
        _document(site, code, one, document.path, found, links)
        yield document.path, _counts(found)


def _counts(found: Sequence[Item]) -> Counter[str]:
    """How many items wait, by why."""
    counts: Counter[str] = Counter()
    for item in found:
        counts.update(name for name in item.classes.split() if name in _WAITING)
    return counts


def _language(site: Site, code: str, one: Standings, waiting: Mapping[str, Counter[str]]) -> None:
    documents = sorted(one.status.documents, key=lambda document: _urgency(document, waiting.get(document.path)))
    localised = [file.path for file in one.status.localised if file.is_outdated]
    text = rendered(
        "language.html",
        title=f"{one.language.name} ({code})",
        root="../",
        code=code,
        status=one.status,
        documents=documents,
        effort=summed(one.effort),
        efforts=one.effort,
        aim=AIM,
        waiting=waiting,
        states=STATES,
        localised=localised,
    )
    site.write(f"{code}/index.html", text)


def _urgency(document: DocumentStatus, waiting: Mapping[str, int] | None) -> tuple[int, int, str]:
    """The documents with most to do come first: what people have to decide, then what is to be translated."""
    counts = waiting or {}
    decide = sum(counts.get(name, 0) for name in ("refused", "stale", "unsure"))
    return -decide, -counts.get("untranslated", 0) - len(document.flags), document.path


def _document(site: Site, code: str, one: Standings, path: str, found: Sequence[Item], links: Links) -> None:
    place = f"{code}/{path}.html"
    counts = Counter(name for item in found for name in item.classes.split())
    text = rendered(
        "document.html",
        title=path,
        root="../" * place.count("/"),
        code=code,
        name=one.language.name,
        items=found,
        waiting=[item for item in found if item.waits],
        counts=counts,
        shown=[name for name in ("refused", "local", *STATES) if counts[name]],
        effort=one.effort.get(path, Effort()),
        source_lang=_tag(one.job.source_language),
        source_dir="rtl" if one.job.source_language.rtl else "ltr",
        lang=_tag(one.language),
        dir="rtl" if one.language.rtl else "ltr",
        page=links.page(code, path, (site.root / place).parent),
        line=lambda item: links.line(path, item.source_line),
        linked=bool(links.source),
        said=one.synced.findings.get(path, ()) if one.synced else (),
    )
    site.write(place, text)


def _tag(spoken: Language) -> str:
    """The code of a language as HTML wants it."""
    return spoken.code.partition("@")[0].replace("_", "-")


def _badge(site: Site, code: str, status: LanguageStatus) -> None:
    """The badge as an image, and for services that draw them (the schema of shields.io's endpoints)."""
    share, missing = status.coverage, status.missing
    message = "nothing yet" if share is None else f"{int(share * 100 + 1e-9)} % translated"
    message += f", {missing} missing" if missing else ""
    is_whole = share is not None and share >= 1 and not missing
    color = "green" if is_whole else "blue" if share is not None and share >= 0.5 else "orange"
    content = {"schemaVersion": 1, "label": code, "message": message, "color": color}
    site.write(f"badge-{code}.json", json.dumps(content, ensure_ascii=False) + "\n")
    widths = 10 + 7 * len(code), 10 + 6 * len(message)
    site.write(
        f"badge-{code}.svg", rendered("badge.svg", label=code, message=message, color=_COLORS[color], widths=widths)
    )


_COLORS = {"green": "#1a7f37", "blue": "#0757b8", "orange": "#9a4b00"}
"""Each has contrast enough for white letters."""


def _plots(site: Site, languages: Mapping[str, Any], history: Sequence[Entry]) -> Sequence[Plot] | None:
    """The plots that were written; ``None`` where matplotlib is missing."""
    if find_spec("matplotlib") is None:
        return None
    counts = {code: data["segments"] for code, data in languages.items()}
    drawn = [coverage_plot(counts), *history_plots(history, list(languages))]
    for plot in drawn:
        site.write(plot.name, plot.svg)
    return drawn
