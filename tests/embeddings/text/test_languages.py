import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.text import languages
from embeddings.text.languages import NAMES, identified, language_of
from embeddings.types import Article

SEEDS = sorted((Path(__file__).parents[3] / "seeds").glob("*.md"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Fluss stieg in der Nacht um zwei Meter, und die Schule blieb geschlossen.", "de"),
        ("La rivière est montée de deux mètres pendant la nuit et l’école est restée fermée.", "fr"),
        ("Ночью река поднялась на два метра, и школа осталась закрытой.", "ru"),
        ("Річка піднялася на два метри, і школа залишилася зачиненою цілий день.", "uk"),
        ("ارتفع النهر مترين خلال الليل وبقيت المدرسة مغلقة.", "ar"),
        ("夜间河水上涨两米，学校关闭。", "zh"),
        ("夜の間に川の水位が二メートル上がり、学校は閉鎖された。", "ja"),
        ("밤사이 강물이 이 미터 불어나 학교가 문을 닫았다.", "ko"),
        ("แม่น้ำสูงขึ้นสองเมตรในตอนกลางคืน และโรงเรียนปิด", "th"),
        ("The river rose by two metres in the night, and the school stayed shut.", "en"),
        ("The ministry’s Sprecher said that „die Schule bleibt geschlossen“, and parents went home.", "en"),
        ("River level: 2.4 m", "en"),
        ("12.4 % (2022)", "en"),
        ("", "en"),
    ],
)
def test_a_text_is_of_the_language_that_most_of_it_is_in(text: str, language: str) -> None:
    assert language_of(text) == language
    assert language in NAMES
    assert identified(Article("a", "", text)).language == language


def test_plain_english_loads_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "_by_model", lambda text, sure: pytest.fail(f"asked for {text[:50]}"))
    assert SEEDS
    assert {language_of(seed.read_text("utf-8")) for seed in SEEDS} == {"en"}


def test_what_is_not_sure_stays_english(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unsure:
        def classify(self, text: str) -> tuple[str, float]:
            return "af", languages._SURE - 0.01

    monkeypatch.setattr(languages, "_model", Unsure)
    assert language_of("Goeie diens") == "en"
    assert language_of("Manchester United, Leeds United, " * 15 + "and Chelsea") == "en"
    assert language_of("Manchester United, Leeds United, " * 15) == "af"  # no English has so few small words


@pytest.mark.slow
def test_asking_loads_no_detector() -> None:
    imports = "import sys, qa.pipeline, qa.cli.terminal, embeddings.build.build"
    code = f"{imports}; print('py3langid' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
