extensions = ["sphinx_amts", "sphinx.ext.mathjax"]
exclude_patterns = ["parts"]
