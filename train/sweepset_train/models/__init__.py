"""Networks by name, and the baselines that they should beat."""
