"""Open a scene in Blender and prepare its copy in memory for rendering. No file is ever overwritten.

Downloaded files have settings that spoil frames: a stamp, a render region, another output format. Each is put aside,
and each that mattered is reported as a finding.
"""

from __future__ import annotations

import itertools
import operator
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from .. import gl_renderer, taxonomy
from ..errors import SweepsetError
from ..findings import Finding
from ..job import Job
from ..quality import Quality
from ..taxonomy import Taxonomy
from . import color_management, compat, eevee, labels, lamps, passes

GREY = (0.5, 0.5, 0.5, 1.0)
FLAT_NORMAL = (0.5, 0.5, 1.0, 1.0)
CLEAR_BOUNCES = 1024
"""Clear surfaces that a ray passes through; after them Cycles returns black, in the image and in the label."""


def open_file(path: str, trust_scripts: bool) -> list[Finding]:
    """Open a .blend, out of Edit Mode; its scripts run only if they are trusted. Return what was lost on loading."""
    try:
        with color_management.noticing_losses() as lost:
            bpy.ops.wm.open_mainfile(filepath=path, load_ui=False, use_scripts=trust_scripts)
    except RuntimeError as error:
        reason = " ".join(str(error).split()).removeprefix("Error: ")
        raise SweepsetError(f"Blender {bpy.app.version_string} cannot open {path!r}: {reason}") from None
    _leave_edit_mode()
    return lost


def pick_scene(name: str) -> bpy.types.Scene:
    """Return the scene of this name, the file's active one for ''."""
    if not name:
        return bpy.context.window.scene if bpy.context.window else bpy.context.scene
    if name not in bpy.data.scenes:
        raise SweepsetError(f"no scene {name!r} in the file; it has {', '.join(s.name for s in bpy.data.scenes)}")
    return bpy.data.scenes[name]


def pick_view_layer(scene: bpy.types.Scene, name: str) -> bpy.types.ViewLayer:
    """Return the view layer of this name, the first that renders for ''."""
    if not name:
        return next((layer for layer in scene.view_layers if layer.use), scene.view_layers[0])
    if name not in scene.view_layers:
        raise SweepsetError(f"no view layer {name!r} in {scene.name}; it has {', '.join(scene.view_layers.keys())}")
    return scene.view_layers[name]


def metres_per_unit(scene: bpy.types.Scene) -> float:
    """Return the metres in a unit of the scene, as set in the file."""
    return scene.unit_settings.scale_length if scene.unit_settings.system != "NONE" else 1.0


def settle_taxonomy(scene: bpy.types.Scene, job: Job) -> tuple[Taxonomy, dict[str, int], list[Finding]]:
    """Decide the dataset's taxonomy, and how the names of the scene's labels map to its ids.

    If a file has no labels but pass indices, these count as labels.
    """
    own = labels.read_taxonomy(scene)
    wanted = taxonomy.parse(job.taxonomy, job.taxonomy["name"]) if job.taxonomy else own or taxonomy.default()
    found = []
    if not labels.any_label():
        adopted, unknown = passes.adopt_pass_indices(wanted)
        if adopted:
            found.append(
                Finding(
                    "pass-indices-adopted",
                    "warning",
                    f"{adopted} objects",
                    f"the file has pass indices and no labels; they were read as ids of {wanted.name}",
                    "check the legend; label the file if its indices mean something else",
                )
            )
            own = wanted
        if unknown:
            found.append(
                Finding(
                    "pass-index-unknown",
                    "warning",
                    f"indices {', '.join(map(str, unknown[:20]))}",
                    f"pass indices that are not ids of {wanted.name}; their objects are unlabelled",
                    "pass --taxonomy with a taxonomy that has these ids",
                )
            )
    # Labels are names; in a file without a taxonomy they may be nyu40's or the wanted taxonomy's.
    return wanted, {**wanted.ids, **wanted.ids_from(own or taxonomy.default())}, found


