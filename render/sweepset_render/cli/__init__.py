"""The command `sweepset`."""
