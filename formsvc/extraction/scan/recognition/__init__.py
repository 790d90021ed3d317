"""Reading what the cells hold, and how sure it is."""
