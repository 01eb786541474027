"""Measure whether shorter passages help: two builds, the same judged questions, a paired comparison.

python -m examples.compare_builds seeds seeds/questions.jsonl
"""

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings.text.passages import PassageSettings
from qa import QA, BuildOptions
from qa.evaluation.evaluate import Evaluation, evaluate, trial


def main(sources: Path, questions: Path, folder: Path) -> Evaluation:
    """Compare passages of 40 words with those of 160 on `questions`; the indexes go into `folder`."""
    trials = []
    for words in (160, 40):
        place = folder / f"words-{words}"
        QA.build([sources], place, BuildOptions(settings=PassageSettings(words=words)))
        with QA.open(place) as qa:
            trials.append(trial(qa, str(questions)))
    long, short = trials
    evaluation = evaluate(replace(short, against=long.run))
    for change in evaluation.differences:
        print(f"{change.name}: {change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}], p {change.p:.3f}")
    return evaluation


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        main(Path(sys.argv[1]), Path(sys.argv[2]), Path(made))
