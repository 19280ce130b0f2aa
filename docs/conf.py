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

extensions = ["amazon_errors", "command_line", "configuration", "docstring", "myst_parser", "options"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"sphinx-amts {release}"
nitpicky = True
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
