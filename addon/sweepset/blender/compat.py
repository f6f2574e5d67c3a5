"""The differences between Blender 3.4 and 5.2. No other module knows them; it tests for features, not versions."""

from __future__ import annotations

import ctypes
import importlib
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

if TYPE_CHECKING:
    import gpu

LAMPS = "Sweepset lamps"
"""Name of the light group of lamps that cameras see."""
PASSES = {
    "Combined": ("Image",),
    "Object Index": ("Object Index", "IndexOB"),
    "Material Index": ("Material Index", "IndexMA"),
    "Depth": ("Depth",),
    "Normal": ("Normal",),
    "Diffuse Color": ("Diffuse Color", "DiffCol"),
    "Glossy Color": ("Glossy Color", "GlossCol"),
    "Transmission Color": ("Transmission Color", "TransCol"),
    "Lamps": (f"Combined_{LAMPS}",),
}
"""Passes by their present name, each with all names of its socket."""


RELATIVE_PATH = (
    {"PATH_SUPPORTS_BLEND_RELATIVE"}
    if "is_path_supports_blend_relative" in bpy.types.Property.bl_rna.properties
    else set()
)
"""Options of a property for a path that may begin with Blender's `//`."""


def knows(owner: Any, name: str) -> bool:
    """Tell whether this Blender has a property, which some versions lack."""
    return hasattr(owner, name)


def compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    """Return the scene's compositor tree, a new and empty one if it has none."""
    if not hasattr(scene, "compositing_node_group"):
        fresh = scene.node_tree is None
        if not scene.use_nodes:
            scene.use_nodes = True
        if fresh:
            scene.node_tree.nodes.clear()  # Blender begins a tree with nodes for the first view layer
        return scene.node_tree
    if scene.compositing_node_group is None:
        scene.compositing_node_group = bpy.data.node_groups.new("Compositing", "CompositorNodeTree")
    return scene.compositing_node_group


def has_compositor(scene: bpy.types.Scene) -> bool:
    """Tell whether the scene has a compositor tree in use."""
    if hasattr(scene, "compositing_node_group"):
        return scene.compositing_node_group is not None
    return bool(scene.use_nodes)


def composited_by(tree: bpy.types.NodeTree) -> list[bpy.types.Scene]:
    """Return the scenes that use a tree as compositor."""
    return [scene for scene in bpy.data.scenes if has_compositor(scene) and compositor_tree(scene) == tree]


def delete(items: bpy.types.bpy_prop_collection, item: bpy.types.ID) -> None:
    """Delete data of Blender's from its collection, `bpy.data.materials` or the like.

    Nothing is unlinked without need: after that in a handler of a render, Blender 5.2 crashes.
    """
    items.remove(item, do_unlink=item.users > item.use_fake_user)


def drop_compositor(scene: bpy.types.Scene) -> None:
    """Leave the scene without a compositor tree in use."""
    if hasattr(scene, "compositing_node_group"):
        tree = scene.compositing_node_group
        scene.compositing_node_group = None
        if tree is not None and not tree.users and tree.nodes:
            tree.use_fake_user = True  # keeps the user's nodes when the file is saved
        elif tree is not None and not tree.users:
            delete(bpy.data.node_groups, tree)
    else:
        scene.use_nodes = False
        if (
            scene.node_tree and not scene.node_tree.nodes
        ):  # like a new tree of Blender, for when the user switches it on
            layers = scene.node_tree.nodes.new("CompositorNodeRLayers")
            add_image_output(scene.node_tree, layers.outputs["Image"])


def clear_compositor(scene: bpy.types.Scene) -> None:
    """Empty the scene's compositor: only for a copy in memory, as the user's nodes are lost."""
    if hasattr(scene, "compositing_node_group"):
        tree = scene.compositing_node_group
        scene.compositing_node_group = None
        if tree is not None and not tree.users:
            delete(bpy.data.node_groups, tree)
    else:
        drop_compositor(scene)
        if scene.node_tree:
            scene.node_tree.nodes.clear()


def add_image_output(tree: bpy.types.NodeTree, image: bpy.types.NodeSocket) -> bpy.types.Node:
    """Make `image` the tree's result, which a render shows and saves."""
    if hasattr(tree, "interface") and not hasattr(bpy.types, "CompositorNodeComposite"):
        node = tree.nodes.new("NodeGroupOutput")
        if not any(item.in_out == "OUTPUT" for item in tree.interface.items_tree):
            tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    else:
        node = tree.nodes.new("CompositorNodeComposite")
    tree.links.new(image, node.inputs[0])
    return node


