"""Index a folder of articles and ask it.

python -m examples.index_and_ask seeds "Who was found guilty of contempt?"
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from qa import QA, Filter, Result


def main(sources: Path, question: str, place: Path) -> Result:
    """Index the articles in `sources` at `place`, and print what they say about `question`."""
    report = QA.build([sources], place)
    print(f"{report.articles} articles, {report.passages} passages")
    with QA.open(place) as qa:
        result = qa.ask(question, top_k=3, narrow=Filter(since="2022-01-01"))
    if result.answer:
        print(f"{result.answer.text} ({result.answer.article.title})")
    else:
        print(f"No answer; the chance that there is one is {result.answerable:.0%}.")
    for ranked in result.passages:
        print(ranked.rank, ranked.passage.article.id, ranked.passage.text[:80])
    return result


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(Path(sys.argv[1]), sys.argv[2], Path(folder, "index"))
