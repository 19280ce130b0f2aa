"""Small books for tests: written, read and synced in a fraction of a second, and engines that say what a test wants."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from docutils.parsers.rst import directives, roles
from sphinx.config import Config

from sphinx_amts import engines
from sphinx_amts.config import Settings
from sphinx_amts.document.flat import flatten
from sphinx_amts.document.reader import Book, application
from sphinx_amts.document.verify import Difference
from sphinx_amts.engines import Answer, Status
from sphinx_amts.locales import Language
from sphinx_amts.masked import TAG, strip_tags
from sphinx_amts.model import Group, Request
from sphinx_amts.pairs.manifest import Manifest, load
from sphinx_amts.session import local_job, sync_languages
from sphinx_amts.sync.job import Job
from sphinx_amts.sync.result import LanguageResult

CONF = """
extensions = ["myst_parser", "sphinx.ext.mathjax", "sphinx_amts"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist", "substitution"]
myst_substitutions = {"project": "Some project"}
myst_heading_anchors = 3
exclude_patterns = ["_build", "shared"]
"""


class SmallBook:
    """A book below a folder, with the locale tree of one language beside it."""

    def __init__(
        self, folder: Path, files: Mapping[str, str], *, conf: str = CONF, language: str = "zh", **settings: Any
    ) -> None:
        self.folder = folder
        self.source = folder / "book"
        self.language = language
        self.locale = folder / "locale" / language
        self.settings = settings
        self.warnings = ""
        self.asked: list[Request] = []
        self.source.mkdir(parents=True)
        if conf:
            (self.source / "conf.py").write_text(conf, encoding="utf-8")
        for path, text in files.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        """Put a source in place; line ends are written as they are."""
        self._put(self.source / path, text)

    def read(self, path: str) -> str:
        return (self.source / path).read_bytes().decode("utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands once in a source."""
        self.write(path, _replaced(self.read(path), old, new))

    def target(self, path: str) -> str:
        return (self.locale / path).read_bytes().decode("utf-8")

    def set_target(self, path: str, text: str) -> None:
        """Be a person who writes a whole target."""
        self._put(self.locale / path, text)

    def edit(self, path: str, old: str, new: str) -> None:
        """Be a person who replaces a text that stands once in a target."""
        self.set_target(path, _replaced(self.target(path), old, new))

    def manifest(self, path: str) -> Manifest:
        found = load(self.locale / ".amts" / f"{path}.json")
        assert found is not None
        return found

    def groups(self, path: str) -> list[Group]:
        return [group for unit in self.manifest(path).units for group in unit.groups]

    def group(self, path: str, source: str) -> Group:
        """The one group whose source, joined, is this text."""
        (found,) = (group for group in self.groups(path) if "".join(group.source).strip() == source)
        return found

    def tree(self) -> dict[str, bytes]:
        """Every file of the locale tree with its bytes, manifests included."""
        files = (file for file in sorted(self.locale.rglob("*")) if file.is_file() and file.name != ".lock")
        return {file.relative_to(self.locale).as_posix(): file.read_bytes() for file in files}

    def targets(self) -> dict[str, str]:
        return {name: data.decode("utf-8") for name, data in self.tree().items() if not name.startswith(".amts/")}

    def open(self) -> Book:
        """The book as Sphinx reads it now; what its extensions register stays registered."""
        told = io.StringIO()
        with tempfile.TemporaryDirectory(dir=self.folder) as build:
            app = application(self.source, Path(build), settings={}, status=None, warnings=told)
            app.build()
            for name in app.env.found_docs:  # into Sphinx's cache: the files of this build go away
                app.env.get_doctree(name)
        self.warnings = "\n".join(_messages(told.getvalue()))
        return Book(app)

    def sync(self, engine: Any = "pseudo", **options: Any) -> LanguageResult:
        """Sync once; ``asked`` holds what the engine was asked, where it is an engine of the tests."""
        names = {
            name: options.pop(name) for name in ("only", "dry_run", "sleep", "processes", "wait") if name in options
        }
        chosen = engine if isinstance(engine, str) else "told"
        settings = Settings(engine=chosen, **{**self.settings, **options})
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(engines._OURS, "told", "book:_told")
            patch.setattr("book._told", lambda: engine)
            with untouched_registries():
                book = self.open()
                results = sync_languages(book, settings, [self.language], base=self.source, **names)
        self.asked = list(getattr(engine, "asked", ()))
        return results[self.language]

    def differences(self, *paths: str) -> list[Difference]:
        """How Sphinx reads the targets of documents otherwise than their sources; of all, where none is named."""
        with untouched_registries():
            book = self.open()
            return [
                difference
                for path in paths or self.targets()
                for target in [flatten(self.target(path), Path(path).suffix)]
                for difference in book.differences(book.document(path), target, self.manifest(path))
            ]

    def new_warnings(self) -> list[str]:
        """What Sphinx says of the locale tree and did not say of the book when it was synced, files and lines aside."""
        copy = SmallBook(Path(tempfile.mkdtemp(dir=self.folder)), {**self._sources(), **self.targets()}, conf="")
        with untouched_registries():
            copy.open()
        more = Counter(copy.warnings.splitlines()) - Counter(self.warnings.splitlines())
        return sorted(more.elements())

    def _sources(self) -> dict[str, str]:
        files = (file for file in sorted(self.source.rglob("*")) if file.is_file())
        return {file.relative_to(self.source).as_posix(): file.read_bytes().decode("utf-8") for file in files}

    @staticmethod
    def _put(file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))


