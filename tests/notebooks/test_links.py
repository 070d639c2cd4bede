"""Links lead where they say; symbols, terms and articles are all in notebook 09, and nothing else is."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import refresh
from notebooks.course import LESSONS, each, notebook

ROOT = refresh.NOTEBOOKS.parent
GLOSSARY = refresh.NOTEBOOKS / "09_notation_and_glossary.ipynb"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), refresh.NOTEBOOKS / "LICENSE.md", ROOT / "nblib/data/README.md"]

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(?![\s*])(.+?)(?<![\s*])\*\*")
LABEL = re.compile(r"(\d) · (.+)")

# In bold, and not ended by a punctuation mark as call-outs are, but no terms: emphasis and buttons.
NOT_TERMS = """
    add up, all, arrives, as few units as you can, average over examples, column, crowd of steps, down, Find,
    five, from, horizontal line in the middle, how much the ground slopes under it, how sure, last,
    last layer that is wrong, multiply, no guarantee, no weight is shared between places,
    not an approximation, not send errors through wires, not the learning, once,
    one column for each neuron that they come from, one row for each neuron that they go to, Pause, Predict,
    random, Resume, row, share minus target, Slope 1 on a whole side, smaller, Start again, Stop,
    strengths of the connections, strip, ten steps, the gradient points uphill; the steepest way,
    the same wires with the same weights, the way back, through one number only, to, two of three, up,
    update by update, What comes next, what was missing, Your numbers may differ
"""

# The headings of the articles, in their order; the two sections of the second with one name are told apart.
ARTICLES = {
    "1": [
        "A Biological Neuron",
        "An Artificial Neuron",
        "Neural Networks!",
        "Structural Functionality",
        "Learning Process",
        "Little Confessions",
        "Learning Process - Continued",
        "More Reading",
    ],
    "2": [
        "The Biology",
        "The History",
        "The Model (Overview)",
        "The Model (Details)",
        "Linking it all together",
        "How a Neural Network “Works”",
        "Training",
        "Backpropagation (in words)",
        "Feedforward in Matrix Notation",
        "Backpropagation (in formulas)",
    ],
    "3": [
        "Making predictions",
        "How will it learn?",
        "Mathematical set up",
        "Backpropagation under the hood",
        "Resources",
    ],
}


def texts(book: NotebookNode) -> Iterator[NotebookNode]:
    return (cell for cell in book.cells if cell.cell_type == "markdown")


def prose(source: str) -> str:
    """Return Markdown without its code, in which links and stars mean something else."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", source, flags=re.MULTILINE | re.DOTALL))


def headings(source: str) -> list[str]:
    return re.findall(r"^#{1,6} +(.+?) *$", prose(source), flags=re.MULTILINE)


def lab_anchor(heading: str) -> str:
    """Return the anchor that JupyterLab gives a heading."""
    return re.sub(r"[*_]|\$", "", heading).replace(" ", "-")


