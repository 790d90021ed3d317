"""Scanned forms: what paper says, and how sure that is. Needs the `scan` extra; runs in throw-away children only."""
