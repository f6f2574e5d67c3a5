"""Labelled images from folders and from Sweepset's datasets, read one at a time, and their ids as train ids."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sweepset import dataset, taxonomy
from sweepset.errors import SweepsetError
from sweepset.host.pictures import orientation, read_image, read_label
from sweepset.taxonomy import UNLABELLED, Taxonomy

from .labels import IGNORE, LABEL_MAPS, OUTSIDE, LabelForm

ONE_SIZE = "both must have one size"


@dataclass(frozen=True)
class Item:
    """One labelled image of a source."""

    name: str
    """Unique in the source, and independent of the source's path."""
    room: str | None
    """The room or scene that it shows, which several images may; None if it is not known."""
    where: str
    """Its label's file, or place in a file, for error messages."""
    kind: str | None = None
    """The class of the image as a whole, by which shares are stratified; None if it has several."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """What it is beside others, such as `{"view": "05"}`: scores of such groups are told apart."""


class SizesDiffer(SweepsetError):
    """Labels have another size than their image."""


@dataclass(frozen=True)
class Source:
    """Labelled images from one place; their labels hold ids of `taxonomy`."""

    name: str
    taxonomy: Taxonomy
    items: tuple[Item, ...]
    files: tuple[Path, ...]
    """All files to read, in a fixed order."""
    read_item: Callable[[int], tuple[np.ndarray, np.ndarray]]
    void: tuple[int, ...] = (UNLABELLED,)
    """Ids that stand for no category."""
    form: LabelForm = LABEL_MAPS
    splits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names of items by the splits that come with the images."""
    labels_upright: bool = True
    """Whether labels were drawn on the images held upright, not on the pixels as their files store them."""
    held: Callable[[int], int] = lambda index: 1
    """How the camera was held for an item's image: EXIF's orientation, 1 to 8."""
    notes: tuple[str, ...] = ()
    """What a user should know of the data before training, a line each."""

    def __len__(self) -> int:
        return len(self.items)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return an item's image (H, W, 3) uint8 RGB and its labels, a label map being (H, W) uint16 ids or void.

        Raise SweepsetError if they cannot be read, SizesDiffer if they differ in size.
        """
        image, label = self.read_item(index)
        if label.ndim >= 2 and image.shape[:2] != label.shape[:2]:
            raise SizesDiffer(f"{self.items[index].where} is {_size(label)} and its image {_size(image)}: {ONE_SIZE}")
        return image, label

    @property
    def kinds(self) -> dict[str, str] | None:
        """The class of each item by its name; None if images show several classes."""
        known = {item.name: item.kind for item in self.items if item.kind is not None}
        return known if known and len(known) == len(self.items) else None

    def digest(self) -> str:
        """Return a hexadecimal hash of the content: of the files' bytes, and of the items' names."""
        with ThreadPoolExecutor() as pool:
            hashes = list(pool.map(_hash, self.files))
        described = [
            [item.name, item.room, *([item.kind] if item.kind is not None else []), *sorted(item.groups.items())]
            for item in self.items
        ]
        data = [hashes, described, self.taxonomy.to_json(), list(self.void), self.labels_upright]
        return hashlib.sha256(json.dumps(data).encode()).hexdigest()


def open_folder(
    folder: Path,
    kinds: Taxonomy,
    *,
    images: str = "images",
    labels: str = "labels",
    void: Sequence[int] | None = None,
    labels_upright: bool = True,
) -> Source:
    """Return the pairs of two folders inside `folder`: an image and a label of the same name, apart from the suffix.

    Images and labels are what `read_image` and `read_label` take. Labels were drawn on the images held upright, or on
    the pixels as their files store them, and are then turned with their image. Raise SweepsetError if a folder is
    missing or empty, or an image or label has no counterpart.
    """
    folder = folder.expanduser()
    pairs = dataset.pair_pictures(folder, images, labels)
    items = tuple(Item(mask.stem, None, str(mask)) for _, mask in pairs)
    ids = default_void(kinds) if void is None else tuple(void)
    return of_files(str(folder), kinds, items, pairs, ids, labels_upright=labels_upright)


def default_void(kinds: Taxonomy) -> tuple[int, ...]:
    """Return the ids that stand for no category: 0, or 255 where 0 is a category, or 65535 where 255 is one too."""
    taken = set(kinds.ids.values())
    return (next(value for value in (UNLABELLED, 255, 65535) if value not in taken),)


def from_zero(kinds: Taxonomy) -> Taxonomy:
    """Return a taxonomy whose ids are positions from 0, as most of the world's masks have them."""
    categories = (replace(category, id=position) for position, category in enumerate(kinds))
    return replace(kinds, name=f"{kinds.name} from 0", categories=tuple(categories))


