"""A status narrative read as prose: its sentences, dates, cues and commitments."""
