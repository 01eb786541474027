"""How the default reader was taught: `make reader` does it again."""
