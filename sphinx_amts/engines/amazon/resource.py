"""What Amazon says of the parallel data of a project: one resource for each language pair."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sphinx_amts.engines.amazon import records
from sphinx_amts.engines.amazon.client import AmazonError, Connection

__all__ = [
    "Resource",
    "at_work",
    "describe",
    "digest_of",
    "get",
    "list_",
    "moment_of",
    "name_of",
    "notices_of",
    "show",
    "state_of",
]

_CODE = r"[a-z]{2,3}(?:-[A-Z]{2})?"
_DESCRIPTION = re.compile(r"sphinx-amts (?P<digest>[0-9a-f]+) [0-9]+ pairs")
_AT_WORK = ("CREATING", "UPDATING")
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as it stands in the account."""

    name: str
    source: str
    target: str
    state: str
    """``ready``, ``importing``, ``failed`` or ``deleting``."""
    digest: str = ""
    """Of the pairs that were given last, if we gave them."""
    pairs: int = 0
    """The pairs that Amazon took."""
    updated: str = ""
    notices: tuple[str, ...] = ()


def name_of(project: str, source: str, target: str) -> str:
    """The name of a pair's resources, by Amazon's codes."""
    return f"amts-{project}-{source}-{target}"


def show(connection: Connection, source: str, target: str) -> Resource | None:
    """The resource of a pair, or ``None``."""
    answer = get(connection, name_of(connection.options.project, source, target))
    return _resource(answer["ParallelDataProperties"], notices_of(answer)) if answer else None


def list_(connection: Connection) -> list[Resource]:
    """The resources of the project, by name."""
    ours = re.compile(name_of(re.escape(connection.options.project), _CODE, _CODE))
    found = (_resource(properties) for properties in _every(connection) if ours.fullmatch(properties["Name"]))
    return sorted(found, key=lambda resource: resource.name)


def describe(digest: str, pairs: int) -> str:
    """The description of a resource: what was imported into it."""
    return f"sphinx-amts {digest} {pairs} pairs"


def get(connection: Connection, name: str) -> Mapping[str, Any] | None:
    """What Amazon says of a resource, or ``None``."""
    try:
        answer: Mapping[str, Any] = connection.call(
            f"look at {name}", connection.translate.get_parallel_data, Name=name
        )
    except AmazonError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise
    return answer


def _every(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Every resource of the account, page by page."""
    more: dict[str, Any] = {}
    while True:
        page = connection.call("list parallel data", connection.translate.list_parallel_data, MaxResults=_PAGE, **more)
        yield from page.get("ParallelDataPropertiesList", ())
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def at_work(connection: Connection) -> str:
    """The name of a resource that is being imported, anybody's; empty where there is none."""
    return next((str(one["Name"]) for one in _every(connection) if state_of(one) == "importing"), "")


def state_of(properties: Mapping[str, Any]) -> str:
    """What the resource is doing; the status of the last update says more than its own, which stays as it was."""
    own, latest = properties.get("Status"), properties.get("LatestUpdateAttemptStatus")
    if own == "DELETING":
        return "deleting"
    if own in _AT_WORK or latest in _AT_WORK:
        return "importing"
    return "failed" if (latest or own) == "FAILED" else "ready"


def moment_of(properties: Mapping[str, Any]) -> str:
    """When the last attempt was made: it tells one attempt from the next."""
    names = ("LatestUpdateAttemptAt", "LastUpdatedAt", "CreatedAt")
    return next((str(_shown(properties[name])) for name in names if properties.get(name)), "unknown")


def _shown(moment: object) -> str:
    """A moment in UTC, the same on every machine."""
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else str(moment)


def digest_of(properties: Mapping[str, Any]) -> str:
    """What ``describe`` was told; empty where the resource is not ours."""
    found = _DESCRIPTION.fullmatch(str(properties.get("Description", "")))
    return found["digest"] if found else ""


def _resource(properties: Mapping[str, Any], notices: tuple[str, ...] = ()) -> Resource:
    targets = properties.get("TargetLanguageCodes") or ()
    name = str(properties["Name"])
    # Amazon knows the languages when it has read the file; the name has them from the start.
    named = re.search(f"-({_CODE})-({_CODE})$", name)
    source, target = (
        (named[1], named[2]) if named else (str(properties.get("SourceLanguageCode", "")), " ".join(targets))
    )
    return Resource(
        name=name,
        source=source,
        target=target,
        state=state_of(properties),
        digest=digest_of(properties),
        pairs=int(properties.get("ImportedRecordCount") or 0),
        updated=_shown(properties.get("LastUpdatedAt") or properties.get("CreatedAt") or ""),
        notices=notices,
    )


def notices_of(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """What people should know of a resource that is not at work."""
    properties = answer["ParallelDataProperties"]
    name, message = properties["Name"], str(properties.get("Message") or "").strip()
    state = state_of(properties)
    where = "AuxiliaryDataLocation"
    if properties.get("LatestUpdateAttemptStatus"):
        where = "LatestUpdateAttemptAuxiliaryDataLocation"
    failed, skipped = (int(properties.get(f"{kind}RecordCount") or 0) for kind in ("Failed", "Skipped"))
    if state == "failed":
        kept = "; the version before stays in use" if properties.get("Status") == "ACTIVE" else ""
        said = records.sentence(answer.get(where), failed, skipped)
        message = message.rstrip(".")
        told = said if message in said else ". ".join(filter(None, (message, said)))
        return (f"Amazon could not import the parallel data {name}{kept}{f': {told}' if told else ''}.",)
    if state == "ready" and (failed or skipped):
        return (f"Parallel data {name}: {records.sentence(answer.get(where), failed, skipped)}.",)
    return ()
