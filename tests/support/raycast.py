"""Cast every pixel's ray through a scene, and write what it meets: run inside a Blender, `raycast.py -- JOB.json`.

This is the truth that rendered labels are judged by. It shares no code with the renderer: a render engine of its own
gets the evaluated scene from Blender, as a renderer would (render visibility, render subdivisions, instances), the
triangles go into one mathutils BVH tree, and rays go through the pixels' centres with the camera that the dataset
states. Labels are read from the custom properties themselves.

JOB.json: {"blend" or "scene" (with "seed"), "taxonomy", "out", "size": [width, height], "frames": [{"frame", "time",
"K", "camera_to_world"}]}. The result is OUT, an .npz with, for each frame, (H, W) arrays
`label_000000` int32 (UNSURE where a hair's edge is too near to tell), `distance_000000` float32, metres along the
camera's axis, inf where the ray meets nothing, `instance_000000` int32, an index of the list `instances` or -1, and
`normal_000000` float32, (H, W, 3), the surface's unit normal with its smooth shading, on the side that is seen, in
world space, NaN where there is none or a hair.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Vector
from mathutils.bvhtree import BVHTree

KEY = "sweepset_category"
UNSURE = -1
EDGE = 0.05
"""How far from a hair's edge a pixel's centre must be to tell what it shows, in pixels."""
SHAPES = ("MESH", "CURVE", "SURFACE", "FONT", "META")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Strand:
    """One hair: a round or flat ribbon of constant radius along a line of points, world space."""

    points: np.ndarray
    radius: float
    category: int
    instance: int


@dataclass
class World:
    """What rays can meet, as triangles in world space, and what each triangle is."""

    taxonomy: dict[str, int]
    instances: list[str] = field(default_factory=list)
    vertices: list[np.ndarray] = field(default_factory=list)
    triangles: list[np.ndarray] = field(default_factory=list)
    categories: list[np.ndarray] = field(default_factory=list)
    owners: list[np.ndarray] = field(default_factory=list)
    cuts: list[np.ndarray] = field(default_factory=list)
    uvs: list[np.ndarray] = field(default_factory=list)
    normals: list[np.ndarray] = field(default_factory=list)
    masks: list[np.ndarray | None] = field(default_factory=list)
    mask_of: dict[str, int] = field(default_factory=dict)
    strands: list[Strand] = field(default_factory=list)
    sky: int = 0
    """The category of what no ray meets."""
    count: int = 0
    vertex: np.ndarray = field(init=False)
    triangle: np.ndarray = field(init=False)
    category: np.ndarray = field(init=False)
    owner: np.ndarray = field(init=False)
    cut: list[int] = field(init=False)
    uv: np.ndarray = field(init=False)
    normal: np.ndarray = field(init=False)

    def add(self, item: Any) -> None:
        """Add one of the depsgraph's object instances."""
        shape = item.object
        if not shape.visible_camera or (item.is_instance and not item.parent.visible_camera):
            return
        source = shape.original
        name = source.name_full
        # The surface of a curve or a text comes as an instance of its own object; it is one thing all the same.
        if item.is_instance and (source != item.parent.original or source.type == "MESH"):
            name += f" < {item.parent.original.name_full} {' '.join(map(str, item.persistent_id))}"
        owner = len(self.instances)
        self.instances.append(name)
        if item.show_self and shape.type in SHAPES:
            mesh = shape.to_mesh()
            if mesh is not None:
                self.add_mesh(mesh, shape, item.matrix_world.copy(), owner)
            shape.to_mesh_clear()
        if item.show_particles and shape.type == "MESH":
            self.add_hair(shape, item.matrix_world.copy() @ shape.matrix_world.inverted(), owner)

    def named(self, holder: Any) -> int:
        """Return the category that a custom property names, 0 for none."""
        name = holder.get(KEY) if holder is not None else None
        return self.taxonomy.get(name, 0) if isinstance(name, str) else 0

    def add_mesh(self, mesh: Any, shape: Any, matrix: Matrix, owner: int) -> None:
        """Add a mesh's triangles; the label is the face's, or else its material's, or else the object's."""
        mesh.calc_loop_triangles()
        faces, corners = len(mesh.polygons), len(mesh.loop_triangles)
        if not corners:
            return
        vertices = read(mesh.vertices, "co", (len(mesh.vertices), 3), np.float32)
        triangles = read(mesh.loop_triangles, "vertices", (corners, 3), np.int32)
        face = read(mesh.loop_triangles, "polygon_index", (corners,), np.int32)
        loops = read(mesh.loop_triangles, "loops", (corners, 3), np.int32)
        slot = read(mesh.polygons, "material_index", (faces,), np.int32)
        materials = [entry.material for entry in shape.material_slots] or [None]
        slot = np.clip(slot, 0, len(materials) - 1)
        of_material = np.array([self.named(material) for material in materials], np.int32)
        labels = of_material[slot]
        labels[labels == 0] = self.named(shape.original)
        attribute = mesh.attributes.get(KEY)
        if attribute is not None and attribute.domain == "FACE":
            own = read(attribute.data, "value", (faces,), np.int32)
            labels = np.where(own != 0, self.face_categories(own), labels)
        cut = np.array([self.mask(material) for material in materials], np.int32)[slot][face]
        uv = np.zeros((corners, 3, 2), np.float32)
        if (cut >= 0).any() and mesh.uv_layers.active is not None:
            uv = read(mesh.uv_layers.active.data, "uv", (len(mesh.loops), 2), np.float32)[loops]
        world = np.array(matrix)
        self.vertices.append(vertices @ world[:3, :3].T + world[:3, 3])
        self.triangles.append(triangles + self.count)
        self.count += len(vertices)
        self.categories.append(labels[face])
        self.owners.append(np.full(corners, owner, np.int32))
        self.cuts.append(cut)
        self.uvs.append(uv)
        self.normals.append(corner_normals(mesh)[loops] @ np.linalg.pinv(world[:3, :3]))

    def face_categories(self, ids: np.ndarray) -> np.ndarray:
        """Map ids of face labels to the taxonomy's through the names that the files' meshes give them."""
        names: dict[int, str] = {}
        for mesh in bpy.data.meshes:
            for number, name in json.loads(mesh.get(KEY, "{}")).items():
                if names.setdefault(int(number), name) != name:
                    raise SystemExit(f"meshes disagree on what face label {number} means: {names[int(number)]}, {name}")
        known = np.unique(ids).tolist()
        table = {number: self.taxonomy.get(names.get(number, ""), 0) for number in known}
        return np.vectorize(table.__getitem__, otypes=[np.int32])(ids)

    def mask(self, material: Any) -> int:
        """Return the index of a material's mask of opaque texels, -1 where it is opaque all over."""
        kind = material.get("truth_alpha") if material is not None else None
        if kind is None:
            return -1
        if material.name_full not in self.mask_of:
            self.mask_of[material.name_full] = len(self.masks)
            self.masks.append(None if kind == "none" else image_mask(material))
        return self.mask_of[material.name_full]

    def add_hair(self, shape: Any, offset: Matrix, owner: int) -> None:
        """Add the hairs of an object's particle systems."""
        for modifier in shape.modifiers:
            if modifier.type != "PARTICLE_SYSTEM" or not modifier.show_render:
                continue
            system = modifier.particle_system
            settings = system.settings
            if settings.type != "HAIR" or settings.render_type != "PATH":
                continue
            slots = [entry.material for entry in shape.material_slots]
            material = slots[min(settings.material, len(slots)) - 1] if slots else None
            label = self.named(material) or self.named(shape.original)
            steps = 2**settings.render_step + 1
            for number in range(len(system.particles)):
                points = [offset @ system.co_hair(shape, particle_no=number, step=step) for step in range(steps)]
                radius = 0.5 * settings.radius_scale * settings.root_radius
                self.strands.append(Strand(np.array(points, np.float64), radius, label, owner))

    def tree(self) -> BVHTree:
        """Join the parts' arrays, and build the tree of all triangles, whose indices are those of the arrays."""
        self.vertex, self.triangle = np.concatenate(self.vertices), np.concatenate(self.triangles)
        self.category, self.owner = np.concatenate(self.categories), np.concatenate(self.owners)
        self.cut, self.uv = np.concatenate(self.cuts).tolist(), np.concatenate(self.uvs)
        self.normal = np.concatenate(self.normals)
        return BVHTree.FromPolygons(self.vertex.tolist(), self.triangle.tolist(), all_triangles=True)

    def is_open(self, index: int, place: Vector) -> bool:
        """Tell whether a ray passes a triangle where it hits: no texel there, or a clear one."""
        mask = self.masks[self.cut[index]]
        if mask is None:
            return True
        a, b, c = self.vertex[self.triangle[index]].astype(np.float64)
        solved = np.linalg.lstsq(np.stack([b - a, c - a], 1), np.array(place) - a, rcond=None)[0]
        uv = self.uv[index]
        u, v = uv[0] + solved[0] * (uv[1] - uv[0]) + solved[1] * (uv[2] - uv[0])
        height, width = mask.shape
        return not mask[int(np.clip(v * height, 0, height - 1)), int(np.clip(u * width, 0, width - 1))]


