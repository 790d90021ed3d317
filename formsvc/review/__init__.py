"""Pure rules of review: whether a stamp may be given."""
