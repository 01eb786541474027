"""Words that a proof treats apart from all others; closed lists, so that nothing is learnt or guessed."""

FREE = frozenset(
    "a an the this that these those of in on at to for with as is are was were be been being am has have "
    "had having do does did it its itself he him his himself she her hers herself they them their theirs "
    "themselves who whom whose which what where when there here also very i we us our ours you your me "
    "my into onto upon than such so own however meanwhile then instead s t".split()
)
"""They hold a sentence together and assert nothing by themselves."""
PREPOSITIONS = frozenset("of in on at to for with as into onto upon from by than".split())
JOINS = frozenset("and but while yet whereas".split())

RIGID = frozenset(
    # what turns a statement round, weakens it or bounds it
    "not no nobody none nothing never neither nor without hardly barely scarcely cannot few fewer less least "
    "may might could would should can must will shall if unless whether until only even all every each "
    "some many most much more both either half any several or other another once almost nearly just merely "
    "except unlike instead-of too enough "
    # what a thing is no longer, not yet, or not really
    "former ex acting deputy vice alleged supposed would-be potential possible proposed attempted fake "
    "partly partially mainly mostly largely chiefly primarily effectively virtually practically technically "
    "theoretically hypothetically nominally officially unofficially ostensibly temporarily provisionally "
    "tentatively initially originally previously formerly potentially arguably presumably purportedly "
    "rarely seldom sometimes occasionally often usually normally generally typically narrowly "
    "falsely wrongly "
    "mistakenly erroneously illegally jokingly unsuccessfully "
    "allegedly reportedly supposedly possibly perhaps maybe probably likely unlikely seemingly apparently "
    # where a thing stands to another
    "before after above below over under against between from since by during within beyond despite up down "
    "about around roughly approximately circa through across out off near outside inside behind toward "
    "towards among per worth "
    # why
    "because although though therefore thus hence due owing thanks".split()
)
"""They must stand in both, in the same order, or in neither."""
LOOSE = frozenset(
    "before after since during within despite from over under above below between through across out off "
    "about around near outside inside behind toward towards among worth because although though by all "
    "both either".split()
)
"""Those that may follow a claim's last word: the rest of the sentence only adds to it."""
BOUNDS = frozenset("if unless whether except".split())
"""What they say holds for the whole sentence."""
OPENING_BOUNDS = frozenset("until without unlike instead-of once".split())
MODAL = frozenset("may might could would should can must will shall".split())
PRIVATIVE = frozenset("former ex acting deputy vice".split())

PARTICLES = frozenset("bin ibn al el van von der den de da di du la le".split())
"""They are of the name that follows them."""
TITLES = frozenset(
    "president minister prime chancellor governor senator state judge mayor king queen prince princess pope "
    "dr mr mrs ms sir lord professor prof general secretary chief executive chairman chairwoman chair "
    "spokesman spokeswoman spokesperson lawyer attorney economist biologist ecologist astrophysicist "
    "scientist "
    "senior researcher author coauthor co journalist founder leader engineer superintendent park "
    "commissioner "
    "health director mp lawmaker representative congressman labour conservative golfer singer actor actress "
    "dancer player producer commander captain speaker visitor owner goalkeeper coach officer police "
    "agency aid charity defence defense crown agriculture first".split()
)
"""They may stand before a name, and be left out there."""

SAYING = frozenset(
    "say tell report announce claim argue allege add warn predict estimate reckon believe think suggest "
    "promise confirm deny insist acknowledge concede admit describe call stress note explain write testify "
    "reveal according doubt fear hope consider forecast speculate guess reply answer accuse vow pledge blame "
    "attribute credit assume conclude dispute imagine dream pretend propose plan intend want expect ask "
    "demand refuse decline fail suspect agree recall mean urge threaten "
    "joke quip boast lament contend assert complain whisper tweet".split()
)
"""What hangs on them is said by somebody, or wished, or denied: it does not stand by itself."""
OF_THINGS = frozenset("describe call note blame consider report announce".split())
"""Those that take a thing and not a statement: what hangs on them ends at the next `and`."""