def hosting_anchor(heading: str) -> str:
    """Return the anchor that code-hosting sites give a heading of a document."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# -- links ----------------------------------------------------------------------------------------


def link_fault(target: str, own: NotebookNode, folder: Path) -> str:
    """Return why a link of a notebook leads nowhere, nothing if it leads somewhere."""
    if re.match(r"https?://[\w.-]+\.\w+(/|$)", target):
        return ""
    file, _, fragment = target.partition("#")
    if file and not (folder / file).is_file():
        return "there is no such file"
    if not fragment:
        return ""
    book = own if not file else notebook(folder / file) if file.endswith(".ipynb") else None
    if book is None:
        return "only notebooks have anchors here"
    if fragment.startswith("cell-id="):
        if not file:
            return "JupyterLab follows an anchor of a cell only with the name of the file before it"
        found = fragment.removeprefix("cell-id=") in [cell.id for cell in book.cells]
        return "" if found else "there is no cell of this name"
    if file:
        return "JupyterLab looks for a heading before they are there; name the cell: #cell-id=…"
    if not fragment.isascii():
        return "JupyterLab does not find anchors with other than ASCII characters"
    anchors = [lab_anchor(heading) for cell in texts(book) for heading in headings(cell.source)]
    return "" if unquote(fragment) in anchors else "there is no such heading"


def link_faults(book: NotebookNode, folder: Path) -> list[str]:
    return [
        f"{refresh.describe(cell)} links to {target}: {fault}"
        for cell in texts(book)
        for _, target in LINK.findall(prose(cell.source))
        if (fault := link_fault(target, book, folder))
    ]


@each()
def test_every_link_of_a_notebook_leads_somewhere(path: Path):
    assert not (found := link_faults(notebook(path), path.parent)), "\n".join(found)


@each(DOCUMENTS)
def test_every_link_of_a_document_leads_somewhere(path: Path):
    text = path.read_text(encoding="utf-8")
    own = [hosting_anchor(heading) for heading in headings(text)]
    for _, target in LINK.findall(prose(text)):
        if target.startswith("#"):
            assert target[1:] in own, f"{path.name} links to {target}"
        else:
            fault = link_fault(target, new_notebook(), path.parent)
            assert not fault or (path.parent / target).is_dir(), f"{path.name} links to {target}: {fault}"


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("other.ipynb#cell-id=here", ""),
        ("#A-heading,-with-a-comma", ""),
        ("https://example.org/a", ""),
        ("nowhere.ipynb", "there is no such file"),
        ("other.ipynb#cell-id=gone", "there is no cell of this name"),
        ("other.ipynb#Title", "name the cell"),
        ("#cell-id=own", "with the name of the file"),
        ("#a-heading,-with-a-comma", "there is no such heading"),
        ("#δ", "ASCII"),
        ("https://example", "there is no such file"),
        ("LICENSE#Terms", "only notebooks"),
    ],
)
def test_a_link_that_leads_nowhere_is_found(link: str, fault: str, tmp_path: Path):
    other = new_notebook(cells=[new_markdown_cell("# Title", id="title"), new_code_cell("1", id="here")])
    (tmp_path / "other.ipynb").write_text(refresh.to_text(other), encoding="utf-8")
    (tmp_path / "LICENSE").write_text("# Terms", encoding="utf-8")
    own = new_notebook(
        cells=[new_markdown_cell(f"## A heading, with a comma\n\n## δ\n\n[there]({link})", id="own")]
    )
    found = link_faults(own, tmp_path)
    assert len(found) == bool(fault)
    assert fault in "".join(found)


def test_links_in_code_are_none():
    source = "`[a](b)` and\n\n```python\n# [a](b)\nx = 2**3**2\n```\n\n# Heading"
    assert not LINK.findall(prose(source))
    assert not BOLD.findall(prose(source))
    assert headings(source) == ["Heading"]


def heading_above(book: NotebookNode, cell_id: str) -> list[str]:
    """Return the headings of a cell and the last one above it."""
    above: list[str] = []
    for cell in book.cells:
        own = headings(cell.source) if cell.cell_type == "markdown" else []
        if cell.id == cell_id:
            return above[-1:] + own
        above += own
    return []


def label_faults(source: str, folder: Path) -> list[str]:
    """Return the links that name a notebook and a heading, and lead to others."""
    found = []
    for label, target in LINK.findall(prose(source)):
        file, anchor, cell = target.partition("#cell-id=")
        if anchor and (named := LABEL.fullmatch(label)):
            there = [heading.replace("`", "") for heading in heading_above(notebook(folder / file), cell)]
            if not file.startswith(f"0{named[1]}_") or named[2] not in there:
                found.append(f"[{label}] leads to {there} of {file}")
    return found


def test_what_the_glossary_calls_a_place_is_the_heading_there():
    found = [
        fault for cell in texts(notebook(GLOSSARY)) for fault in label_faults(cell.source, GLOSSARY.parent)
    ]
    assert not found, "\n".join(found)


def test_a_wrong_name_of_a_place_is_found():
    right = "[1 · One unit that decides](01_perceptron.ipynb#cell-id=unit)"
    assert not label_faults(right, refresh.NOTEBOOKS)
    for wrong in (
        right.replace("One unit", "Two units"),
        right.replace("[1", "[2"),
        right.replace("=unit", "=xor"),
    ):
        assert label_faults(wrong, refresh.NOTEBOOKS)


# -- terms ----------------------------------------------------------------------------------------


def canonical(term: str) -> str:
    """Return a term in lower case and without the plural's s."""
    return re.sub(r"s$", "", " ".join(term.casefold().split()))


