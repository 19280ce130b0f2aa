"""What all tests share: the real books, a quiet environment, and no way to the network."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docutils.parsers.rst import directives, roles
from hypothesis import HealthCheck, settings
from sphinx.config import Config
from sphinx.locale import translators
from sphinx.util.docutils import additional_nodes, unregister_node

pytest_plugins = ["sphinx.testing.fixtures"]

PROJECT = Path(__file__).resolve().parent.parent

# A busy machine is no defect: neither a deadline nor the time that an example takes to make may fail a law.
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("ci"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_LOOPBACK = ("127.", "::1", "localhost")


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: only this machine may be spoken to; a test that needs more is wrong."""
    if event != "socket.connect":
        return
    address = args[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise PermissionError(f"tests are offline, and this one connects to {address[0]}")


sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session", autouse=True)
def _quiet_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same environment on a laptop, in CI and on a documentation host; a test sets what it is about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name in set(os.environ) - {"AMTS_CORPORA"}:
            if name in {"CI", "READTHEDOCS", "LANGUAGE"} or name.startswith(("AWS_", "AMTS_")):
                patch.delenv(name)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for person in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{person}_NAME", "A Tester")
            patch.setenv(f"GIT_{person}_EMAIL", "tester@example.org")
        yield


@contextlib.contextmanager
def _untouched_registries() -> Iterator[None]:
    """What extensions register with docutils, the suffixes they add, and Sphinx's own texts in a language: take it all back.

    It is for the whole process; and a build in English, which has no texts of its own, keeps those of the build before.
    """
    suffixes = Config.config_values["source_suffix"].default
    registries = (suffixes, directives._directives, roles._roles, translators)  # type: ignore[attr-defined]
    before = [dict(registry) for registry in registries]
    nodes = set(additional_nodes)
    yield
    for registry, entries in zip(registries, before, strict=True):
        registry.clear()
        registry.update(entries)
    for node in additional_nodes - nodes:
        unregister_node(node)
    additional_nodes.intersection_update(nodes)


@pytest.fixture(scope="module", autouse=True)
def _no_module_registers_for_another() -> Iterator[None]:
    with _untouched_registries():
        yield


@pytest.fixture(autouse=True)
def _no_book_registers_for_another() -> Iterator[None]:
    with _untouched_registries():
        yield


@pytest.fixture(scope="session")
def rootdir() -> Path:
    """Where ``@pytest.mark.sphinx(testroot=NAME)`` finds ``test-NAME``."""
    return PROJECT / "tests" / "roots"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real books; a test that asks for it is marked ``corpora`` and skips where it is missing."""
    folder = Path(os.environ.get("AMTS_CORPORA") or PROJECT.parent / "shared" / "corpora")
    if not folder.is_dir():
        pytest.skip("the corpora are missing: set AMTS_CORPORA to their folder")
    return folder


@pytest.fixture(scope="session")
def _clones(tmp_path_factory: pytest.TempPathFactory, corpora: Path) -> Callable[[str], Path]:
    """One bare repository for each bundle, shared by all xdist workers of a run."""
    if shutil.which("git") is None:
        pytest.skip("git is missing")
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def clone(name: str) -> Path:
        final = shared / f"{name}.git"
        if not final.is_dir():
            draft = own / f"{name}.draft.git"
            _git("clone", "--quiet", "--bare", str(corpora / f"{name}.bundle"), str(draft))
            try:
                draft.rename(final)
            except OSError:
                # Another worker was faster, and its clone is as good as ours.
                shutil.rmtree(draft)
        return final

    return clone


@pytest.fixture
def bundle(_clones: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """``bundle("d2l-en")`` is a work tree of that history for this test alone, with ``main`` checked out."""

    def checkout(name: str) -> Path:
        folder = tmp_path / name
        _git("clone", "--quiet", "--shared", "--branch", "main", str(_clones(name)), str(folder))
        return folder

    return checkout


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
