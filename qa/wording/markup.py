"""HTML in which text is always text: every string is escaped, only what `element` made is not."""

from collections.abc import Iterable
from typing import TypeAlias
from urllib.parse import urlsplit

from markupsafe import Markup

from qa.wording.safe_text import isolated

Child: TypeAlias = "Markup | str | None"


def element(tag: str, *children: Child, **attributes: str | int | None) -> Markup:
    """`<tag>` around `children`; `class_` stands for class, `aria_label` for aria-label; None is left out."""
    given = Markup().join(
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), value)
        for name, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(tag, given, join(children))


def join(children: Iterable[Child]) -> Markup:
    """`children` one after the other, strings escaped and their writing direction kept to themselves."""
    return Markup().join(
        child if isinstance(child, Markup) else isolated(child) for child in children if child is not None
    )


def safe_address(url: str | None) -> str | None:
    """`url` where it is an http(s) address that a link may carry, else None."""
    if not url or not url.isprintable() or any(character.isspace() for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host and "@" not in parts.netloc else None


def link(url: str | None) -> Markup | None:
    """A link that names its host, opened aside, telling that host nothing; None for any other address."""
    address = safe_address(url)
    if not address:
        return None
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return element("a", f"{host} ↗", href=address, target="_blank", rel="noopener noreferrer nofollow")
