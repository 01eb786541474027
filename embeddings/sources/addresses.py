"""Addresses of the web, as sources are named by them."""

import re

from embeddings.errors import SourceError

LONGEST = 2_000
"""Characters of an address, at most; browsers and servers take little more."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_address(name: str) -> bool:
    """Whether `name` is meant as an address, right or wrong."""
    return bool(_ADDRESS.match(name))


def address(given: str) -> str:
    """`given` in the one form in which it is remembered, without `#...`. Raises SourceError."""
    import httpx

    if len(given) > LONGEST:
        raise SourceError(f"{given[:60]}... is an address of more than {LONGEST:,} characters")
    try:
        found = httpx.URL(given)
        host = found.raw_host
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise SourceError(f"{given} is no address ({error})") from None
    if not found.scheme:
        raise SourceError(f"{given[:60]} is no address: expected one that begins with https://")
    if found.scheme not in ("http", "https"):
        raise SourceError(f"{given} begins with {found.scheme}: only http and https are fetched")
    if found.userinfo:
        raise SourceError(f"{found.host}: an address with a password in it is not taken: it would be kept")
    if not host:
        raise SourceError(f"{given} names no host")
    whole = str(found.copy_with(fragment=None))
    if len(whole) > LONGEST:
        raise SourceError(f"{given[:60]}... is an address of more than {LONGEST:,} characters")
    return whole


def linked(base: str, link: str | None) -> str | None:
    """Where `link` leads on a page or in a feed at `base`; None where it is no address to fetch."""
    import httpx

    if not link or len(link) > LONGEST:
        return None
    try:
        return address(str(httpx.URL(base).join(link.strip())))
    except (SourceError, httpx.InvalidURL, UnicodeError, ValueError):
        return None
