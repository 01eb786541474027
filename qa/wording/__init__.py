"""What the page, the terminal and the report say alike, and how text is made safe for each."""
