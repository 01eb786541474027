"""Several indexes side by side: what they are called, asking them all, one answer from many."""
