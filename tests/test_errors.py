"""What a notebook shows of an error of ours: its kind and sentence, no frames."""

from coee_nb.errors import InputError

CELL = """
from coee_nb.errors import InputError
def read():
    raise InputError("no column 'status'", where="list.csv", do="map it")
read()
"""
SENTENCE = "list.csv: no column 'status'. To do: map it."


def test_a_notebook_shows_the_sentence_and_keeps_kind_and_value(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(book, allow_errors=True, kernel_name="python3").execute()
    (error,) = book.cells[0].outputs
    assert (error.ename, error.evalue) == ("InputError", SENTENCE)
    assert error.traceback == [f"InputError: {SENTENCE}"]


def test_the_sentence_is_that_of_the_error():
    assert InputError("no file", where="a.csv")._render_traceback_() == [
        "InputError: a.csv: no file."
    ]
