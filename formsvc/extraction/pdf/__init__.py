"""PDFs with drawn text made into documents."""
