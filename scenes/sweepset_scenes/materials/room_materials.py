"""The materials of a room by role, chosen to go together, mixed by a seed.

`Looks` has a material for each role (`looks.wall`, `looks.wood`), made at its first use, and methods for roles that
differ from thing to thing (`looks.picture(rng)`), which choose among a few: a room has some tens of materials. A role's
material depends on the room's seed and the role alone, not on the order of use.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from . import painting, prints
from . import shaders as m
from .color_schemes import (
    ASH,
    BEIGES,
    BIRCH,
    CHERRY,
    CREAMS,
    ESPRESSO,
    GREYS,
    MAPLE,
    OAK,
    PINE,
    SCHEMES,
    WALNUT,
    WHITES,
    Scheme,
)
from .shaders import Color, Material, mean, shade, srgb, vary

USUAL_SCHEMES = {
    "plain": 5,
    "warm": 5,
    "dark": 3,
    "nordic": 3,
    "green": 2,
    "blue": 2,
    "yellow": 2,
    "rose": 1,
    "brick": 1,
}
METALS = (
    (srgb(0xB9B9B6), 0.3),
    (srgb(0x8C8A86), 0.4),
    (srgb(0xA98A55), 0.35),
    (srgb(0x6B5A45), 0.45),
    (srgb(0x3A3A3B), 0.45),
)


@dataclass(frozen=True)
class Finishes:
    """The finishes of a kind of room: colour schemes by weight, floors, and whether walls may have wallpaper.

    Without floors of its own, a kind takes those of the scheme.
    """

    schemes: Mapping[str, int] = field(default_factory=lambda: USUAL_SCHEMES)
    floors: tuple[str, ...] = ()
    papered: bool = True


@dataclass
class Looks:
    """The materials of one room, each made when first used."""

    finishes: Finishes
    scheme: Scheme
    seed: int
    _made: dict[tuple[str, int], Material] = field(default_factory=dict)

    def _rng(self, role: str) -> random.Random:
        return random.Random(f"{self.seed}/{role}")

    @property
    def screens(self) -> list[Material]:
        """The faces of screens that show something, those in use."""
        return [material for (role, _), material in self._made.items() if role == "screen image"]

    def _one_of(
        self, role: str, rng: random.Random, count: int, make: Callable[[str, random.Random], Material]
    ) -> Material:
        """Return one of `count` materials of a role; `make` gets its name and random numbers of its own."""
        number = rng.randrange(count)
        if (role, number) not in self._made:
            self._made[role, number] = make(f"{role} {number}", self._rng(f"{role}/{number}"))
        return self._made[role, number]

    # The shell.

    @cached_property
    def wall(self) -> Material:
        rng = self._rng("wall")
        color = vary(rng, rng.choice(self.scheme.walls))
        kind = rng.choices(("paint", "plaster", "wallpaper"), (80, 10, 10 if self.finishes.papered else 0))
        if kind == ["wallpaper"]:
            return self._wallpaper("wall", rng, color)
        if kind == ["plaster"]:
            return m.concrete("wall", color, 0.9)
        return m.paint("wall", color, worn=rng.uniform(0.04, 0.16))

    @cached_property
    def accent_wall(self) -> Material:
        """One wall of another colour, papered, of bricks or boards."""
        rng = self._rng("accent wall")
        color = vary(rng, rng.choice(self.scheme.cloths + self.scheme.walls))
        kind = rng.choice(("paint", "paint", "wallpaper", "bricks", "boards"))
        if kind == "wallpaper":
            return self._wallpaper("accent wall", rng, color)
        if kind == "bricks":
            brick = vary(rng, rng.choice((srgb(0x9C5A42), srgb(0x8A4636), srgb(0xD8D3C8), srgb(0xB98A6A))), 0.1)
            return m.tiles("accent wall", brick, srgb(0xA9A196), 0.215, 0.075, 0.5, 0.8, gap=0.012)
        if kind == "boards":
            return m.planks("accent wall", *rng.choice(self.scheme.woods), rng.choice((0.09, 0.14)), 2.4)
        return m.paint("accent wall", color, worn=0.08)

    @cached_property
    def ceiling(self) -> Material:
        return m.paint("ceiling", vary(self._rng("ceiling"), srgb(0xDEDCD6), 0.05), worn=0.06)

    @cached_property
    def trim(self) -> Material:
        rng = self._rng("trim")
        if rng.random() < 0.25:
            return m.wood("trim", *rng.choice(self.scheme.woods))
        return m.paint("trim", vary(rng, self.scheme.trim, 0.05), 0.35, 0.1)

    @cached_property
    def door(self) -> Material:
        rng = self._rng("door")
        if rng.random() < 0.45:
            return m.wood("door", *rng.choice(self.scheme.woods))
        return m.paint("door", vary(rng, self.scheme.trim, 0.06), 0.35, 0.12)

    @cached_property
    def floor(self) -> Material:
        rng = self._rng("floor")
        kind = rng.choice(self.finishes.floors or self.scheme.floors)
        if kind == "carpet":
            return self.carpet
        if kind == "carpet tiles":
            color = vary(rng, rng.choice((*GREYS, *self.scheme.cloths)), 0.1)
            return m.tiles("floor", shade(color, 0.6), shade(color, 0.5), 0.5, 0.5, 0.0, 0.95, gap=0.004)
        if kind == "concrete":
            return m.concrete("floor", vary(rng, srgb(0x96938E), 0.15), rng.uniform(0.35, 0.6))
        if kind == "tiles":
            return self._floor_tiles(rng)
        if kind == "laminate":
            dark, light = rng.choice(self.scheme.woods)
            return m.planks("floor", mean(dark, light), light, 0.19, 1.28)
        return m.planks("floor", *rng.choice(self.scheme.woods), rng.choice((0.06, 0.07, 0.09, 0.12)))

    def _floor_tiles(self, rng: random.Random) -> Material:
        tones = (0xB4A488, 0xC9C6BE, 0x8E5E44, 0x6F6C67, 0xD9D6CE, 0x3F4245, 0xA99C8C)
        color = vary(rng, srgb(rng.choice(tones)), 0.12)
        kind = rng.choices(("plain", "checked", "printed", "marble"), (60, 15, 12, 13))[0]
        if kind == "printed":
            ground, *others = (self._tone(c) for c in (color, *rng.sample((*self.scheme.accents, *WHITES), 2)))
            return prints.patterned("floor", painting.geometric(rng, [ground, *others]), rng.choice((0.4, 0.6)))
        if kind == "marble":
            return m.marble("floor", color, shade(color, 0.45), rng.uniform(0.7, 1.5))
        wide, tall, offset = rng.choice(
            ((0.1, 0.1, 0.0), (0.2, 0.2, 0.0), (0.3, 0.3, 0.0), (0.45, 0.45, 0.0), (0.6, 0.3, 0.5), (0.05, 0.05, 0.0))
        )
        accent = shade(color, rng.choice((0.3, 1.5))) if kind == "checked" else None
        grout = shade(color, rng.choice((0.45, 0.6, 1.2)))
        return m.tiles("floor", color, grout, wide, tall, offset, rng.uniform(0.15, 0.4), accent, gap=0.006)

    @cached_property
    def tile(self) -> Material:
        """Wall tiles of bathrooms and splashbacks."""
        rng = self._rng("tile")
        color = vary(rng, rng.choice((*WHITES, *CREAMS, srgb(0x9DB8B8), srgb(0xB9A88F), srgb(0xD6B9AE))))
        wide, tall, offset = rng.choice(
            ((0.15, 0.15, 0.0), (0.1, 0.1, 0.0), (0.15, 0.075, 0.5), (0.3, 0.2, 0.0), (0.05, 0.05, 0.0))
        )
        accent = rng.choice(self.scheme.accents) if rng.random() < 0.25 else None
        return m.tiles("tile", color, shade(color, rng.uniform(0.5, 0.9)), wide, tall, offset, 0.12, accent)

    @cached_property
    def stone(self) -> Material:
        """Counters, window sills, hearths."""
        rng = self._rng("stone")
        base = vary(rng, rng.choice((srgb(0xA8998A), srgb(0x3B3B3D), srgb(0xD2CEC6), srgb(0x7A6656), srgb(0x8E5A45))))
        if rng.random() < 0.3:
            return m.marble("stone", base, shade(base, rng.choice((0.4, 2.0))))
        return m.stone("stone", base, shade(base, 1.5), shade(base, 0.3))

    # Wood, paint, metal, plastic.

    @cached_property
    def wood(self) -> Material:
        """The room's main furniture."""
        rng = self._rng("wood")
        dark, light = rng.choice(self.scheme.woods)
        return m.wood("wood", vary(rng, dark), vary(rng, light), rng.uniform(0.25, 0.5))

    @cached_property
    def wood2(self) -> Material:
        """Furniture that came from elsewhere."""
        rng = self._rng("wood2")
        dark, light = rng.choice((OAK, PINE, WALNUT, ESPRESSO, BIRCH, CHERRY, MAPLE, ASH))
        return m.wood("wood2", vary(rng, dark), vary(rng, light), rng.uniform(0.25, 0.5))

    @cached_property
    def painted(self) -> Material:
        """Painted or laminated furniture."""
        rng = self._rng("painted")
        return m.paint("painted", vary(rng, rng.choice(self.scheme.painted)), rng.uniform(0.25, 0.5), 0.08)

    @cached_property
    def metal(self) -> Material:
        """Handles, legs, lamp stands."""
        color, rough = self._rng("metal").choice(METALS)
        return m.metal("metal", color, rough)

    @cached_property
    def chrome(self) -> Material:
        return m.metal("chrome", (0.68, 0.68, 0.68), 0.12)

    @cached_property
    def gilt(self) -> Material:
        """Gilded or bronze frames."""
        rng = self._rng("gilt")
        return m.metal("gilt", vary(rng, rng.choice(((0.6, 0.42, 0.16), (0.3, 0.2, 0.1))), 0.15), 0.4)

    @cached_property
    def steel(self) -> Material:
        return m.metal("steel", (0.52, 0.52, 0.51), 0.3, brushed=True)

    @cached_property
    def black(self) -> Material:
        """Black plastic, rubber, cables."""
        return m.plain("black", (0.018, 0.018, 0.019), 0.4)

    @cached_property
    def white(self) -> Material:
        """White plastic."""
        return m.plain("white", vary(self._rng("white"), (0.68, 0.67, 0.63), 0.05), 0.35)

    @cached_property
    def plastic(self) -> Material:
        """The room's grey, beige or coloured plastic; `colored` differs from thing to thing."""
        rng = self._rng("plastic")
        return m.plain("plastic", vary(rng, rng.choice((srgb(0xB5B1A6), srgb(0x55575A), srgb(0xD8D5CC)))), 0.4)

    @cached_property
    def glass(self) -> Material:
        return m.glass("glass", (0.93, 0.96, 0.95), 0.08)

    @cached_property
    def pane(self) -> Material:
        """Window glass."""
        return m.pane()

    @cached_property
    def mirror(self) -> Material:
        return m.metal("mirror", (0.85, 0.87, 0.86), 0.01)

    @cached_property
    def ceramic(self) -> Material:
        """Toilets, basins, bath tubs."""
        rng = self._rng("ceramic")
        color = rng.choice(((0.74, 0.73, 0.7), (0.72, 0.7, 0.66), (0.66, 0.6, 0.48)))
        return m.plain("ceramic", color, 0.1)

    # Cloth.

    @cached_property
    def upholstery(self) -> Material:
        """Sofas and armchairs."""
        rng = self._rng("upholstery")
        color = vary(rng, rng.choice(self.scheme.cloths), 0.12)
        kind = rng.choices(("plain", "tweed", "leather", "patterned"), (40, 25, 22, 13))[0]
        if kind == "leather":
            return self.leather
        if kind == "patterned":
            return self._patterned("upholstery", rng)
        return self._tweed("upholstery", rng, color) if kind == "tweed" else m.cloth("upholstery", color)

    @cached_property
    def upholstery2(self) -> Material:
        """Seats of chairs, a second sofa."""
        rng = self._rng("upholstery2")
        color = vary(rng, rng.choice(self.scheme.cloths + self.scheme.accents), 0.12)
        if rng.random() < 0.25:
            return self._patterned("upholstery2", rng)
        return self._tweed("upholstery2", rng, color) if rng.random() < 0.4 else m.cloth("upholstery2", color)

    @cached_property
    def leather(self) -> Material:
        rng = self._rng("leather")
        tones = (srgb(0x2A2320), srgb(0x5A3925), srgb(0x7B5638), srgb(0x1E1D1E), srgb(0xB9A88C), srgb(0x6A1F1C))
        return m.leather("leather", vary(rng, rng.choice(tones), 0.1), rng.uniform(0.3, 0.5), rng.uniform(0.0, 0.3))

    @cached_property
    def pattern(self) -> Material:
        """Patterned cloth that other things of the room go with."""
        return self._patterned("pattern", self._rng("pattern"))

    @cached_property
    def linen(self) -> Material:
        """Sheets and mattresses."""
        rng = self._rng("linen")
        color = rng.choice((*WHITES, *CREAMS, *self.scheme.cloths))
        return m.cloth("linen", vary(rng, color))

    @cached_property
    def bedding(self) -> Material:
        """Duvets and bedspreads."""
        rng = self._rng("bedding")
        if rng.random() < 0.6:
            return self._patterned("bedding", rng)
        return m.cloth("bedding", vary(rng, rng.choice((*self.scheme.cloths, *self.scheme.accents, *WHITES)), 0.12))

    @cached_property
    def pillow(self) -> Material:
        """Pillows of beds."""
        rng = self._rng("pillow")
        if rng.random() < 0.35:
            return self._patterned("pillow", rng)
        return m.cloth("pillow", vary(rng, rng.choice((*WHITES, *CREAMS, *self.scheme.accents))))

    @cached_property
    def blanket(self) -> Material:
        """Blankets and throws."""
        return self._patterned("blanket", self._rng("blanket"))

    @cached_property
    def curtain(self) -> Material:
        rng = self._rng("curtain")
        if rng.random() < 0.35:
            return self._patterned("curtain", rng, 0.35)
        color = rng.choice((*self.scheme.cloths, *self.scheme.accents, *CREAMS, *WHITES))
        return m.sheer("curtain", vary(rng, color))

    @cached_property
    def shower_curtain(self) -> Material:
        return self._patterned("shower curtain", self._rng("shower curtain"), 0.3)

    @cached_property
    def slats(self) -> Material:
        """Blinds."""
        return m.sheer("slats", vary(self._rng("slats"), (0.72, 0.7, 0.64)))

    @cached_property
    def carpet(self) -> Material:
        rng = self._rng("carpet")
        color = vary(rng, rng.choice((*BEIGES, *BEIGES, *GREYS, *self.scheme.cloths)), 0.1)
        return m.carpet("carpet", color, rng.uniform(0.7, 2.5), rng.uniform(0.05, 0.3))

    @cached_property
    def rug(self) -> Material:
        """A whole rug, for shapes that are `fitted`."""
        rng = self._rng("rug")
        tones = [self._tone(vary(rng, c, 0.15)) for c in rng.sample((*self.scheme.accents, *self.scheme.cloths), 3)]
        return prints.picture("rug", painting.rug(rng, tones), 0.9)

    @cached_property
    def towel(self) -> Material:
        rng = self._rng("towel")
        a, b = rng.choice((*WHITES, *self.scheme.accents)), rng.choice(self.scheme.cloths)
        return m.cloth("towel", vary(rng, a), b, "border", 0.14)

    def _patterned(self, name: str, rng: random.Random, sheen: float = 0.0) -> Material:
        """Make cloth with a pattern in the room's colours, on a pale or a dark ground."""
        ground = rng.choice((*WHITES, *CREAMS, *self.scheme.cloths, *self.scheme.accents))
        others = rng.sample([c for c in (*self.scheme.accents, *self.scheme.cloths, *CREAMS) if c != ground], 3)
        tones = [self._tone(vary(rng, color)) for color in (ground, *others)]
        return prints.patterned(name, painting.pattern(rng, tones), rng.choice((0.12, 0.25, 0.4, 0.6)), sheen)

    def _tweed(self, name: str, rng: random.Random, color: Color) -> Material:
        tones = [self._tone(c) for c in (color, shade(color, rng.choice((0.45, 1.8))))]
        return prints.patterned(name, painting.mottled(rng, tones), 0.2)

    def _wallpaper(self, name: str, rng: random.Random, color: Color) -> Material:
        """Make wallpaper: a pattern in a colour and what is near it."""
        others = [shade(color, factor) for factor in rng.sample((0.55, 0.7, 0.82, 1.2, 1.4), 2)]
        tones = [self._tone(c) for c in (color, *others)]
        paint = rng.choice((painting.floral, painting.damask, painting.damask, painting.geometric, painting.striped))
        pixels = paint(rng, tones)
        if paint is painting.striped:
            pixels = pixels.transpose(1, 0, 2)
        return prints.patterned(name, pixels, rng.choice((0.25, 0.5, 0.8)))

    @staticmethod
    def _tone(color: Color) -> painting.Tone:
        """Return a linear colour as the images have it, sRGB-encoded."""
        red, green, blue = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in color)
        return red, green, blue

    # Paper and all others.

    @cached_property
    def paper(self) -> Material:
        return m.plain("paper", (0.74, 0.73, 0.7), 0.9)

    @cached_property
    def pages(self) -> Material:
        """The pages of books."""
        return m.plain("pages", (0.64, 0.59, 0.48), 0.9)

    @cached_property
    def writing(self) -> Material:
        """Written or printed paper, seen from afar; `page` shows more."""
        return prints.writing("writing")

    @cached_property
    def cardboard(self) -> Material:
        return m.plain("cardboard", vary(self._rng("cardboard"), (0.42, 0.27, 0.14)), 0.8, vary=0.08)

    @cached_property
    def whiteboard(self) -> Material:
        """A whiteboard's face with marker lines, for shapes that are `fitted`."""
        return prints.picture("whiteboard", painting.whiteboard(self._rng("whiteboard")), 0.2)

    @cached_property
    def screen(self) -> Material:
        """A screen that is off."""
        return m.plain("screen", (0.008, 0.008, 0.009), 0.08)

    @cached_property
    def shade(self) -> Material:
        """Lamp shades."""
        rng = self._rng("shade")
        return m.lampshade("shade", vary(rng, rng.choice(((0.7, 0.6, 0.42), (0.72, 0.7, 0.66), (0.5, 0.3, 0.2)))))

    @cached_property
    def bulb(self) -> Material:
        """A bulb or diffuser that is lit."""
        return m.glow("bulb", (1.0, 0.82, 0.58), 5.0)

    @cached_property
    def bulb_off(self) -> Material:
        """A bulb or diffuser that is not lit."""
        return m.plain("bulb off", (0.72, 0.71, 0.67), 0.3)

    @cached_property
    def plant(self) -> Material:
        rng = self._rng("plant")
        return m.plain("plant", vary(rng, (0.05, 0.14, 0.03), 0.25), 0.4, vary=0.4)

    @cached_property
    def pot(self) -> Material:
        rng = self._rng("pot")
        color = rng.choice(((0.42, 0.16, 0.075), (0.7, 0.69, 0.65), (0.05, 0.05, 0.06), *self.scheme.accents))
        return m.plain("pot", vary(rng, color), rng.uniform(0.2, 0.85), vary=0.12)

    @cached_property
    def soil(self) -> Material:
        return m.plain("soil", (0.03, 0.02, 0.012), 0.95, vary=0.4)

    @cached_property
    def basket(self) -> Material:
        rng = self._rng("basket")
        return m.plain("basket", vary(rng, rng.choice(((0.32, 0.18, 0.075), (0.5, 0.36, 0.2)))), 0.8, vary=0.4)

    # Roles that differ from thing to thing.

    def picture(self, rng: random.Random) -> Material:
        """Return a picture's face, for shapes that are `fitted`."""
        return self._one_of(
            "picture", rng, 6, lambda name, own: prints.picture(name, painting.picture(own), own.choice((0.2, 0.5)))
        )

    def poster(self, rng: random.Random) -> Material:
        """Return a poster's face, for shapes that are `fitted`."""
        return self._one_of("poster", rng, 3, lambda name, own: prints.picture(name, painting.poster(own), 0.4))

    def pinboard(self, rng: random.Random) -> Material:
        """Return a board of photos and notes, for shapes that are `fitted`."""
        return self._one_of("pin board", rng, 2, lambda name, own: prints.picture(name, painting.collage(own), 0.9))

    def page(self, rng: random.Random) -> Material:
        """Return a printed or written page, for shapes that are `fitted`."""
        return self._one_of("page", rng, 4, lambda name, own: prints.picture(name, painting.sheet(own), 0.9))

    def books(self, rng: random.Random) -> Material:
        """Return covers: each book of a shape takes one of some colours."""

        def make(name: str, own: random.Random) -> Material:
            tones = [srgb(c) for c in (0x7A1F1F, 0x20355C, 0xB9A789, 0x27452F, 0xC07A1F, 0x2A2A2C, 0xCDC8BC, 0x7A5A85)]
            own.shuffle(tones)
            return prints.covers(name, [vary(own, tone, 0.2) for tone in tones])

        return self._one_of("books", rng, 3, make)

    def screen_image(self, rng: random.Random) -> Material:
        """Return the face of a screen that shows something, for shapes that are `fitted`."""
        return self._one_of("screen image", rng, 2, lambda name, own: prints.lit(name, painting.screen(own)))

    def cloth(self, rng: random.Random) -> Material:
        """Return cloth for clothes, towels, bags, cushions: plain or patterned."""

        def make(name: str, own: random.Random) -> Material:
            if own.random() < 0.4:
                return self._patterned(name, own)
            color = own.choice((*self.scheme.cloths, *self.scheme.accents, *WHITES, srgb(0x1F2A44), srgb(0x222223)))
            return m.cloth(name, vary(own, color, 0.15))

        return self._one_of("cloth", rng, 7, make)

    def colored(self, rng: random.Random) -> Material:
        """Return coloured plastic: toys, bottles, buckets, binders."""

        def make(name: str, own: random.Random) -> Material:
            hues = (0xB8281F, 0x1F4F9C, 0xE0B02A, 0x2F8A45, 0xD96A1C, 0xE8E6E0, 0x26262A, 0xC2527F, 0x5BA3B8)
            return m.plain(name, vary(own, srgb(own.choice(hues)), 0.15), own.uniform(0.2, 0.5))

        return self._one_of("colored", rng, 6, make)

    def glazed(self, rng: random.Random) -> Material:
        """Return glazed crockery: mugs, bowls, vases."""
        return self._one_of(
            "glazed",
            rng,
            4,
            lambda name, own: m.plain(name, vary(own, own.choice((*WHITES, *self.scheme.accents)), 0.12), 0.15),
        )

    def liquid_glass(self, rng: random.Random) -> Material:
        """Return the tinted glass of bottles."""
        tints = ((0.16, 0.3, 0.1), (0.24, 0.08, 0.02), (0.85, 0.9, 0.9), (0.3, 0.5, 0.7))
        return self._one_of("bottle glass", rng, 3, lambda name, own: m.glass(name, own.choice(tints), 0.5))

    def box_print(self, rng: random.Random) -> Material:
        """Return a printed box's faces."""

        def make(name: str, own: random.Random) -> Material:
            hues = (0x9C241C, 0x24498C, 0x2F6B35, 0xD59A2A, 0xE6E2D6, 0x5C3A78, 0x2A2A2E, 0xC96A2B)
            ground, accent = (srgb(hue) for hue in own.sample(hues, 2))
            return prints.package(name, ground, accent, height=own.choice((0.12, 0.2, 0.29)))

        return self._one_of("box print", rng, 5, make)


def mix_looks(rng: random.Random, finishes: Finishes) -> Looks:
    """Choose a scheme among a kind's finishes, and how colourful it is in this room."""
    name = rng.choices(list(finishes.schemes), list(finishes.schemes.values()))[0]
    return Looks(finishes, SCHEMES[name].muted(rng.uniform(0.1, 0.55)), rng.getrandbits(32))