def open_datasets(folders: Sequence[Path]) -> Source:
    """Return the frames of one or several of Sweepset's datasets, which must share a taxonomy; a room is a scene.

    Raise SweepsetError if a folder holds no finished dataset or taxonomies differ.
    """
    if not folders:
        raise SweepsetError("no dataset was named: give one or several folders that `sweepset render` wrote")
    kinds: Taxonomy | None = None
    items, pairs, names = [], [], set[str]()
    for given in folders:
        folder = given.expanduser()
        own, frames = _read_dataset(folder)
        if kinds is not None and own.ids != kinds.ids:
            raise SweepsetError(
                f"{str(folders[0])!r} has taxonomy {kinds.name} and {str(given)!r} has {own.name}"
                f"{_first_difference(kinds, own)}: datasets to train on together must share one"
            )
        kinds = kinds or own
        name = folder.resolve().name
        if name in names:
            raise SweepsetError(f"two datasets are named {name!r}: give each a folder of its own name")
        names.add(name)
        for number, room, image, label in frames:
            items.append(Item(f"{name}/{number:06d}", room, str(folder / label)))
            pairs.append((folder / image, folder / label))
    if not items or kinds is None:
        raise SweepsetError(f"{str(folders[0])!r} has no frames: render some first")
    return of_files(", ".join(map(str, folders)), kinds, tuple(items), pairs, (UNLABELLED,))


def train_ids(source: Source, target: Taxonomy) -> np.ndarray:
    """Return the train id of each label id, (65536,) uint8: positions in `target`, IGNORE, or OUTSIDE.

    Categories go by the source's map to `target`, else by equal names; those without a counterpart are void. Raise
    SweepsetError if no category has one, or two taxonomies of one name have other categories.
    """
    if len(target) > OUTSIDE:
        raise SweepsetError(f"taxonomy {target.name} has {len(target)} categories; {OUTSIDE} can be trained on")
    own = source.taxonomy
    if own.name == target.name and own.ids != target.ids:
        raise SweepsetError(
            f"taxonomy {own.name} of {source.name!r} is another than that to train on{_first_difference(own, target)}: "
            "use one of them for both"
        )
    known = target.ids_from(own)
    if not known:
        raise SweepsetError(
            f"taxonomy {own.name} of {source.name!r} shares no category with {target.name}: choose another taxonomy, "
            f"or add a map to {target.name} to it"
        )
    positions = {category.id: position for position, category in enumerate(target)}
    table = np.full(65536, OUTSIDE, np.uint8)
    for category in own:
        table[category.id] = positions[known[category.name]] if category.name in known else IGNORE
    table[list(source.void)] = IGNORE
    return table


def unmapped(kinds: Taxonomy, target: Taxonomy) -> list[str]:
    """Return the names of categories that `train_ids` makes void, having no counterpart in `target`."""
    known = target.ids_from(kinds)
    return [category.name for category in kinds if category.name not in known]


def to_train_ids(label: np.ndarray, table: np.ndarray, where: str) -> np.ndarray:
    """Return a label in train ids, (H, W) uint8, by a table of `train_ids`; check it first."""
    check_ids(label, table, where)
    return table[label]


def check_ids(label: np.ndarray, table: np.ndarray, where: str) -> None:
    """Raise SweepsetError with `where` and the value if a label has a value outside its taxonomy."""
    outside = label[table[label] == OUTSIDE]
    if outside.size:
        zero = "; if 0 is a category in them, set data.labels_from_zero=true" if outside[0] == 255 else ""
        raise SweepsetError(
            f"{where} has the value {outside[0]} in {outside.size} pixels, which its taxonomy does not: correct the "
            f"labels, name the taxonomy that they are in, or declare the value void{zero}"
        )


