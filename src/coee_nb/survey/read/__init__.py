"""An export from file to coded columns: formats, layout, entries, answers, dates, checks."""
