"""Examples of what each operation takes and returns, from the articles in `seeds/`."""

from typing import Any

ASKED: dict[str, Any] = {"question": "How many people lived in Kherson before the war?", "top_k": 1}
SEARCHED: dict[str, Any] = {"text": "people come back to Kherson", "top_k": 1, "since": "2022-11-01"}
_ARTICLE = "kherson-return.md"
_ORIGIN = {
    "title": "Kherson welcomes Ukrainian soldiers after the Russian pullout",
    "url": "https://ca.news.yahoo.com/ukrainian-flags-raised-kherson-russian-175256526.html",
    "date": "2022-11-11",
    "source": "HuffPost UK",
}
_SENTENCE = {
    "text": "Ukrainian officials had been suspicious of the retreat when it was announced, since they feared "
    "that Ukrainian soldiers might be lured into an ambush in Kherson, where 280,000 people lived before the "
    "war.",
    "start": 1852,
    "end": 2056,
}
_PASSAGE = {
    "rank": 1,
    "article": _ARTICLE,
    **_SENTENCE,
    "score": 1.219986,
    "signals": {"dense": 0.543085, "passage_words": 14.399105, "recency": 1.0, "reader": 0.4},
    **_ORIGIN,
    "also": [],
}
_INFO = {
    "name": "seeds",
    "description": "",
    "articles": 28,
    "passages": 84,
    "since": "2022-06-10",
    "until": "2022-11-16",
    "sources": {"CNN": 16, "USA Today": 11, "HuffPost UK": 1},
    "languages": {"en": 28},
    "model": "all-MiniLM-L6-v2",
    "created": "2022-11-25T04:34:53+00:00",
}
RETURNED: dict[str, dict[str, Any]] = {
    "ask": {
        "question": ASKED["question"],
        "understood": ASKED["question"],
        "answer": {
            **_SENTENCE,
            "article": _ARTICLE,
            "short": {"text": "280,000", "start": 2020, "end": 2027},
        },
        "answerable": 0.9551,
        "agreeing": [],
        "differing": [],
        "other_years": [],
        "passages": [_PASSAGE],
        "ms": 61.5,
    },
    "search": {"passages": [_PASSAGE]},
    "articles": {"articles": [{"id": _ARTICLE, **_ORIGIN}], "total": 1},
    "read": {"id": _ARTICLE, **_ORIGIN, "length": 2157, **_SENTENCE},
    "info": _INFO,
    "corpora": {"corpora": [_INFO]},
}
