"""Pages of notebooks: what they load and link, and what is refused; tests/browser opens them."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, writes

from nblib.tools import handout, html_pages

TEXT = "# A & B\n\n[next](two.ipynb#cell-id=x), [same](#cell-id=y), [far](three.ipynb), $a_1$"


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = [new_markdown_cell(TEXT, id="y"), new_code_cell("print(6 * 7)", id="x")]
    for name in ("one", "two"):
        (folder / f"{name}.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
    (folder / "LICENSE.md").write_text("free", encoding="utf-8")
    return folder


@pytest.fixture
def scripts(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    for name in ("require.js", "embed-amd.js", "tex-svg-full.js", "tex-svg-full.LICENSE.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    return folder


def make(source, target, *options):
    return handout.main(["pages", str(source), str(target), *map(str, options)])


def test_the_command_runs_notebooks_and_writes_pages_with_their_scripts(source, scripts, tmp_path, capsys):
    target = tmp_path / "new" / "pages"
    assert make(source, target, "--scripts", scripts) == 0
    assert capsys.readouterr().out.splitlines() == ["one.html", "two.html", f"2 pages written to {target}"]
    assert sorted(path.name for path in target.iterdir()) == ["LICENSE.md", "one.html", "scripts", "two.html"]
    given = {path.name: path.read_text("utf-8") for path in scripts.iterdir()}
    made = {path.name: path.read_text("utf-8") for path in (target / "scripts").iterdir()}
    assert "AnyModel" in made.pop("anywidget.js")
    assert made == given
    page = (target / "one.html").read_text(encoding="utf-8")
    assert "<title>A &amp; B</title>" in page
    assert "42" in page
    for link in ('href="two.html#cell-id=x"', 'href="#cell-id=y"', 'href="three.ipynb"'):
        assert link in page
    assert 'id="cell-id=x"' in page
    assert not re.search(r"""(src|href)=["']https?:""", page)


@pytest.mark.parametrize("lacks", ["require.js", "tex-svg-full.js"])
def test_a_folder_that_lacks_a_script_is_refused(lacks, source, scripts, tmp_path, capsys):
    (scripts / lacks).unlink()
    assert make(source, tmp_path / "new", "--scripts", scripts) == 1
    says = capsys.readouterr().err
    assert says.startswith("scripts must be a folder that holds require.js, embed-amd.js, tex-svg-full.js; ")
    assert says.endswith(f"lacks {lacks}\n")
    assert not (tmp_path / "new").exists()


def test_without_npm_it_says_what_to_do(source, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(html_pages.shutil, "which", lambda name: None)
    assert make(source, tmp_path / "new") == 1
    assert capsys.readouterr().err.startswith(
        "npm must be installed to get requirejs@2.3.7, or --scripts must"
    )
    assert not (tmp_path / "new").exists()


def test_where_npm_fails_its_words_are_told(source, tmp_path, capsys, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no network >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setattr(html_pages.shutil, "which", lambda name: str(npm))
    assert make(source, tmp_path / "new") == 1
    assert capsys.readouterr().err == "npm did not give requirejs@2.3.7: no network\n"


def test_a_cell_that_fails_is_told_and_nothing_is_written(source, scripts, tmp_path, capsys):
    cells = [new_code_cell("1 / 0", id="bad")]
    (source / "two.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
    assert make(source, tmp_path / "new", "--scripts", scripts) == 1
    says = capsys.readouterr().err
    assert says.startswith("two.ipynb cannot be a page, since a cell of it fails:")
    assert "ZeroDivisionError" in says
    assert not (tmp_path / "new").exists()


def test_pages_never_cover_what_is_there(source, scripts, capsys):
    assert make(source, source, "--scripts", scripts) == 1
    assert "target must be a new or an empty folder" in capsys.readouterr().err
