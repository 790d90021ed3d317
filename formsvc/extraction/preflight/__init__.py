"""What a file is, and what can be said against it before a parser sees it."""