def read(items: Any, name: str, shape: tuple[int, ...], kind: type) -> np.ndarray:
    """Read an attribute of every item of a collection."""
    values = np.empty(int(np.prod(shape)), kind)
    items.foreach_get(name, values)
    return values.reshape(shape)


def corner_normals(mesh: Any) -> np.ndarray:
    """Return the normal of every corner of a mesh's faces, (n, 3), as shading uses it."""
    if hasattr(mesh, "corner_normals"):
        return read(mesh.corner_normals, "vector", (len(mesh.loops), 3), np.float32)
    mesh.calc_normals_split()
    return read(mesh.loops, "normal", (len(mesh.loops), 3), np.float32)


def image_mask(material: Any) -> np.ndarray:
    """Return which texels of a material's image are opaque, (H, W) bool, row 0 at the bottom."""
    image = next(node.image for node in material.node_tree.nodes if node.bl_idname == "ShaderNodeTexImage")
    width, height = image.size
    pixels = np.empty(4 * width * height, np.float32)
    image.pixels.foreach_get(pixels)
    alpha = pixels.reshape(height, width, 4)[..., 3]
    if set(np.unique(alpha)) - {0.0, 1.0}:
        raise SystemExit(f"image {image.name}: the test knows alpha of 0 and 1 only")
    return alpha > 0.5


