"""The same questions in twelve languages: how often the right paragraph comes first, by words, by everything.

    XQUAD=folder python -m benchmarks.languages [LANGUAGE ...]

XQUAD holds `xquad.LANGUAGE.json` (Artetxe, Ruder and Yogatama, ACL 2020): each paragraph is an article, and
relevant to its own questions. First the words, BM25 of articles: with every text read as English, in its own
language, and so in one index of all languages. Then everything, without a reader: an index of each language,
and one of all of them together, are made with the encoder MODEL (by default that of the package). With
WORDS=1 the words alone, for which nothing is encoded.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings.backends.folder.words import WordIndex, WordWriter
from embeddings.build.options import BuildOptions
from embeddings.text.languages import identified
from embeddings.types import Article
from qa import QA
from qa.answer.load_judge import NO_READER

Asked = tuple[str, str]
"""A question, and the id of its paragraph."""
Table = dict[str, Callable[[], dict[str, float]]]
"""What is measured, each by language."""


def paragraphs(file: Path, language: str) -> Iterator[tuple[Article, list[str]]]:
    """Each with its questions."""
    number = 0
    for article in json.loads(file.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"].removeprefix("\ufeff")
            yield Article(f"{language}-{number:03}", "", text), [qa["question"] for qa in paragraph["qas"]]
            number += 1


def read(files: dict[str, Path]) -> tuple[list[Article], dict[str, list[Asked]]]:
    """The paragraphs of all `files`; the questions of each."""
    articles: list[Article] = []
    questions: dict[str, list[Asked]] = {}
    for language, file in files.items():
        for article, asked in paragraphs(file, language):
            articles.append(article)
            questions.setdefault(language, []).extend((question, article.id) for question in asked)
    return articles, questions


def by_words(files: dict[str, Path], english: bool = False) -> dict[str, float]:
    """Success@1 of BM25 in one index of all `files`, every text read as English or in its own language."""
    articles, questions = read(files)
    articles = articles if english else [identified(article) for article in articles]
    with TemporaryDirectory() as folder:
        writer = WordWriter(Path(folder, "words"))
        for number, article in enumerate(articles):
            writer.add(number, "", article.text, None, None, article.language)
        writer.close()
        counts = Counter(article.language for article in articles)
        words = WordIndex.open(Path(folder, "words"), [language for language, _ in counts.most_common()])

        def right(question: str, id: str) -> bool:
            found, _ = words.search(question, 1)
            return bool(len(found)) and articles[int(found[0])].id == id

        return {name: sum(right(*one) for one in asked) / len(asked) for name, asked in questions.items()}


def by_everything(files: dict[str, Path]) -> dict[str, float]:
    """Success@1 of the whole ranking in one index of all `files`."""
    articles, questions = read(files)
    with TemporaryDirectory() as folder:
        lines = [json.dumps({"id": article.id, "text": article.text}) for article in articles]
        source, place = Path(folder, "articles.jsonl"), Path(folder, "index")
        source.write_text("\n".join(lines), "utf-8")
        QA.build([source], place, BuildOptions(model=os.environ.get("MODEL")))
        with QA.open(place, reader=NO_READER) as qa:

            def right(question: str, id: str) -> bool:
                return any(place.passage.article.id.endswith(id) for place in qa.search(question, 1))

            return {name: sum(right(*one) for one in asked) / len(asked) for name, asked in questions.items()}


def alone(measure: Callable[[dict[str, Path]], dict[str, float]], files: dict[str, Path]) -> dict[str, float]:
    """What `measure` finds in an index of each language."""
    return {language: measure({language: file})[language] for language, file in files.items()}


def main(wanted: list[str]) -> None:
    found = {file.suffixes[0][1:]: file for file in sorted(Path(os.environ["XQUAD"]).glob("xquad.*.json"))}
    files = {language: file for language, file in found.items() if not wanted or language in wanted}
    table: Table = {
        "words, all read as English": lambda: alone(lambda some: by_words(some, english=True), files),
        "words": lambda: alone(by_words, files),
        "words, all languages in one index": lambda: by_words(files),
    }
    if not os.environ.get("WORDS"):
        table |= {
            "everything": lambda: alone(by_everything, files),
            "everything, all languages in one index": lambda: by_everything(files),
        }
    print(f"| | {' | '.join(files)} |")
    print(f"| --- |{' --- |' * len(files)}")
    for name, measure in table.items():
        row = measure()
        print(f"| {name} | {' | '.join(f'{row[language]:.3f}' for language in files)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
