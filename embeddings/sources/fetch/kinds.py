"""Of which kind an answer is, whatever it says of itself, and its text in UTF-8."""

import mimetypes
import re
from email.message import Message
from urllib.parse import urlsplit

from embeddings.sources.fetch.kept import FEED
from embeddings.sources.fetch.network import Unfetched
from embeddings.sources.fetch.request import Answer
from embeddings.sources.readers.by_ending import ending

_FEED = re.compile(
    rb"\A[^<]{0,20}(?:<\?[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>|\s)*<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_MARKUP = re.compile(rb"\s*<(?!\?xml)")
_LOOKED_AT = 4_096
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset|<\?xml[^>]{0,200}?encoding", re.IGNORECASE)
_UNTOLD = (
    *("", "text/plain", "application/octet-stream", "binary/octet-stream", "application/x-download"),
    *("application/gzip", "application/x-gzip"),
)
"""What servers say of files that they do not know: the address may tell more."""
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_TEXTS = (".html", ".txt", ".md", ".csv", ".tsv")
_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "application/epub+zip": ".epub",
    "application/x-ndjson": ".jsonl",
    "message/rfc822": ".eml",
    "application/x-zip-compressed": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
}


def kind(answer: Answer) -> str:
    """The ending of the file that `answer` would be. Raises Unfetched for a kind that is not read."""
    beginning = answer.body[:_LOOKED_AT]
    told = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if told in _FEEDS or _FEED.match(beginning):
        return FEED
    if beginning.startswith(b"%PDF-"):
        return ".pdf"
    if told in _UNTOLD:
        named = ending(urlsplit(answer.url).path)
        return named or (".html" if told != "text/plain" and _MARKUP.match(beginning) else _text(beginning))
    found = _KINDS.get(told) or mimetypes.guess_extension(told) or ""
    if found == FEED or (not found and told.endswith("+xml")):
        raise Unfetched("it is XML, but no feed")
    if ending(f"x{found}") is None:
        raise Unfetched(f"it is of a kind that is not read ({told[:80]})")
    return found


def _text(beginning: bytes) -> str:
    if 0 in beginning:
        raise Unfetched("the server does not say of what kind it is")
    return ".txt"


def in_utf_8(answer: Answer, ending: str) -> bytes:
    """The body; a text that only the answer's header says the encoding of is kept in UTF-8."""
    body = answer.body
    if ending not in _TEXTS or _DECLARED.search(body[:_LOOKED_AT]):
        return body
    header = Message()
    header["Content-Type"] = answer.headers.get("content-type", "").replace("\r", "").replace("\n", "")
    told = header.get_content_charset()
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return body.decode(told or "utf-8").encode("utf-8")
        except (UnicodeError, LookupError):
            pass
    return body
