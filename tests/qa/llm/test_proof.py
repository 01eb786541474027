# ruff: noqa: E501 (one case a line)
"""What is proved and what is not: a table of claims, and how many planted falsehoods pass."""

from pathlib import Path

import pytest

from embeddings.types import Article
from qa.llm.proof.judge import check
from qa.llm.proof.types import Claim, Quote
from tests.qa.llm.claims import Case, cases, library, seed

TEXT = Article(
    "town",
    "Mayor Ada Moll opens the bridge of Arden",
    "Mayor Ada Moll opened the bridge on 3 June 2022. She called the work a triumph. "
    "The repairs cost 12 million euros. The work took nine months, according to engineer Ben Ode.\n\n"
    "Moll did not invite the builders. Ode said that 340 bolts had been replaced. "
    "Carla Finn denied that the bolts were unsafe. Finn may sue the town.\n\n"
    "Moll beat Finn in the election in 2019. The bridge is 40 metres long and carries up to 9,000 cars a day. "
    "Knee trouble forced the cancellation of a visit by the king. "
    "Moll tried to sell the ferry, but nobody bought it. "
    "If the river rises again, the market will be flooded. "
    "The film earned Finn an award nomination in 2015. The seller was Ode, who bought the ferry in 1991. "
    "The old bridge was built by Dora Lum in 1901, and the tower was built in 1950. "
    "Almost half of the shops closed, while 12 opened. Some traders cheered. "
    "Tickets cost $5 in May and $8 in June. The former mayor praised Ode. "
    "The council agreed to lend Finn $700 and to pay Ode $300. "
    "Ode left on Monday and Finn left on Tuesday. The ferry is faster than the bus. "
    "The train runs from Arden to Bexley. "
    "The first suspect, Finn, was freed, the second, Ode, was jailed. Lum has a son who smokes and drinks. "
    "Lum tried to sing and dance. Ode did not come and go. Lum may resign and leave. "
    "The ferry, Ode claims, sank twice. He met Lum in 1980; she died in 1999. "
    "Once the king dies, Finn inherits the tower. Moll said she regretted the noise.",
)

PROVED = [
    ("the same words", "Ode said that 340 bolts had been replaced.", "340 bolts had been replaced"),
    ("without that", "Ode said 340 bolts had been replaced.", "340 bolts had been replaced"),
    ("first name and office from the article", "Ben Ode said that 340 bolts had been replaced.", "340 bolts had been"),
    ("another tense of the same verb", "Ode says that 340 bolts have been replaced.", "340 bolts had been replaced"),
    ("number in words", "The repairs cost twelve million euros.", "The repairs cost 12 million euros"),
    ("number written out", "The repairs cost 12,000,000 euros.", "The repairs cost 12 million euros") ,
    ("unit as a sign", "The repairs cost €12 million.", "The repairs cost 12 million euros"),
    ("unit cut short", "The bridge is 40m long.", "The bridge is 40 metres long"),
    ("American spelling", "The bridge is 40 meters long.", "The bridge is 40 metres long"),
    ("day and month turned", "Mayor Ada Moll opened the bridge on June 3, 2022.", "Ada Moll opened the bridge"),
    ("date in front", "On 3 June 2022, Mayor Ada Moll opened the bridge.", "Ada Moll opened the bridge on"),
    ("without the date", "Ada Moll opened the bridge.", "Mayor Ada Moll opened the bridge"),
    ("name for the pronoun", "Moll called the work a triumph.", "She called the work a triumph"),
    ("speaker behind", "340 bolts had been replaced, Ode said.", "Ode said that 340 bolts"),
    ("said of a speaker in front", "Ode said the work took nine months.", "according to engineer Ben Ode"),
    ("negation kept", "Moll did not invite the builders.", "Moll did not invite the builders"),
    ("negation contracted", "Moll didn't invite the builders.", "Moll did not invite the builders"),
    ("denial kept", "Carla Finn denied that the bolts were unsafe.", "denied that the bolts were unsafe"),
    ("hedge kept", "Finn may sue the town.", "Finn may sue the town"),
    ("speaker behind kept", "The work took nine months, according to Ben Ode.", "took nine months"),
    ("second of two facts", "The bridge carries up to 9,000 cars a day.", "carries up to 9,000 cars a day"),
    ("passive", "Finn was beaten by Moll in the election in 2019.", "Moll beat Finn in the election"),
    ("active", "Dora Lum built the old bridge in 1901.", "The old bridge was built by Dora Lum"),
    ("who did it", "Ode bought the ferry in 1991.", "The seller was Ode, who bought the ferry"),
    ("condition kept", "If the river rises again, the market will be flooded.", "the market will be flooded"),
    ("synonym", "The film earned Finn an award nomination in 2015.", "earned Finn an award nomination"),
    ("synonym of film", "The movie earned Finn an award nomination.", "earned Finn an award nomination"),
    ("after a conjunction", "12 opened.", "Almost half of the shops closed, while 12 opened"),
    ("each of two subjects", "Finn left on Tuesday.", "Ode left on Monday and Finn left on Tuesday"),
    ("two sentences", "Moll did not invite the builders and Finn may sue the town.", "Moll did not invite||Finn may sue"),
]  # fmt: skip

