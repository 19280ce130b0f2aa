from __future__ import annotations

project = "Small"
extensions = ["sphinx_amts", "myst_parser", "sphinx.ext.autosectionlabel"]
exclude_patterns = ["_build", "parts"]
html_theme = "basic"
suppress_warnings = ["autosectionlabel.*"]
autosectionlabel_prefix_document = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "attrs_block"]
myst_heading_anchors = 3
numfig = True

amts_languages = ["zh"]
amts_engine = "pseudo"
amts_exclude = ["legal"]
