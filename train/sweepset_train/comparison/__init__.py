"""Train with and without renders, and report the differences with intervals."""

LEAST = 3
"""Seeds that an interval takes; of two, it covers the truth in as little as 85 % of repeats."""