def pass_socket(render_layers: bpy.types.Node, name: str) -> bpy.types.NodeSocket:
    """Return the output of a Render Layers node that carries the pass `name`, a key of PASSES."""
    for alias in PASSES[name]:
        for socket in render_layers.outputs:
            if socket.name == alias and socket.enabled:
                return socket
    raise LookupError(f"no pass {name} in {[socket.name for socket in render_layers.outputs if socket.enabled]}")


def add_math(tree: bpy.types.NodeTree, operation: str, *operands: bpy.types.NodeSocket | float) -> bpy.types.Node:
    """Add a math node with sockets linked and numbers set as its operands."""
    has_own = hasattr(bpy.types, "CompositorNodeMath")
    node = tree.nodes.new("CompositorNodeMath" if has_own else "ShaderNodeMath")
    node.operation = operation
    for socket, operand in zip(node.inputs, operands):
        if isinstance(operand, bpy.types.NodeSocket):
            tree.links.new(operand, socket)
        else:
            socket.default_value = operand
    return node


def add_file_output(
    tree: bpy.types.NodeTree,
    value: bpy.types.NodeSocket,
    folder: str | Path,
    name: str,
    file_format: str,
    depth: str,
    in_color: bool = False,
) -> bpy.types.Node:
    """Write a one-channel or, if `in_color`, a colour socket to FOLDER/NAME plus the frame's number, or in place of #.

    `file_format` is 'PNG' or 'OPEN_EXR', `depth` the bits of a channel as text.
    """
    node = tree.nodes.new("CompositorNodeOutputFile")
    use_image_format(node.format, file_format)
    modes = choices(node.format, "color_mode")
    node.format.color_mode = "BW" if "BW" in modes and not in_color else "RGB"
    node.format.color_depth = depth
    if file_format == "OPEN_EXR":
        node.format.exr_codec = "NONE"
    if hasattr(node, "file_output_items"):
        # A number's socket must be of type FLOAT: a colour would be converted when it is written.
        node.file_output_items.clear()
        node.file_output_items.new("RGBA" if in_color else "FLOAT", name)
        node.file_name = ""
    else:
        node.file_slots.clear()
        node.file_slots.new(name if "#" in name else f"{name}_")
    tree.links.new(value, node.inputs[0])
    set_folder(node, folder)
    return node


def use_image_format(settings: bpy.types.ImageFormatSettings, file_format: str) -> None:
    """Write images of a format; since 5.0 images are set apart from videos first."""
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format = file_format  # type: ignore[assignment]


def curves(owner: Any) -> list[bpy.types.FCurve]:
    """Return the animation curves of data that can be animated."""
    action = owner.animation_data and owner.animation_data.action
    if action is None:
        return []
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    strips = [strip for layer in action.layers for strip in layer.strips]
    bags = [strip.channelbag(owner.animation_data.action_slot) for strip in strips]
    return [curve for bag in bags if bag is not None for curve in bag.fcurves]


@contextmanager
def without_actions(owners: Iterable[Any]) -> Iterator[None]:
    """Take the actions from data for the duration of the context; since 4.4 an action has a slot for each user."""
    taken = [(owner.animation_data, owner.animation_data.action) for owner in owners]
    taken = [(animation, action) for animation, action in taken if not animation.use_tweak_mode]
    slots = [getattr(animation, "action_slot", None) for animation, _ in taken]
    for animation, _ in taken:
        animation.action = None
    try:
        yield
    finally:
        for (animation, action), slot in zip(taken, slots):
            animation.action = action
            if slot is not None:
                animation.action_slot = slot


def has_strips(scene: bpy.types.Scene) -> bool:
    """Tell whether the scene's sequencer has any strip."""
    editor = scene.sequence_editor
    return editor is not None and bool(editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all)


def literal(path: str | Path) -> str:
    """Return a path for Blender to write to; since 5.0 braces would be templates."""
    templates = "compositing_node_group" in bpy.types.Scene.bl_rna.properties
    return str(path).replace("{", "{{").replace("}", "}}") if templates else str(path)


def set_folder(file_output: bpy.types.Node, folder: str | Path) -> None:
    """Point a File Output node at a folder, which may begin with Blender's `//`."""
    attribute = "directory" if hasattr(file_output, "directory") else "base_path"
    setattr(file_output, attribute, literal(folder))


def choices(owner: bpy.types.bpy_struct, name: str) -> list[str]:
    """Return the values that an enumeration accepts now, which its static list does not say; it writes."""
    try:
        setattr(owner, name, "")
    except TypeError as error:
        return re.findall(r"'(.*?)'(?=[,)])", str(error).split("not found in", 1)[-1])
    return []


