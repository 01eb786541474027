"""An index on a Milvus server, or in a folder of Milvus Lite, behind the same seam as files.

NAME                     alias of the published generation
NAME_000042              passages: vector, words, span, date, publisher; its properties hold the manifest
NAME_000042_articles     articles: words, date, publisher, hash
NAME_000042_texts        their texts, in pieces that fit a field
NAME_000042_terms        in how many passages and articles each term stands
"""