def rays(frame: dict[str, Any], unit: float, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the camera's place in scene units and a unit vector through every pixel's centre, (H, W, 3)."""
    matrix, pose = np.array(frame["K"], float), np.array(frame["camera_to_world"], float)
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    local = np.stack([x, y, np.ones_like(x)], -1) @ np.linalg.inv(matrix).T
    local /= np.linalg.norm(local, axis=-1, keepdims=True)
    return pose[:3, 3] / unit, local @ pose[:3, :3].T


def cast(world: World, tree: BVHTree, origin: np.ndarray, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the triangle that each ray, (N, 3), meets first, -1 for none, and the distance along the ray."""
    hit, distance = np.full(len(flat), -1, np.int32), np.full(len(flat), np.inf)
    start, ray_cast, cuts = Vector(origin), tree.ray_cast, world.cut
    for number, direction in enumerate(flat.tolist()):
        place, _, index, length = ray_cast(start, direction)
        passed = 0.0
        while index is not None and cuts[index] >= 0:
            if not world.is_open(index, place):
                break
            passed += length + 1e-4
            place, _, index, length = ray_cast(start + passed * Vector(direction), direction)
        if index is not None:
            hit[number], distance[number] = index, passed + length
    return hit, distance


def mend(world: World, tree: BVHTree, origin: np.ndarray, directions: np.ndarray, hit: Any, along: Any) -> None:
    """Cast rays again that met something else than all their neighbours, and may have slipped between triangles.

    Where four rays around the centre, a hundredth of a pixel away, all meet one other object, that is what is there.
    """
    height, width, _ = directions.shape
    owner = np.append(world.owner, -1)[hit].reshape(height, width)
    padded = np.pad(owner, 1, constant_values=-2)
    around = (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:])
    alone = np.flatnonzero(np.logical_and.reduce([owner != other for other in around]))
    flat = directions.reshape(-1, 3)
    right = np.diff(directions, axis=1).mean((0, 1)) / 100
    down = np.diff(directions, axis=0).mean((0, 1)) / 100
    again = [cast(world, tree, origin, flat[alone] + step) for step in (right, -right, down, -down)]
    owners = np.append(world.owner, -1)[np.stack([each[0] for each in again])]
    agree = (owners == owners[0]).all(0) & (owners[0] != owner.reshape(-1)[alone])
    hit[alone[agree]], along[alone[agree]] = again[0][0][agree], again[0][1][agree]


