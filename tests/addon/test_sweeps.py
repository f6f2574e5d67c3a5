"""The geometry of sweeps, by hand-worked examples, and their parameters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from sweepset import parameters, sweeps
from sweepset.errors import SweepsetError
from sweepset_scenes import SCENES


def is_rotation(matrix: np.ndarray) -> bool:
    return np.allclose(matrix @ matrix.T, np.eye(3)) and np.isclose(np.linalg.det(matrix), 1)


def test_look_along_the_x_axis() -> None:
    pose = sweeps.look_along((1, 2, 3), (5, 0, 0))
    # A camera that looks along +x, head up: its right is -y, its up +z, its backward -x.
    assert np.allclose(pose[:3, 0], (0, -1, 0))
    assert np.allclose(pose[:3, 1], (0, 0, 1))
    assert np.allclose(pose[:3, 2], (-1, 0, 0))
    assert np.allclose(pose[:3, 3], (1, 2, 3))


@pytest.mark.parametrize("target", [(4, 5, -6), (0, 0, 9), (0, 0, -9)])
def test_look_at_puts_the_target_on_the_axis(target: tuple[float, float, float]) -> None:
    pose = sweeps.look_at((0, 0, 1), target)
    assert is_rotation(pose[:3, :3])
    in_camera = np.linalg.inv(pose) @ np.array([*target, 1])
    assert np.allclose(in_camera[:2], 0, atol=1e-9)
    assert in_camera[2] < 0


def test_roll_turns_the_camera_about_its_axis() -> None:
    pose = sweeps.look_along((0, 0, 0), (1, 0, 0), roll=90)
    assert is_rotation(pose[:3, :3])
    assert np.allclose(pose[:3, 2], (-1, 0, 0))
    assert np.allclose(np.abs(pose[:3, 0]), (0, 0, 1))


def test_spread_covers_the_square_at_every_number() -> None:
    """Each of 16 cells holds its share of the first n points, within one or two, and no two points meet."""
    points = np.array([sweeps.spread(number, (0.3, 0.9)) for number in range(640)])
    for count in (32, 100, 640):
        cells = np.histogram2d(*points[:count].T, bins=4, range=((0, 1), (0, 1)))[0]
        assert np.abs(cells - count / 16).max() <= 2
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)[np.triu_indices(640, 1)]
    assert apart.min() > 0.5 / np.sqrt(640) / 2


def test_around_is_on_a_circle() -> None:
    assert np.allclose(sweeps.around((1, 1, 0), 2, 90, 1.5), (1, 3, 1.5))


def test_a_gimbal_has_a_camera_for_each_distance_and_height_or_elevation() -> None:
    assert sweeps.Gimbal(distances=(1.0, 2.0), heights=(0.5, 3.0)).cameras == [(1, 0.5), (2, 0.5), (1, 3), (2, 3)]
    cameras = sweeps.Gimbal(distances=(2.0, 4.0), elevations=(0.0, 30.0)).cameras
    # 30 degrees up at 4 m: 2 m high, 4 cos 30 = 3.4641 m away.
    assert np.allclose(cameras, [(2, 0), (3.464102, 2)])


def test_a_lens_of_half_the_sensor_sees_a_right_angle() -> None:
    assert np.isclose(sweeps.fov_of(18.0), 90.0)
    assert np.isclose(sweeps.fov_of(35.0), 54.4322, atol=1e-3)  # as tables of full-frame lenses say


def test_random_numbers_are_of_the_frame_alone() -> None:
    first = [sweeps.random_for(3, frame).random() for frame in range(50)]
    assert first == [sweeps.random_for(3, frame).random() for frame in range(50)]
    assert len(set(first)) == 50
    assert first != [sweeps.random_for(4, frame).random() for frame in range(50)]


def test_parameters_are_read_by_kind() -> None:
    sweep = sweeps.parse("gimbal", ["distances=1,2.5", "turns=0.5"])
    assert sweep == sweeps.Gimbal(distances=(1.0, 2.5), turns=0.5)
    assert sweeps.from_json(sweeps.to_json(sweep)) == sweep


@pytest.mark.parametrize(
    ("name", "parameter", "words"),
    [
        ("spiral", "", "viewpoints"),
        ("orbit", "speed=3", "radius"),
        ("orbit", "radius", "key=value"),
        ("orbit", "radius=nan", "finite"),
        ("orbit", "radius=-1", "-1"),
        ("orbit", "target=1,2", "three numbers"),
        ("viewpoints", "height=1.7,1.4", "lowest,highest"),
        ("viewpoints", "pitch=-100,0", "-90"),
        ("gimbal", "distances=", "above 0"),
        ("path", "look=down", "ahead"),
        ("hemisphere", "distance=2,1", "nearest,farthest"),
        ("hemisphere", "distance=0,1", "nearest,farthest"),
        ("hemisphere", "elevation=10,90", "between -90 and 90"),
        ("hemisphere", "aim=0.6", "0 to 0.5"),
        ("gimbal", "elevations=10,20,30", "as many angles as distances, 2"),
        ("gimbal", "elevations=10,95", "between -90 and 90"),
        ("turntable", "lens=0", "5 mm or more"),
        ("turntable", "distance=-1", "0 for as far"),
        ("photographer", "lens=85,35", "lowest,highest"),
        ("photographer", "fill=0.5,1.2", "1 or less"),
        ("photographer", "cut=2", "0 to 1"),
        ("photographer", "hidden=-0.1", "0 to 1"),
    ],
)
def test_refuses(name: str, parameter: str, words: str) -> None:
    with pytest.raises(SweepsetError) as refused:
        sweeps.parse(name, [parameter] if parameter else [])
    assert words in str(refused.value)


@dataclass(frozen=True)
class Swing:
    """Swing to and fro."""

    there_and_back: bool = field(default=True, metadata={"help": "go back too", "unset": ""})

    def __post_init__(self) -> None:
        sweeps._demand(self, "there_and_back", self.there_and_back is not None, "write true or false")


def test_a_sweep_of_two_words_with_a_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sweeps.SWEEPS, "slow_swing", sweeps.Kind(Swing))
    for text, value in (("true", True), ("false", False), ("False", False)):
        sweep = sweeps.parse("slow_swing", [f"there_and_back={text}"])
        assert sweep == Swing(value)
        assert sweeps.to_json(sweep) == {"name": "slow_swing", "there_and_back": value}
        assert sweeps.from_json(sweeps.to_json(sweep)) == sweep
    assert next(sweeps.describe("slow_swing"))[2] == "true"
    with pytest.raises(SweepsetError, match="slow_swing: there_and_back is '1'; expected on or off"):
        sweeps.parse("slow_swing", ["there_and_back=1"])
    with pytest.raises(SweepsetError, match="slow_swing: there_and_back is None"):
        Swing(None)


def test_no_parameter_belongs_to_a_sweep_and_to_a_scene() -> None:
    """`-p` sets both."""
    of_sweeps = {key for kind in sweeps.SWEEPS.values() for key in parameters.keys(kind.parameters)}
    for name, scene in SCENES.items():
        assert not of_sweeps & {*parameters.keys(scene.parameters)}, name
