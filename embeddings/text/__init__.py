"""What is done with an article's text: sentences, passages, terms, copies. Pure functions."""
