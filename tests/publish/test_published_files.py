"""No file of a run says on which machine it was made, and every page is light."""

import shutil

import pytest
from published_files import MOST, naming_a_folder, too_large

from coee_nb.errors import InputError
from coee_nb.publish.pdf import browser, print_page


@pytest.mark.long
def test_no_file_of_a_run_names_a_folder_of_this_machine(published):
    assert naming_a_folder(published) == []
    assert too_large(published.parent) == []


@pytest.mark.long
@pytest.mark.browser
def test_nor_does_a_printed_page(published, tmp_path):
    try:
        browser()
    except InputError:
        pytest.skip("Chromium is not installed")
    shutil.copy(published / "toy.html", tmp_path)
    print_page(tmp_path / "toy.html", tmp_path / "toy.pdf")
    assert (tmp_path / "toy.pdf").stat().st_size > 1000
    assert naming_a_folder(tmp_path) == []


def test_a_folder_that_is_named_is_found_and_a_large_page_is(tmp_path):
    (tmp_path / "toy.html").write_text(str(tmp_path / "rows.csv") + "x" * MOST)
    assert naming_a_folder(tmp_path) == ["toy.html"]
    assert too_large(tmp_path) == ["toy.html"]
