import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text.copies import Copy, signature, stories

REPORT = [f"Sentence {n} of the report tells what happened in place {n * 7}." for n in range(40)]


def copy(sentences: list[str], title: str = "", source: str | None = None, day: str | None = None) -> Copy:
    return Copy(title, source, day, signature(" ".join(sentences)))


def test_copies_in_other_papers_are_one_story() -> None:
    cut = REPORT[:36]
    other = [f"Quite another matter, number {n}, is told here at length." for n in range(40)]
    found = stories(
        [
            copy(REPORT, "Flood", "Daily"),
            copy(other, "Flood", "Weekly"),
            copy(["By our own correspondent.", *cut], "River rises", "Weekly"),
            copy(REPORT, "Nobody signs"),
            copy(REPORT[:15], "A short one", "Post"),
        ]
    )
    assert found.tolist() == [0, 1, 0, 0, 4]


def test_one_publisher_needs_one_title() -> None:
    notice = [copy(REPORT, f"Page {n}", "Daily") for n in range(3)]
    assert stories(notice).tolist() == [0, 1, 2]
    assert stories([*notice, copy(REPORT, "PAGE 1", "Daily")]).tolist() == [0, 1, 2, 1]
    assert stories([copy(REPORT, "", "Daily"), copy(REPORT, "", "Daily")]).tolist() == [0, 1]


def test_the_same_text_years_later_is_another_story() -> None:
    days = ("2022-05-11", "2015-05-11", None, "2022-06-06")
    found = stories([copy(REPORT, "Cup", source=str(n), day=day) for n, day in enumerate(days)])
    assert found.tolist() == [0, 1, 0, 0]


def test_too_short_to_tell() -> None:
    assert signature("four words are few") == b""
    assert stories([copy(["Hello."], "A", "B"), copy(["Hello."], "A", "C")]).tolist() == [0, 1]


@given(st.integers(0, 40))
def test_signatures_estimate_the_share_of_shingles(kept: int) -> None:
    words = [f"word{n}" for n in range(404)]
    one, two = words[:204], words[5 * kept : 5 * kept + 204]

    def shingles(text: list[str]) -> set[tuple[str, ...]]:
        return {tuple(text[at : at + 5]) for at in range(200)}

    share = len(shingles(one) & shingles(two)) / len(shingles(one) | shingles(two))
    left, right = (np.frombuffer(signature(" ".join(text)), "<u4") for text in (one, two))
    assert abs((left == right).mean() - share) <= 4 * np.sqrt(share * (1 - share) / 64) + 1e-9
