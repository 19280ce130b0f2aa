"""A page in another language has its source's code: what was run for one is not run again for the other.

MyST-NB keeps its cache of outputs beside the pages that it builds, so that each language would fill one of its own.  Where a book
names no other place, the source and all its languages share one.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from sphinx_amts.document.reader import cache_directory

__all__ = ["setup"]


def setup(app: Sphinx) -> None:
    """Share the cache of MyST-NB, if the book uses it."""
    app.connect("config-inited", _share_cache, priority=10)


def _share_cache(app: Sphinx, config: Config) -> None:
    if config.amts_languages and "nb_execution_cache_path" in config and not config.nb_execution_cache_path:
        place = cache_directory(Path(app.srcdir)) / "jupyter-cache"
        place.mkdir(parents=True, exist_ok=True)
        config.nb_execution_cache_path = str(place)
