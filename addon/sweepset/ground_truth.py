"""The table of ground truths: a row for each kind of file that a frame has. Imports no bpy.

Capture, the dataset's layout, readers, sensors, the viewer, `verify`, exports and the command's options all read this
table; docs/dataset.md repeats its rows. Beside its row, a kind has functions under its name: its maker in
`blender/capture/arrays.py`, its reader in `datasets/dataset.py` and, for some kinds, a check in `datasets/geometry.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GroundTruth:
    """A kind of file that a frame has.

    `choice` is "always", "default" (written unless left out) or "request" (added on request). `suffix` is the file's;
    None stands for the image format of the job. `dtype` and `channels` are of arrays as they are stored, in RGB order;
    an empty `dtype` is for files that hold no array, "uint8 or uint16" for one that depends on the taxonomy.

    `made_from` are kinds that this one is made from, rendered for it even if they are not written. `passes` are the
    render passes that it needs beyond depth and indices; Cycles averages these over samples, so that any of them costs
    a render of one sample. `meshes` says that it needs the mesh of each instance.

    `bends` says that a sensor's lens bends it as it bends the image; other kinds hold places in the rendered image,
    which the lens would move, so that they and a sensor exclude each other. `drawn` is how the viewer draws it: a
    function of `DRAW` in viewer.html, "picture" for what a browser shows as it is, or "" for nothing. `title` is its
    name in the viewer. `wrong` is what `verify` says of frames whose files of this kind fail the kind's own check.
    """

    name: str
    folder: str
    holds: str
    choice: str = "request"
    suffix: str | None = "png"
    dtype: str = ""
    channels: int = 0
    made_from: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    meshes: bool = False
    bends: bool = True
    drawn: str = ""
    title: str = ""
    wrong: str = ""

    @property
    def is_array(self) -> bool:
        """Whether its files hold arrays."""
        return bool(self.dtype)

    @property
    def is_image(self) -> bool:
        """Whether it is a rendered image, in the job's format; any but the first costs as much as the first."""
        return self.suffix is None

    @property
    def form(self) -> str:
        """How its files store it, for people."""
        if not self.is_array:
            return (self.suffix or "").upper()
        depth = {"uint8": "8-bit", "uint16": "16-bit", "uint8 or uint16": "8-bit or 16-bit"}.get(self.dtype, self.dtype)
        return f"{'RGB' if self.channels == 3 else 'one channel'}, {depth}"


_ROWS = (
    GroundTruth(
        "image", "images", "the picture, in sRGB, with the scene's own view transform",
        choice="always", suffix=None, dtype="uint8", channels=3, drawn="picture",
    ),
    GroundTruth(
        "label", "labels", "category ids of the taxonomy; 0 is unlabelled; 16-bit if an id exceeds 255",
        choice="always", dtype="uint8 or uint16", channels=1, drawn="label",
    ),
    GroundTruth(
        "instances", "instances", "the instance id of each pixel; 0 for nothing",
        choice="default", dtype="uint16", channels=1, drawn="instances",
    ),
    GroundTruth(
        "depth", "depth", "millimetres along the camera's axis; 0 for nothing or beyond 65.535 m",
        choice="default", dtype="uint16", channels=1, drawn="depth",
    ),
    GroundTruth(
        "objects", "objects", "boxes, visibility and pose of each instance that has a pixel in the frame",
        suffix="json", made_from=("instances",), meshes=True, bends=False,
        wrong="boxes or poses contradict the instances",
    ),
    GroundTruth(
        "normals", "normals", "the surface's unit normal in the camera's axes; 0 for nothing",
        dtype="uint16", channels=3, passes=("Normal",), drawn="normals", wrong="normals are wrong",
    ),
    GroundTruth(
        "flow", "flow", "KITTI's form: motion in pixels to the next frame, and whether it is defined",
        dtype="uint16", channels=3, made_from=("instances",), meshes=True, bends=False, drawn="flow",
        wrong="flow is wrong",
    ),
    GroundTruth(
        "albedo", "albedo", "the surface's colour without light and shadow, in sRGB; 0 for nothing",
        dtype="uint8", channels=3, passes=("Diffuse Color", "Glossy Color", "Transmission Color"), drawn="picture",
    ),
    GroundTruth(
        "depth-float", "depth", "metres along the camera's axis, in channel Z; 0 for nothing",
        suffix="exr", dtype="float32", channels=1, drawn="depth", title="float depth",
    ),
    GroundTruth(
        "points", "pointclouds", "a point for each pixel that shows a surface: normal, colour, category, instance",
        suffix="ply", made_from=("instances", "depth-float", "normals"), bends=False, wrong="point clouds are wrong",
    ),
    GroundTruth(
        "stereo", "images_right", "the image of a second camera, `baseline` metres to the right",
        suffix=None, dtype="uint8", channels=3, bends=False, drawn="picture", title="right image",
        wrong="right images are wrong",
    ),
)  # fmt: skip
KINDS = {row.name: row for row in _ROWS}
"""All rows by name, in the order in which jobs and datasets list them."""
ALWAYS, BY_DEFAULT, ON_REQUEST = (
    tuple(row.name for row in _ROWS if row.choice == choice) for choice in ("always", "default", "request")
)
"""Names of kinds by `choice`."""
FOLDERS = tuple(dict.fromkeys(row.folder for row in _ROWS))
"""The folders of a dataset that has all kinds."""


def needed(outputs: tuple[str, ...]) -> frozenset[str]:
    """Return kinds and all that they are made from."""
    return frozenset(name for output in outputs for name in (output, *KINDS[output].made_from))
