"""Questions by type: what an answer may be, its states, its counts."""
