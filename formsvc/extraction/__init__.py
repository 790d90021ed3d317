"""Reads submissions: what a file is, what it says, in a child that cannot do harm."""
