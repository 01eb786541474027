"""Fits the weights of answering: `signs` those without a reader, `reading` those of a reader."""
