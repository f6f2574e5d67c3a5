"""Train with and without renders, and report the differences with intervals."""
