"""The entries of a feed, each kept for good: as its page has it, or as the feed has it.

A feed shows its newest entries only; those that it showed before stay in the index until its address is
removed. Where the feed gives no more of an entry than a summary, the page that it links is fetched.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic

from embeddings.sources.addresses import linked
from embeddings.sources.fetch import kept
from embeddings.sources.fetch.client import Client
from embeddings.sources.fetch.found import articles_in
from embeddings.sources.fetch.kept import FEED, KeptFile, today
from embeddings.sources.fetch.kinds import in_utf_8, kind
from embeddings.sources.fetch.network import Unfetched
from embeddings.types import Article

SUMMARY = 1_000
"""Characters of an entry's text, a passage, below which it is taken for a summary."""
PAGES = 100
"""Pages of one feed that are fetched at a time."""
MINUTES = 15.0
"""After which no more of them are asked for, either."""
ENTRIES = 1_000
"""Entries of one feed that are kept at a time."""


class Partly(Unfetched):
    """The feed was fetched, and some of the pages that it links were not."""


class FeedPages:
    """The entries of one feed, kept in `folder`."""

    def __init__(self, client: Client, folder: Path, feed: KeptFile, allow_private: bool) -> None:
        self._client = client
        self._folder = folder
        self._feed = feed
        self._allow_private = allow_private
        self._asked = 0
        self._until = monotonic() + 60 * MINUTES
        self._failed: list[str] = []

    def fetch(self, feed: bytes) -> None:
        """Keep the entries of `feed`. Raises Partly where pages of some were not fetched, with the first."""
        articles = articles_in(feed, FEED)
        for article in articles[:ENTRIES]:
            self._entry(article)
        if len(articles) > ENTRIES:
            raise Partly(f"more than {ENTRIES:,} entries: the others are left out")
        if self._failed:
            count = len(self._failed)
            pages = "a page that it links was" if count == 1 else f"{count:,} pages that it links were"
            more = ", and others" if count > 1 else ""
            raise Partly(f"{pages} not fetched, what is known of them is read ({self._failed[0]}{more})")

    def _entry(self, article: Article) -> None:
        link = linked(self._feed.url, article.url)
        called = link or article.id
        record = kept.entry_record(self._folder, called)
        before = kept.read(record)
        mark = _mark(article)
        if before and before.entry == mark and before.is_settled:
            return
        found, body, settled = None, None, True
        if link and len(article.text) < SUMMARY:
            try:
                found, body = self._page(link, article, record, before)
            except Unfetched as error:
                settled = not error.again
                self._failed.append(f"{link}: {error}")
        if found is None and before and before.url:
            found = before
        if found is None:
            body = _alone(replace(article, id=called, url=link))
            found = KeptFile(called, "", kept.name_of(record, body, ".jsonl"), today())
        told = {"date": article.date or "", "source": article.source or ""}
        kept.keep(record, replace(found, entry=mark, is_settled=settled, **told), body)

    def _page(
        self, link: str, article: Article, record: Path, before: KeptFile | None
    ) -> tuple[KeptFile, bytes | None]:
        """The page of an entry; without a body where the one that is kept is still the same."""
        if self._asked == PAGES:
            raise Unfetched(f"{PAGES} pages of a feed are fetched at a time", again=True)
        if monotonic() > self._until:
            raise Unfetched(f"pages of a feed are fetched for {MINUTES:g} minutes at a time", again=True)
        self._asked += 1
        known = before if before and before.url else None
        answer = self._client.get(link, self._allow_private, kept.conditions(known))
        if answer.status == 304 and known:
            return known, None
        ending = kind(answer)
        if ending == FEED:
            raise Unfetched("it is a feed itself")
        body = in_utf_8(answer, ending)
        if sum(len(one.text) for one in articles_in(body, ending)) <= len(article.text):
            raise Unfetched("there is no more to read on it than in the feed")
        file = kept.name_of(record, body, ending)
        return KeptFile(link, answer.url, file, today(), *kept.marks(answer.headers)), body


def _mark(article: Article) -> str:
    said = json.dumps([article.title, article.text, article.date])
    return hashlib.sha256(said.encode()).hexdigest()


def _alone(article: Article) -> bytes:
    """An entry as a line of a file, as the feed has it."""
    fields = {
        name: value for name, value in asdict(article).items() if value and name not in ("path", "language")
    }
    return json.dumps(fields).encode()
