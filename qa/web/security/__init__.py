"""Who and what is let through to the page."""
