"""Makers of furniture: `(rng, looks, ...)` to a `Piece`."""
