"""Colour schemes of rooms: walls, woods, floors, cloths and accents, chosen by hand to go together. Linear RGB."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .shaders import Color, mute, srgb

Wood = tuple[Color, Color]


@dataclass(frozen=True)
class Scheme:
    """Colours that a person chose for one room, several for each role, linear RGB; woods are (dark, light)."""

    walls: tuple[Color, ...]
    woods: tuple[Wood, ...]
    floors: tuple[str, ...]
    trim: Color
    cloths: tuple[Color, ...]
    """Large cloth: upholstery, curtains, bedding."""
    accents: tuple[Color, ...]
    """Small things: pillows, towels, prints."""
    painted: tuple[Color, ...]

    def muted(self, by: float) -> Scheme:
        """Return the scheme as in a house that is lived in: less colourful by a share."""

        def all_of(colors: tuple[Color, ...]) -> tuple[Color, ...]:
            return tuple(mute(color, by) for color in colors)

        return replace(
            self,
            walls=all_of(self.walls),
            woods=tuple((mute(dark, by), mute(light, by)) for dark, light in self.woods),
            trim=mute(self.trim, by),
            cloths=all_of(self.cloths),
            accents=all_of(self.accents),
            painted=all_of(self.painted),
        )


PINE = (srgb(0xA9743B), srgb(0xD9AE73))
OAK = (srgb(0x87602F), srgb(0xB98E58))
HONEY = (srgb(0x8A5526), srgb(0xC08442))
MAPLE = (srgb(0xB08E64), srgb(0xD3B98F))
BIRCH = (srgb(0xC4A678), srgb(0xE2CDA6))
BEECH = (srgb(0xAA7F55), srgb(0xCDA67B))
CHERRY = (srgb(0x633018), srgb(0x8F5232))
MAHOGANY = (srgb(0x3B1A10), srgb(0x6A3320))
WALNUT = (srgb(0x4A3220), srgb(0x715037))
ESPRESSO = (srgb(0x231813), srgb(0x3B2A21))
BLACKENED = (srgb(0x17130F), srgb(0x2B241F))
ASH = (srgb(0x8E8272), srgb(0xB9AD9A))
WHITEWASH = (srgb(0xBDB3A3), srgb(0xDBD3C6))

WHITES = (srgb(0xE6E3DC), srgb(0xDEDAD0), srgb(0xECEAE4))
CREAMS = (srgb(0xDCD0B4), srgb(0xE2D7BE), srgb(0xD4C3A0))
BEIGES = (srgb(0xC8B597), srgb(0xBFA985), srgb(0xD0BFA5))
GREYS = (srgb(0xB7B5B0), srgb(0xA2A3A2), srgb(0xCBC9C4))

SCHEMES = {
    "plain": Scheme(
        (*WHITES, *CREAMS),
        (OAK, MAPLE, BEECH, BIRCH),
        ("planks", "carpet", "carpet"),
        srgb(0xE4E1D9),
        (srgb(0xA8977C), srgb(0x7F7A72), srgb(0xC9BFAC), srgb(0x4D5A6B)),
        (srgb(0x9C3B2E), srgb(0x2F4F7A), srgb(0x6E7F4A), srgb(0xC99B3F)),
        (srgb(0xDAD6CC), srgb(0xCFC5AE)),
    ),
    "warm": Scheme(
        (*BEIGES, *CREAMS, srgb(0xD9B57A), srgb(0xC99B6B)),
        (CHERRY, MAHOGANY, HONEY, WALNUT),
        ("planks", "planks", "carpet"),
        srgb(0xDDD4C2),
        (srgb(0x6B4A33), srgb(0x8C6A48), srgb(0xA48B68), srgb(0x5C2B22)),
        (srgb(0x8E2B22), srgb(0xB8762C), srgb(0x5A5B33), srgb(0xCDB58A)),
        (srgb(0xC9B894), srgb(0x5E3B28)),
    ),
    "dark": Scheme(
        (srgb(0x9B8C73), srgb(0x6F7467), srgb(0x7D5B4C), *BEIGES),
        (ESPRESSO, BLACKENED, WALNUT),
        ("planks", "carpet", "planks"),
        srgb(0xD5CFC2),
        (srgb(0x3A332E), srgb(0x2C2A2B), srgb(0x55483C), srgb(0xB4A78F)),
        (srgb(0x7B1F22), srgb(0xC9BBA0), srgb(0x98762F), srgb(0x3C5A5C)),
        (srgb(0x2A2725), srgb(0xC8C0B0)),
    ),
    "nordic": Scheme(
        (*WHITES, *GREYS),
        (BIRCH, PINE, WHITEWASH, ASH),
        ("planks", "planks", "laminate"),
        srgb(0xEBE9E4),
        (srgb(0x9A9B99), srgb(0x5B5F63), srgb(0xD4D0C7), srgb(0x2F3A45)),
        (srgb(0x4A7A83), srgb(0xD0A63A), srgb(0x23252A), srgb(0xC46A57)),
        (srgb(0xE6E4DF), srgb(0x50565C)),
    ),
    "green": Scheme(
        (srgb(0xAFB897), srgb(0x97A58A), srgb(0xC5C9A9), srgb(0x7F9178)),
        (OAK, HONEY, PINE, WALNUT),
        ("planks", "carpet", "tiles"),
        srgb(0xE3DFD2),
        (srgb(0x6F6A4D), srgb(0xB9AA86), srgb(0x4F5D4A), srgb(0x8D7B5E)),
        (srgb(0xA6532F), srgb(0xD9C07C), srgb(0x45613F), srgb(0x7B2D36)),
        (srgb(0xDCD7C4), srgb(0x6D7F66)),
    ),
    "blue": Scheme(
        (srgb(0x9DB2C1), srgb(0x86A0B8), srgb(0xB9C7CC), srgb(0x6C8398)),
        (MAPLE, WHITEWASH, ESPRESSO, PINE),
        ("carpet", "planks", "laminate"),
        srgb(0xE8E7E2),
        (srgb(0x33486A), srgb(0xB7B9B6), srgb(0x6C7C92), srgb(0xD2CBBB)),
        (srgb(0x1F3358), srgb(0xC7403A), srgb(0xE0D5A6), srgb(0x5A93A5)),
        (srgb(0xE3E2DD), srgb(0x7E97AD)),
    ),
    "yellow": Scheme(
        (srgb(0xE0C77E), srgb(0xD8B866), srgb(0xE5D5A0)),
        (PINE, HONEY, OAK, CHERRY),
        ("planks", "tiles", "carpet"),
        srgb(0xE6E0D0),
        (srgb(0x84623F), srgb(0xC7B48C), srgb(0x50608A), srgb(0x9C4A35)),
        (srgb(0xB23A2A), srgb(0x365A8C), srgb(0x6B8247), srgb(0xE3D6B5)),
        (srgb(0xE2D8BB), srgb(0xB08A45)),
    ),
    "rose": Scheme(
        (srgb(0xD9B3AC), srgb(0xCBA0A3), srgb(0xC9B4C4), srgb(0xE4CFC6)),
        (WHITEWASH, MAPLE, CHERRY, BIRCH),
        ("carpet", "planks", "laminate"),
        srgb(0xEAE5DE),
        (srgb(0xB98C97), srgb(0xD9CFC4), srgb(0x7A5A74), srgb(0xA3A7A5)),
        (srgb(0xB84A73), srgb(0x7E5AA0), srgb(0xE7C65C), srgb(0x5DA0A0)),
        (srgb(0xE8E2DA), srgb(0xC993A6)),
    ),
    "office": Scheme(
        (*WHITES, *GREYS, srgb(0xC7C3AE)),
        (BEECH, MAPLE, ASH, WALNUT),
        ("carpet", "carpet tiles", "laminate"),
        srgb(0x8F8F8C),
        (srgb(0x2E3A4C), srgb(0x3D3D3F), srgb(0x6E2F2B), srgb(0x50685A)),
        (srgb(0x2B5AA0), srgb(0xB7402F), srgb(0xD1A42E), srgb(0x3F7F57)),
        (srgb(0xC3C0B7), srgb(0x8B8D8C), srgb(0x5D5A55)),
    ),
    "brick": Scheme(
        (srgb(0xA85F45), srgb(0x8E8B86), srgb(0xD2CCC0)),
        (WALNUT, BLACKENED, OAK),
        ("planks", "concrete", "planks"),
        srgb(0x3C3A38),
        (srgb(0x4A4643), srgb(0x7A5536), srgb(0x9C9890), srgb(0x263238)),
        (srgb(0xC26B2B), srgb(0x2F5D62), srgb(0xD8CFBE), srgb(0x8C2F2B)),
        (srgb(0x3A3B3D), srgb(0xBDB7AA)),
    ),
}
"""Schemes by name. The seed of a room draws its colours from one of them."""