def prepare(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, job: Job) -> list[Finding]:
    """Put aside settings that would spoil frames, and return findings."""
    found = [*dict.fromkeys(_put_aside(scene, view_layer, job)), *replace_missing_images()]
    if compat.has_compositor(scene) and any(
        node.bl_idname not in ("CompositorNodeRLayers", "CompositorNodeComposite", "NodeGroupOutput", "NodeGroupInput")
        for node in compat.compositor_tree(scene).nodes
    ):
        found.append(
            Finding("compositor", "note", scene.name, "the scene's own compositing is not applied to the images")
        )
    compat.clear_compositor(scene)
    found += _hide_drawings()
    seen = [] if job.look.eevee else lamps.seen_by_cameras(scene)
    if seen:
        found.append(
            Finding(
                "lamps-visible",
                "note",
                ", ".join(item.name for item in seen[:8]) + (" …" if len(seen) > 8 else ""),
                "lamps that images show have no label: ground truth is empty there",
                "switch off Ray Visibility, Camera of these lamps, or replace them by labelled meshes that emit light",
            )
        )
    for other in scene.view_layers:
        other.use = other == view_layer
    if bpy.context.window:
        bpy.context.window.scene = scene
        bpy.context.window.view_layer = view_layer
    _show_what_renders(scene, view_layer)
    set_quality(scene, view_layer, job.look, denoising(scene, job))
    software = gl_renderer.software() if job.look.eevee and bpy.app.background else ""
    if software:
        found.append(
            Finding(
                "software-rendering",
                "warning",
                software,
                "EEVEE draws without a GPU here: the first frame of each worker can take minutes",
                "pass --preset standard, which is faster on a CPU, or render on a machine with a GPU",
            )
        )
    view_layer.update()
    return found


def _leave_edit_mode() -> None:
    """Leave Edit Mode, in which some objects were saved: there a mesh's faces can't be read."""
    for item in bpy.context.view_layer.objects:
        if item.mode == "EDIT":
            bpy.context.view_layer.objects.active = item
            bpy.ops.object.mode_set(mode="OBJECT")


