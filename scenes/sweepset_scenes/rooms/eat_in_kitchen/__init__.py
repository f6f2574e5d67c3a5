"""The eat-in kitchen, planned by hand."""