NOT_PROVED = [
    ("digit changed", "Ode said that 345 bolts had been replaced.", "340 bolts had been replaced"),
    ("digits swapped", "Ode said that 430 bolts had been replaced.", "340 bolts had been replaced"),
    ("zero added", "Ode said that 3400 bolts had been replaced.", "340 bolts had been replaced"),
    ("decimal point", "The bridge is 4.0 metres long.", "The bridge is 40 metres long"),
    ("million to billion", "The repairs cost 12 billion euros.", "The repairs cost 12 million euros"),
    ("currency", "The repairs cost 12 million dollars.", "The repairs cost 12 million euros"),
    ("metres to feet", "The bridge is 40 feet long.", "The bridge is 40 metres long"),
    ("unit dropped", "The bridge is 40 long.", "The bridge is 40 metres long"),
    ("day to week", "The bridge carries up to 9,000 cars a week.", "carries up to 9,000 cars a day"),
    ("bound turned", "The bridge carries at least 9,000 cars a day.", "carries up to 9,000 cars a day"),
    ("bound dropped", "The bridge carries 9,000 cars a day.", "carries up to 9,000 cars a day"),
    ("almost dropped", "Half of the shops closed.", "Almost half of the shops closed"),
    ("some to all", "All traders cheered.", "Some traders cheered."),
    ("some dropped", "Traders cheered.", "Some traders cheered."),
    ("not dropped", "Moll did invite the builders.", "Moll did not invite the builders"),
    ("not dropped, tense", "Moll invited the builders.", "Moll did not invite the builders"),
    ("not added", "Ode said that 340 bolts had not been replaced.", "340 bolts had been replaced"),
    ("nobody dropped", "Somebody bought it.", "but nobody bought it"),
    ("denial dropped", "The bolts were unsafe.", "the bolts were unsafe"),
    ("denial to statement", "Carla Finn said that the bolts were unsafe.", "denied that the bolts were unsafe"),
    ("cut out of a denial", "The bolts were unsafe.", "that the bolts were unsafe"),
    ("may to will", "Finn will sue the town.", "Finn may sue the town"),
    ("may dropped", "Finn sues the town.", "Finn may sue the town"),
    ("tried dropped", "Moll sold the ferry.", "Moll tried to sell the ferry"),
    ("condition dropped", "The market will be flooded.", "the market will be flooded"),
    ("speaker dropped", "340 bolts had been replaced.", "340 bolts had been replaced"),
    ("speaker behind dropped", "The work took nine months.", "took nine months, according to"),
    ("another speaker", "Moll said that 340 bolts had been replaced.", "340 bolts had been replaced"),
    ("another speaker quoted too", "Finn said that 340 bolts had been replaced.", "340 bolts had been||Finn may sue the town"),
    ("winner and loser", "Finn beat Moll in the election in 2019.", "Moll beat Finn in the election"),
    ("passive turned", "Moll was beaten by Finn in the election in 2019.", "Moll beat Finn in the election"),
    ("sums swapped", "The council agreed to lend Finn $300.", "agreed to lend Finn $700"),
    ("persons swapped", "The council agreed to lend Ode $700.", "agreed to lend Finn $700"),
    ("prices swapped", "Tickets cost $8 in May.", "Tickets cost $5 in May"),
    ("months swapped", "Tickets cost $5 in June.", "Tickets cost $5 in May"),
    ("days swapped", "Ode left on Tuesday.", "Ode left on Monday and Finn left"),
    ("date of another deed", "In 1950, the old bridge was built by Dora Lum.", "The old bridge was built by Dora Lum"),
    ("day changed", "Ada Moll opened the bridge on 4 June 2022.", "Ada Moll opened the bridge"),
    ("month changed", "Ada Moll opened the bridge on 3 July 2022.", "Ada Moll opened the bridge"),
    ("year changed", "Ada Moll opened the bridge on 3 June 2021.", "Ada Moll opened the bridge"),
    ("another first name", "Ida Moll opened the bridge.", "Ada Moll opened the bridge"),
    ("another last name", "Ada Finn opened the bridge.", "Ada Moll opened the bridge"),
    ("deputy", "The deputy mayor praised Ode.", "The former mayor praised Ode"),
    ("former dropped", "The mayor praised Ode.", "The former mayor praised Ode"),
    ("head noun dropped", "Knee trouble forced a visit by the king.", "forced the cancellation of a visit"),
    ("nomination dropped", "The film earned Finn an award in 2015.", "earned Finn an award nomination"),
    ("opened to closed", "Ada Moll closed the bridge.", "Ada Moll opened the bridge"),
    ("longer word", "Ada Moll reopened the bridge.", "Ada Moll opened the bridge"),
    ("safe and unsafe", "Carla Finn denied that the bolts were safe.", "denied that the bolts were unsafe"),
    ("faster and slower", "The bus is faster than the ferry.", "The ferry is faster than the bus"),
    ("from and to", "The train runs from Bexley to Arden.", "The train runs from Arden to Bexley"),
    ("to and from", "The train runs to Arden from Bexley.", "The train runs from Arden to Bexley"),
    ("buyer and seller", "The buyer was Ode.", "The seller was Ode"),
    ("two sentences merged", "Finn did not invite the builders.", "Moll did not invite the builders||Finn may sue the town"),
    ("pronoun of another", "Ode called the work a triumph.", "She called the work a triumph"),
    ("cause invented", "Finn may sue the town because Moll did not invite the builders.", "Finn may sue the town||Moll did not invite"),
    ("place invented", "Ada Moll opened the bridge in Bexley.", "Ada Moll opened the bridge"),
    ("praise invented", "Ada Moll proudly opened the beautiful bridge.", "Ada Moll opened the bridge"),
    ("another suspect", "The first suspect was jailed.", "The first suspect, Finn, was freed"),
    ("a son's deeds", "Lum drinks.", "Lum has a son who smokes and drinks"),
    ("an attempt as a deed", "Lum dances.", "Lum tried to sing and dance"),
    ("the second half of a denial", "Ode goes.", "Ode did not come and go"),
    ("the second half of a maybe", "Lum leaves.", "Lum may resign and leave"),
    ("once dropped", "Finn inherits the tower.", "Finn inherits the tower"),
    ("she and he", "Moll said he regretted the noise.", "Moll said she regretted the noise"),
    ("an aside dropped", "The ferry sank twice.", "The ferry, Ode claims, sank twice"),
    ("another pronoun", "He died in 1999.", "she died in 1999"),
    ("no quotation", "Ada Moll opened the bridge.", ""),
    ("an invented quotation", "Ada Moll opened the tunnel.", "Ada Moll opened the tunnel on"),
    ("another quotation", "Ada Moll opened the bridge.", "Tickets cost $5 in May"),
    ("a name alone", "Ada Moll.", "Ada Moll opened the bridge"),
    ("a question", "Ada Moll opened the bridge?", "Ada Moll opened the bridge"),
    ("broken off", "Ada Moll opened the", "Ada Moll opened the bridge"),
]  # fmt: skip


