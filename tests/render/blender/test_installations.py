"""Finding, describing and installing Blenders, and reading .blend headers: on the host, with real and fake ones."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from blenders import EACH
from sweepset.errors import SweepsetError
from sweepset_render.blender import install as provision
from sweepset_render.blender import installations

posix = pytest.mark.skipif(os.name == "nt", reason="the fake programs are shell scripts")
every_blender = pytest.mark.parametrize("real", EACH)
SAVE = """
import bpy, sys
for name in ("plain", "packed"):
    bpy.ops.wm.save_as_mainfile(filepath=f"{sys.argv[-1]}/{name}.blend", compress=name == "packed")
"""
BODY = b"REND" + bytes(range(256)) * 400
END = b"ENDB" + bytes(20)


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without any Blender: its PATH is `tmp_path/bin`, the project's folder `tmp_path/home`."""
    for module in (installations, provision):
        monkeypatch.setattr(module, "home", lambda: tmp_path / "home")
    monkeypatch.delenv("BLENDER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def fake_blender(path: Path, version: str = "4.2.1 LTS") -> Path:
    return program(path, f"echo 'Color management: using fallback mode'\necho 'Blender {version}'")


def fake_wheel(folder: Path, version: str = "4.5.15") -> Path:
    python = program(installations.python_in(folder), "exit 1")
    (folder / installations.READY).write_text(version)
    return python


# Headers


@every_blender
def test_blend_version_of_what_each_blender_saves(real, tmp_path):
    (tmp_path / "save.py").write_text(SAVE)
    subprocess.run(real.command(tmp_path / "save.py", str(tmp_path)), env=real.environment(), check=True)
    for name in ("plain", "packed"):
        assert installations.blend_version(tmp_path / f"{name}.blend") == real.version[:2]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstandard"])
@pytest.mark.parametrize(
    ("header", "version"),
    [(b"BLENDER-v280", (2, 80)), (b"BLENDER_V249", (2, 49)), (b"BLENDER-v304", (3, 4)), (b"BLENDER17-01v0502", (5, 2))],
)
def test_blend_version(header, version, pack, tmp_path):
    path = tmp_path / "a scène.blend"
    path.write_bytes(pack(header + BODY + END))
    assert installations.blend_version(path) == version


def test_blend_version_reads_all_frames_of_zstandard(tmp_path):
    path = tmp_path / "frames.blend"
    seek_table = b"\x5e\x2a\x4d\x18" + (9).to_bytes(4, "little") + bytes(9)
    path.write_bytes(b"".join(map(zstandard.compress, (b"BLENDER-v402" + BODY, BODY, END))) + seek_table)
    assert installations.blend_version(path) == (4, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a .blend"),
        (bytes(1000), "not a .blend"),
        (b"A note on BLENDER-v280\n", "not a .blend"),
        (b"BLENDER-v2", "not a .blend"),
        (gzip.compress(b"text"), "not a .blend"),
        (b"BLENDER-v402" + BODY, "cut short"),
        (gzip.compress(b"BLENDER-v279" + BODY + END)[:-30], "damaged"),
        (b"\x1f\x8b" + bytes(50), "cannot read"),
        (zstandard.compress(b"BLENDER-v402" + os.urandom(5000) + END)[:-30], "cut short"),
        (b"\x28\xb5\x2f\xfd" + b"\xff" * 50, "damaged"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else str(len(value)),
)
def test_blend_version_refuses(content, reason, tmp_path):
    path = tmp_path / "scene.blend"
    path.write_bytes(content)
    with pytest.raises(SweepsetError, match=f"scene.blend.*{reason}|{reason}.*scene.blend") as error:
        installations.blend_version(path)
    assert "\n" not in str(error.value)


def test_blend_version_refuses_what_is_no_file(tmp_path):
    with pytest.raises(SweepsetError, match="no file"):
        installations.blend_version(tmp_path / "missing.blend")
    with pytest.raises(SweepsetError, match="folder"):
        installations.blend_version(tmp_path)
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        (tmp_path / "locked.blend").touch(0o000)
        with pytest.raises(SweepsetError, match="cannot read"):
            installations.blend_version(tmp_path / "locked.blend")


# Running


@every_blender
def test_command_runs_a_script(real, tmp_path, monkeypatch):
    """Its arguments arrive, its error is an exit status, and neither its neighbours nor PYTHONPATH get imported."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "json.py").write_text("raise SystemExit('imported a neighbour')")
    script = folder / "script.py"
    script.write_text(
        "import sys, json, bpy\n"
        "arguments = sys.argv[sys.argv.index('--') + 1:]\n"
        "print('told', json.dumps([list(bpy.app.version), *arguments]), flush=True)\n"
        "if arguments == ['fail']: raise ValueError\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def start(*args: str) -> subprocess.CompletedProcess[str]:
        command = real.command(script, *args)
        return subprocess.run(command, env=real.environment(), capture_output=True, text=True, timeout=120)

    done = start("--frames", "two words", "")
    assert done.returncode == 0, done.stderr
    assert f'told [{list(real.version)}, "--frames", "two words", ""]' in done.stdout
    assert start("fail").returncode == 1


def test_command_of_an_application():
    application = installations.Blender("application", Path("blender"), (4, 2, 0))
    assert application.command(Path("x.py"), "a") == (
        ["blender", "-b", "--factory-startup", "--disable-autoexec", "--python-exit-code", "1", "-P", "x.py", "--", "a"]
    )
    trusting = application.command(Path("x.py"), trust_scripts=True)
    assert "--enable-autoexec" in trusting
    assert "--disable-autoexec" not in trusting


# Finding


@every_blender
def test_find_describes_each_blender(real):
    assert installations.find(real.executable) == real
    folder = real.executable.parents[1]
    if real.kind == "wheel":
        assert installations.find(folder) == real


@posix
@pytest.mark.parametrize(
    ("inside", "given"),
    [
        ("blender", "blender"),
        ("blender", "."),
        ("Contents/MacOS/Blender", "."),
        ("Blender.app/Contents/MacOS/Blender", "."),
        ("my blender-5.1", "my blender-5.1"),
    ],
)
def test_find_takes_a_program_or_its_folder(inside, given, bare):
    executable = fake_blender(bare / "unpacked here" / inside)
    found = installations.find(bare / "unpacked here" / given)
    assert found == installations.Blender("application", executable, (4, 2, 1))


@posix
def test_find_takes_the_nearest(bare, monkeypatch):
    with pytest.raises(SweepsetError, match="sweepset setup.*--blender"):
        installations.find()
    on_path = fake_blender(bare / "bin" / "blender", "4.0.2")
    assert installations.find().executable == on_path
    assert installations.find("blender").executable == on_path
    wheels = [fake_wheel(bare / "home" / f"bpy-{version}", f"{version}.1") for version in ("5.0", "5.2", "4.5")]
    assert installations.find() == installations.Blender("wheel", wheels[2], (4, 5, 1))
    named = fake_blender(bare / "named", "3.4.1")
    monkeypatch.setenv("BLENDER", str(named))
    assert installations.find().executable == named
    assert installations.find(on_path).executable == on_path
    assert [b.version for b in installations.installed()] == [(3, 4, 1), (4, 0, 2), (4, 5, 1), (5, 0, 1), (5, 2, 1)]


@posix
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'Blender 2.93.18'", "2.93.18.*too old.*3.4"),
        ("echo 'Blender 3.3.21 LTS'", "too old"),
        ("echo 'Mixer 4.2'", "neither a Blender nor a Python with bpy: Mixer 4.2"),
        ("exit 0", "printed nothing"),
        ("echo Blender 4.2.0; exit 3", "neither"),
        (f"exec '{sys.executable}' \"$@\"", "No module named 'bpy'"),
    ],
)
def test_find_refuses_what_is_no_blender(script, reason, bare, monkeypatch):
    monkeypatch.setenv("BLENDER", str(program(bare / "bin" / "blender", script)))
    with pytest.raises(SweepsetError, match=reason) as error:
        installations.find()
    assert "\n" not in str(error.value)
    monkeypatch.delenv("BLENDER")
    assert installations.applications() == []


@posix
def test_find_names_where_a_wrong_path_came_from(bare, monkeypatch):
    with pytest.raises(SweepsetError, match="--blender: there is no 'nowhere'"):
        installations.find("nowhere")
    monkeypatch.setenv("BLENDER", str(bare))
    with pytest.raises(SweepsetError, match="BLENDER: the folder"):
        installations.find()
    (bare / "notes.txt").write_text("not a program")
    with pytest.raises(SweepsetError, match=r"notes.txt is neither.*Permission denied"):
        installations.find(bare / "notes.txt")


def test_a_wheel_counts_only_when_whole(bare):
    fake_wheel(bare / "home" / "bpy-4.5")
    (bare / "home" / "bpy-4.5" / installations.READY).unlink()
    fake_wheel(bare / "home" / "bpy-5.0.part")
    assert installations.installed() == []


# Installing


def pip_fake(content: str = "class app:\n    version = (4, 5, 15)\n"):
    """Return a stand-in for pip that installs this as bpy."""

    def install(python: Path, requirement: str) -> None:
        (site_packages(python.parents[1]) / "bpy.py").write_text(content)

    return install


def site_packages(environment: Path) -> Path:
    return next(environment.glob("[Ll]ib/**/site-packages"))


@pytest.fixture
def running(bare, monkeypatch):
    """The bare machine, with Blender 4.5 made for the Python that runs this, and virtual environments without pip."""
    monkeypatch.setattr(provision, "WHEELS", {"4.5": sys.version_info[:2], "5.2": (3, 2)})
    monkeypatch.setattr(provision, "_pip_install", pip_fake())

    def quick(command, timeout=120):
        return installations.run([*command, "--without-pip"] if "venv" in command else command, timeout)

    monkeypatch.setattr(provision, "run", quick)
    return bare


def test_set_up_once(running):
    told = []
    made = provision.set_up(report=told.append)
    assert made == installations.find() == installations.Blender("wheel", made.executable, (4, 5, 15))
    assert len(told) == 1
    assert provision.set_up("4.5", told.append) == provision.set_up(report=told.append) == made
    assert provision.set_up_all(told.append) == [made]
    assert [line for line in told if "Installing" in line] == told[:1]
    assert told[-1] == "Left out Blender 5.2: it needs a Python 3.2 with venv"


def test_a_set_up_that_was_stopped_is_done_again(running, monkeypatch):
    def stopped(python, requirement):
        pip_fake("half = ")(python, requirement)
        raise KeyboardInterrupt

    monkeypatch.setattr(provision, "_pip_install", stopped)
    with pytest.raises(KeyboardInterrupt):
        provision.set_up("4.5", list)
    assert installations.installed() == []
    monkeypatch.setattr(provision, "_pip_install", pip_fake())
    assert provision.set_up("4.5", str).version == (4, 5, 15)


def test_set_up_replaces_an_environment_whose_python_is_gone(running):
    python = provision.set_up("4.5", str).executable
    python.unlink()
    assert installations.installed() == []
    assert provision.set_up("4.5", str).executable == python


@posix
def test_set_up_without_a_fitting_python(running, monkeypatch):
    monkeypatch.setattr(provision, "WHEELS", {"4.5": (3, 1), "5.2": (3, 2)})
    monkeypatch.setattr(provision, "find_spec", lambda name: None)
    program(running / "bin" / "python3.1", "echo 'pyenv: command not found' >&2; exit 127")
    for version in (None, "4.5"):
        with pytest.raises(SweepsetError, match=r"needs a Python 3\.1 with venv.*blender\.org.*--blender"):
            provision.set_up(version, str)
    program(running / "bin" / "uv", "echo 'error: no network' >&2; exit 2")
    told = []
    with pytest.raises(SweepsetError, match="needs a Python"):
        provision.set_up(report=told.append)
    assert told[-1] == "uv could not: error: no network"
    application = fake_blender(running / "bin" / "blender")
    assert provision.set_up(report=str).executable == application
    monkeypatch.setenv("BLENDER", str(fake_blender(running / "named", "5.1.0")))
    assert provision.set_up(report=str).version == (5, 1, 0)


def test_interpreter_passes_over_what_does_not_run(bare, monkeypatch):
    ours = sys.version_info[:2]
    shim = program(bare / "bin" / f"python{ours[0]}.{ours[1]}", "exit 127")
    monkeypatch.setattr(provision, "_candidates", lambda version: iter([bare / "missing", shim, Path(sys.executable)]))
    assert provision.interpreter(ours) == Path(sys.executable)
    assert provision.interpreter((3, 2)) is None


def test_set_up_refuses_an_unknown_version(bare):
    with pytest.raises(SweepsetError, match=r"'4\.1'.*4\.2, 4\.5, 5\.0, 5\.2"):
        provision.set_up("4.1")


def test_pip_says_why_in_one_line(bare):
    with pytest.raises(SweepsetError, match="could not install bpy==0.0") as error:
        provision._pip_install(Path(sys.executable), "bpy==0.0.*,!=0.0.*")
    assert "\n" not in str(error.value)


MISSING = "raise ImportError('libXi.so.6: cannot open shared object file: No such file or directory')"


@posix
@pytest.mark.parametrize("user", [0, 1000])
def test_missing_system_libraries(user, running, monkeypatch):
    monkeypatch.setattr(provision, "_pip_install", pip_fake(MISSING))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(SweepsetError, match=r"libXi\.so\.6.*install libXi, libXfixes"):
        provision.set_up("4.5", str)
    python = installations.python_in(running / "home" / "bpy-4.5")
    module = site_packages(python.parents[1]) / "bpy.py"
    program(
        running / "bin" / "apt-get",
        f"echo \"$@\" >>'{running}/apt'\n"
        f"case \"$*\" in *libxi6*) echo 'class app: version = 4, 5, 1' >'{module}';; esac",
    )
    if user:
        with pytest.raises(SweepsetError, match="`sudo apt-get install -y libxi6 .* libegl1 libgomp1`"):
            provision.set_up("4.5", str)
        return
    told = []
    assert provision.set_up("4.5", told.append).version == (4, 5, 1)
    assert (running / "apt").read_text().splitlines()[0].endswith("update")
    assert "libxkbcommon0" in told[-1]


def test_a_wheel_that_does_not_start_is_not_ready(running, monkeypatch):
    monkeypatch.setattr(provision, "_pip_install", pip_fake("raise ImportError('wrong architecture')"))
    with pytest.raises(SweepsetError, match=r"does not start: ImportError: wrong architecture; delete .*bpy-4\.5"):
        provision.set_up("4.5", str)
    assert installations.installed() == []


@pytest.mark.parametrize("checkout", [True, False])
def test_home(checkout, tmp_path, monkeypatch):
    module = tmp_path / "render" / "sweepset_render" / "blender" / "installations.py"
    monkeypatch.setattr(installations, "__file__", str(module))
    monkeypatch.setenv("LOCALAPPDATA" if os.name == "nt" else "XDG_DATA_HOME", str(tmp_path / "data"))
    if checkout:
        (tmp_path / "addon" / "sweepset").mkdir(parents=True)
        (tmp_path / "setup.cfg").touch()
        assert installations.home() == tmp_path / ".blender"
    elif sys.platform != "darwin":
        assert installations.home() == tmp_path / "data" / "sweepset"
