from __future__ import annotations

project = "Small"
extensions = ["sphinx_amts", "myst_nb"]
exclude_patterns = ["_build"]
html_theme = "basic"
myst_heading_anchors = 3
suppress_warnings = ["myst-nb.lexer"]
nb_execution_mode = "off"

amts_languages = {"zh": {"engine": "pseudo"}}
