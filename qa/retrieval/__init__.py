"""A question to ranked passages, and why each stands where it does."""
