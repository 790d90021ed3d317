"""Setting a page straight: which form it is, how it stands, where its cells are."""
