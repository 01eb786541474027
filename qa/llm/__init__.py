"""Answers in sentences by a language model of the user's own; the program proves every word of them."""