def split_list(text: str) -> list[str]:
    """Return the phrases of a list with commas; a semicolon in it stands for a comma."""
    return [phrase.strip().replace(";", ",") for phrase in text.replace("\n", " ").split(",")]


def is_call_out(bold: str) -> bool:
    """Whether it is a call-out, a sentence or a number: it ends like a sentence, or has no letter."""
    return bold[-1] in ".:?!," or not re.search(r"[^\W\d]", bold)


def bold_words(book: NotebookNode) -> set[str]:
    """Return what stands in bold and may be a term; the first cell, with the map, is left out."""
    cells = list(texts(book))[1:]
    found = {bold for cell in cells for bold in BOLD.findall(LINK.sub(r"\1", prose(cell.source)))}
    return {bold for bold in found if not is_call_out(bold)}


def entries(book: NotebookNode) -> dict[str, NotebookNode]:
    """Return the cells of the glossary by the word that they explain."""
    return {
        word: cell for cell in texts(book) for word in re.findall(r"^#### (.+)$", cell.source, re.MULTILINE)
    }


def names_of(word: str, cell: NotebookNode) -> set[str]:
    """Return the word of an entry and its other names, which stand in it in bold."""
    return {canonical(name) for name in (word, *BOLD.findall(cell.source))}


def missing_terms(bold: Iterable[str], glossary: NotebookNode) -> set[str]:
    known = set().union(*(names_of(word, cell) for word, cell in entries(glossary).items()))
    known |= set(map(canonical, split_list(NOT_TERMS)))
    return {
        word
        for word in bold
        if canonical(word) not in known and not set(map(canonical, re.split(r", | and ", word))) <= known
    }


@each(LESSONS)
def test_every_term_in_bold_has_an_entry(path: Path):
    missing = missing_terms(bold_words(notebook(path)), notebook(GLOSSARY))
    assert not missing, f"give them an entry in {GLOSSARY.name}, or add them to NOT_TERMS: {sorted(missing)}"


def test_no_word_is_called_no_term_in_vain():
    used = {canonical(word) for path in LESSONS for word in bold_words(notebook(path))}
    explained = set().union(*(names_of(*entry) for entry in entries(notebook(GLOSSARY)).items()))
    listed = split_list(NOT_TERMS)
    assert not [word for word in listed if canonical(word) not in used], "these stand nowhere in bold"
    assert not [word for word in listed if canonical(word) in explained], "these have an entry"
    assert len(set(map(canonical, listed))) == len(listed)


def test_a_term_without_an_entry_is_found():
    lesson = new_notebook(
        cells=[
            new_markdown_cell("# Title\n\n[a](b) → **Map**"),
            new_markdown_cell(
                "**Predict:** the **[epoch](x#y)s** of **phlogiston** in **12 → 3**; `**code**`"
            ),
        ]
    )
    assert bold_words(lesson) == {"epochs", "phlogiston"}
    assert missing_terms(bold_words(lesson), notebook(GLOSSARY)) == {"phlogiston"}


def entry_faults(word: str, cell: NotebookNode, folder: Path) -> list[str]:
    """Return what is wrong with an entry: its name, its sentence, or the places behind the arrow.

    The first place introduces the word, so the word must stand there.
    """
    text, _, places = re.sub(r"^#+ .*$", "", cell.source, flags=re.MULTILINE).strip().rpartition("→")
    links = LINK.findall(places)
    found = []
    if cell.id != re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-"):
        found.append(f"the cell's name is {cell.id}")
    if not re.search(r'[.)]"?$', text.strip()) or len(text.strip()) < 20:
        found.append("there is no sentence before the arrow")
    if not links or LINK.sub("", places).strip(" ,"):
        found.append("behind the arrow there are not only links")
    for _, target in links[:1]:
        file, _, cell_id = target.partition("#cell-id=")
        source = next((there.source for there in notebook(folder / file).cells if there.id == cell_id), "")
        if not any(name in " ".join(source.casefold().split()) for name in names_of(word, cell)):
            found.append(f"the word does not stand in {target}")
    return [f"{word}: {fault}" for fault in found]


def test_entries_are_alphabetical_and_lead_to_their_words():
    found = entries(notebook(GLOSSARY))
    assert list(found) == sorted(found, key=str.casefold)
    assert len(found) > 100
    names = [name for word, cell in found.items() for name in {canonical(word)}]
    assert len(set(names)) == len(names)
    faults = [fault for entry in found.items() for fault in entry_faults(*entry, GLOSSARY.parent)]
    assert not faults, "\n".join(faults)


