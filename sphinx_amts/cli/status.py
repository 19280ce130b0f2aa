"""``sphinx-amts status``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sphinx_amts.cli.arguments import Commands, book_arguments, common_arguments, sphinx_arguments
from sphinx_amts.cli.display import StatusLine, can_write, printable, table, write_result
from sphinx_amts.cli.opening import local, opened
from sphinx_amts.cli.proposals import stale_lines

__all__ = ["add", "run"]

_EXAMPLE = """example:
  sphinx-amts status docs -l zh

"""
_STATES = ("reviewed", "human", "machine", "memory", "verbatim", "left_out", "unsure", "stale", "untranslated")


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "status",
        help="show where each document stands",
        description="For each document: who wrote its sentences, how many are stale or untranslated, and whether\n"
        "its source or its target has changed since the last sync. No document is read by Sphinx, and\n"
        "nothing is sent or written.\n\n"
        "  reviewed    a person has read these sentences, whoever wrote them\n"
        "  verbatim    sentences that need no translation, such as a formula alone\n"
        "  left out    sentences that people left out of a translation that was adopted\n"
        "  unsure      pairs that adopt was not sure of; adopt --unsure settles them\n"
        "  changed     characters of the source on lines that no sync has seen: a sync sends at most these and\n"
        "              what is untranslated; sync --dry-run says how much it would send\n"
        "  missing     the document has no target yet\n"
        "  unadopted   its target has no manifest: it belongs to people, and adopt takes it over\n"
        "  extra       its source is gone\n"
        "  outdated    its source has changed since the last sync\n"
        "  edited      people have changed its target since the last sync",
        epilog=f"{_EXAMPLE}exit status: 0 the status was shown; 2 usage or configuration error",
    )
    book_arguments(parser)
    parser.add_argument("--stale", action="store_true", help="list the stale sentences of people with their proposals")
    parser.add_argument(
        "--effort",
        action="store_true",
        help="say how much people changed of what a machine wrote, from the history of git",
    )
    common_arguments(parser)
    sphinx_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show the status; the exit status."""
    from sphinx_amts.session import languages_effort, languages_status
    from sphinx_amts.upkeep.effort import summed
    from sphinx_amts.upkeep.proposals import stale

    can_write(options.json)
    with opened(options, StatusLine(), read=False) as open_:
        results = languages_status(open_.book, open_.settings, open_.codes, target=options.target)
        jobs = {code: local(open_, options, code) for code in (open_.codes if options.stale else ())}
        listed = {code: list(stale(job)) for code, job in jobs.items()}
        measured = open_.codes if options.effort else ()
        efforts = languages_effort(open_.book, open_.settings, measured, base=open_.base, target=options.target)
    data = {code: result.as_json() for code, result in results.items()}
    for code, sentences in listed.items():
        data[code] = {**data[code], "stale": [asdict(one) for one in sentences]}
    for code, documents in efforts.items():
        own = {path: one.as_json() for path, one in documents.items()}
        data[code] = {**data[code], "effort": {**summed(documents).as_json(), "documents": own}}
    parts = [
        "\n".join([*_lines(code, result), *_effort_lines(result), *stale_lines(listed.get(code, ()))])
        for code, result in data.items()
    ]
    write_result(options.json, {"languages": data}, ["\n\n".join(parts)])
    return 0


def _lines(code: str, result: Mapping[str, Any]) -> Iterator[str]:
    """A row for each document, the sums, and the localised files that are behind."""
    names = [name.replace("_", " ") for name in _STATES]
    rows: list[list[object]] = [[code, "segments", *names, "changed", ""]]
    for path, document in result["documents"].items():
        rows.append([path, *_numbers(document), ", ".join(document["flags"])])
    yield from table([*rows, ["total", *_numbers(result), ""]])
    if result["coverage"] is not None:
        from sphinx_amts.upkeep.effort import percent

        yield f"translated {percent(result['coverage'])}, of which {percent(result['freshness'])} not stale"
    for path, file in result["localised"].items():
        if file["outdated"]:
            yield f"{printable(path)}: localised, and its source has changed since"


def _effort_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """What people did to a machine's sentences, beside the aim."""
    from sphinx_amts.upkeep.effort import AIM, percent

    if "effort" not in result:
        return
    effort = result["effort"]
    sentences = effort["untouched"] + effort["edited"]
    yield f"of {sentences:,} machine sentences {effort['reviewed']:,} reviewed, {effort['edited']:,} edited"
    yield f"edits per word (HTER) {percent(effort['hter'])}, words kept {percent(effort['kept'])}"
    yield f"work saved {percent(effort['saved'])}, aim {percent(AIM)}"


def _numbers(counted: Mapping[str, Any]) -> Iterator[int]:
    yield from (counted["segments"][name] for name in ("total", *_STATES))
    yield counted["changed"]
