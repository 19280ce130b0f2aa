"""The workflow for translation repositories, its own shell steps run against repositories on this disk."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from actions import PROJECT, Actions, Failed

from sphinx_amts.cli import parser

WORKFLOW = PROJECT / ".github" / "workflows" / "sync-translation.yml"
PAGE = "# Title\n\nThe first sentence. The second sentence.\n\nAnother paragraph with `code`.\n\nThe last one.\n"
MORE = "---\norphan: true\n---\n\n# More\n\nThere is more to say.\n"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("git") and shutil.which("bash")), reason="git or bash is missing"),
]


class Repository:
    """A bare repository and a person's clone of it."""

    def __init__(self, folder: Path, files: dict[str, str]) -> None:
        self.bare, self.work = folder.with_suffix(".git"), folder
        git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        git("clone", "--quiet", str(self.bare), str(folder))
        self.commit(files)

    def commit(self, files: dict[str, str], branch: str = "main") -> None:
        """Be a person who writes files on a branch and pushes them."""
        git("fetch", "--quiet", cwd=self.work)
        if self.has(branch):
            git("checkout", "--quiet", "-B", branch, f"origin/{branch}", cwd=self.work)
        for path, text in files.items():
            file = self.work / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        git("add", "--all", cwd=self.work)
        git("commit", "--quiet", "-m", "By hand", cwd=self.work)
        git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}", cwd=self.work)

    def has(self, branch: str) -> bool:
        return bool(git("ls-remote", "--heads", str(self.bare), f"refs/heads/{branch}"))

    def read(self, path: str, branch: str = "amts/zh") -> str:
        return git("show", f"{branch}:{path}", cwd=self.bare)

    def log(self, branch: str = "amts/zh") -> list[str]:
        """The hashes of a branch's commits, the newest first."""
        return git("log", "--format=%H", branch, cwd=self.bare).split()

    def subjects(self, branch: str = "amts/zh") -> list[str]:
        return git("log", "--first-parent", "--format=%s", branch, cwd=self.bare).splitlines()


def git(*arguments: str, cwd: Path | None = None) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


@pytest.fixture
def book(tmp_path: Path) -> Repository:
    conf = 'extensions = ["myst_parser"]\n'
    return Repository(tmp_path / "book", {"docs/conf.py": conf, "docs/index.md": PAGE, "docs/more.md": MORE})


@pytest.fixture
def zh(tmp_path: Path, book: Repository) -> Repository:
    said = f'upstream = "file://{book.bare}"\nref = "main"\nengine = "pseudo"\n'
    return Repository(tmp_path / "zh", {"amts.toml": said, "README.md": "Ours.\n"})


@pytest.fixture
def actions(zh: Repository, tmp_path: Path) -> Actions:
    return Actions(WORKFLOW, zh.bare, tmp_path / "runner", language="zh", book="docs")


SYNC = ["plan sync", "translate translate", "apply sync", "publish verify"]


def test_a_translation_is_kept_in_sync_for_a_long_time(actions: Actions, zh: Repository, book: Repository) -> None:
    """A first run; nothing to do; then the source, the branch and the main branch all move; then a run fails."""
    assert actions.run() == SYNC
    assert "⟦" in zh.read("index.md")
    (pull,) = actions.pulls
    assert (pull["number"], pull["state"], pull["head"], pull["base"]) == (1, "OPEN", "amts/zh", "main")
    assert pull["body"].startswith("## zh\n\nPeople's sentences 0, files of their own 2, changed 0.\n")
    first = zh.log()

    assert actions.run() == ["plan sync", "apply sync", "publish verify"]
    assert zh.log() == first

    last = zh.read("index.md").splitlines()[-1]
    zh.commit({"index.md": zh.read("index.md").replace(last, "最后一句是我写的。")}, "amts/zh")
    zh.commit({"README.md": "Ours, and newer.\n"})
    book.commit({"docs/index.md": PAGE.replace("second sentence", "second one")})
    assert actions.run() == SYNC
    assert "最后一句是我写的。" in zh.read("index.md")
    assert zh.read("README.md") == "Ours, and newer.\n"
    assert (len(actions.pulls), actions.pulls[0]["body"].splitlines()[2]) == (
        1,
        "People's sentences 1, files of their own 2, changed 0.",
    )
    assert set(first) <= set(zh.log())
    assert re.search("ş[^\n]*ǿƞḗ", zh.read("index.md")) is not None

    before = zh.log()
    book.commit({"docs/index.md": PAGE.replace("first sentence", "first words")})
    (actions.programs / "sphinx-amts").rename(actions.programs / "kept")
    (actions.programs / "sphinx-amts").write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    (actions.programs / "sphinx-amts").chmod(0o755)
    with pytest.raises(Failed, match="plan, Write down"):
        actions.run()
    assert zh.log() == before
    (actions.programs / "kept").rename(actions.programs / "sphinx-amts")
    assert actions.run() == SYNC
    assert "最后一句是我写的。" in zh.read("index.md")
    assert set(before) < set(zh.log())


