"""Read, show, measure and verify finished datasets."""