def why(text: str, quotes: str) -> str:
    given = tuple(Quote(1, quote) for quote in quotes.split("||") if quote)
    return check(Claim(text, given), library(TEXT)).why


@pytest.mark.parametrize(("name", "text", "quotes"), PROVED, ids=[name for name, *_ in PROVED])
def test_what_its_quotations_say_is_proved(name: str, text: str, quotes: str) -> None:
    assert why(text, quotes) == ""


@pytest.mark.parametrize(("name", "text", "quotes"), NOT_PROVED, ids=[name for name, *_ in NOT_PROVED])
def test_what_its_quotations_do_not_say_is_not_proved(name: str, text: str, quotes: str) -> None:
    assert why(text, quotes)


def test_a_sentence_is_not_twisted() -> None:
    lines = Path(__file__).with_name("twisted.txt").read_text("utf-8").splitlines()
    pairs = [line.split(" => ") for line in lines if not line.startswith("#")]
    passed = [
        (sentence, text)
        for sentence, text in pairs
        if check(
            Claim(text, (Quote(1, sentence),)), library(Article("kent", "News from Kent", sentence))
        ).proved
    ]
    assert len(pairs) > 100
    assert passed == []


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("Ann Moll lost the first of 8 games in Kent.", "Ann Moll lost the first of 8 games in Kent."),
        ("In Kent, Ann Moll won the race by a nose.", "Ann Moll won the race by a nose in Kent."),
        ("By 2030 all buses must be electric and clean.", "All buses must be electric and clean by 2030."),
        ("Ann Moll is the owner. In 1992 she bought the plant.", "In 1992 Ann Moll bought the plant."),
        ("The prize went to a film by Ann Moll, although few saw it.", "Few saw it."),
        ("The next stop is Kent, in Ohio, which has a port.", "Kent, in Ohio, has a port."),
        ("Rex bin Moll won the race in Kent, while bin Ray lost.", "Bin Ray lost."),
        ("Ann Moll opened a theatre of glass fibre.", "Ann Moll opened a theater of glass fiber."),
    ],
)
def test_what_is_moved_or_left_out_in_good_faith_is_proved(sentence: str, text: str) -> None:
    quote = sentence.rpartition(". ")[2]
    assert check(Claim(text, (Quote(1, quote),)), library(Article("kent", "News", sentence))).why == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ode said that 345 bolts had been replaced.", "the number 345 does not stand in its quotations"),
        ("Lum said that 340 bolts had been replaced.", "Lum does not stand in its quotations"),
        ("Ode said that 340 bolts had not been replaced.", "the word not does not stand"),
        ("Ode said that 340 bolts had been painted.", "the word painted does not stand"),
    ],
)
def test_it_is_said_what_is_missing(text: str, said: str) -> None:
    assert said in why(text, "Ode said that 340 bolts had been replaced.")


def passed(file: str) -> tuple[list[Case], list[Case], list[Case]]:
    """Every case; the falsehoods that are shown as proved; the true claims that are not."""
    every = cases(file)
    proved = [check(case.claim, library(seed(case.article))).proved for case in every]
    shown = [case for case, is_shown in zip(every, proved, strict=True) if case.kind and is_shown]
    lost = [case for case, is_shown in zip(every, proved, strict=True) if not case.kind and not is_shown]
    return every, shown, lost


@pytest.mark.parametrize("file", ["planted.txt", "held_out.txt", "unseen.txt"])
def test_of_planted_falsehoods_none_is_shown_and_few_true_claims_are_lost(file: str) -> None:
    every, shown, lost = passed(file)
    falsehoods = [case for case in every if case.kind]
    assert not shown
    if file == "unseen.txt":
        return
    assert len(falsehoods) >= (200 if file == "planted.txt" else 100)
    assert len(lost) <= 0.05 * (len(every) - len(falsehoods)), lost


def test_every_planted_quotation_stands_in_its_article() -> None:
    for case in (*cases("planted.txt"), *cases("held_out.txt"), *cases("unseen.txt")):
        for quote in case.claim.quotes:
            assert library(seed(case.article)).find(quote), quote
