"""Who cuts and encodes: this process, or a Ray cluster."""
