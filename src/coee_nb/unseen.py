"""What holds respondents' rows or unreleased counts, and therefore never shows itself."""


class Unseen:
    """Base of results that a stray last line of a cell must not print.

    Every way of showing one (repr, text, f-string, HTML, IPython's pretty printer) names its kind
    and nothing that it holds. Tables, charts and findings of a release are what may be shown.

    >>> class Rows(Unseen):
    ...     def __init__(self):
    ...         self.rows = ["R_1", "R_2"]
    >>> f"{Rows()}"
    '<Rows: not shown, as it holds answers or counts that are not released>'
    """

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__}: not shown, as it holds answers or counts that are not "
            "released>"
        )

    def _repr_html_(self) -> str:
        from markupsafe import Markup

        return Markup("<p>{}</p>").format(repr(self))

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        printer.text(repr(self))
