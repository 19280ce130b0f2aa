"""What holds on real books: bytes, recall, translated prose, findings, warnings.

    python benchmarks/corpora.py [CORPORA] [NAME ...]

CORPORA is the directory of the corpora (``AMTS_CORPORA``, else ``../shared/corpora``).  For each book:

- *identical*: files of the locale tree that the engine ``identity`` writes, and how many differ from the source in any byte;
- *found*: of the texts that Sphinx's gettext builder would extract from the book's own files, less what stands in no file by a
  rule (counted by rule), those that are units;
- *translated*: the share of the prose, in characters, that the engine ``pseudo`` translated, and the findings;
- *warnings*: those of Sphinx for the source, and for the book built from the locale tree.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sphinx_amts.config import Settings
from sphinx_amts.document.flat import flatten, unflatten
from sphinx_amts.document.inline import protect, restore
from sphinx_amts.document.reader import Book, application
from sphinx_amts.document.segments import segments
from sphinx_amts.document.units import compose, pieces
from sphinx_amts.session import sync_languages
from sphinx_amts.sync.tree import LocaleTree
from sphinx_amts.sync.work import has_words

LANGUAGE = "\nextensions = [*extensions, 'sphinx_amts']\namts_languages = ['zh']\namts_sync_on_build = False\n"


@dataclass
class Row:
    """The figures of one book."""

    documents: int = 0
    different: int = 0
    broken: list[str] = field(default_factory=list)
    found: int = 0
    missing: list[str] = field(default_factory=list)
    rules: Counter[str] = field(default_factory=Counter)
    prose: int = 0
    translated: int = 0
    findings: list[str] = field(default_factory=list)
    warnings: tuple[int, int] = (0, 0)
    new_warnings: list[str] = field(default_factory=list)


def d2l_en(corpora: Path, place: Path) -> Path:
    """*Dive into Deep Learning* at its last commit."""
    return _d2lbook(_cloned(corpora / "d2l-en.bundle", place))


def d2l_zh(corpora: Path, place: Path) -> Path:
    """Six chapters of its Chinese translation, with their sources beside them."""
    return _d2lbook(_copied(corpora / "d2l-zh", place))


def quantecon_intro(corpora: Path, place: Path) -> Path:
    """QuantEcon's lectures at their last commit, without what only their pages need."""
    book = _cloned(corpora / "quantecon-intro.bundle", place) / "lectures"
    config = yaml.safe_load((book / "_config.yml").read_text(encoding="utf-8"))
    values = {
        "extensions": [
            "myst_nb", "sphinx_external_toc", "sphinx_togglebutton", "sphinxcontrib.bibtex", "sphinx_exercise", "sphinx_proof",
        ],
        "myst_enable_extensions": [name for name in config["parse"]["myst_enable_extensions"] if name != "linkify"],
        "bibtex_bibfiles": config["bibtex_bibfiles"],
        "bibtex_reference_style": "author_year",
        "nb_execution_mode": "off",
        "external_toc_exclude_missing": True,
        "exclude_patterns": ["_build"],
        "numfig": True,
    }  # fmt: skip
    return _configured(book, values)


def sphinx_doc(corpora: Path, place: Path) -> Path:
    """Sphinx's own documentation."""
    extensions = [
        "autodoc",
        "doctest",
        "todo",
        "autosummary",
        "extlinks",
        "viewcode",
        "inheritance_diagram",
        "coverage",
    ]
    book = _configured(
        _copied(corpora / "sphinx-doc", place),
        {
            "extensions": [f"sphinx.ext.{name}" for name in extensions],
            "exclude_patterns": ["_build"],
            "autosummary_generate": False,
            "extlinks": dict.fromkeys(("duref", "durole", "dudir"), ("https://docutils.example/%s", "%s")),
        },
    )
    with (book / "conf.py").open("a", encoding="utf-8") as file:
        file.write(_SPHINX_SETUP)
    return book


_SPHINX_SETUP = """
def setup(app):
    from sphinx.util.docfields import GroupedField

    parameters = GroupedField('parameter', label='Parameters', names=['param'], can_collapse=True)
    app.add_object_type('event', 'event', 'pair: %s; event', doc_field_types=[parameters])
    app.add_object_type('setting', 'setting')
"""


def nbsphinx_doc(corpora: Path, place: Path) -> Path:
    """Nbsphinx's own documentation: notebooks."""
    values = {"extensions": ["nbsphinx", "myst_parser"], "nbsphinx_execute": "never", "exclude_patterns": ["_build"]}
    return _configured(_copied(corpora / "nbsphinx-doc", place), values)


BOOKS: Mapping[str, Callable[[Path, Path], Path]] = {
    "d2l-en": d2l_en,
    "quantecon-intro": quantecon_intro,
    "sphinx-doc": sphinx_doc,
    "nbsphinx-doc": nbsphinx_doc,
    "d2l-zh": d2l_zh,
}


def _cloned(bundle: Path, place: Path) -> Path:
    subprocess.run(["git", "clone", "-q", "-b", "main", bundle, place / "book"], check=True)
    return place / "book"


def _copied(source: Path, place: Path) -> Path:
    shutil.copytree(source, place / "book")
    subprocess.run(["chmod", "-R", "u+w", place / "book"], check=True)
    return place / "book"


