"""Form templates in, filed copies out."""
