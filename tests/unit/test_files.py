"""Files that are not there, folders that take none, disks that are full: said in words, nothing half done.

The disk is really full: a file may grow no further in a process of its own, or, where one may mount it, a
small file system has no more room. That holds for root too, as does the folder that takes no file.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nblib import Network, mnist
from nblib.data import npz
from nblib.handwriting import from_file
from nblib.tools import handout
from nblib.widgets.digit_pad import DigitPad

READS = {
    "Network.load": Network.load,
    "mnist.load": mnist.load,
    "npz.read": lambda path: npz.read(path, "take another copy"),
    "from_file": from_file,
    "open_picture": lambda path: DigitPad(Network([784, 10])).open_picture(path),
}
WRITES = {
    "Network.save": lambda path: Network([784, 30, 10]).save(path),
    "npz.write": lambda path: npz.write(path, {"x": Network([784, 30, 10]).weights[0]}),
}
NO_PATH = {"a number": 3, "bytes": b"a", "a list": ["a"], "an object": object()}
SYSTEM = Path("/sys")  # nobody, not even root, can make a file here


def said_by(call: Callable[..., object], path: object, *kinds: type[Exception]) -> str:
    with pytest.raises(kinds) as caught:
        call(path)
    frame = caught.traceback[-1]
    assert Path(frame.path).is_relative_to(Path(npz.__file__).parents[1]), f"unexplained: {caught.value!r}"
    assert str(caught.value).startswith("path")
    return str(caught.value)


@pytest.mark.parametrize("name", [*READS, *WRITES])
@pytest.mark.parametrize("kind", NO_PATH)
def test_what_is_no_path_is_refused(name: str, kind: str):
    assert "must be a" in said_by((READS | WRITES)[name], NO_PATH[kind], TypeError)


@pytest.mark.parametrize("name", READS)
def test_what_cannot_be_read_is_told_of(name: str, tmp_path: Path):
    (tmp_path / "damaged").write_bytes(b"PK\3\4 half a file")
    (tmp_path / "empty").touch()
    for path in (
        "missing",
        "folder/missing",
        "damaged/below",
        "damaged",
        "empty",
        ".",
        "",
        "a\0b",
        "n" * 300,
    ):
        said = said_by(READS[name], str(tmp_path / path) if path else path, ValueError)
        assert len(said) < 600


@pytest.mark.parametrize("name", WRITES)
def test_where_nothing_can_be_written_is_told_of(name: str, tmp_path: Path):
    (tmp_path / "file").touch()
    for path in (".", "", "a\0b", "missing/a", "file/a"):
        said_by(WRITES[name], str(tmp_path / path) if path else path, ValueError)
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(not SYSTEM.is_dir(), reason="there is no such folder on this system")
@pytest.mark.parametrize("name", WRITES)
def test_a_folder_that_takes_no_file_is_told_of(name: str):
    said = said_by(WRITES[name], SYSTEM / "network.npz", OSError)
    assert said.startswith(f"path: '{SYSTEM}/network.npz' cannot be written (")


# -- full disks ---------------------------------------------------------------------------------------

# Run in a folder that takes no file as large as the network, or the notebook.
FULL = """
import json, sys
from pathlib import Path
from nblib import Network
from nblib.tools import handout

Network([2, 2], seed=1).save("network.npz")
before = Path("network.npz").read_bytes()
try:
    Network([784, 100, 10]).save("network.npz")
except OSError as error:
    print(error)
assert Path("network.npz").read_bytes() == before
try:
    handout.write("bare", Path(sys.argv[1]), Path("copies"))
except OSError as error:
    print("OSError")  # shutil has a class of its own under it
assert not Path("copies").exists()
print(sorted(path.name for path in Path().iterdir()))
"""
LIMITED = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n{FULL}"


def mounted(folder: Path) -> bool:
    """Tell whether a file system of 64 kB could be mounted there."""
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "nblib-test", str(folder)]
    return os.name == "posix" and subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, length in (("00_a", 10), ("01_b", 200_000)):
        notebook = {"cells": [{"cell_type": "markdown", "id": "a", "source": ["x" * length]}]}
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def full(code: str, folder: Path, notebooks: Path) -> list[str]:
    command = [sys.executable, "-W", "error", "-c", code, str(notebooks)]
    environment = os.environ | {"PYTHONPATH": str(Path(npz.__file__).parents[2])}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=100)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    return run.stdout.splitlines()


@pytest.mark.skipif(os.name != "posix", reason="only POSIX limits how large a file may be")
def test_a_file_that_may_grow_no_further(tmp_path: Path, notebooks: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    said, kind, left = full(LIMITED, folder, notebooks)
    assert said == "path: 'network.npz' cannot be written (File too large); it is as it was before"
    assert kind == "OSError"
    assert left == "['network.npz']"


def test_a_file_system_without_room(tmp_path: Path, notebooks: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    if not mounted(folder):  # the test above shows the same to whoever may not mount
        return
    try:
        said, kind, left = full(FULL, folder, notebooks)
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    assert said == "path: 'network.npz' cannot be written (No space left on device); it is as it was before"
    assert kind == "OSError"
    assert left == "['network.npz']"


def test_the_small_notebook_alone_would_have_fitted(tmp_path: Path, notebooks: Path):
    (notebooks / "01_b.ipynb").unlink()
    assert [path.name for path in handout.write("bare", notebooks, tmp_path / "copies")] == ["00_a.ipynb"]
