"""An index that is open for reading, and what is kept of its articles."""