def _replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in:\n{text}"
    return text.replace(old, new)


def _messages(told: str) -> list[str]:
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in told.splitlines()]
    return [re.sub(r"^.*?(?=WARNING|ERROR|CRITICAL)", "", line) for line in lines if "while setting up" not in line]


@contextlib.contextmanager
def opened(book: SmallBook) -> Iterator[Book]:
    """The book as Sphinx reads it, for a test that looks inside."""
    with untouched_registries():
        yield book.open()


@contextlib.contextmanager
def opened_job(book: SmallBook, settings: Settings | None = None, **options: Any) -> Iterator[Job]:
    """The job of the book's language for which no engine is asked."""
    with opened(book) as read:
        yield local_job(read, settings or Settings(), book.language, base=book.source, **options)


class untouched_registries:  # noqa: N801
    """Extensions register directives and roles for the whole process: the next book starts without them."""

    def __enter__(self) -> None:
        self.warnings = warnings.catch_warnings()
        self.warnings.__enter__()
        # myst-parser includes files by way of `env.app`, which Sphinx 9 deprecates; ours may not.
        warnings.filterwarnings("ignore", category=PendingDeprecationWarning, module=r"myst_parser\b")
        self.directives, self.roles = dict(directives._directives), dict(roles._roles)  # type: ignore[attr-defined]
        self.suffixes = dict(Config.config_values["source_suffix"].default)

    def __exit__(self, *_: object) -> None:
        self.warnings.__exit__(None, None, None)
        for registry, before in (
            (directives._directives, self.directives),  # type: ignore[attr-defined]
            (roles._roles, self.roles),  # type: ignore[attr-defined]
            (Config.config_values["source_suffix"].default, self.suffixes),
        ):
            registry.clear()
            registry.update(before)


def _told() -> Any:
    """The engine that a test gave; set while it syncs."""
    raise AssertionError


class Engine:
    """An engine of the tests: remembers what it was asked; ``say`` gives a masked target for a masked source."""

    name = "told"
    translates = True

    def __init__(self, say: Callable[[str], str], *, pseudo: bool = True) -> None:
        self.say = say
        self.pseudo = pseudo
        self.asked: list[Request] = []

    def translate(self, requests: Sequence[Request], source: Language, target: Language) -> Iterator[Answer]:
        self.asked += requests
        for request in requests:
            yield Answer(request.id, Status.DONE, self.say(request.source))

    @property
    def sources(self) -> list[str]:
        """The masked sources that it was asked, in their order."""
        return [request.source for request in self.asked]


_MARKS = str.maketrans({".": "。", ",": "，", "?": "？", "!": "！", ":": "：", ";": "；"})


def chinese(masked: str) -> str:
    """Chinese without sense: no blank stands between words or beside a code, and all punctuation is full-width."""
    if not any(map(str.isalpha, strip_tags(masked))):
        return masked
    pieces, at = [], 0
    for tag in [*TAG.finditer(masked), None]:
        end = tag.start() if tag else len(masked)
        words = re.sub(r"[^\W\d_]+", lambda word: _character(word[0]), masked[at:end])
        pieces.append(re.sub(r"\s+", "", words).translate(_MARKS))
        if tag:
            pieces.append(tag[0])
            at = tag.end()
    return "".join(pieces)


def _character(word: str) -> str:
    if not word.isascii():
        return word
    digest = hashlib.sha256(word.encode()).digest()
    return chr(0x4E00 + int.from_bytes(digest[:2], "big") % 0x5000) + chr(0x4E00 + digest[2])


def speaks_chinese() -> Engine:
    """An engine whose answers are in Chinese characters, and so pass as Chinese."""
    return Engine(chinese, pseudo=False)


ROOTS = Path(__file__).parent / "roots"


def real_book(name: str, folder: Path, **settings: Any) -> SmallBook:
    """A copy of one of the books in ``tests/roots``."""
    root = ROOTS / name
    files = {file.relative_to(root).as_posix(): file for file in sorted(root.rglob("*")) if file.is_file()}
    texts = {path: file.read_bytes().decode("utf-8") for path, file in files.items() if "__pycache__" not in path}
    return SmallBook(folder, texts, conf="", **settings)