@pytest.mark.skipif("reject" not in parser().format_help(), reason="this version has no command reject")
def test_a_closed_pull_request_is_heeded_once(actions: Actions, zh: Repository, book: Repository) -> None:
    actions.run()
    actions.close()
    assert [call for call in actions.run() if "reject" in call] == ["plan reject", "apply reject"]
    assert "Rejects: #1" in git("log", "-1", "--format=%B", "amts/zh", cwd=zh.bare)
    assert [pull["state"] for pull in actions.pulls] == ["CLOSED"]
    after = zh.log()
    assert "apply reject" not in actions.run()
    assert zh.log() == after
    book.commit({"docs/index.md": PAGE.replace("second sentence", "second one")})
    actions.run()
    assert [pull["state"] for pull in actions.pulls] == ["CLOSED", "OPEN"]


def test_manifests_that_conflict_are_healed_and_texts_are_for_people(
    actions: Actions, zh: Repository, book: Repository
) -> None:
    actions.run()
    zh.commit({"index.md": zh.read("index.md"), ".amts/index.md.json": zh.read(".amts/index.md.json")})
    actions.run()
    main = zh.read(".amts/index.md.json", "main").replace('"reader": "', '"reader": "main ')
    main = main.replace('"state": "translated"', '"state": "reviewed"', 1)
    branch = zh.read(".amts/index.md.json").replace('"reader": "', '"reader": "branch ')
    zh.commit({".amts/index.md.json": main})
    zh.commit({".amts/index.md.json": branch}, "amts/zh")
    actions.run()
    merged = zh.read(".amts/index.md.json")
    assert ("main " in merged, merged.count('"state": "reviewed"')) == (False, 1)
    assert "⟦" in zh.read("index.md")

    title = zh.read("index.md").splitlines()[0]
    zh.commit({"index.md": zh.read("index.md", "main").replace(title, "# 一个题目")})
    zh.commit({"index.md": zh.read("index.md").replace(title, "# 另一个题目")}, "amts/zh")
    before = zh.log()
    with pytest.raises(Failed, match=r"changed the same lines(?s:.)*index\.md"):
        actions.run()
    assert zh.log() == before


def test_no_change_of_a_hidden_file_comes_out_of_the_jobs_that_run_the_books_code(
    actions: Actions, zh: Repository, book: Repository
) -> None:
    evil = "import pathlib\nfolder = pathlib.Path(__file__).parents[2] / 'translation'\n"
    book.commit({"docs/conf.py": f"{evil}(folder / '.gitattributes').write_text('x')\nextensions = ['myst_parser']\n"})
    with pytest.raises(Failed, match="a hidden file"):
        actions.run()
    book.commit({"docs/conf.py": f"{evil}(folder / 'amts.toml').write_text('x=1')\nextensions = ['myst_parser']\n"})
    with pytest.raises(Failed, match=r"a hidden file|no option x"):
        actions.run()
    assert not zh.has("amts/zh")


def test_each_job_has_the_least_rights() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    rights = {name: job.get("permissions", {"contents": "read"}) for name, job in jobs.items()}
    assert rights == {
        "plan": {"contents": "read", "pull-requests": "read"},
        "translate": {"contents": "read", "id-token": "write"},
        "apply": {"contents": "read"},
        "publish": {"contents": "write", "pull-requests": "write"},
    }
    for name, job in jobs.items():
        uses = [step for step in job["steps"] if "uses" in step]
        assert [step["uses"] for step in uses if not re.search(r"@v\d+\.\d+\.\d+$", step["uses"])] == []
        (checkout,) = (step["with"] for step in uses if "checkout" in step["uses"])
        assert checkout.get("persist-credentials", True) is (name == "publish")
        runs = "\n".join(step.get("run", "") for step in job["steps"])
        assert ("sphinx-amts sync" in runs) is (name in ("plan", "apply"))
        assert "--force" not in runs
