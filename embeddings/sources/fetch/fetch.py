"""Addresses fetched and kept: pages, files, and feeds with the pages that they link."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from embeddings.errors import QAError
from embeddings.sources.fetch import kept
from embeddings.sources.fetch.client import Client
from embeddings.sources.fetch.feed_pages import FeedPages, Partly
from embeddings.sources.fetch.files import addresses_of
from embeddings.sources.fetch.found import articles_in
from embeddings.sources.fetch.kinds import in_utf_8, kind
from embeddings.sources.fetch.network import Unfetched
from embeddings.sources.source import Source

_HOSTS = 8
"""Hosts that are asked at a time; each is asked for one thing at a time."""


def fetch(
    sources: Sequence[Source], home: Path, said: Callable[[str], None] = lambda _: None
) -> dict[str, str]:
    """Fetch the addresses that `sources` name, and keep them in the index whose folder is `home`.

    Returns why those were not, or not wholly, fetched that were not; what was kept of them before stays.
    `said` hears of each address when it is done. Raises QAError where nothing can be kept.
    """
    wanted: dict[str, bool] = {}
    for source in sources:
        for address in addresses_of(source):
            if isinstance(address, str):
                wanted[address] = wanted.get(address, False) or source.reading.allow_private
    by_host: dict[str, list[str]] = {}
    for address in wanted:
        by_host.setdefault(urlsplit(address).hostname or "", []).append(address)
    stop = Event()
    client = Client(stop)
    failed: dict[str, str] = {}

    def of_host(addresses: Sequence[str]) -> None:
        for address in addresses:
            try:
                _fetch(address, wanted[address], home, client)
            except Partly as error:
                failed[address] = str(error)
            except Unfetched as error:
                failed[address] = f"{error}{_still_there(address, home)}"
            except OSError:  # of our own disk
                raise
            except Exception as error:  # one address must never stop the others
                why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                failed[address] = f"it cannot be fetched ({why}){_still_there(address, home)}"
            if stop.is_set():
                return
            said(f"{'not fetched' if address in failed else 'fetched'}: {address}")

    with ThreadPoolExecutor(_HOSTS, "fetch") as threads:
        waiting = [threads.submit(of_host, addresses) for addresses in by_host.values()]
        try:
            for done in as_completed(waiting):
                done.result()
        except OSError as error:
            raise QAError(f"what is fetched cannot be kept in {home}: {error.strerror or error}") from None
        finally:
            stop.set()
    return {address: failed[address] for address in wanted if address in failed}


def _fetch(address: str, allow_private: bool, home: Path, client: Client) -> None:
    """Fetch and keep one address. Raises Unfetched, also where only a part of a feed's pages was fetched."""
    folder = kept.folder_of(home, address)
    record = kept.named_record(folder)
    before = kept.read(record)
    answer = client.get(address, allow_private, kept.conditions(before))
    if answer.status == 304 and before:
        found, body = before, (folder / before.file).read_bytes()
    else:
        ending = kind(answer)
        body = in_utf_8(answer, ending)
        articles_in(body, ending)  # or it is no better than what was kept
        file = kept.name_of(record, body, ending)
        found = kept.KeptFile(address, answer.url, file, kept.today(), *kept.marks(answer.headers))
        kept.keep(record, found, body)
    if found.is_feed:
        FeedPages(client, folder, found, allow_private and answer.is_private).fetch(body)


def _still_there(address: str, home: Path) -> str:
    before = kept.read(kept.named_record(kept.folder_of(home, address)))
    return f"; what was fetched on {before.day} is read" if before else ""