def nearest(strand: Strand, origin: np.ndarray, flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how near each ray comes to a strand's axis, and the distance along the ray where it does."""
    gap, along = np.full(len(flat), np.inf), np.full(len(flat), np.inf)
    for a, b in zip(strand.points[:-1], strand.points[1:]):
        edge, offset = b - a, a - origin
        dot, length = flat @ edge, edge @ edge
        if length == 0:
            continue
        denominator = np.maximum(length - dot**2, 1e-12)
        s = np.clip((dot * (flat @ offset) - edge @ offset) / denominator, 0, 1)
        t = flat @ offset + s * dot
        distance = np.linalg.norm(offset + s[:, None] * edge - t[:, None] * flat, axis=1)
        closer = (distance < gap) & (t > 0)
        gap[closer], along[closer] = distance[closer], t[closer]
    return gap, along


def seen_normals(world: World, hit: np.ndarray, places: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Return unit normals, (N, 3), where rays meet triangles, by the corners' weights; NaN where they meet nothing."""
    a, b, c = (world.vertex[world.triangle[hit, corner]].astype(np.float64) for corner in range(3))
    face = np.cross(b - a, c - a)
    size = (face**2).sum(1)
    weights = [((np.cross(q - p, places - p)) * face).sum(1) / size for p, q in ((b, c), (c, a), (a, b))]
    normals = sum(weight[:, None] * world.normal[hit, corner] for corner, weight in enumerate(weights))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    # Corners' normals stand on the face's outer side, whichever way a mirrored object winds it.
    outward = np.sign((face * world.normal[hit].sum(1)).sum(1))
    normals[outward * (face * flat).sum(1) > 0] *= -1
    normals[hit < 0] = np.nan
    return normals


def trace(
    world: World, tree: BVHTree, frame: dict[str, Any], unit: float, width: int, height: int
) -> dict[str, np.ndarray]:
    """Return a frame's label, distance along the axis in metres and instance, (H, W) each, and normal, (H, W, 3)."""
    origin, directions = rays(frame, unit, width, height)
    flat = directions.reshape(-1, 3)
    hit, along = cast(world, tree, origin, flat)
    mend(world, tree, origin, directions, hit, along)
    label, instance = np.append(world.category, world.sky)[hit], np.append(world.owner, -1)[hit]
    met = np.where(np.isfinite(along), along, 0)[:, None]
    normal = seen_normals(world, hit, origin + met * flat, flat)
    for strand in world.strands:
        middle = strand.points.mean(0)
        reach = np.linalg.norm(strand.points - middle, axis=1).max() + 2 * strand.radius
        offset = middle - origin
        close = np.flatnonzero(np.linalg.norm(np.cross(flat, offset), axis=1) < reach)
        gap, depth = nearest(strand, origin, flat[close])
        pixel = depth / frame["K"][0][0]
        inside, outside = strand.radius - EDGE * pixel, strand.radius + EDGE * pixel
        front = depth - strand.radius < along[close]
        sure = front & (gap < inside) & (depth + strand.radius < along[close])
        # At its ends a strand is cut off straight, or at the skin; there the pixel may be either.
        for end in (strand.points[0], strand.points[-1]):
            near_end = np.linalg.norm(origin + depth[:, None] * flat[close] - end, axis=1) < 1.1 * strand.radius
            sure &= ~near_end
        label[close[sure]], instance[close[sure]] = strand.category, strand.instance
        along[close[sure]] = depth[sure]
        normal[close[sure]] = np.nan
        unsure = front & (gap < outside) & ~sure
        label[close[unsure]] = UNSURE
    shape = (height, width)
    axis = np.array(frame["camera_to_world"], float)[:3, 2]
    distance = (unit * along * (flat @ axis)).reshape(shape)
    return {
        "label": label.reshape(shape),
        "distance": distance.astype(np.float32),
        "instance": instance.reshape(shape),
        "normal": normal.astype(np.float32).reshape(*shape, 3),
    }


def evaluate(scene: bpy.types.Scene, use: Callable[[Any], None]) -> None:
    """Call `use` with the scene's depsgraph as a renderer gets it."""
    failures: list[BaseException] = []

    class TruthEngine(bpy.types.RenderEngine):
        """A render engine that renders nothing."""

        bl_idname = "SWEEPSET_TRUTH"
        bl_label = "Truth"

        def render(self, depsgraph: Any) -> None:
            """Hand over the evaluated scene."""
            try:
                use(depsgraph)
            except BaseException as error:
                failures.append(error)

    bpy.utils.register_class(TruthEngine)
    render = scene.render
    render.engine = "SWEEPSET_TRUTH"
    render.resolution_x = render.resolution_y = 8
    render.resolution_percentage = 100
    render.use_compositing = render.use_sequencer = render.use_border = render.use_stamp = False
    if scene.camera is None:
        scene.camera = bpy.data.objects.new("Truth", bpy.data.cameras.new("Truth"))
        scene.collection.objects.link(scene.camera)
    chosen = bpy.context.view_layer
    for layer in scene.view_layers:
        layer.use = layer == chosen
    bpy.ops.render.render()
    bpy.utils.unregister_class(TruthEngine)
    if failures:
        raise failures[0]


def open_scene(job: dict[str, Any]) -> None:
    """Open the job's file, or build its scene by code."""
    if "blend" in job:
        bpy.ops.wm.open_mainfile(filepath=job["blend"], load_ui=False, use_scripts=False)
        return
    bpy.ops.wm.read_factory_settings(use_empty=True)
    sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "scenes")]
    import sweepset_scenes
    from sweepset import parameters

    sweepset_scenes.build(job["scene"], job["seed"], **parameters.from_json(job.get("parameters", {})))