def _configured(book: Path, values: Mapping[str, object]) -> Path:
    text = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    (book / "conf.py").write_text(text, encoding="utf-8")
    return book


def _d2lbook(book: Path) -> Path:
    lines = "from pathlib import Path\nfrom sphinx_amts.d2lbook import default_configuration\n"
    lines += "globals().update(default_configuration(Path(__file__).parent))\n"
    (book / "conf.py").write_text(lines, encoding="utf-8")
    return book


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each book that is named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("AMTS_CORPORA", Path(__file__).resolve().parent.parent.parent / "shared" / "corpora")
    parser.add_argument("--corpora", type=Path, default=default)
    parser.add_argument("--no-build", action="store_true", help="do not build the books to count warnings")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BOOKS)}")
    options = parser.parse_args(arguments)
    names = options.names or list(BOOKS)
    if len(names) > 1:  # Sphinx keeps suffixes of one book for the next: each book has a process of its own
        more = ["--corpora", str(options.corpora), *(["--no-build"] if options.no_build else [])]
        return max(subprocess.run([sys.executable, __file__, *more, name], check=False).returncode for name in names)
    for name in names:
        with tempfile.TemporaryDirectory() as place:
            os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
            show(name, measure(BOOKS[name](options.corpora, Path(place)), Path(place), build=not options.no_build))
    return 0


def measure(directory: Path, place: Path, *, build: bool) -> Row:
    """All figures of one book; its tree is made below ``place``."""
    row = Row()
    with (directory / "conf.py").open("a", encoding="utf-8") as file:
        file.write(LANGUAGE + f"amts_locale_dir = {str(place / 'locale')!r}\n")
    app = application(directory, place / "cache", settings={}, status=None, warnings=io.StringIO())
    app.build()
    book = Book(app)
    _laws(book, row)
    sync_languages(book, Settings(engine="identity"), ["zh"], base=directory, target=place / "identity")
    for path in book.paths():
        row.documents += 1
        row.different += book.raw(path) != LocaleTree(place / "identity").read(path)
    tree = LocaleTree(place / "locale" / "zh")
    result = sync_languages(book, Settings(engine="pseudo"), ["zh"], base=directory, target=tree.root)["zh"]
    row.findings = [f"{finding.path}:{finding.line}: {finding.message}" for finding in result.findings]
    for path in tree.paths():
        manifest = tree.manifest(path)
        grammar = book.grammar_of(path, manifest.source if manifest else "")
        for group in (group for unit in manifest.units for group in unit.groups) if manifest else ():
            size = sum(map(len, group.source))
            words = any(has_words(protect(text, grammar).text) for text in group.source)
            row.prose += size if words else 0
            row.translated += size if words and group.origin == "mt:pseudo" else 0
    if build:
        _count_warnings(directory, place, row)
    return row


def _laws(book: Book, row: Row) -> None:
    """Recall, and laws 1 and 3 on every file."""
    for path in book.paths():
        document = book.document(path)
        flat, grammar = document.flat, book.grammar(document)
        row.found += len(document.units)
        row.missing += [f"{path}:{message.line}: {message.text[:80]!r}" for message in document.missing]
        row.rules.update(message.generated for message in document.left_out)
        whole = "".join(flat.text[piece.span.start : piece.span.end] for piece in pieces(flat.text, document.units))
        again = compose(flat.text, document.units, [unit.text for unit in document.units])
        if not whole == again == flat.text or unflatten(
            flatten(book.raw(path), Path(path).suffix).text, flat.style
        ) != book.raw(path):
            row.broken.append(f"{path}: gaps and units are not the file")
        for unit in document.units:
            parts = segments(unit.text, grammar, "en")
            masked = protect(unit.text, grammar)
            if (
                "".join(part.text for part in parts) != unit.text
                or restore(masked.text, masked.codes, grammar) != unit.text
            ):
                row.broken.append(f"{path}:{unit.line}: {unit.text[:60]!r}")


def _count_warnings(directory: Path, place: Path, row: Row) -> None:
    source = _build(directory, place / "html-en")
    target = _build(directory, place / "html-zh", "-D", "language=zh")
    row.warnings = sum(source.values()), sum(target.values())
    row.new_warnings = sorted((target - source).elements())


def _build(directory: Path, out: Path, *more: str) -> Counter[str]:
    command = [sys.executable, "-m", "sphinx", "-q", "--no-color", "-b", "html", *more, str(directory), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    lines = [line for line in done.stderr.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL|SEVERE)\b", line)]
    return Counter(re.sub(r"^.*/(book|zh)/(\S+?):(\d+:)? ", r"\2: ", line) for line in lines)


def show(name: str, row: Row) -> None:
    """Print the figures of a book."""
    total = row.found + len(row.missing)
    print(f"{name}: {row.documents} files, {row.different} not identical, {len(row.broken)} against laws 1 and 3")
    print(f"  found {row.found:,} of {total:,} = {row.found / total:.3%}; left out: {dict(row.rules)}")
    share = row.translated / row.prose
    print(f"  translated {row.translated:,} of {row.prose:,} characters = {share:.2%}; {len(row.findings)} findings")
    print(f"  warnings: source {row.warnings[0]}, target {row.warnings[1]}, new {len(row.new_warnings)}", flush=True)
    for line in [*row.broken[:5], *row.missing[:10], *row.findings[:5], *row.new_warnings[:10]]:
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
