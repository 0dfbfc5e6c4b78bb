"""Collections: monthly receipts in, the effect of the Centers and its limits out."""