def choose(owner: bpy.types.bpy_struct, name: str, *wanted: str) -> None:
    """Set an enumeration to the first value that this Blender knows; leave it if it knows none."""
    for value in wanted:
        try:
            setattr(owner, name, value)
        except TypeError:
            continue
        return


def cycles_settings(owner: bpy.types.Scene | bpy.types.World | bpy.types.Material) -> Any:
    """Return Cycles' settings of a scene, a world or a material; None if this Blender lacks Cycles."""
    return getattr(owner, "cycles", None)


def has_open_image_denoise() -> bool:
    """Tell whether this Blender was built with OpenImageDenoise; Debian's was not, and offers it all the same."""
    try:
        cycles = importlib.import_module("_cycles")
    except ImportError:
        return False
    return bool(getattr(cycles, "with_openimagedenoise", False))


def sample_emission(material: bpy.types.Material, on: bool) -> None:
    """Let Cycles sample a material that shines as a light, or not; until 3.4 a switch, later a choice."""
    settings = cycles_settings(material)
    if hasattr(settings, "emission_sampling"):
        settings.emission_sampling = "AUTO" if on else "NONE"
    elif hasattr(settings, "sample_as_light"):
        settings.sample_as_light = on


def sharpen(mesh: bpy.types.Mesh, angle: float) -> None:
    """Show edges sharp that turn by more than `angle`, in radians; until 4.0 a setting of the mesh."""
    if hasattr(mesh, "set_sharp_from_angle"):
        mesh.set_sharp_from_angle(angle=angle)
    else:
        mesh.use_auto_smooth, mesh.auto_smooth_angle = True, angle


def denoisers(scene: bpy.types.Scene) -> list[str]:
    """Return the denoisers that this Blender was built with; nothing is written, so that panels can ask."""
    names = ("OPENIMAGEDENOISE", "OPTIX")
    return [name for name in names if bpy.types.UILayout.enum_item_name(scene.cycles, "denoiser", name)]


EEVEE_IDS = ("BLENDER_EEVEE", "BLENDER_EEVEE_NEXT")
"""EEVEE's engine ids: the second from 4.2 to 4.5, the first before and after."""
EEVEE_SETTINGS = (
    ("use_raytracing", True),  # from 4.2 on
    ("use_shadows", True),
    ("use_gtao", True),  # until 4.1
    ("use_ssr", True),
    ("use_ssr_refraction", True),
    ("use_soft_shadows", True),
)
"""Settings that bring EEVEE's light near Cycles'; each version has some of them."""


def eevee_id(scene: bpy.types.Scene) -> str:
    """Return EEVEE's engine id in this Blender."""
    engines = choices(scene.render, "engine")
    return next(engine for engine in reversed(EEVEE_IDS) if engine in engines)


def use_eevee_like_cycles(scene: bpy.types.Scene) -> None:
    """Have EEVEE light and blur as Cycles does where it can; until 4.1 motion blur was a setting of its own."""
    render, eevee = scene.render, scene.eevee
    for name, value in EEVEE_SETTINGS:
        if hasattr(eevee, name):
            setattr(eevee, name, value)
    if hasattr(eevee, "use_motion_blur"):
        eevee.use_motion_blur, eevee.motion_blur_shutter = render.use_motion_blur, render.motion_blur_shutter
        eevee.motion_blur_position = scene.cycles.motion_blur_position


def _is_old_eevee(scene: bpy.types.Scene) -> bool:
    """Tell whether EEVEE is that of 4.1 and before, which knows no ray visibility, displacement or traced rays."""
    return not hasattr(scene.eevee, "use_raytracing")


def hide_from_camera(scene: bpy.types.Scene, item: bpy.types.Object) -> None:
    """Have EEVEE not show an object to cameras; until 4.1 it then casts no shadow either."""
    if _is_old_eevee(scene):
        item.hide_render = True
    else:
        item.visible_camera = False


def draw_by_alpha(scene: bpy.types.Scene, material: bpy.types.Material, clear: bool) -> None:
    """Have EEVEE draw a material's surfaces by depth and opacity, as Cycles does; `clear` if some are not opaque.

    Blended surfaces would be drawn in the order of their objects, and until 4.1 other modes cut or ignore alpha.
    Displacement stays if this EEVEE knows it, and otherwise becomes a bump for both engines.
    """
    if hasattr(material, "surface_render_method"):
        material.surface_render_method = "DITHERED"
    elif clear or material.blend_method != "OPAQUE":
        material.blend_method = "HASHED"
    if _is_old_eevee(scene) and cycles_settings(material) is not None:
        (material if hasattr(material, "displacement_method") else material.cycles).displacement_method = "BUMP"