def by_time(frames: list[dict[str, Any]]) -> Iterator[tuple[float, list[dict[str, Any]]]]:
    """Group frames by the scene's time."""
    for time in sorted({frame["time"] for frame in frames}):
        yield time, [frame for frame in frames if frame["time"] == time]


def run(job: dict[str, Any]) -> None:
    """Trace a job's frames and write the result."""
    open_scene(job)
    scene = bpy.context.scene
    taxonomy = {category["name"]: category["id"] for category in job["taxonomy"]["categories"]}
    width, height = job["size"]
    units = scene.unit_settings
    unit = 1.0 if units.system == "NONE" else units.scale_length
    result: dict[str, np.ndarray] = {}
    instances: list[str] = []

    def use(depsgraph: Any, frames: list[dict[str, Any]]) -> None:
        world = World(taxonomy)
        world.sky = world.named(scene.world)
        for item in depsgraph.object_instances:
            world.add(item)
        names = {name: number for number, name in enumerate(instances)}
        for name in world.instances:
            if name not in names:
                names[name] = len(instances)
                instances.append(name)
        stable = np.array([names[name] for name in world.instances] + [-1], np.int32)
        tree = world.tree()
        for frame in frames:
            maps = trace(world, tree, frame, unit, width, height)
            maps["instance"] = stable[maps["instance"]]
            result.update({f"{kind}_{frame['frame']:06d}": values for kind, values in maps.items()})

    for time, frames in by_time(job["frames"]):
        scene.frame_set(int(time), subframe=time % 1)
        evaluate(scene, partial(use, frames=frames))
    result["instances"] = np.array(json.dumps(instances))
    np.savez(job["out"], **result)


if __name__ == "__main__":
    run(json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8")))
