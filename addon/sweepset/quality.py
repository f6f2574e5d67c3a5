"""Named qualities of images, presets of Cycles' settings; docs/quality.md has measurements. Imports no bpy."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .errors import SweepsetError


@dataclass(frozen=True)
class Quality:
    """Settings that decide an image's fidelity and cost.

    A pixel gets from `least_samples` to `samples` samples, until its noise is below `threshold`. Bounces are upper
    limits: a scene with fewer keeps its own. `clamp` limits an indirect sample, 0 for no limit. `prefilter` is the
    denoiser's cleaning of albedo and normals. With `eevee`, EEVEE renders the image.
    """

    samples: int
    threshold: float
    least_samples: int
    prefilter: str = "FAST"
    bounces: int = 12
    diffuse_bounces: int = 4
    glossy_bounces: int = 4
    transmission_bounces: int = 12
    clamp: float = 0.0
    light_tree: bool = True
    caustics: bool = True
    path_guiding: bool = False
    eevee: bool = False

    def with_samples(self, samples: int) -> Quality:
        """Return this quality with another number of samples, and a noise threshold and a least number to match."""
        scale = samples / self.samples
        least = max(1, round(self.least_samples * scale))
        return replace(self, samples=samples, threshold=min(1.0, self.threshold / scale), least_samples=least)


PRESETS = {
    "draft": Quality(samples=8, threshold=0.3, least_samples=8),
    "standard": Quality(samples=32, threshold=0.07, least_samples=8, prefilter="ACCURATE"),
    "fine": Quality(samples=224, threshold=0.01, least_samples=224, prefilter="ACCURATE"),
    "realtime": Quality(samples=16, threshold=0.0, least_samples=16, eevee=True),
}
ABOUT = {
    "draft": "To see what comes out; noise is smeared by the denoiser",
    "standard": "For training data",
    "fine": "For pictures to look at closely",
    "realtime": "Rendered by EEVEE, labels by one sample of Cycles; fast on a GPU, slow on a CPU",
}
DEFAULT = "standard"


def named(preset: str) -> Quality:
    """Return a preset by its name."""
    if preset not in PRESETS:
        raise SweepsetError(f"no preset {preset!r}; choose one of {', '.join(PRESETS)}")
    return PRESETS[preset]
