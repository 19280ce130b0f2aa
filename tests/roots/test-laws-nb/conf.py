extensions = ["sphinx_amts", "myst_nb"]
nb_execution_mode = "force"
myst_enable_extensions = ["sphinx_amts", "colon_fence", "dollarmath"]
