"""The report of a book: a page for all languages, one for each of them, one for each document; badges, and numbers as JSON."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

from sphinx_amts.errors import ConfigError
from sphinx_amts.locales import Language
from sphinx_amts.report.history import Entry
from sphinx_amts.report.page import Site, address, rendered
from sphinx_amts.report.plots import Plot, coverage_plot, history_plots
from sphinx_amts.report.review import Item, items
from sphinx_amts.sync import Job
from sphinx_amts.sync.effort import AIM, Effort, summed
from sphinx_amts.sync.standing import standing
from sphinx_amts.sync.status import STATES, DocumentStatus, LanguageStatus

__all__ = ["MARK", "Links", "Standings", "numbers", "write"]

MARK = "report.json"
"""What every report holds, and what tells a directory of one from others."""
_WAITING = ("stale", "refused", "local", "untranslated")


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
    effort: Mapping[str, Effort]

    @property
    def language(self) -> Language:
        return self.job.language

    @property
    def direction(self) -> str:
        return "rtl" if self.language.rtl else "ltr"


def numbers(standings: Mapping[str, Standings]) -> dict[str, Any]:
    """The numbers for programs: each language as ``status --json`` has it, with its effort; without places of this machine."""
    result = {}
    for code, one in standings.items():
        data = {name: value for name, value in one.status.as_json().items() if name != "root"}
        result[code] = {**data, "effort": summed(one.effort).as_json()}
    return {"sphinx-amts": "report", "languages": result}


def write(
    root: Path,
    name: str,
    standings: Mapping[str, Standings],
    history: Sequence[Entry] = (),
    links: Links | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> int:
    """Write the report of a book called ``name``; how many pages it has.  Raises an AmtsError where it cannot be written."""
    site = Site(root, MARK)
    links = links or Links()
    data = numbers(standings)
    site.write(MARK, json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    plots = _plots(site, standings, history)
    for code, one in standings.items():
        _badge(site, code, one)
        waiting = {}
        for number, document in enumerate(standing(one.job)):
            progress(f"{code}: writing", number, len(one.effort))
            found = list(items(document))
            waiting[document.path] = _counts(found)
            _document(site, code, one, document.path, found, links)
        _language(site, code, one, waiting)
    content = {"title": f"Translations of {name}", "root": "", "languages": data["languages"], "aim": AIM}
    names = {code: one.language.name for code, one in standings.items()}
    site.write(
        "index.html", rendered("index.html", **content, names=names, plots=plots, states=STATES, history=history)
    )
    return 1 + sum(1 + len(one.effort) for one in standings.values())


def _counts(found: Sequence[Item]) -> Counter[str]:
    """How many items wait, by why."""
    counts: Counter[str] = Counter()
    for item in found:
        counts.update(name for name in item.classes.split() if name in _WAITING)
    return counts


def _language(site: Site, code: str, one: Standings, waiting: Mapping[str, Counter[str]]) -> None:
    documents = sorted(one.status.documents, key=lambda document: _urgency(document, waiting.get(document.path)))
    effort = summed(one.effort)
    localised = [file.path for file in one.status.localised if file.is_outdated]
    text = rendered(
        "language.html",
        title=f"{one.language.name} ({code})",
        root="../",
        code=code,
        status=one.status,
        documents=documents,
        effort=effort,
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
    decide = sum(counts.get(name, 0) for name in ("stale", "refused", "local"))
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
        dir=one.direction,
        page=links.page(code, path, (site.root / place).parent),
        line=lambda item: links.line(path, item.source_line),
        linked=bool(links.source),
    )
    site.write(place, text)


def _tag(spoken: Language) -> str:
    """The code of a language as HTML wants it."""
    return spoken.code.partition("@")[0].replace("_", "-")


def _badge(site: Site, code: str, one: Standings) -> None:
    """The badge as an image, and for services that draw them (the schema of shields.io's endpoints)."""
    share, missing = one.status.coverage, one.status.missing
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


def _plots(site: Site, standings: Mapping[str, Standings], history: Sequence[Entry]) -> Sequence[Plot] | None:
    """The plots that were written; ``None`` where matplotlib is missing."""
    try:
        import matplotlib as _  # noqa: F401, ICN001 - asked for once, before any is drawn
    except ImportError:
        return None
    drawn = [
        coverage_plot({code: one.status.segments for code, one in standings.items()}),
        *history_plots(history, list(standings)),
    ]
    for plot in drawn:
        site.write(plot.name, plot.svg)
    return drawn
