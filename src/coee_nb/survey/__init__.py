"""The survey: responses in, per-question results out, nothing that points at a person."""
