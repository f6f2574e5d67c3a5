"""The kitchen that is planned by hand."""
