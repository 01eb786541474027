"""The same questions in twelve languages: how often the right paragraph comes first, by words, by everything.

    XQUAD=folder python -m benchmarks.languages [LANGUAGE ...]

XQUAD holds `xquad.LANGUAGE.json` (Artetxe, Ruder and Yogatama, ACL 2020): each paragraph is an article, and
relevant to its own questions. An index of each language, and one of all of them together, are made with the
encoder MODEL (by default that of the package), and asked without a reader. Words are BM25 of articles.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings.build.options import BuildOptions
from qa import QA
from qa.answer.load_judge import NO_READER

Asked = tuple[str, str]
"""A question, and the id of its paragraph."""


def paragraphs(file: Path, language: str) -> Iterator[tuple[str, str, list[str]]]:
    """Id, text and questions of each."""
    number = 0
    for article in json.loads(file.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"].removeprefix("\ufeff")
            yield f"{language}-{number:03}", text, [asked["question"] for asked in paragraph["qas"]]
            number += 1


def write(files: dict[str, Path], place: Path) -> dict[str, list[Asked]]:
    """The paragraphs of all languages into the file `place`; the questions of each."""
    questions: dict[str, list[Asked]] = {}
    with place.open("w", encoding="utf-8") as lines:
        for language, file in files.items():
            for id, text, asked in paragraphs(file, language):
                lines.write(json.dumps({"id": id, "text": text}) + "\n")
                questions.setdefault(language, []).extend((question, id) for question in asked)
    return questions


def shares(qa: QA, asked: list[Asked]) -> tuple[float, float]:
    """Success@1 of BM25 of articles, and of the whole ranking."""
    words = everything = 0
    for question, id in asked:
        found, _ = qa.index.article_words.search(question, 1)
        words += bool(len(found)) and qa.index.catalog.articles(found)[int(found[0])].id.endswith(id)
        everything += any(place.passage.article.id.endswith(id) for place in qa.search(question, 1))
    return words / len(asked), everything / len(asked)


def measured(files: dict[str, Path], folder: Path) -> dict[str, tuple[float, float]]:
    """By language, in one index of all `files`."""
    articles, place = folder / "articles.jsonl", folder / "index"
    questions = write(files, articles)
    QA.build([articles], place, BuildOptions(model=os.environ.get("MODEL")))
    with QA.open(place, reader=NO_READER) as qa:
        return {language: shares(qa, asked) for language, asked in questions.items()}


def main(wanted: list[str]) -> None:
    found = {file.suffixes[0][1:]: file for file in sorted(Path(os.environ["XQUAD"]).glob("xquad.*.json"))}
    files = {language: file for language, file in found.items() if not wanted or language in wanted}
    print("| language | words | everything | words, all languages in one index | everything, so |")
    print("| --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as together:
        both = measured(files, Path(together))
        for language, file in files.items():
            with TemporaryDirectory() as alone:
                one = measured({language: file}, Path(alone))[language]
            row = (*one, *both[language])
            print(f"| {language} | {' | '.join(f'{share:.3f}' for share in row)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
