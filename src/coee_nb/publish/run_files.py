"""The files of a whole run, beside the pages of its notebooks: one name for each."""

BESIDE = {  # by what the manifest calls them
    "findings": "findings.json",
    "evidence": "evidence.csv",
    "workbook": "tables.xlsx",
    "log": "run.log",
    "changes": "changes.html",
    "summary": "summary.html",
    "answers": "answers.docx",
    "methods": "methods.html",
}
FOR_READERS = ("evidence", "workbook", "answers", "changes", "methods", "summary")
"""What the front page leads to."""
