"""Run inside Blender: tell what changes with time, and which simulations are not baked, in scenes made here.

`timeline_case.py -- FOLDER`: it writes FOLDER/told.json: `changes` has, by scene, what a camera that stands still can
see change and the cameras that move; `unbaked` has what was refused, '' for nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "addon"))

from sweepset.blender import compat, simulations, timeline  # noqa: E402
from sweepset.errors import SweepsetError  # noqa: E402

FOLDER = Path(sys.argv[-1])
DATA = bpy.data


def grid(name: str = "box", height: float = 0.0) -> bpy.types.Object:
    """Add a grid of 3 x 3 faces."""
    mesh = DATA.meshes.new(name)
    corners = [(x - 1.5, y - 1.5, height) for y in range(4) for x in range(4)]
    mesh.from_pydata(corners, [], [(r + c, r + c + 1, r + c + 5, r + c + 4) for r in (0, 4, 8) for c in range(3)])
    return link(DATA.objects.new(name, mesh))


def link(item: bpy.types.Object) -> bpy.types.Object:
    bpy.context.scene.collection.objects.link(item)
    return item


def camera(name: str = "camera") -> bpy.types.Object:
    return link(DATA.objects.new(name, DATA.cameras.new(name)))


def key(owner: Any, name: str, *values: Any) -> None:
    """Key a property to values at the frames 1, 4, 7 …"""
    for number, value in enumerate(values):
        setattr(owner, name, value)
        owner.keyframe_insert(name, frame=1 + 3 * number)


def material(image: str = "") -> bpy.types.NodeTree:
    """Give a new grid a material, with an image of this source; return its nodes."""
    made = DATA.materials.new("paint")
    nodes = compat.nodes_of(made)
    grid().data.materials.append(made)
    if image:
        texture = nodes.nodes.new("ShaderNodeTexImage")
        texture.image = DATA.images.new("picture", 4, 4)
        texture.image.source, texture.image.filepath = image, "//picture_0001.png"
        texture.image_user.frame_duration = 5
    return nodes


def node_group(name: str, kind: str) -> Any:
    group = DATA.node_groups.new(name, "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        if hasattr(group, "interface"):
            group.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
        else:
            getattr(group, f"{way.lower()}s").new("NodeSocketGeometry", "Geometry")
    start, end = group.nodes.new("NodeGroupInput"), group.nodes.new("NodeGroupOutput")
    move = group.nodes.new("GeometryNodeSetPosition")
    if kind == "time":
        group.links.new(group.nodes.new("GeometryNodeInputSceneTime").outputs[0], move.inputs["Offset"])
    before, after = start, end
    if kind == "simulation":
        before, after = (group.nodes.new(f"GeometryNodeSimulation{way}") for way in ("Input", "Output"))
        before.pair_with_output(after)
        move.inputs["Offset"].default_value = (0, 0, -0.05)
        group.links.new(geometry(start.outputs), geometry(before.inputs))
        group.links.new(geometry(after.outputs), geometry(end.inputs))
    group.links.new(geometry(before.outputs), geometry(move.inputs))
    group.links.new(geometry(move.outputs), geometry(after.inputs))
    return group


def geometry(sockets: Any) -> Any:
    return next(socket for socket in sockets if socket.type == "GEOMETRY")


def particles(kind: str, physics: str = "NEWTON") -> bpy.types.Object:
    item = grid("source", 2.0)
    item.modifiers.new("particles", "PARTICLE_SYSTEM")
    item.particle_systems[0].settings.type = kind
    item.particle_systems[0].settings.physics_type = physics
    return item


def nothing() -> None:
    grid().location.z = 1
    key(grid("posed"), "location", (0, 0, 3))
    key(camera().data, "lens", 30.0)


def light() -> None:
    lamp = link(DATA.objects.new("lamp", DATA.lights.new("lamp", "POINT")))
    key(lamp.data, "energy", 1.0, 9.0)


def world() -> None:
    bpy.context.scene.world = DATA.worlds.new("sky")
    strength = compat.nodes_of(bpy.context.scene.world).nodes["Background"].inputs[1]
    key(strength, "default_value", 0.0, 2.0)


def driver_in_group() -> None:
    group = DATA.node_groups.new("inner", "ShaderNodeTree")
    group.nodes.new("ShaderNodeValue").outputs[0].driver_add("default_value").driver.expression = "frame"
    material().nodes.new("ShaderNodeGroup").node_tree = group


def exposure() -> None:
    grid()
    view = bpy.context.scene.view_settings
    for frame, stops in ((1, 0.0), (5, 2.0)):
        view.exposure = stops
        bpy.context.scene.keyframe_insert("view_settings.exposure", frame=frame)


def strips() -> None:
    item = grid()
    key(item, "location", (0, 0, 0), (0, 0, 3))
    action, animation = item.animation_data.action, item.animation_data
    animation.nla_tracks.new().strips.new("strip", 1, action)
    animation.action = None


def carried_copy() -> None:
    item, stock = grid(), DATA.collections.new("stock")
    bpy.context.scene.collection.objects.unlink(item)
    stock.objects.link(item)
    carrier = link(DATA.objects.new("carrier", None))
    carrier.instance_type, carrier.instance_collection = "COLLECTION", stock
    key(carrier, "location", (0, 0, 0), (0, 0, 3))


def appearing() -> None:
    item = grid()
    key(item, "hide_render", True, False)
    item.hide_render = True


def camera_on_a_curve() -> None:
    grid()
    curve = DATA.curves.new("route", "CURVE")
    curve.dimensions = "3D"
    curve.splines.new("POLY").points.add(1)
    curve.splines[0].points[1].co = (5, 0, 0, 1)
    key(curve, "eval_time", 0.0, 90.0)
    route = link(DATA.objects.new("route", curve))
    camera().constraints.new("FOLLOW_PATH").target = route
    camera("other")


def camera_on_a_vertex() -> None:
    body = grid()
    body.shape_key_add()
    bent = body.shape_key_add()
    for point in bent.data:
        point.co.z += 1
    key(bent, "value", 0.0, 1.0)
    eye = camera()
    eye.parent, eye.parent_type = body, "VERTEX"


def camera_on_a_bone() -> None:
    grid()
    rig = link(DATA.objects.new("rig", DATA.armatures.new("rig")))
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones.new("bone").tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    key(rig.pose.bones["bone"], "location", (0, 0, 0), (0, 0, 3))
    eye = camera()
    eye.parent, eye.parent_type, eye.parent_bone = rig, "BONE", "bone"


def camera_by_a_driver() -> None:
    grid()
    camera().driver_add("location", 0).driver.expression = "frame / 10"


def modifier(kind: str, shown: bool = True) -> Callable[[], None]:
    def make() -> None:
        made = grid().modifiers.new("modifier", kind)
        made.show_viewport = made.show_render = shown

    return make


CHANGES: dict[str, Callable[[], Any]] = {
    "nothing": nothing,
    "light": light,
    "world": world,
    "driver in a node group": driver_in_group,
    "image sequence": lambda: material("SEQUENCE"),
    "movie": lambda: material("MOVIE"),
    "image": lambda: material("FILE"),
    "exposure": exposure,
    "strips": strips,
    "carried copy": carried_copy,
    "appearing": appearing,
    "wave": modifier("WAVE"),
    "wave that does not render": modifier("WAVE", False),
    "collision": modifier("COLLISION"),
    "scene time": lambda: setattr(grid().modifiers.new("nodes", "NODES"), "node_group", node_group("time", "time")),
    "still hair": lambda: particles("HAIR"),
    "emitter": lambda: particles("EMITTER"),
    "camera on a curve": camera_on_a_curve,
    "camera on a vertex": camera_on_a_vertex,
    "camera on a bone": camera_on_a_bone,
    "camera by a driver": camera_by_a_driver,
}


def rigid(name: str = "ball", hidden: bool = False) -> None:
    if bpy.context.scene.rigidbody_world is None:
        bpy.ops.rigidbody.world_add()
    item = grid(name, 3.0)
    bpy.context.view_layer.objects.active = item
    bpy.ops.rigidbody.object_add(type="ACTIVE")
    item.hide_render = item.hide_viewport = hidden


def hair_with_dynamics() -> None:
    particles("HAIR").particle_systems[0].use_hair_dynamics = True


def painted() -> None:
    canvas = grid()
    canvas.modifiers.new("paint", "DYNAMIC_PAINT")
    with bpy.context.temp_override(object=canvas, active_object=canvas):
        bpy.ops.dpaint.type_toggle(type="CANVAS")


def zone() -> None:
    grid().modifiers.new("nodes", "NODES").node_group = node_group("zone", "simulation")


def bake() -> None:
    """Bake all, as a user does."""
    with bpy.context.temp_override(scene=bpy.context.scene):
        bpy.ops.ptcache.bake_all(bake=True)
    if compat.packs_bakes():
        for item in bpy.context.scene.objects:
            item.select_set(True)
            bpy.context.view_layer.objects.active = item
        bpy.ops.object.simulation_nodes_cache_bake(selected=True)


SIMULATIONS: dict[str, Callable[[], Any]] = {
    "rigid body": rigid,
    "hidden rigid body": lambda: (grid(), rigid(hidden=True)),
    "cloth": modifier("CLOTH"),
    "cloth that does not render": modifier("CLOTH", False),
    "soft body": modifier("SOFT_BODY"),
    "emitter": lambda: particles("EMITTER"),
    "emitter of particles that stay": lambda: particles("EMITTER", "NO"),
    "still hair": lambda: particles("HAIR"),
    "hair": hair_with_dynamics,
    "dynamic paint": painted,
    **({"zone": zone} if hasattr(bpy.types, "GeometryNodeSimulationInput") else {}),
}
BAKED = ("rigid body", "cloth", "soft body", "emitter", *(("zone",) if compat.packs_bakes() else ()))


def begin() -> tuple[bpy.types.Scene, bpy.types.ViewLayer]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 1, 8
    return scene, bpy.context.view_layer


def changes(make: Callable[[], Any]) -> list[list[str]]:
    scene, layer = begin()
    make()
    layer.update()
    moving = timeline.moving(scene, layer)
    eyes = [item for item in scene.objects if item.type == "CAMERA" and {item, item.data} & moving]
    return [timeline.seen(moving, scene, layer), sorted(item.name for item in eyes)]


def refused(times: list[int]) -> str:
    bpy.context.view_layer.update()
    try:
        simulations.demand_baked(bpy.context.scene, bpy.context.view_layer.depsgraph, times)
    except SweepsetError as error:
        return str(error)
    return ""


def unbaked(name: str) -> list[str]:
    """Return what is refused of the first frame, of several, and of several after baking, saving and opening."""
    begin()
    SIMULATIONS[name]()
    told = [refused([1]), refused([1, 5])]
    if name in BAKED:
        path = str(FOLDER / "baked.blend")
        bpy.ops.wm.save_as_mainfile(filepath=path)
        bake()
        bpy.ops.wm.save_as_mainfile(filepath=path)
        bpy.ops.wm.open_mainfile(filepath=path)
        told.append(refused([1, 5]))
    return told


result = {
    "changes": {name: changes(make) for name, make in CHANGES.items()},
    "unbaked": {name: unbaked(name) for name in SIMULATIONS},
}
(FOLDER / "told.json").write_text(json.dumps(result), encoding="utf-8")
sys.stdout.flush()
os._exit(0)
