extensions = ["sphinx_amts", "myst_nb"]
nb_execution_mode = "force"
myst_enable_extensions = ["colon_fence", "dollarmath"]
