"""Makes the second recogniser, of figures, dates and addresses: `python -m training`. See README.md."""