def test_the_line_of_letters_leads_to_the_first_entry_of_each():
    found = entries(notebook(GLOSSARY))
    first = {}
    for word, cell in found.items():
        first.setdefault(word[0].upper(), f"{GLOSSARY.name}#cell-id={cell.id}")
    (line,) = (cell.source for cell in texts(notebook(GLOSSARY)) if cell.id == "glossary")
    assert dict(LINK.findall(line)) == first
    for letter, target in first.items():
        cell = next(cell for cell in found.values() if target.endswith(f"={cell.id}"))
        assert headings(cell.source)[0] == letter


@pytest.mark.parametrize(
    ("cell_id", "source", "fault"),
    [
        ("unit", "#### unit\n\nIt adds and it compares. → [1 · x](01_perceptron.ipynb#cell-id=unit)", ""),
        (
            "units",
            "#### unit\n\nIt adds and it compares. → [1 · x](01_perceptron.ipynb#cell-id=unit)",
            "name",
        ),
        ("unit", "#### unit\n\nUnfinished. → [1 · x](01_perceptron.ipynb#cell-id=unit)", "no sentence"),
        ("unit", "#### unit\n\nIt adds and it compares. → notebook 1", "not only links"),
        (
            "soma",
            "#### soma\n\nThe body of a nerve cell. → [1 · x](01_perceptron.ipynb#cell-id=unit)",
            "does not stand",
        ),
    ],
)
def test_a_faulty_entry_is_found(cell_id: str, source: str, fault: str):
    cell = new_markdown_cell(source, id=cell_id)
    (entry,) = entries(new_notebook(cells=[cell])).items()
    found = entry_faults(*entry, refresh.NOTEBOOKS)
    assert len(found) == bool(fault)
    assert fault in "".join(found)


# -- symbols --------------------------------------------------------------------------------------

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\s]")
SPACES = {r"\,", r"\;", r"\ ", r"\!", r"\quad", r"\qquad", r"\left", r"\right", r"\bigl", r"\bigr", r"\Big"}
SAME = {r"\lVert": r"\|", r"\rVert": r"\|", "′": "'"}


def tokens(formula: str) -> tuple[str, ...]:
    lone = re.sub(r"\{(\\[A-Za-z]+|[^\s{}\\])\}", r"\1 ", formula)  # a^{L} is a^L
    return tuple(SAME.get(token, token) for token in TOKEN.findall(lone) if token not in SPACES)


def formulas(source: str) -> Iterator[tuple[str, ...]]:
    for formula in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", prose(source), flags=re.DOTALL):
        yield tokens("".join(formula))


def occurs(symbol: tuple[str, ...], formula: tuple[str, ...]) -> bool:
    """Whether a symbol stands in a formula by itself: no index or power belongs to it that is not its own."""
    n = len(symbol)
    for start in range(len(formula) - n + 1):
        before, after = formula[start - 1 : start], formula[start + n : start + n + 1]
        if (
            formula[start : start + n] == symbol
            and after not in (("_",), ("^",))
            and before not in (("_",), ("^",))
        ):
            return True
    return False


def rows_of(table: str) -> list[list[str]]:
    """Return the rows of the Markdown tables of a text, without the headings."""
    rows = [
        [entry.strip() for entry in line.strip("| ").split("|")]
        for line in table.splitlines()
        if line.startswith("|")
    ]
    rules = [i for i, row in enumerate(rows) if all(re.fullmatch(r":?-+:?", entry) for entry in row)]
    return [row for i, row in enumerate(rows) if i not in rules and i + 1 not in rules]


def symbols_of(entry: str) -> list[str]:
    """Return the symbols of a table's entry: formulas, or letters in plain text."""
    return re.findall(r"\$.+?\$", entry) or [entry]


def symbol_faults(entry: str, sources: list[str]) -> list[str]:
    everything = [formula for source in sources for formula in formulas(source)]
    found = []
    for symbol in symbols_of(entry):
        if symbol.startswith("$"):
            if not any(occurs(tokens(symbol.strip("$")), formula) for formula in everything):
                found.append(symbol)
        elif not any(symbol in prose(source) for source in sources):
            found.append(symbol)
    return found


