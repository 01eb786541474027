"""One small module a format: an open file to articles, and remarks on what was left out."""
