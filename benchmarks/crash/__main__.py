"""`python -m benchmarks.crash`."""

import argparse
import sys

import benchmarks.crash
from benchmarks.crash.rounds import main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=benchmarks.crash.__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(main(options.rounds, options.seed))
