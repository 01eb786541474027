"""Addresses that were named, fetched politely and kept as files of the index."""
