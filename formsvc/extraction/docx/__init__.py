"""Word files made into documents."""