def commonest(source: Source, count: int, names: Iterable[str] | None = None) -> Taxonomy:
    """Return the `count` categories with most pixels, the commonest first, as a taxonomy with ids from 1.

    Reads the labels of all items, or of those in `names`: give the training items, so that the test has no say. Raise
    SweepsetError if fewer categories occur.
    """
    wanted = None if names is None else set(names)
    ids = {category.id for category in source.taxonomy}
    table = np.full(65536, OUTSIDE, np.uint8)
    table[[*ids, *source.void]] = 0
    pixels = np.zeros(65536, np.int64)
    for index, item in enumerate(source.items):
        if wanted is None or item.name in wanted:
            label = source.form.categories(source.read(index)[1])
            check_ids(label, table, item.where)
            pixels += np.bincount(label.ravel(), minlength=65536)
    order = sorted((category for category in source.taxonomy if pixels[category.id]), key=lambda c: -pixels[c.id])
    if len(order) < count:
        raise SweepsetError(f"{source.name!r} shows {len(order)} categories: ask for no more than that, not {count}")
    chosen = (replace(category, id=position + 1) for position, category in enumerate(order[:count]))
    return Taxonomy(f"{source.taxonomy.name}-{count}", tuple(chosen))


def of_files(
    name: str,
    kinds: Taxonomy,
    items: tuple[Item, ...],
    pairs: Sequence[tuple[Path, Path]],
    void: tuple[int, ...],
    splits: Mapping[str, tuple[str, ...]] | None = None,
    labels_upright: bool = True,
) -> Source:
    """Return items that are each a file of an image and a file of a label map."""
    ids = {*kinds.ids.values(), *void}

    def read(index: int) -> tuple[np.ndarray, np.ndarray]:
        path = pairs[index][0]
        image = read_image(path)
        label = read_label(pairs[index][1], ids, 1 if labels_upright else orientation(path))
        if image.shape[:2] != label.shape[:2] == image.shape[1::-1]:
            raise SizesDiffer(_explain_turned(items[index], image, label, orientation(path), labels_upright))
        return image, label

    files = tuple(path for pair in pairs for path in pair)
    return Source(
        name, kinds, items, files, read, void, splits=splits or {}, labels_upright=labels_upright,
        held=lambda index: orientation(pairs[index][0]),
    )  # fmt: skip


def _read_dataset(folder: Path) -> tuple[Taxonomy, list[tuple[int, str, str, str]]]:
    """Return a dataset's taxonomy and, of each frame, its number, room, image and label."""
    data = dataset.read_finished(folder)
    path = folder / "dataset.json"
    try:
        frames = [
            (frame["frame"], _room(data["job"], frame), frame["files"]["image"], frame["files"]["label"])
            for frame in data["frames"]
        ]
        return taxonomy.parse(data["taxonomy"], str(path)), frames
    except (KeyError, TypeError) as error:
        raise SweepsetError(f"{str(path)!r} is incomplete ({error}): render again") from None


def _room(job: Mapping[str, Any], frame: Mapping[str, Any]) -> str:
    """Return the room of a frame: its scene, and of a scene built by code also its seed, which the variation adds to.

    Variations of a file change its surfaces and light, and show the same room.
    """
    scenes = {scene["name"]: scene for scene in job.get("scenes", [])}
    scene = scenes.get(frame.get("scene"), job)
    name = str(frame.get("scene", Path(scene["scene"]).stem))
    return f"{name}-{job['seed'] + frame.get('variation', 0)}" if scene.get("procedural") else name


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SweepsetError(f"cannot read {str(path)!r}: {error.strerror}") from None


def _explain_turned(item: Item, image: np.ndarray, label: np.ndarray, held: int, labels_upright: bool) -> str:
    """Explain why a label lies on its side beside its image, which EXIF says was `held` so."""
    told = f"{item.where} is {_size(label)} and its image {_size(image)}"
    if held < 5:
        return f"{told}: one of them lies on its side; {ONE_SIZE}"
    if labels_upright:
        return (
            f"{told} upright, and {_size(label)} as its file stores it (EXIF orientation {held}): if labels were drawn "
            "on the stored pixels, set data.labels_upright=false; else turn the label"
        )
    return f"{told} upright (EXIF orientation {held}): if labels were drawn upright, set data.labels_upright=true"


def _size(array: np.ndarray) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"


def _first_difference(one: Taxonomy, other: Taxonomy) -> str:
    """Describe the first difference of two taxonomies, in brackets."""
    for category in (*one, *other):
        a, b = one.ids.get(category.name), other.ids.get(category.name)
        if a != b:
            ids = " and ".join("none" if number is None else str(number) for number in (a, b))
            return f" ({category.name!r} is {ids})"
    return ""
