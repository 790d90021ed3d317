"""The inbox: which files are submissions, when they are whole, how they are claimed, and where the answers lie."""
