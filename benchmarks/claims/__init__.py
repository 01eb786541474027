"""True claims and planted falsehoods about the seeds, and what the proof of `qa ask --llm` makes of them."""
