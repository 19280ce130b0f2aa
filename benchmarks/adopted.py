"""Human translations that are taken over, and synced to other editions of their source.

    python benchmarks/adopted.py [CORPORA] [--book NAME ...] [--no-build] [--show N]

CORPORA is the directory of the corpora (``AMTS_CORPORA``, else ``../shared/corpora``).  Each translation is adopted, then synced
with the engine ``pseudo`` to another edition, and to the same once more:

- ``zh``: the Chinese lectures of ``quantecon-zh``.  They were made of the last commit in ``quantecon-intro.bundle``, so they are
  synced to earlier ones, and from one of these to the last again;
- ``d2l``: the Chinese chapters of ``d2l-zh``, made of their ``_origin`` files, synced to the last commit of ``d2l-en.bundle``.

For each edition:

- *units*: those whose source stood in the adopted edition as it stands now, and those of them whose translation has another byte;
- *code*: strings and comments that people wrote, and lines that the source changed; see ``merge.py``;
- *sentences*: those that were sent, by what became of them, and those whose source changed and for which there is nothing;
- *again*: engine calls and written files of the second sync;
- *warnings*: Sphinx's, of the book built from the translation, that neither the source nor the translation as adopted has.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpora import d2l_en, quantecon_intro
from merge import code, counted

from sphinx_amts.merge.three_way import Conflict, Lost, Merged
from sphinx_amts.model import Group, Origin, State
from sphinx_amts.pairs.manifest import Manifest, UnitPiece
from sphinx_amts.sync.tree import LocaleTree


@dataclass
class Scene:
    """A translation that was adopted, and the editions to sync it to, by name; a list is synced one after the other."""

    place: Path
    book: Path
    editions: Mapping[str, Sequence[str]]
    base: dict[str, Manifest] = field(default_factory=dict)

    @property
    def tree(self) -> LocaleTree:
        return LocaleTree(self.place / "locale" / "zh")

    def manifests(self) -> dict[str, Manifest]:
        """Every manifest of the translation as it stands."""
        found = {path: self.tree.manifest(path) for path in self.tree.paths()}
        return {path: manifest for path, manifest in found.items() if manifest is not None}


def lectures(corpora: Path, place: Path) -> Scene:
    """The Chinese lectures, adopted."""
    book = quantecon_intro(corpora, place)
    shutil.copytree(corpora / "quantecon-zh" / "zh", place / "locale" / "zh")
    names = [file.stem for file in sorted((place / "locale" / "zh").glob("*.md"))]
    _configure(book, place, names)
    commits = _git(place, "rev-list", "--reverse", "HEAD").split()
    _amts("adopt", book, place / "locale" / "zh", "-l", "zh")
    chosen = {f"commit {number} of {len(commits)}": [commits[number - 1]] for number in (44, 36, 23, 12)}
    return Scene(place, book, {**chosen, "the twelfth, then the last": [commits[11], commits[-1]]})


def chapters(corpora: Path, place: Path) -> Scene:
    """The Chinese chapters, adopted from the English beside them."""
    book = d2l_en(corpora, place)
    shutil.copytree(corpora / "d2l-zh", place / "locale" / "zh")
    subprocess.run(["chmod", "-R", "u+w", place / "locale"], check=True)
    tree = place / "locale" / "zh"
    names = [file.relative_to(tree).as_posix().removesuffix("_origin.md") for file in sorted(tree.rglob("*_origin.md"))]
    _configure(book, place, names)
    _git(place, "checkout", "-q", "HEAD")
    _amts("adopt", book, tree, "-l", "zh", "--origin-suffix", "_origin")
    return Scene(place, book, {"last commit": ["HEAD"]})


SCENES: Mapping[str, Callable[[Path, Path], Scene]] = {"zh": lectures, "d2l": chapters}


def _configure(book: Path, place: Path, names: Sequence[str]) -> None:
    lines = [
        "extensions = [*extensions, 'sphinx_amts']",
        "amts_languages = ['zh']",
        "amts_sync_on_build = False",
        f"amts_locale_dir = {str(place / 'locale')!r}",
        f"amts_include = {list(names)!r}",
    ]
    with (book / "conf.py").open("a", encoding="utf-8") as file:
        file.write("\n" + "\n".join(lines) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a column for each edition."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = Path(os.environ.get("AMTS_CORPORA", "../shared/corpora"))
    parser.add_argument("corpora", type=Path, nargs="?", default=default)
    parser.add_argument("--book", action="append", choices=SCENES, default=[])
    parser.add_argument("--no-build", action="store_true", help="do not build the books to count warnings")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="print the first N of what should not be")
    options = parser.parse_args(arguments)
    for name in options.book or SCENES:
        with tempfile.TemporaryDirectory() as place:
            os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
            scene = SCENES[name](options.corpora.resolve(), Path(place))
            scene.base = scene.manifests()
            measure(name, scene, options)
    return 0


def measure(name: str, scene: Scene, options: argparse.Namespace) -> None:
    """Sync to each edition, from the adopted state each time."""
    adopted = scene.place / "adopted"
    shutil.copytree(scene.tree.root, adopted)
    known = Counter[str]() if options.no_build else _build(scene, "zh") - _build(scene, "en")
    for edition, commits in scene.editions.items():
        shutil.rmtree(scene.tree.root)
        shutil.copytree(adopted, scene.tree.root)
        findings: list[dict[str, Any]] = []
        for commit in commits:
            _git(scene.place, "checkout", "-q", commit)
            findings += _sync(scene)["findings"]
        row, wrong = Counter[str](), list[str]()
        for path, manifest in scene.manifests().items():
            row += _figures(
                scene.base.get(path), manifest, [each for each in findings if each["path"].endswith(path)], wrong
            )
        row += Counter(f"finding {finding['subtype']}" for finding in findings)
        again = _sync(scene)
        row["again: calls, files"] = again["engine_calls"] + again["files_written"]
        if not options.no_build:
            new = _build(scene, "zh") - _build(scene, "en") - known
            row["new warnings"] = new.total()
            wrong += sorted(new.elements())
        print(f"{name}, {edition}: {len(scene.manifests())} documents")
        for label, count in row.items():
            print(f"  {label:34}{count:9,}")
        for line in wrong[: options.show]:
            print(f"    {line}", flush=True)


def _figures(
    old: Manifest | None, new: Manifest, findings: Sequence[Mapping[str, Any]], wrong: list[str]
) -> Counter[str]:
    """The figures of one document; what should not be is added to ``wrong``."""
    row = Counter(_sentences(new, wrong))
    if old is None:
        return row
    known: dict[str, list[UnitPiece]] = defaultdict(list)
    for unit in old.units:
        known[unit.source].append(unit)
    for unit in new.units:
        if unit.source in known:
            row["units unchanged"] += 1
            if all(unit.target != other.target for other in known[unit.source]):
                row["units unchanged, another byte"] += 1
                wrong.append(f"{new.path}: {known[unit.source][0].target!r} -> {unit.target!r}")
    stands = {text.strip() for group in (*_groups(new), *new.attic) for text in ("".join(group.target), *group.target)}
    for group in _groups(old):
        text = "".join(group.target).strip()
        row["people's sentences"] += bool(text)
        if text and text not in stands and text not in new.target:
            row["people's sentences, lost"] += 1
            wrong.append(f"{new.path}: lost {text!r}")
    disputed = tuple(Conflict("", each["source"], each["target"], 0) for each in findings if each["subtype"] == "local")
    lost = tuple(Lost("", "".join(group.target)) for group in new.attic)
    sides = (code(text) for text in (old.source, new.source, old.target))
    found = counted(*sides, Merged(code(new.target), disputed, lost))
    names = ("localised", "kept", "taken out", "missing", "changed", "arrived", "in conflict", "absent")
    row.update({f"code: {name}": found[name] for name in names})
    if found["missing"] or found["absent"]:
        wrong.append(f"{new.path}: {found['missing']} localised strings missing, {found['absent']} lines absent")
    return row


def _groups(manifest: Manifest) -> Iterator[Group]:
    return (group for unit in manifest.units for group in unit.groups)


def _sentences(manifest: Manifest, wrong: list[str]) -> Iterator[str]:
    """What stands for each group whose source is not as it was adopted."""
    for group in _groups(manifest):
        if group.stale and group.origin == Origin.HUMAN:
            yield "sentences proposed" if group.proposal else "sentences stale without a proposal"
            if not group.proposal:
                wrong.append(f"{manifest.path}: no proposal for {''.join(group.source)!r}")
        elif group.origin.startswith("mt:"):
            yield "sentences translated"
        elif group.state is State.INITIAL and group.target:
            yield "sentences untranslated"
            wrong.append(f"{manifest.path}: nothing for {''.join(group.source)!r}")


def _sync(scene: Scene) -> dict[str, Any]:
    done = _amts("sync", scene.book, "-l", "zh", "--engine", "pseudo", "--json", "-")
    result: dict[str, Any] = json.loads(done)
    return result["languages"]["zh"] if "languages" in result else result["zh"]


def _build(scene: Scene, language: str) -> Counter[str]:
    """Sphinx's warnings of a book built in a language; files are named, lines are not."""
    out = scene.place / f"html-{language}"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "--no-color", "-b", "html", "-D", f"language={language}"]
    done = subprocess.run([*command, str(scene.book), str(out)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = [line for line in done.stderr.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL)\b", line)]
    return Counter(re.sub(r"^\S*/(lectures|book|zh)/(\S+?):(\d+:)? ", r"\2: ", line) for line in lines)


def _amts(*arguments: object) -> str:
    """What a command of ours prints."""
    command = [sys.executable, "-m", "sphinx_amts", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return done.stdout


def _git(place: Path, *arguments: str) -> str:
    """Git for the book; its repository stands apart, so that the book is no work tree that a locale tree must lie in."""
    repository = place / "repository"
    if not repository.exists():
        (place / "book" / ".git").rename(repository)
    command = ["git", f"--git-dir={repository}", f"--work-tree={place / 'book'}", *arguments]
    return subprocess.run(command, cwd=place / "book", check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
