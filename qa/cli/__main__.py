"""`python -m qa.cli`."""

from qa.cli import run

if __name__ == "__main__":
    run()
