"""Articles to an index that can be searched; knows nothing of questions and answers."""
