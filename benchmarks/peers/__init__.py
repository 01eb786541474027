"""article-qa beside other libraries: one encoder, the same passages, each in an environment of its own."""
