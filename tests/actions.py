"""Runs the jobs of a workflow of GitHub Actions on this machine.

Its shell steps run with bash, its repositories lie on this disk.  Each action and ``gh`` have a small stand-in.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent

_PROGRAMS = {
    "pip": "#!/bin/sh\n",
    "python": f'#!/bin/sh\nexec "{sys.executable}" "$@"\n',
    "sphinx-amts": f'#!/bin/sh\necho "$GITHUB_JOB $1" >> "$CALLS"\nexec "{sys.executable}" -m sphinx_amts "$@"\n',
    "gh": f"""#!{sys.executable}
import json, os, sys
file, words = os.environ["PULLS"], sys.argv[1:]
assert os.environ["GH_TOKEN"] == "a-token"
pulls = json.load(open(file))
option = {{name: value for name, value in zip(words, words[1:]) if name.startswith("--")}}
if words[:2] == ["pr", "list"]:
    for pull in pulls[-1:]:
        if "select" not in option["--jq"]:
            print(pull["state"], pull["number"])
        elif pull["state"] == "CLOSED":
            print(pull["number"])
elif words[:2] == ["pr", "create"]:
    assert not pulls or pulls[-1]["state"] != "OPEN"
    pulls.append({{"number": len(pulls) + 1, "state": "OPEN", "head": option["--head"], "base": option["--base"]}})
elif words[:2] == ["pr", "edit"]:
    assert pulls[int(words[2]) - 1]["state"] == "OPEN"
else:
    sys.exit(f"gh: {{words}}")
if "--body-file" in option:
    pulls[-1]["body"] = open(option["--body-file"]).read()
json.dump(pulls, open(file, "w"))
""",
}


class Failed(Exception):
    """A job ended with a step that failed; what it said."""


class Actions:
    """A workflow that can be called, on a bare repository; ``pulls`` are its pull requests."""

    def __init__(self, workflow: Path, origin: Path, folder: Path, **inputs: str) -> None:
        self.workflow: Any = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        declared = self.workflow[True]["workflow_call"]["inputs"]  # YAML takes `on` for a truth value
        self.inputs = {name: inputs.get(name.replace("-", "_"), what.get("default")) for name, what in declared.items()}
        self.origin, self.folder = origin, folder
        self.programs = folder / "bin"
        self.programs.mkdir(parents=True)
        for name, text in _PROGRAMS.items():
            (self.programs / name).write_text(text, encoding="utf-8")
            (self.programs / name).chmod(0o755)
        self._pulls.write_text("[]", encoding="utf-8")
        self.outputs: dict[str, dict[str, str]] = {}
        self.runs = 0

    @property
    def _pulls(self) -> Path:
        return self.folder / "pulls.json"

    @property
    def pulls(self) -> list[dict[str, Any]]:
        return list(json.loads(self._pulls.read_text(encoding="utf-8")))

    def close(self) -> None:
        """Be a person who closes the last pull request."""
        pulls = self.pulls
        pulls[-1]["state"] = "CLOSED"
        self._pulls.write_text(json.dumps(pulls), encoding="utf-8")

    def run(self) -> list[str]:
        """Call the workflow; the calls of sphinx-amts, each with its job.  Raises Failed."""
        self.runs += 1
        self.place = self.folder / f"run-{self.runs}"
        self.outputs.clear()
        (self.place / "artifacts").mkdir(parents=True)
        calls = self.place / "calls"
        calls.touch()
        for name, job in self.workflow["jobs"].items():
            if "asked" not in str(job.get("if")) or self.outputs["plan"]["asked"] == "true":
                self._job(name, job)
        return calls.read_text(encoding="utf-8").splitlines()

    def _job(self, name: str, job: Mapping[str, Any]) -> None:
        work = self.place / name
        work.mkdir()
        steps: dict[str, dict[str, str]] = {}
        context: dict[str, Any] = {"steps": steps}
        for step in job["steps"]:
            if "uses" in step:
                self._use(step, work, context)
                continue
            output = work / "output"
            output.write_text("", encoding="utf-8")
            self._shell(name, step, work, context)
            lines = output.read_text(encoding="utf-8").splitlines()
            output.unlink()
            steps[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        self.outputs[name] = {key: self._filled(text, context) for key, text in job.get("outputs", {}).items()}

    def _shell(self, job: str, step: Mapping[str, Any], work: Path, context: Mapping[str, Any]) -> None:
        assert "${{" not in step["run"], "an expression in a script is an injection"
        own = {**self.workflow["env"], **step.get("env", {})}
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
            **{name: self._filled(value, context) for name, value in own.items()},
            "GIT_ALLOW_PROTOCOL": "file",
            "GITHUB_JOB": job,
            "GITHUB_OUTPUT": str(work / "output"),
            "GITHUB_STEP_SUMMARY": str(self.place / "step-summary.md"),
            "CALLS": str(self.place / "calls"),
            "PULLS": str(self._pulls),
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
            "XDG_CACHE_HOME": str(self.folder / "cache" / job),
        }
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=work / step.get("working-directory", "."),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{job}, {step.get('name')}: {done.stdout}{done.stderr}")

    def _use(self, step: Mapping[str, Any], work: Path, context: Mapping[str, Any]) -> None:
        action, options = step["uses"].partition("@")[0], step.get("with", {})
        given = {key: self._filled(str(value), context) for key, value in options.items()}
        if action == "actions/checkout":
            folder = work / given["path"]
            _git("clone", "--quiet", f"file://{self.origin}", str(folder))
            if "ref" in given:
                _git("-C", str(folder), "checkout", "--quiet", given["ref"])
        elif action == "actions/upload-artifact":
            place = self.place / "artifacts" / given["name"]
            place.mkdir()
            for name in given["path"].split():
                shutil.copy(work / name, place)
        elif action == "actions/download-artifact":
            place = self.place / "artifacts" / given["name"]
            if place.exists() or "if" not in step:
                shutil.copytree(place, work, dirs_exist_ok=True)

    def _filled(self, text: str, context: Mapping[str, Any]) -> str:
        """A text with its expressions evaluated, of which a few forms are known."""

        def value(match: re.Match[str]) -> str:
            match match[1].split("."):
                case ["inputs", name]:
                    return str(self.inputs[name])
                case ["needs", job, "outputs", name]:
                    return self.outputs[job][name]
                case ["steps", step, "outputs", name]:
                    return str(context["steps"][step][name])
                case ["github", "token"]:
                    return "a-token"
                case ["github", "event", "repository", "default_branch"]:
                    return "main"
            raise AssertionError(match[0])

        return re.sub(r"\$\{\{ *(.*?) *\}\}", value, text)


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True, stdin=subprocess.DEVNULL)
