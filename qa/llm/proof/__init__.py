"""Whether a claim says what its quotations say, word for word: pure functions, no model."""