SAME = tuple(
    group.split()
    for group in (
        "say tell add according reply remark",
        "begin start commence",
        "end finish",
        "die dead death",
        "big large",
        "buy purchase",
        "film movie",
        "get obtain receive",
        "quick fast",
        "show display",
        "help aid",
        "car automobile",
        "child kid",
        "house home",
        "firm company business",
        "quit resign",
        "pick choose select",
        "wed marry marriage",
        "close shut",
        "wreck destroy",
        "photograph photo picture",
        "purse prize",
        "doctor physician",
        "aeroplane airplane plane",
        "illness disease",
        "need require",
        "permit allow let",
        "fix repair",
        "sum amount",
        "yearly annual",
        "hurt injure",
        "happen occur",
        "answer reply",
        "hard difficult",
        "several various",
        "nation country",
        "lately recently",
        "whole entire",
        "carmaker automaker",
        "cattle cow",
        "price cost",
        "ban bar",
        "search seek",
        "vow pledge promise",
        "danger risk",
        "lawmaker legislator",
        "leave depart",
        "approve authorize authorise",
    )
)
"""Words of which one may stand for the other."""
SAME_BOUNDS = {
    "around": "about", "roughly": "about", "approximately": "about", "circa": "about", "nearly": "almost",
    "due": "because", "owing": "because", "thanks": "because", "though": "although", "despite": "although",
    "till": "until", "towards": "toward", "shall": "will", "none": "nobody", "amid": "among",
}  # fmt: skip
"""The same for words that bound what is said."""

IRREGULAR = {
    form: base
    for base, forms in {
        "say": "said stated", "tell": "told", "begin": "began begun", "write": "wrote written", "win": "won",
        "lead": "led", "leave": "left", "rise": "rose risen", "fall": "fell fallen", "get": "got gotten",
        "give": "gave given", "take": "took taken", "make": "made", "buy": "bought", "bring": "brought",
        "sell": "sold", "pay": "paid", "hold": "held", "keep": "kept", "lose": "lost", "meet": "met",
        "send": "sent", "spend": "spent", "build": "built", "think": "thought", "find": "found",
        "see": "saw seen", "know": "knew known", "go": "went gone", "come": "came", "become": "became",
        "run": "ran", "drive": "drove driven", "break": "broke broken", "speak": "spoke spoken",
        "choose": "chose chosen", "wear": "wore worn", "bear": "bore born borne", "tear": "tore torn",
        "stand": "stood", "understand": "understood", "feel": "felt", "mean": "meant", "teach": "taught",
        "catch": "caught", "fight": "fought", "seek": "sought", "fly": "flew flown", "grow": "grew grown",
        "throw": "threw thrown", "draw": "drew drawn", "show": "shown", "eat": "ate eaten",
        "hide": "hid hidden",
        "ride": "rode ridden", "shoot": "shot", "shrink": "shrank shrunk", "swear": "swore sworn",
        "sweep": "swept", "steal": "stole stolen", "forget": "forgot forgotten", "beat": "beaten",
        "child": "children", "man": "men", "woman": "women", "person": "people", "foot": "feet",
        "fastest": "quickest", "faster": "quicker", "biggest": "largest", "bigger": "larger",
        "death": "dying", "leaf": "leaves", "life": "lives", "accord": "according", "wed": "wedding",
    }.items()
    for form in forms.split()
}  # fmt: skip

SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {word: 10 * tens for tens, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}
LARGE = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {
    word: value
    for value, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
UNITS = {
    word: unit
    for unit, words in {
        "%": "% percent", "$": "$ dollar dollars usd", "€": "€ euro euros eur", "£": "£ gbp", "¥": "¥ yen",
        "mm": "mm millimeter millimeters millimetre millimetres", "cm": "cm centimeter centimeters "
        "centimetre centimetres", "km": "km kilometer kilometers kilometre kilometres", "m": "m meter meters "
        "metre metres", "kg": "kg kilogram kilograms", "mph": "mph", "ft": "ft foot feet",
        "mg": "mg milligram milligrams", "mcg": "mcg microgram micrograms", "c": "celsius",
        "f": "fahrenheit", "in": "inch inches", "mi": "mile miles", "lb": "pound pounds",
    }.items()
    for word in words.split()
}  # fmt: skip
MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
PHRASES = {
    ("more", "than"): ">", ("no", "more", "than"): "<=", ("at", "least"): ">=", ("no", "less", "than"): ">=",
    ("no", "fewer", "than"): ">=", ("fewer", "than"): "<", ("less", "than"): "<", ("at", "most"): "<=",
    ("up", "to"): "<=", ("as", "much", "as"): "<=", ("as", "many", "as"): "<=", ("as", "long", "as"): "<=",
    ("close", "to"): "almost", ("per", "cent"): "%", ("can", "not"): "cannot", ("no", "one"): "nobody",
    ("because", "of"): "because", ("as", "well", "as"): "and", ("so", "that"): "and",
    ("instead", "of"): "instead-of", ("in", "spite", "of"): "despite",
    ("is", "to"): "will", ("are", "to"): "will", ("was", "to"): "would", ("were", "to"): "would",
    ("has", "to"): "must", ("have", "to"): "must", ("had", "to"): "must",
    ("according", "to"): "according", ("out", "of"): "from", ("united", "states"): "US",
    ("united", "kingdom"): "UK", ("united", "nations"): "UN", ("european", "union"): "EU",
}  # fmt: skip
"""Words that mean one thing together."""
ADJECTIVE = ("ive", "al", "ous", "ic", "ful", "able", "ible", "ary", "ish", "ern")
NOT_QUITE = frozenset(
    "partial provisional honorary fictional hypothetical theoretical symbolic imaginary artificial "
    "virtual nominal unofficial".split()
)
"""Adjectives without which a thing would be another."""
PERSONS = {
    form: forms.split()[0]
    for forms in (
        "he him his himself",
        "she her hers herself",
        "they them their theirs",
        "i me my",
        "we us our",
    )
    for form in forms.split()
}
"""Whom a pronoun can mean."""
PRONOUNS = frozenset("he she his her".split())
OPENING_PRONOUNS = PRONOUNS | {"it", "its", "they", "their"}
TOTALS = frozenset(
    "not no nobody nothing never neither nor without cannot hardly barely scarcely all every each any "
    "only".split()
)
"""What they say holds of all that follows, so that nothing of it may be left out."""
SHARES = frozenset("half third thirds quarter quarters most majority all".split())
OWNERS = frozenset("the its his her their our".split())
NOT_SUPERLATIVE = frozenset(
    "west northwest southwest midwest rest test contest protest forest interest request harvest arrest "
    "invest honest modest guest quest conquest nest vest chest crest zest suggest digest".split()
)
"""They end as superlatives do."""
OPENINGS = frozenset("in on at along across near during within from under inside outside".split())
"""What a phrase begins with that may stand before a statement or behind it."""
PEOPLES = frozenset(
    "american british english scottish welsh irish french german dutch danish swedish norwegian finnish "
    "polish czech austrian swiss italian spanish portuguese greek turkish russian soviet ukrainian "
    "hungarian romanian european western eastern northern southern african asian chinese japanese korean "
    "indian pakistani iranian israeli palestinian arab saudi egyptian mexican canadian brazilian "
    "australian indigenous christian catholic jewish muslim buddhist hindu republican democratic nazi "
    "communist".split()
)
"""Written with a capital, and nobody's name."""
RATES = frozenset("second minute hour day night week month year head person piece plaintiff game".split())
BOUND_OPENINGS = frozenset("in as for under with by like".split())
"""What a phrase begins with that stands before a statement and may bound it: `in theory`, `as a joke`."""
PLAIN_OPENINGS = frozenset(
    "statement interview speech letter article message email post tweet newsletter report release court "
    "morning afternoon evening night summer winter spring autumn year years decades past end meantime "
    "city town village country region north south east west square street addition".split()
)
"""Of those, words of the ones that only say when, where, or to whom."""
UNREAL = frozenset(
    "theory principle paper part joke jest dream film movie novel book play story series game song poem "
    "rehearsal simulation exercise fiction imagination mice animals".split()
)
"""What is so in these is not so, or not quite."""
