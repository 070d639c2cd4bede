"""A term in a lesson leads to its entry in the glossary, and the entry leads back."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, expect

import refresh
from browser.lab import NotebookPage, running_lab

OPENS = 60_000  # milliseconds that JupyterLab may take to open another notebook


def test_a_term_leads_to_its_entry_and_the_entry_back_to_its_place(browser: Browser, tmp_path: Path):
    with running_lab(tmp_path, windowing="defer") as lab:  # without windowing it opens, but does not scroll
        course = lab.root / "course"
        shutil.copytree(refresh.NOTEBOOKS, course, ignore=shutil.ignore_patterns(".*"))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        NotebookPage(page, lab, course / "01_perceptron.ipynb")
        page.get_by_role("link", name="threshold", exact=True).first.click(timeout=OPENS)
        expect(page.get_by_role("heading", name="threshold", level=4)).to_be_in_viewport(timeout=OPENS)
        page.get_by_role("link", name="1 · Threshold or bias?").last.click()
        expect(page.get_by_role("heading", name="Threshold or bias?", level=3)).to_be_in_viewport(
            timeout=OPENS
        )
        page.close()
