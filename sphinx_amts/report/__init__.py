"""Results as pages, plots and JSON: a static site that needs no server and no network."""

from __future__ import annotations
