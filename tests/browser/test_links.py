"""A term in a lesson leads to its entry in the glossary, and the entry leads back."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

import refresh
from browser.lab import NotebookPage, running_lab

OPENS = 60_000  # milliseconds that JupyterLab may take to open another notebook
AGAIN = "async path => { await jupyterapp.commands.execute('docmanager:open', {path}); return null; }"


def test_a_term_leads_to_its_entry_and_the_entry_back_to_its_place(browser: Browser, tmp_path: Path):
    with running_lab(tmp_path, windowing="defer") as lab:  # without windowing nothing scrolls
        shutil.copytree(refresh.NOTEBOOKS, lab.root / "course", ignore=shutil.ignore_patterns(".*"))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        NotebookPage(page, lab, lab.root / "course" / "01_perceptron.ipynb")

        def heading(name: str, level: int) -> Locator:
            return page.get_by_role("heading", name=name, level=level)

        # JupyterLab looks for a place for ten seconds; a busy machine may need longer to open 09 first
        page.get_by_role("link", name="Glossary", exact=True).click(timeout=OPENS)
        expect(heading("9 · Notation and glossary", 1)).to_be_in_viewport(timeout=OPENS)
        expect(heading("zero-centred", 4)).to_be_attached(timeout=OPENS)
        page.evaluate(AGAIN, "course/01_perceptron.ipynb")
        expect(heading("1 · The perceptron", 1)).to_be_in_viewport(timeout=OPENS)

        page.get_by_role("link", name="threshold", exact=True).first.click()
        expect(heading("threshold", 4)).to_be_in_viewport(timeout=OPENS)
        page.get_by_role("link", name="1 · Threshold or bias?").last.click()
        expect(heading("Threshold or bias?", 3)).to_be_in_viewport(timeout=OPENS)
        page.close()
