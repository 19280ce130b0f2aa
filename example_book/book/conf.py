"""Settings of the example book."""

project = "A Short Walk through Machine Learning"
author = "The sphinx-amts authors"

extensions = ["myst_nb", "sphinxcontrib.bibtex", "sphinx_design", "sphinx_amts"]
exclude_patterns = ["shared"]
numfig = True

myst_enable_extensions = ["deflist", "dollarmath", "substitution"]
myst_heading_anchors = 3
myst_title_to_header = True

# The book shows its code and does not run it: no kernel is needed to build it.
nb_execution_mode = "off"

bibtex_bibfiles = ["references.bib"]

amts_source_language = "en"
amts_languages = ["zh", "es"]

# For a rehearsal with `sphinx-amts emulator`, and then `make book LANG=zh ENGINE=amazon`.
amts_amazon = {
    "project": "example",
    "bucket": "amts-rehearsal",
    "role": "arn:aws:iam::123456789012:role/amts-rehearsal",
}