def identifiers(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name))
            ):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                found.add(name)
            case ast.MatMult() | ast.Mult():
                found.add(type(node).__name__)
    return found


@cache
def names_in_the_code() -> frozenset[str]:
    """Return every name that nblib or a code cell of the course knows."""
    found = set()
    for path in (ROOT / "nblib").rglob("*.py"):
        found |= identifiers(ast.parse(path.read_text(encoding="utf-8")))
    for path in LESSONS:
        for cell in notebook(path).cells:
            if cell.cell_type == "code":
                source = re.sub(r"^await ", "", cell.source, flags=re.MULTILINE)
                found |= identifiers(ast.parse(source))
    return frozenset(found)


def code_faults(entry: str) -> set[str]:
    """Return the names in the code of a table's entry that the course does not know."""
    found = set()
    for code in re.findall(r"`([^`]+)`", entry):
        code = "a * b" if code == "*" else code
        found |= identifiers(ast.parse(code, mode="eval")) - names_in_the_code()
    return found


def symbol_table() -> list[list[str]]:
    (source,) = (cell.source for cell in texts(notebook(GLOSSARY)) if cell.id == "notation")
    return rows_of(source)


def test_every_symbol_of_the_table_occurs_in_the_course():
    sources = [cell.source for path in LESSONS for cell in texts(notebook(path))]
    table = symbol_table()
    assert len(table) > 30
    faults = {row[1]: found for row in table if (found := symbol_faults(row[0], sources))}
    assert not faults, f"these stand in no text of the course: {faults}"


def test_every_name_in_the_code_is_one():
    assert sum("`" in row[3] for row in symbol_table()) > 30
    faults = {row[0]: found for row in symbol_table() if (found := code_faults(row[3]))}
    assert not faults, f"neither nblib nor the course knows {faults}"


def test_every_symbol_leads_to_a_place_where_it_stands():
    for symbol, *_, place in symbol_table():
        ((_, target),) = LINK.findall(place)
        file, _, cell_id = target.partition("#cell-id=")
        (cell,) = (cell for cell in notebook(GLOSSARY.parent / file).cells if cell.id == cell_id)
        missing = symbol_faults(symbol, [cell.source])
        assert len(missing) < len(symbols_of(symbol)), f"none of {symbol} stands in {target}"


def test_a_symbol_or_name_that_does_not_occur_is_found():
    sources = [r"$$\delta^l = (W^{l+1})^T\,\delta^{l+1}\odot\sigma'(z^l)$$ and $w^l_{jk}$", "a change, Δw2"]
    for known in (r"$\delta^l$", "$w^l_{jk}$", "$w^{l}_{jk}$", r"$\odot$", "$l$, $z^l$", "Δ"):
        assert not symbol_faults(known, sources)
    for unknown in (r"$\kappa$", "$w$", "$w^l$", "$W^l$", "$z^l_j$", "Ω"):
        assert symbol_faults(unknown, sources) == [unknown]
    assert not code_faults("`network.weights[l - 1]`, `*`")
    assert code_faults("`network.wheights[l - 1]`") == {"wheights"}


# -- the articles ---------------------------------------------------------------------------------


def coverage() -> dict[str, list[list[str]]]:
    (source,) = (cell.source for cell in texts(notebook(GLOSSARY)) if cell.id == "coverage")
    parts = re.split(r"^\*\*([123])\*\*", source, flags=re.MULTILINE)
    return {number: rows_of(table) for number, table in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("number", ARTICLES)
def test_every_section_of_an_article_is_covered(number: str):
    sections = [section for section, _ in coverage()[number]]
    assert sections == ["(before the first heading)", *ARTICLES[number]]


@pytest.mark.parametrize("number", ARTICLES)
def test_each_section_names_the_headings_under_which_it_is_covered(number: str):
    for section, places in coverage()[number]:
        labels = LINK.findall(places)
        assert labels, f"{section} leads nowhere"
        assert not LINK.sub("", places).strip(" ,"), f"{section}: not only links"
        for label, target in labels:
            named = LABEL.fullmatch(label)
            assert named, f"{section}: {label} names no heading"
            file, _, cell_id = target.partition("#cell-id=")
            assert named[2] in heading_above(notebook(GLOSSARY.parent / file), cell_id), f"{section}: {label}"
