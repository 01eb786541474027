"""Questions to a folder of articles, answered with exact quotations, on your own machine.

from qa import QA

QA.build(["seeds"], ".qa")
with QA.open(".qa") as qa:
    result = qa.ask("Who rebuilt the bridge?")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from embeddings.build.options import BuildOptions
    from embeddings.types import Article, Filter, Passage
    from qa.corpora.corpora import Corpora
    from qa.pipeline import QA
    from qa.retrieval.explain import Explanation
    from qa.types import Answer, RankedPassage, Result, Signals

__all__ = [
    "QA",
    "Answer",
    "Article",
    "BuildOptions",
    "Corpora",
    "Explanation",
    "Filter",
    "Passage",
    "RankedPassage",
    "Result",
    "Signals",
]

_HOMES = {
    "QA": "qa.pipeline",
    "Answer": "qa.types",
    "Corpora": "qa.corpora.corpora",
    "Explanation": "qa.retrieval.explain",
    "RankedPassage": "qa.types",
    "Result": "qa.types",
    "Signals": "qa.types",
    "Article": "embeddings.types",
    "BuildOptions": "embeddings.build.options",
    "Filter": "embeddings.types",
    "Passage": "embeddings.types",
}


def __getattr__(name: str) -> Any:
    """Imported when first asked for: `qa --help` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
