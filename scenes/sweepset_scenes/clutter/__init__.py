"""Makers of small things, and the surfaces that they lie on."""
