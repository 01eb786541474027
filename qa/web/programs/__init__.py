"""What programs are offered: the same operations over HTTP (`/v1`), as MCP tools, and by Gradio's clients."""
