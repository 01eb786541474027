"""Files to articles: which files, how each format is read, and what was left out."""
