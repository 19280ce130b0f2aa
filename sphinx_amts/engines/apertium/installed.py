"""What is installed of Apertium: the pairs of languages, and the programs that each is made of.

This is the one place that knows Apertium's codes of languages.
"""

from __future__ import annotations

import itertools
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx_amts.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx_amts.locales import Language

__all__ = ["INSTALL", "Mode", "mode", "modes"]

INSTALL = "apt-get install apertium apertium-eng-spa"

# Our codes of languages and Apertium's; a pair may still be called by the codes of two letters.
_CODES = {
    "af": "afr",
    "ar": "ara",
    "bg": "bul",
    "bs": "hbs",
    "ca": "cat",
    "cy": "cym",
    "da": "dan",
    "de": "deu",
    "en": "eng",
    "eo": "epo",
    "es": "spa",
    "eu": "eus",
    "fr": "fra",
    "gl": "glg",
    "hi": "hin",
    "hr": "hbs",
    "id": "ind",
    "is": "isl",
    "it": "ita",
    "kk": "kaz",
    "mk": "mkd",
    "ms": "msa",
    "mt": "mlt",
    "nb": "nob",
    "nl": "nld",
    "no": "nob",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sl": "slv",
    "sr": "hbs",
    "sv": "swe",
    "tr": "tur",
    "uk": "ukr",
    "ur": "urd",
}
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Mode:
    """A direction of a pair: the programs, one after the other, with their arguments."""

    name: str
    """Apertium's name for it: ``eng-spa``."""
    stages: tuple[tuple[str, ...], ...]
    digest: str
    """Of what it is made of; another edition of the pair has another one."""

    @property
    def source(self) -> str:
        """Apertium's code of the language that is translated."""
        return self.name.partition("-")[0]

    @property
    def target(self) -> str:
        """Apertium's code of the language that it is translated into, without a region."""
        return self.name.partition("-")[2].partition("_")[0]


def modes(directory: str | None = None) -> tuple[str, ...]:
    """The directions that are installed, sorted; raises ConfigError where Apertium is missing."""
    return tuple(sorted(path.stem for path in _directory(directory).glob("*-*.mode")))


def mode(source: Language, target: Language, directory: str | None = None) -> Mode:
    """The direction between two languages; ``directory`` holds the ``.mode`` files, if they are in no usual place.

    Raises ConfigError, with what to install, where Apertium or the direction is missing or cannot be used.
    """
    there = _directory(directory)
    known = modes(directory)
    wanted = [f"{a}-{b}" for b, a in itertools.product(_names(target, with_region=True), _names(source))]
    name = next((name for name in wanted if name in known), None)
    if name is None:
        what = f"Install a pair that has it: apt-cache search apertium- lists them, {INSTALL} has eng-spa and spa-eng."
        raise ConfigError(
            f"engine 'apertium': no pair from {source.code!r} to {target.code!r} is installed",
            hint=f"Installed: {', '.join(known) or 'none'}. {what}",
        )
    stages = _stages(there / f"{name}.mode")
    for stage in stages:
        if shutil.which(stage[0]) is None:
            hint = "Install what it needs: lttoolbox, apertium-lex-tools and the like come with the pair."
            raise ConfigError(f"engine 'apertium': the pair {name} needs the program {stage[0]!r}", hint=hint)
    return Mode(name, stages, _digest(stages))


def _names(one: Language, *, with_region: bool = False) -> list[str]:
    """The codes of a language, the most likely first: ``por_BR``, ``por``, ``pt``."""
    base = one.sphinx.partition("@")[0].partition("_")[0]
    region = one.code.replace("-", "_").partition("_")[2].upper()
    codes = [code for code in (_CODES.get(base), base) if code]
    return [*(f"{code}_{region}" for code in codes if region and with_region), *codes]


def _directory(named: str | None) -> Path:
    """Where the ``.mode`` files are."""
    if named is not None:
        if not Path(named).is_dir():
            raise ConfigError("engine 'apertium': the option 'modes' names no directory", path=named)
        return Path(named)
    program = shutil.which("apertium")
    if program is None or shutil.which("apertium-wblank-mode") is None:
        raise ConfigError("engine 'apertium': Apertium is not installed", hint=f"On Debian and Ubuntu: {INSTALL}")
    return Path(program).resolve().parent.parent / "share" / "apertium" / "modes"


def _stages(file: Path) -> tuple[tuple[str, ...], ...]:
    """The programs of a mode, made to answer each segment as soon as it ends, marks of unknown words left out."""
    try:
        done = subprocess.run(
            ["apertium-wblank-mode", "-z", str(file)], capture_output=True, check=True, timeout=_SECONDS, text=True
        )
        lexer = shlex.shlex(done.stdout, posix=True, punctuation_chars="|")
        lexer.whitespace_split = True
        words = list(lexer)
    except (OSError, ValueError, subprocess.SubprocessError) as why:
        raise ConfigError("engine 'apertium': this mode cannot be read", path=file, hint=INSTALL) from why
    return tuple(_split(words))


def _split(words: list[str]) -> Iterator[tuple[str, ...]]:
    # $1 asks for or against marks, $2 is for people who debug.
    given = {"$1": "-n", "$2": ""}
    for is_pipe, stage in itertools.groupby(words, "|".__eq__):
        if not is_pipe:
            yield tuple(word for word in (given.get(word, word) for word in stage) if word)


def _digest(stages: tuple[tuple[str, ...], ...]) -> str:
    """A name for the programs and the sizes and times of their files."""
    digest = sha256()
    for word in itertools.chain.from_iterable(stages):
        digest.update(f"{word}\0".encode())
        if Path(word).is_absolute() and Path(word).is_file():
            state = Path(word).stat()
            digest.update(f"{state.st_size} {state.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:32]
