from __future__ import annotations

project = "Small"
extensions = ["sphinx_amts", "sphinx.ext.autosectionlabel"]
exclude_patterns = ["_build", "parts"]
html_theme = "basic"
suppress_warnings = ["autosectionlabel.*"]

amts_languages = ["zh_CN"]
amts_engine = "pseudo"
