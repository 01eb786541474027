"""The page of `qa chat`: what each part shows (pure functions), and how Gradio's components carry it."""
