"""Bibliographies of a locale tree get the entries that their sources have and they lack.

Entries are known by their keys, as BibTeX knows them.  What a file has stays as it is, comments and order included; what it
lacks is put behind it, as it stands in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinx_amts.errors import BookError, TreeError
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.localised import localised, recorded

__all__ = ["appended", "complete", "entries"]

_HEAD = re.compile(r"^[ \t]*@(?P<kind>\w+)\s*(?P<open>[{(])\s*(?P<key>[^\s,={}()]*)", re.MULTILINE)


def entries(text: str) -> Iterator[tuple[str, str]]:
    """The key and the text of each entry; that of a ``@string`` is told apart from an entry of the same name."""
    at = 0
    while head := _HEAD.search(text, at):
        at = _end(text, head)
        kind = head["kind"].lower()
        if kind not in ("comment", "preamble") and head["key"]:
            key = head["key"].lower()
            yield f"@{key}" if kind == "string" else key, text[head.start() : at].strip()


def _end(text: str, head: re.Match[str]) -> int:
    """Where an entry ends: where its brace closes or, if that is missing, where the next begins."""
    depth = 0
    for found in re.finditer(r"[{}()]", text[head.start("open") :]):
        if found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
        if depth == 0 and found[0] == {"{": "}", "(": ")"}[head["open"]]:
            return head.start("open") + found.end()
    following = _HEAD.search(text, head.end())
    return following.start() if following else len(text)


def appended(source: str, target: str, known: frozenset[str] = frozenset()) -> str:
    """A bibliography with the entries of its source whose keys it lacks, and which are not ``known`` from elsewhere."""
    taken = {key for key, _ in entries(target)} | known
    new = []
    for key, entry in entries(source):
        if key not in taken:
            taken.add(key)
            new.append(entry)
    if not new:
        return target
    end = "\r\n" if "\r\n" in target else "\n"
    text = "".join(f"\n{entry}\n" for entry in new).replace("\r\n", "\n").replace("\n", end)
    return target + ("" if target.endswith("\n") or not target else end) + text


def complete(job: Job) -> int:
    """Complete the bibliographies whose sources have changed, or that are seen for the first time; how many were written.

    One that is not UTF-8 is left alone.  Raises WrittenMeanwhile where somebody wrote one meanwhile.
    """
    documents = {*job.book.paths(), *job.tree.paths()}
    record = recorded(job.tree)
    files = localised(job.tree, job.book.srcdir, documents)
    behind = [file.path for file in files if _is_bib(file.path) and (file.is_outdated or file.path not in record)]
    if not behind:
        return 0
    texts = {path: text for path in filter(_is_bib, job.tree.files()) if (text := _read(job, path)) is not None}
    known = frozenset(key for text in texts.values() for key, _ in entries(text))
    return sum(_is_completed(job, path, texts[path], known) for path in behind if path in texts)


def _is_bib(path: str) -> bool:
    return path.endswith(".bib")


def _read(job: Job, path: str) -> str | None:
    try:
        return job.tree.read(path)
    except TreeError:
        return None


def _is_completed(job: Job, path: str, target: str, known: frozenset[str]) -> bool:
    try:
        text = appended(job.book.raw(path), target, known)
    except BookError:
        return False
    if text == target:
        return False
    job.tree.put(path, text.encode("utf-8"), target)
    return True
