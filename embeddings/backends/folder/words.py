"""Words of passages or articles in a tantivy index: BM25 over title and text in one field."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np
import tantivy
from tantivy import Occur, Query

from embeddings.index.manifest import damaged
from embeddings.index.records import day_number
from embeddings.text.analysis import analyze, analyzer
from embeddings.text.terms import Terms, searched
from embeddings.types import ENGLISH, Filter, Numbers, Vectors

_ANALYZER = "article_qa"
_HEAP = 64_000_000
_MADE = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
"""Reads terms that are made already."""

Clause: TypeAlias = tuple[Occur, Query]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=False, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_unsigned_field("number", indexed=True, fast=True)
    builder.add_integer_field("date", indexed=True, fast=True)
    builder.add_text_field("source", stored=False, tokenizer_name="raw", index_option="basic")
    return builder.build()


class WordWriter:
    """Builds a word index in a folder; `close` makes it whole."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._index = tantivy.Index(_schema(), str(folder), reuse=False)
        self._index.register_tokenizer(_ANALYZER, analyzer())
        self._writer = self._index.writer(_HEAP, 1)

    def add(
        self,
        number: int,
        title: str,
        text: str,
        date: str | None,
        source: str | None,
        language: str = ENGLISH,
    ) -> None:
        document = tantivy.Document()
        document.add_unsigned("number", number)
        if language == ENGLISH:
            document.add_text("text", searched(title, text))
        else:
            terms = " ".join(analyze(searched(title, text), language))
            document.add_pre_tokenized_text("text", _MADE.pre_tokenize(terms))
        if date:
            document.add_integer("date", day_number(date))
        if source:
            document.add_text("source", source)
        self._writer.add_document(document)

    def close(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()


class WordIndex(Terms):
    """BM25 (k1 1.2, b 0.75) as Lucene and tantivy compute it."""

    def __init__(self, folder: Path, index: tantivy.Index, languages: Sequence[str]) -> None:
        super().__init__(languages)
        self._folder = folder
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def open(cls, folder: Path, languages: Sequence[str] = (ENGLISH,)) -> Self:
        """`languages` are those of the articles.

        Raises IndexMismatchError where the files are damaged, as do all that read from them.
        """
        with _damage(folder):
            try:
                index = tantivy.Index.open(str(folder))
            except ValueError as error:
                if "Lockfile" not in str(error):
                    raise
                index = _open_unwritable(folder)
            if index.schema != _schema():
                raise ValueError("its fields are not those of words")
            index.register_tokenizer(_ANALYZER, analyzer())
            return cls(folder, index, languages)

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        with _damage(self._folder):
            return [self._searcher.doc_freq("text", term) for term in terms]

    def near(self, term: str, edits: int, k: int) -> Numbers:
        """Numbers of up to `k` units with a term that differs by at most `edits` (1 or 2) letters."""
        query = Query.fuzzy_term_query(self._schema, "text", term, edits)
        return self._run([(Occur.Must, query)], k)[0] if len(self) else np.zeros(0, np.int64)

    def search(self, text: str, k: int, narrow: Filter | None = None) -> tuple[Numbers, Vectors]:
        """Numbers and BM25 scores of the `k` units that match `text` best, best first.

        `text` is words, never query syntax. With `narrow`, only among articles that it lets through.
        """
        clauses = self._clauses(text)
        if not clauses or k <= 0 or not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return self._run([(Occur.Must, Query.boolean_query(clauses)), *self._conditions(narrow)], k)

    def scores(self, text: str, numbers: Numbers) -> Vectors:
        """Float32 `(len(numbers),)`: the BM25 score of each of these units, 0 where no word matches."""
        scores = np.zeros(len(numbers), np.float32)
        clauses = self._clauses(text)
        if not clauses or not len(numbers):
            return scores
        these = Query.term_set_query(self._schema, "number", [int(n) for n in numbers])
        only = (Occur.Must, Query.const_score_query(these, 0.0))
        found, values = self._run([(Occur.Must, Query.boolean_query(clauses)), only], len(numbers))
        order = np.argsort(numbers)
        scores[order[np.searchsorted(numbers, found, sorter=order)]] = values
        return scores

    def _clauses(self, text: str) -> list[Clause]:
        return [(Occur.Should, Query.term_query(self._schema, "text", term)) for term in self.terms(text)]

    def _conditions(self, narrow: Filter | None) -> list[Clause]:
        conditions: list[Query] = []
        if narrow and (narrow.since or narrow.latest):
            since = day_number(narrow.since) if narrow.since else None
            until = day_number(narrow.latest) if narrow.latest else None
            conditions.append(
                Query.range_query(self._schema, "date", tantivy.FieldType.Integer, since, until)
            )
        if narrow and narrow.sources:
            names = [Query.term_query(self._schema, "source", name) for name in narrow.sources]
            conditions.append(Query.boolean_query([(Occur.Should, name) for name in names]))
        return [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]

    def _run(self, clauses: list[Clause], k: int) -> tuple[Numbers, Vectors]:
        query = Query.boolean_query(clauses)
        with _damage(self._folder):
            hits = self._searcher.search(query, limit=min(k, len(self)), count=False).hits
            addresses = [address for _, address in hits]
            numbers = np.array(self._searcher.fast_field_values("number", addresses), np.int64)
        scores = np.array([score for score, _ in hits], np.float32)
        order = np.lexsort((numbers, -scores))
        return numbers[order], scores[order]


def _open_unwritable(folder: Path) -> tantivy.Index:
    """Opened through links in a temporary folder: tantivy writes a lock file (quickwit-oss/tantivy#557).

    Nothing is looked up by name once it is open, so the links need not stay.
    """
    with tempfile.TemporaryDirectory(prefix="article-qa-", ignore_cleanup_errors=True) as aside:
        for file in folder.iterdir():
            if file.suffix != ".lock":
                link = Path(aside, file.name)
                try:
                    link.symlink_to(file.absolute())
                except OSError:  # Windows lets few people make links
                    shutil.copyfile(file, link)
        return tantivy.Index.open(aside)


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """What tantivy raises on damaged files, as IndexMismatchError."""
    try:
        yield
    except ValueError as error:
        raise damaged(folder, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which cannot be imported
            raise
        raise damaged(folder, error) from None
