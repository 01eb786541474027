"""python -m benchmarks.fit signs|reading ARGUMENTS: see benchmarks/fit/signs.py and reading.py."""

import sys

from benchmarks.fit import reading, signs

if __name__ == "__main__":
    kinds = {"signs": signs.main, "reading": reading.main}
    if len(sys.argv) < 3 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kinds[sys.argv[1]](*sys.argv[2:])
