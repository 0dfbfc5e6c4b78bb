"""``python -m coee_nb``: the command line, also where no script ``coee`` is on the path."""

from coee_nb.cli import main

if __name__ == "__main__":
    main()
