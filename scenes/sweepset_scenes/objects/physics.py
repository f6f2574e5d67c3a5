"""Things fall by Blender's rigid-body physics and come to rest; afterwards the scene holds no physics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import bpy
import numpy as np
from mathutils import Matrix

Shape = Literal["BOX", "SPHERE", "CYLINDER", "CONVEX_HULL"]
RATE = 60
"""Frames of the simulation a second."""
LONGEST = 6 * RATE
"""Frames after which what still moves is taken as it is: six seconds."""
STILL = 2e-4
"""Metres a frame below which a thing lies still: 12 mm a second."""
LEVER = 0.1
"""Metres from a thing's middle to its surface, as far as its turning counts as motion."""
REST = 10
"""Frames that all things must lie still for: one that tips over is slow at first."""


@dataclass(frozen=True)
class Body:
    """A thing that falls: its object, the shape that it collides as, and its mass in kilograms."""

    item: bpy.types.Object
    shape: Shape
    mass: float


def settle(bodies: Sequence[Body], fixed: Sequence[bpy.types.Object]) -> int:
    """Let bodies fall until all lie still, move their objects there, and return the number of frames that took.

    `fixed` are boxes that nothing moves. All have their origin in their middle, about which Blender centres their
    shapes. The same bodies end at the same places in the same Blender.
    """
    scene = bpy.context.scene
    bpy.ops.rigidbody.world_add()
    world = scene.rigidbody_world
    world.collection = bpy.data.collections.new("bodies")
    rate, scene.render.fps = scene.render.fps, RATE
    world.substeps_per_frame, world.solver_iterations = 10, 30
    world.point_cache.frame_start, world.point_cache.frame_end = 1, LONGEST
    for item in fixed:
        _join(world, item, "BOX").type = "PASSIVE"
    for body in bodies:
        # Bullet has no friction of rolling: without damping, balls would roll away.
        own = _join(world, body.item, body.shape)
        own.mass, own.linear_damping, own.angular_damping = body.mass, 0.8, 0.97
    places, frames = _fall(scene, [body.item for body in bodies])
    bpy.ops.rigidbody.world_remove()
    bpy.data.collections.remove(bpy.data.collections["bodies"])
    scene.render.fps = rate
    scene.frame_set(1)
    for body, place in zip(bodies, places, strict=True):
        body.item.matrix_world = Matrix(place)
    bpy.context.view_layer.update()
    return frames


def _join(world: bpy.types.RigidBodyWorld, item: bpy.types.Object, shape: Shape) -> bpy.types.RigidBodyObject:
    """Make an object a rigid body."""
    world.collection.objects.link(item)
    own = item.rigid_body
    own.collision_shape, own.friction, own.restitution = shape, 0.6, 0.1
    own.use_margin, own.collision_margin = True, 0.0  # Blender's default of 4 cm would hold small things in the air
    return own


def _fall(scene: bpy.types.Scene, items: Sequence[bpy.types.Object]) -> tuple[np.ndarray, int]:
    """Step through the simulation; return the transforms at its end, (n, 4, 4), and the number of frames."""
    places, still, frame = np.array([item.matrix_world for item in items]), 0, 1
    for frame in range(1, LONGEST + 1):
        scene.frame_set(frame)
        evaluated = bpy.context.evaluated_depsgraph_get()
        now = np.array([item.evaluated_get(evaluated).matrix_world for item in items])
        moved = np.abs(now - places)[:, :3].max(axis=(0, 1))
        still = still + 1 if frame > 1 and (moved * (LEVER, LEVER, LEVER, 1.0)).max() < STILL else 0
        places = now
        if still == REST:
            break
    return places, frame
