"""python -m benchmarks.fit signs|reading ARGUMENTS: see benchmarks/fit/signs.py and reading.py."""

import sys

from benchmarks.fit import reading, signs

if __name__ == "__main__":
    kind, *arguments = [*sys.argv[1:], ""]
    if kind == "signs" and arguments[:-1]:
        signs.main(*arguments[:-1])
    elif kind == "reading" and arguments[:-1]:
        reading.main(*arguments[:-1])
    else:
        sys.exit(__doc__)
