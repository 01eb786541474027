"""The claims that the proof is measured by are what they say, and those of the tuned half are told apart."""

from functools import cache

from benchmarks.claims.__main__ import proved, report
from benchmarks.claims.cases import HALVES, Case, cases
from qa.llm.proof.judge import check
from qa.llm.proof.quotes import Library
from qa.llm.proof.types import Claim, Quote
from tests.qa.llm.claims import library, seed


@cache
def places(articles: tuple[str, ...]) -> Library:
    return library(*map(seed, articles))


def claim(case: Case) -> Claim:
    return Claim(case.text, tuple(Quote(1, words) for words in case.quotes))


def test_there_are_enough_of_every_kind_and_their_quotations_stand_in_their_articles() -> None:
    every = [case for half in HALVES for case in cases(half)]
    assert sum(case.true for case in every) >= 240
    assert sum(not case.true for case in every) >= 240
    assert len({case.kind for case in every if not case.true}) >= 15
    for case in every:
        found = places(case.articles)
        if case.kind not in ("stitched", "invented"):
            assert all(found.find(Quote(1, words)) for words in case.quotes), case


def test_the_halves_are_of_different_articles() -> None:
    tuned, held_out = ({name for case in cases(half) for name in case.articles} for half in HALVES[:2])
    assert not tuned & held_out


def test_no_falsehood_of_the_tuned_half_is_shown() -> None:
    falsehoods = [case for case in cases("tuned") if not case.true]
    shown = [case for case in falsehoods if check(claim(case), places(case.articles)).proved]
    assert shown == []


def test_what_a_server_says_is_counted_by_kind() -> None:
    sentence = "Orion carries 16 cameras inside and out."
    made = [
        Case(("artemis-liftoff.md",), (sentence,), sentence, "whole", true=True),
        Case(("artemis-liftoff.md",), (sentence,), "Orion carries 61 cameras.", "digits", true=False),
        Case(("artemis-liftoff.md",), (sentence,), "Orion carries 16 cameras.", "digits", true=False),
    ]
    found = proved(made)
    assert list(found.values()) == [True, False, True]
    assert "falsehoods shown as proved: 1 of 2 (50.0 %)" in report("some", found)
    assert "digits 1/2" in report("some", found)
    assert "true claims lost: 0 of 1 (0.0 %)" in report("some", found)
