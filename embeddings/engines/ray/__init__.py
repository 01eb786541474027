"""The reading, cutting and encoding of a build, spread over the machines of a Ray cluster.

driver            files in units                                 `units.units`
tasks             a unit read once, its records in parts         `units.read_parts`
pool of actors    a part cut and encoded, written as a shard     `workers.Embedder`, `shards`
driver            shards in the corpus's order, into the index   `engine.RayEngine`
"""
