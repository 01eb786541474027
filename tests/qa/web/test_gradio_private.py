"""Gradio as `qa chat` imports it."""

import json
import subprocess
import sys

import pytest

from tests.server import environment

_SCRIPT = """
import json, sys
from pathlib import Path
from qa.web.gradio_private import import_gradio
wrote = []
write = Path.write_text
Path.write_text = lambda path, *given: wrote.append(str(path)) or write(path, *given)
import_gradio()
import inspect, gradio as gr
print(json.dumps({
    "mcp": "mcp" in sys.modules, "wrote": wrote, "events": hasattr(gr.Textbox, "submit"),
    "found": inspect.getfile(gr.Textbox).endswith("textbox.py"),
}))
import mcp
"""


@pytest.mark.slow
def test_only_what_is_needed_is_imported_and_nothing_written() -> None:
    command = [sys.executable, "-c", _SCRIPT]
    told = subprocess.run(command, capture_output=True, check=True, text=True, env=environment()).stdout
    assert json.loads(told) == {"mcp": False, "wrote": [], "events": True, "found": True}
