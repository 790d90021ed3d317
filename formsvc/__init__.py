"""Form templates in, filed copies out."""

__version__ = "0.1.0"
