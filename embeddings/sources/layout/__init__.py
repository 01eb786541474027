"""Lines on the pages of a PDF to running text: columns, running heads, paragraphs, hyphens."""
