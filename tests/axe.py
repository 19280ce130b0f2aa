"""axe-core, which finds what hinders those who see, hear or move in other ways; it runs in the browser of the tests."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from browser import Tab

__all__ = ["serious"]


def serious(tab: Tab, *inside: str) -> list[str]:
    """The findings of impact ``serious`` and ``critical`` on the page that is open, each with its rule and its element.

    ``inside`` are selectors: nothing else is looked at.  The contrast of some text must have been measured, so that a page
    on which nothing was looked at does not pass.  The test is skipped where axe-core is not installed.
    """
    tab.value(f"{_axe()}; 0")
    where = json.dumps({"include": [[selector] for selector in inside]}) if inside else "document"
    # What is preloaded are style sheets, by requests that a page from a file may not make.
    run = f"axe.run({where}, {{preload: false}})"
    done = tab.call("Runtime.evaluate", expression=run, awaitPromise=True, returnByValue=True)
    assert "exceptionDetails" not in done, done
    result = done["result"]["value"]
    assert "color-contrast" in {rule["id"] for rule in [*result["passes"], *result["violations"]]}
    return [
        f"{rule['id']}: {node['html']}"
        for rule in result["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]


def _axe() -> str:
    """Its script; the package around it is not imported, since it drives a browser of its own."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-core is not installed: pip install axe-playwright-python")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")