def subdivide_evenly(scene: bpy.types.Scene) -> None:
    """Have Cycles subdivide and leave out no more than EEVEE: by modifiers' levels, and nothing by distance or view."""
    scene.cycles.use_camera_cull = scene.cycles.use_distance_cull = False
    for item in bpy.data.objects:
        for owner in (item.cycles, *item.modifiers):
            if hasattr(owner, "use_adaptive_subdivision"):
                owner.use_adaptive_subdivision = False


def centre_shutter(scene: bpy.types.Scene) -> float:
    """Centre the shutter on the scene's time; return where its middle was, in frames after that time."""
    position = "motion_blur_position"
    owners: list[Any] = [one for one in (scene.render, scene.cycles, scene.eevee) if hasattr(one, position)]
    side = {"START": 0.5, "CENTER": 0.0, "END": -0.5}[getattr(owners[0], position)]
    for owner in owners:  # until 4.1 each engine has its own
        setattr(owner, position, "CENTER")
    return side * scene.render.motion_blur_shutter if scene.render.use_motion_blur else 0.0


EGL_PLATFORMS = (0x31DD, 0x313F)
"""EGL's platforms that need no display: surfaceless (Mesa's), device (NVIDIA's)."""


def has_gl() -> bool:
    """Tell whether EEVEE can draw: without EGL, Blender on Linux would exit at once, with no error in Python."""
    if not sys.platform.startswith("linux") or not bpy.app.background:
        return True
    try:
        egl = ctypes.CDLL("libEGL.so.1")
    except OSError:
        return False
    egl.eglGetPlatformDisplay.restype = egl.eglGetDisplay.restype = ctypes.c_void_p
    egl.eglGetPlatformDisplay.argtypes = [ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p]
    egl.eglGetDisplay.argtypes = [ctypes.c_void_p]
    egl.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    displays = [egl.eglGetDisplay(None), *(egl.eglGetPlatformDisplay(one, None, None) for one in EGL_PLATFORMS)]
    return any(display and egl.eglInitialize(display, None, None) for display in displays)


def gpus() -> list[tuple[str, str, str]]:
    """Return kind, id and name of each GPU that Cycles finds, once per way to use it."""
    if "cycles" not in bpy.context.preferences.addons:
        return []
    cycles: Any = bpy.context.preferences.addons["cycles"].preferences
    kinds = [kind for kind, *_ in cycles.get_device_types(bpy.context) if kind != "NONE"]
    found = [(kind, cycles.get_devices_for_type(kind)) for kind in kinds]
    return [(one.type, one.id, one.name) for kind, devices in found for one in devices if one.type == kind]


def use_gpu(scene: bpy.types.Scene, kind: str, key: str) -> None:
    """Have Cycles render and denoise on one GPU of those that `gpus` returns."""
    cycles: Any = bpy.context.preferences.addons["cycles"].preferences
    cycles.compute_device_type = kind
    for device in cycles.devices:
        device.use = (device.type, device.id) == (kind, key)
    scene.cycles.device = "GPU"
    if hasattr(scene.cycles, "denoising_use_gpu"):
        scene.cycles.denoising_use_gpu = True


def use_light_tree(scene: bpy.types.Scene, on: bool) -> None:
    """Have Cycles sample lights by a light tree or not; it can since 3.5."""
    if hasattr(scene.cycles, "use_light_tree"):
        scene.cycles.use_light_tree = on


def show_all_children(settings: bpy.types.ParticleSettings) -> None:
    """Show as many child particles in the viewport as a render does."""
    name = "child_percent" if hasattr(settings, "child_percent") else "child_nbr"  # the older name is 3.4's
    setattr(settings, name, settings.rendered_child_count)


def modifier_inputs(modifier: bpy.types.Modifier) -> list[object]:
    """Return the values of the inputs of a geometry-nodes modifier."""
    if not hasattr(modifier, "properties"):
        return list(modifier.values())
    inputs = modifier.properties.inputs
    return [getattr(getattr(inputs, name), "value", None) for name in inputs.bl_rna.properties.keys()]  # noqa: SIM118


def bakes(modifier: Any) -> Any:
    """Return the bakes of a geometry-nodes modifier, which there are since 4.1."""
    return getattr(modifier, "bakes", ())


def bake_directory(modifier: Any) -> str:
    """Return the folder of a geometry-nodes modifier's bakes; until 4.2 only simulations were baked."""
    name = "bake_directory" if hasattr(modifier, "bake_directory") else "simulation_bake_directory"
    return getattr(modifier, name)


