"""Props of streets: makers `(rng, …) -> Piece`, centred on the origin of the ground, their front towards -y.

A piece that stands many times shares its meshes: `piece.build` with the same piece at several places.
"""
