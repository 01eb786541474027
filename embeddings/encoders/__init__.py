"""Texts to vectors: which model, and what runs it."""
