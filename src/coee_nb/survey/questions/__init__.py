"""Questions by kind: what an entry must say, what an answer may be, its states, its counts."""