def packs_bakes() -> bool:
    """Tell whether a file can hold the bakes of its geometry nodes, as since 4.3."""
    return "bake_target" in bpy.types.NodesModifier.bl_rna.properties


PRINCIPLED = {
    "color": ("Base Color",),
    "roughness": ("Roughness",),
    "metallic": ("Metallic",),
    "specular": ("Specular IOR Level", "Specular"),
    "coat": ("Coat Weight", "Clearcoat"),
    "normal": ("Normal",),
    "alpha": ("Alpha",),
    "transmission": ("Transmission Weight", "Transmission"),
    "emission": ("Emission Color", "Emission"),
}
"""Inputs of the Principled shader by their present names and those they had until 3.6."""


def principled(node: bpy.types.Node, name: str) -> bpy.types.NodeSocket:
    """Return an input of a Principled shader, by a key of PRINCIPLED."""
    return next(node.inputs[alias] for alias in PRINCIPLED[name] if alias in node.inputs)


def has_nodes(owner: bpy.types.Material | bpy.types.World) -> bool:
    """Tell whether nodes define how a material or a world looks; since 5.0 they do if there are any."""
    always = getattr(owner.bl_rna.properties["use_nodes"], "is_deprecated", False)
    return owner.node_tree is not None and (always or owner.use_nodes)


def nodes_of(owner: bpy.types.Material | bpy.types.World) -> bpy.types.NodeTree:
    """Return the nodes of a material or a world, and switch them on."""
    if not has_nodes(owner):
        owner.use_nodes = True
    return owner.node_tree


def builtin_shader(name: str) -> gpu.types.GPUShader:
    """Return a built-in shader for points in space by its present name. It needs a window."""
    import gpu

    try:
        return gpu.shader.from_builtin(name)
    except ValueError:
        return gpu.shader.from_builtin(f"3D_{name}")


def draw_progress(layout: bpy.types.UILayout, factor: float, text: str) -> None:
    """Draw a bar filled to `factor`, 0 to 1, if Blender has one, else the text alone."""
    if hasattr(layout, "progress"):
        layout.progress(factor=factor, text=text)
    else:
        layout.label(text=text)


@contextmanager
def scene_copy(scene: bpy.types.Scene) -> Iterator[bpy.types.Scene]:
    """Copy a scene, with the same objects, for the duration of the context."""
    users = [(item, item.users) for item in (scene, *scene.collection.objects)]
    copy = scene.copy()
    try:
        yield copy
    finally:
        clear_compositor(copy)  # its nodes refer to the scene
        bpy.data.scenes.remove(copy)
        if any(item.users != count for item, count in users):  # Blender forgets to uncount a copy
            _recount_users()


def _recount_users() -> None:
    """Have Blender recount the users of all data, as it does when it appends."""
    text = bpy.data.texts.new("Sweepset")
    with tempfile.TemporaryDirectory(dir=bpy.app.tempdir) as folder:
        path = str(Path(folder) / "sweepset.blend")
        bpy.data.libraries.write(path, {text})
        with bpy.data.libraries.load(path) as (_, here):  # type: ignore[func-returns-value]
            here.texts = [text.name]
        library = next(one for one in bpy.data.libraries if bpy.path.abspath(one.filepath) == path)
    bpy.data.batch_remove([text, *here.texts, library])


IMPORTERS = {
    ".glb": ("import_scene.gltf",),
    ".gltf": ("import_scene.gltf",),
    ".obj": ("wm.obj_import",),
    ".stl": ("wm.stl_import", "import_mesh.stl"),
    ".ply": ("wm.ply_import", "import_mesh.ply"),
    ".fbx": ("import_scene.fbx", "wm.fbx_import"),
    ".usd": ("wm.usd_import",),
    ".usda": ("wm.usd_import",),
    ".usdc": ("wm.usd_import",),
    ".usdz": ("wm.usd_import",),
}
"""Operators that import a file by its suffix: those of a version, or of a build that may lack a format."""


def importer(suffix: str) -> Callable[..., set[str]] | None:
    """Return the operator that imports files of a suffix, None if this Blender has none."""
    if not hasattr(np, "bool"):  # which 3.4's glTF importer uses: Debian runs it with a NumPy that lacks it
        setattr(np, "bool", bool)  # noqa: B010
    for name in IMPORTERS[suffix]:
        group, _, operator = name.partition(".")
        if operator in dir(getattr(bpy.ops, group)):
            return getattr(getattr(bpy.ops, group), operator)
    return None
