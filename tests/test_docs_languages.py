"""The documentation keeps its own translations in sync."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def test_no_translation_of_the_documentation_is_behind() -> None:
    """Where this fails, run ``make docs-sync`` and look after what it lists."""
    command = [sys.executable, "-m", "sphinx_amts", "sync", "docs", "-l", "es", "-l", "zh"]
    options = ["--engine", "memory", "--dry-run", "--json", "-"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [*command, *options], cwd=PROJECT, env=environment, check=True, capture_output=True, text=True
    )
    languages = json.loads(done.stdout)["languages"]
    waiting = {
        code: {state: result["segments"][state] for state in ("untranslated", "stale", "waiting", "refused")}
        for code, result in languages.items()
    }
    none = dict.fromkeys(("untranslated", "stale", "waiting", "refused"), 0)
    assert waiting == {"es": none, "zh": none}
    assert all(result["documents"] >= 3 for result in languages.values())
