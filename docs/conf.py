"""Sphinx's configuration of this documentation."""

from __future__ import annotations

import sys
from pathlib import Path

import sphinx_amts

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "sphinx-amts"
author = "The sphinx-amts contributors"
project_copyright = author
version = release = sphinx_amts.__version__

extensions = ["sphinx_amts", "amazon_errors", "command_line", "configuration", "docstring", "myst_parser", "options"]
exclude_patterns = ["_build", "locale"]
html_theme = "furo"
html_title = f"sphinx-amts {release}"
nitpicky = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# What people translated, and in Spanish a machine's draft of one page.  `make docs-sync` brings both up to date; a build writes
# nothing.
amts_languages = ["es", "zh"]
amts_locale_dir = "locale"
amts_sync_on_build = False
amts_notice = True
amts_switcher = True
amts_include = ["index", "tutorial/**"]
amts_overrides = {"es": {"engine": "apertium", "include": ["index", "tutorial/**", "how-to/review"]}}
