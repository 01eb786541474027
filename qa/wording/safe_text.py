"""Text that is harmless to a terminal and to the text around it, in one line where it must be."""

import json
import re

_CONTROL = {code: "\ufffd" for code in [*range(32), *range(127, 160)] if chr(code) not in "\n\t"}
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What JSON may hold as it is, but commands a terminal, turns the text around it, or is no character."""
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OPEN, _CLOSE = "\u2066\u2067\u2068", "\u2069"


def printable(text: str) -> str:
    """`text` without characters that command a terminal, and `isolated`."""
    return isolated(text.translate(_CONTROL))


def one_line(text: str) -> str:
    """`text` as one line that is `printable`."""
    return printable(" ".join(text.split()))


def isolated(text: str) -> str:
    """`text` whose marks of direction turn nothing but itself: it may be right to left, its frame is not."""
    if not _DIRECTIONS.search(text):
        return text
    return "\n".join(map(_isolated_line, text.split("\n")))


def _isolated_line(line: str) -> str:
    if not _DIRECTIONS.search(line):
        return line
    depth, kept = 0, []
    for character in line:
        if character == _CLOSE and not depth:  # it would close what is put around the line
            continue
        depth += (character in _OPEN) - (character == _CLOSE)
        kept.append(character)
    return f"\u2068{''.join(kept)}{_CLOSE * depth}{_CLOSE}"


def json_text(value: object) -> str:
    """`value` as JSON to be read by people too; what would not be seen in it is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
