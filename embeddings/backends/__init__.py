"""Where an index lies: a folder of this machine, or a Milvus server."""
