"""The notebooks as HTML pages that need neither Python nor the internet: run, with steppers that step.

Beside the pages lies a folder of scripts, which they load in place of those that such pages usually ask
other hosts for: the widget manager, a module loader, anywidget, and MathJax for the formulas. All but
anywidget's, which is installed with this package, come from npm when the pages are made.
"""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Collection
from importlib.metadata import files as installed_files
from pathlib import Path
from typing import Any

from nblib.tools.folders import filled, notebooks_in

SCRIPTS = "scripts"
PACKAGES = {  # of npm, with the file of each that a page loads
    "requirejs@2.3.7": "require.js",
    "@jupyter-widgets/html-manager@1.0.15": "dist/embed-amd.js",
    "mathjax@3.2.2": "es5/tex-svg-full.js",
}
_NAMES = [Path(file).name for file in PACKAGES.values()]

# The widget manager knows MathJax 2 only, so it gets a queue that hands its labels to MathJax 3.
_TEMPLATE = """{% extends "index.html.j2" %}
{% block html_head_js_requirejs %}
<script src="scripts/require.js"></script>
<script>require.config({ paths: { anywidget: "scripts/anywidget" } });</script>
{% endblock %}
{% block html_head_js_mermaidjs %}{% endblock %}
{% block html_head_js_mathjax %}
<script>
MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]], processEscapes: true, tags: "ams" },
  startup: {
    ready() {
      MathJax.startup.defaultReady();
      MathJax.Hub = { Queue: ([, , label]) => MathJax.startup.promise.then(() => MathJax.typeset([label])) };
    },
  },
};
</script>
<script src="scripts/tex-svg-full.js"></script>
{% endblock %}
"""
_LINK = re.compile(r'(href=")([^"/#:]+)\.ipynb(?=["#])')


def write(
    source: Path,
    target: Path,
    scripts: Path | None = None,
    say: Callable[[str], Any] = lambda name: None,
) -> list[Path]:
    """Run every notebook of a folder and write it as an HTML page, with the scripts that it needs.

    Parameters
    ----------
    source, target : Path
        The folder of the notebooks, and a folder that is not there yet, or is empty.
    scripts : Path, optional
        A folder that holds the scripts, such as that of earlier pages; by default they come from npm.
    say : callable, optional
        Is called with the name of each page that is written.

    Returns
    -------
    list of Path
        The pages.

    Raises
    ------
    ValueError
        If there are no notebooks, `target` is not empty, the scripts cannot be had, or a cell fails.
    ModuleNotFoundError
        If nbconvert is not installed.
    """
    notebooks = notebooks_in(source)
    names = [path.stem for path in notebooks]
    with filled(target, source) as folder:
        _fetch(folder / SCRIPTS, scripts)
        for path in notebooks:
            (folder / f"{path.stem}.html").write_text(page(path, names), encoding="utf-8")
            say(f"{path.stem}.html")
    return [target / f"{name}.html" for name in names]


def page(path: Path, names: Collection[str]) -> str:
    """Run a notebook and return it as an HTML page; links to notebooks with these `names` lead to pages.

    Raises
    ------
    ValueError
        If a cell fails.
    ModuleNotFoundError
        If nbconvert is not installed.
    """
    import nbformat  # only here: who makes no pages needs none of them
    from nbclient.exceptions import CellExecutionError
    from nbconvert.preprocessors import ExecutePreprocessor

    run = ExecutePreprocessor(timeout=None, extra_arguments=["--log-level=ERROR"])
    notebook = nbformat.read(path, as_version=4)
    try:
        notebook, _ = run.preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    except CellExecutionError as error:
        raise ValueError(f"{path.name} cannot be a page, since a cell of it fails:\n{error}") from error
    return as_html(notebook, path, names)


def as_html(notebook: Any, path: Path, names: Collection[str]) -> str:
    """Return a notebook as it is as an HTML page."""
    from jinja2 import DictLoader
    from nbconvert.exporters import HTMLExporter

    notebook = copy.deepcopy(notebook)
    notebook.metadata.title = _title(notebook) or path.stem
    exporter = HTMLExporter(
        template_file="page.html.j2",
        extra_loaders=[DictLoader({"page.html.j2": _TEMPLATE})],
        widget_renderer_url=f"{SCRIPTS}/embed-amd.js",
        embed_images=True,
    )
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"path": str(path.parent)}})
    return _LINK.sub(lambda link: f"{link[1]}{link[2]}.html" if link[2] in names else link[0], html)


def _title(notebook: Any) -> str:
    """Return the first heading of a notebook, or nothing."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^# (.+)$", cell.source, re.MULTILINE)):
            return found[1].strip()
    return ""


# -- scripts ------------------------------------------------------------------------------------------


def _fetch(target: Path, given: Path | None) -> None:
    """Put the scripts into a new folder: those of a folder that is `given`, or npm's."""
    target.mkdir()
    shutil.copy(_anywidget(), target / "anywidget.js")
    if given is None:
        for package, file in PACKAGES.items():
            _unpack(package, file, target)
        return
    lacking = [name for name in _NAMES if not (given / name).is_file()]
    if lacking:
        raise ValueError(
            f"scripts must be a folder that holds {', '.join(_NAMES)}; {given} lacks {', '.join(lacking)}"
        )
    for file in (*(given / name for name in _NAMES), *given.glob("*LICENSE*")):
        shutil.copy(file, target)


def _anywidget() -> Path:
    """Return anywidget's script for pages, which is installed with it."""
    return next(
        Path(str(file.locate()))
        for file in installed_files("anywidget") or ()
        if file.match("nbextensions/anywidget/index.js")
    )


def _unpack(package: str, file: str, target: Path) -> None:
    """Have npm fetch a package, and keep one file of it and its licence."""
    npm = shutil.which("npm")
    if npm is None:
        raise ValueError(
            f"npm must be installed to get {package}, or --scripts must name a folder that holds "
            f"{', '.join(_NAMES)}, such as the {SCRIPTS} of pages that were made elsewhere"
        )
    with tempfile.TemporaryDirectory() as folder:
        pack = [npm, "pack", "--silent", "--prefer-offline", package]
        done = subprocess.run(pack, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise ValueError(f"npm did not give {package}: {done.stderr.strip()}")
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for member in archive.getmembers():
                if member.name == f"package/{file}":
                    name = Path(file).name
                elif re.fullmatch(r"package/(.+/)?[\w.-]*LICENSE[\w.-]*", member.name):
                    name = f"{Path(file).stem}.LICENSE.txt"
                else:
                    continue
                (target / name).write_bytes(archive.extractfile(member).read())
