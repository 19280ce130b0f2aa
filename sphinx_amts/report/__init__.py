"""Results as pages, plots and JSON: a static site that needs no server and no network.

1. ``review`` makes the items of a document: its sentences in order, and what waits for a person.
2. ``history`` keeps the numbers of each day in a file; ``plots`` and ``drawing`` draw them, where matplotlib is
   installed.
3. ``languages`` writes the pages, ``page`` is the frame of each.
"""

from __future__ import annotations

from sphinx_amts.report.languages import Links, write

__all__ = ["Links", "write"]
