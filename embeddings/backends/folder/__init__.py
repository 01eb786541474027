"""An index in a folder: FAISS, tantivy and SQLite files in generations."""
