"""Records: one subject's form for one year, its versions and what befell it."""
