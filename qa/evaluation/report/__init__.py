"""The HTML report of `qa eval`: one file, no script, nothing from any other host."""
