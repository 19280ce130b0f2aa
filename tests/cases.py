"""The cases of a fixture: a title and texts, behind each a dot on a line of its own."""

from __future__ import annotations

from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"


def cases(name: str, size: int) -> list[list[str]]:
    """Of each case its title and its texts, ``size`` together, without their last line ends."""
    parts: list[list[str]] = [[]]
    for line in (FIXTURES / name).read_text("utf-8").splitlines():
        if line == ".":
            parts.append([])
        else:
            parts[-1].append(line)
    texts = ["\n".join(part) for part in parts]
    return [texts[at : at + size] for at in range(0, len(texts) - size + 1, size)]
