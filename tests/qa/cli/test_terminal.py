import pytest

from qa.types import Result
from qa.wording.phrases import likelihood


@pytest.mark.parametrize(
    ("likely", "said"), [(1.0, "over 99%"), (0.99, "99%"), (0.514, "51%"), (0.01, "1%"), (0.004, "under 1%")]
)
def test_nothing_is_certain(likely: float, said: str) -> None:
    assert likelihood(Result("?", "?", None, likely, (), 1.0)) == f"{said} likely to be answered here"
