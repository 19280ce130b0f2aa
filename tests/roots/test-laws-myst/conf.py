extensions = ["sphinx_amts", "myst_parser", "sphinx.ext.mathjax", "sphinx_design"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist", "substitution"]
myst_substitutions = {"project": "Some project"}
myst_heading_anchors = 3
exclude_patterns = ["parts"]