def spoilers(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> list[tuple[Any, str, Any, str, str]]:
    """Return settings that spoil images or labels: owner, name, harmless value, code, effect of other values."""
    render, cycles = scene.render, scene.cycles
    rows: list[tuple[Any, str, Any, str, str]] = [
        (render, "use_stamp", False, "stamp", "text is burned into images"),
        (render, "use_border", False, "render-region", "only a region is rendered"),
        (render, "use_freestyle", False, "freestyle", "lines are drawn into images"),
        (render, "use_multiview", False, "multiview", "several views are rendered in one"),
        (render, "film_transparent", False, "transparent-film", "the sky is left out of images"),
        (render, "pixel_aspect_x", 1.0, "pixel-aspect", "pixels are not square"),
        (render, "pixel_aspect_y", 1.0, "pixel-aspect", "pixels are not square"),
        (view_layer, "material_override", None, "material-override", "one material replaces all others"),
        (view_layer, "samples", 0, "layer-samples", "the view layer sets its own number of samples"),
        (cycles, "sample_offset", 0, "sample-offset", "rendering does not start at the first sample"),
        (cycles, "use_sample_subset", False, "sample-offset", "rendering does not start at the first sample"),
        (cycles, "shading_system", False, "osl", "shaders run scripts"),
    ]
    if render.use_motion_blur:
        effect = "rows of an image show different times"
        rows.append((cycles, "rolling_shutter_type", "NONE", "rolling-shutter", effect))
    return [row for row in rows if compat.knows(row[0], row[1])]


def _put_aside(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, job: Job) -> Iterator[Finding]:
    """Set what every frame needs; yield a finding for each setting of the user that this overrides."""
    render = scene.render
    for owner, name, value, code, what in spoilers(scene, view_layer):
        if getattr(owner, name) != value:
            if code == "osl" and job.trust_scripts:
                continue
            setattr(owner, name, value)
            yield Finding(code, "note", scene.name, f"{what}; put aside")
    if render.engine not in ("CYCLES", *compat.EEVEE_IDS):
        yield Finding(
            "engine",
            "note",
            scene.name,
            f"the scene was made for the engine {render.engine}; it is rendered with Cycles",
            "materials and lights may look different",
        )
    render.engine = "CYCLES"  # type: ignore[assignment]
    render.resolution_x, render.resolution_y = job.size
    render.resolution_percentage = 100
    render.use_crop_to_border = render.use_sequencer = render.use_placeholder = False
    render.use_compositing = render.use_overwrite = render.use_file_extension = True
    render.threads_mode = "AUTO"
    # Motion blur is switched on and off between frames: with persistent data, meshes would lose their UV maps.
    render.use_persistent_data = not render.use_motion_blur
    compat.use_image_format(render.image_settings, "PNG")
    render.image_settings.color_mode = "RGB"
    render.image_settings.color_depth = "8"
    render.image_settings.compression = 0  # the host encodes it again, without the render times that Cycles adds
    yield from color_management.use_srgb(scene)


def _hide_drawings() -> Iterator[Finding]:
    """Hide grease pencil: it is drawn over the image and missing in the passes."""
    for item in bpy.data.objects:
        if item.type in ("GPENCIL", "GREASEPENCIL") and not item.hide_render:
            item.hide_render = True
            yield Finding("grease-pencil", "note", item.name, "a drawing has no labels; it is left out of the images")


def set_quality(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, look: Quality, denoise: bool) -> None:
    """Have Cycles render at a quality; the scene's own bounces and clamping stay if they cost less."""
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.samples = look.samples
    cycles.use_adaptive_sampling = True
    cycles.adaptive_threshold = look.threshold
    cycles.adaptive_min_samples = look.least_samples
    cycles.time_limit = 0.0
    for name in ("diffuse_bounces", "glossy_bounces", "transmission_bounces"):
        setattr(cycles, name, min(getattr(cycles, name), getattr(look, name)))
    cycles.max_bounces = min(cycles.max_bounces, look.bounces)
    cycles.transparent_max_bounces = max(cycles.transparent_max_bounces, CLEAR_BOUNCES)
    if look.clamp:
        own = cycles.sample_clamp_indirect
        cycles.sample_clamp_indirect = min(own, look.clamp) if own else look.clamp
    if not look.caustics:
        cycles.caustics_reflective = cycles.caustics_refractive = False
    compat.use_light_tree(scene, look.light_tree)
    cycles.use_guiding = look.path_guiding
    cycles.use_animated_seed = False
    cycles.use_denoising = denoise
    if cycles.use_denoising:
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
        cycles.denoising_prefilter = look.prefilter
        view_layer.cycles.use_denoising = True
    if look.eevee:
        _prepare_eevee(scene, view_layer, look)


def _prepare_eevee(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer, look: Quality) -> None:
    """Have EEVEE render like Cycles as far as it can: as many samples, light that bounces, the same shutter."""
    if not compat.has_gl():
        raise SweepsetError(
            f"preset realtime: EEVEE needs OpenGL through EGL, which this machine lacks for Blender "
            f"{bpy.app.version_string}: install libegl1 and a driver (Mesa's libgl1-mesa-dri renders without a GPU), "
            "or choose --preset draft"
        )
    scene.eevee.taa_render_samples = look.samples
    compat.use_eevee_like_cycles(scene)
    eevee.agree(scene, view_layer)


def denoising(scene: bpy.types.Scene, job: Job) -> bool:
    """Tell whether images are denoised: the job asks for it, Cycles renders them, and this Blender can."""
    return job.denoise and not job.look.eevee and "OPENIMAGEDENOISE" in compat.denoisers(scene)


def _show_what_renders(scene: bpy.types.Scene, view_layer: bpy.types.ViewLayer) -> None:
    """Make the viewport's evaluation, in which rays are cast, equal to the render's."""
    for item in bpy.data.objects:
        # An object hidden here is no longer animated: one whose visibility is keyed has to stay.
        item.hide_viewport = item.hide_render and item.animation_data is None
        item.display_type = "TEXTURED"
        item.show_instancer_for_viewport = item.show_instancer_for_render
        for modifier in item.modifiers:
            modifier.show_viewport = modifier.show_render
            if modifier.type in ("SUBSURF", "MULTIRES"):
                modifier.levels = modifier.render_levels
        for system in item.particle_systems:
            system.settings.display_percentage = 100
            compat.show_all_children(system.settings)
    for collection in bpy.data.collections:
        collection.hide_viewport = collection.hide_render
    waiting = [view_layer.layer_collection]
    while waiting:
        layer = waiting.pop()
        layer.hide_viewport = False
        waiting += layer.children
    for item in view_layer.objects:
        if item.hide_get(view_layer=view_layer):
            item.hide_set(False, view_layer=view_layer)
    render = scene.render
    render.simplify_subdivision = render.simplify_subdivision_render
    render.simplify_child_particles = render.simplify_child_particles_render


def missing_images() -> list[bpy.types.Image]:
    """Return the images in use whose file, or a tile's file, is missing."""
    return [
        image
        for image in bpy.data.images
        if image.source in ("FILE", "SEQUENCE", "MOVIE", "TILED")
        and image.users
        and not image.packed_files
        and not image.has_data
        and not all(os.path.exists(path) for path in _files(image))
    ]


def _files(image: bpy.types.Image) -> list[str]:
    """Return the paths of an image's files: one, or one per tile."""
    path = bpy.path.abspath(image.filepath, library=image.library)
    if image.source != "TILED":
        return [path]
    return [
        path.replace("<UDIM>", str(tile.number)).replace(
            "<UVTILE>", f"u{(tile.number - 1001) % 10 + 1}_v{(tile.number - 1001) // 10 + 1}"
        )
        for tile in image.tiles
    ]


def replace_missing_images() -> Iterator[Finding]:
    """Look for missing images beside the .blend; replace those not found by plain grey."""
    missing = missing_images()
    if missing and bpy.data.filepath:
        _relink(missing, Path(bpy.data.filepath).parent)
    for image in missing:
        if all(os.path.exists(path) for path in _files(image)):
            yield Finding("image-moved", "note", image.name, f"found at {_files(image)[0]!r}")
            continue
        yield Finding(
            "image-missing",
            "warning",
            image.name,
            f"no file {image.filepath!r}; plain grey replaces it",
            "put the file beside the .blend, or pack it: File, External Data, Pack Resources",
        )
        image.source = "GENERATED"
        image.generated_type = "BLANK"
        image.generated_color = FLAT_NORMAL if image.colorspace_settings.is_data else GREY


def _relink(missing: list[bpy.types.Image], folder: Path) -> None:
    """Point missing images at files of the same name in the .blend's folder and its subfolders.

    Of several files of one name, take the one whose folders match the old path best; none if two match equally well.
    """
    files: dict[str, list[Path]] = {}
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        try:
            for file in sorted(place.iterdir()):
                files.setdefault(file.name.lower(), []).append(file)
        except OSError:
            continue
    for image in [image for image in missing if image.source != "TILED"]:
        old = Path(image.filepath.replace("\\", "/"))
        alike = [
            sum(itertools.accumulate((a == b for a, b in zip(old.parts[::-1], file.parts[::-1])), operator.mul))
            for file in files.get(old.name.lower(), [])
        ]
        if alike and alike.count(max(alike)) == 1:
            image.filepath = str(files[old.name.lower()][alike.index(max(alike))])


def add_fill_light(scene: bpy.types.Scene) -> None:
    """Light a scene without light: ambient light that passes walls, dimmer in corners."""
    scene.cycles.use_fast_gi = True
    scene.cycles.fast_gi_method = "ADD"
    if scene.world is None:
        scene.world = bpy.data.worlds.new("Sweepset light")
    scene.world.light_settings.ao_factor = 0.8
    scene.world.light_settings.distance = 2.0
