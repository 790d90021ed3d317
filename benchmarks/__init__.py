"""What is fast and what is right, measured beside its peers and its limit."""
