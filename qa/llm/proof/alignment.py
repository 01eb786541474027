"""Whether a claim is a sentence of an article with parts left out, and nothing that changes what it says."""

from collections.abc import Sequence, Set
from itertools import pairwise

from qa.llm.proof.forms import opens_clause, participle
from qa.llm.proof.gaps import (
    SAYING_STEMS,
    SHORT,
    Word,
    adjective,
    form,
    goes_on,
    is_subject,
    last_lead,
    listed,
    parenthetical,
    same,
    same_leads,
    says_more,
    when,
    word_of,
)
from qa.llm.proof.lexicon import (
    BOUNDS,
    LOOSE,
    MODAL,
    OPENING_BOUNDS,
    OPENING_PRONOUNS,
    PREPOSITIONS,
    PRIVATIVE,
    TITLES,
    UNREAL,
)
from qa.llm.proof.scope import aside, bounds_what_follows, forward, governor, remarked, supposed, under
from qa.llm.proof.tokens import Kind, Token, bound
from qa.llm.proof.totals import kept

_PATHS = 400
"""Ways to lay a claim over a sentence."""
_LOOSE = frozenset(bound(word) for word in LOOSE)
_MODAL = frozenset(bound(word) for word in MODAL)
_BOUNDS = frozenset(bound(word) for word in BOUNDS)
_OPENING = frozenset(bound(word) for word in OPENING_BOUNDS)
_RELATIVE = ("that", "who", "which", "whom", "whose", "what")


class Sentence:
    """Tokens of an article's sentence, with what may be left out of it."""

    def __init__(self, tokens: Sequence[Token], short_names: Set[str]) -> None:
        self.tokens = list(tokens)
        self._short = short_names

    def says(self, claim: Sequence[Token], day: int | None = None, place: int = 0) -> bool:
        """Whether `claim` is left when parts are taken away that do not bear on it.

        Where a date was taken out of both, it stood at `day`, in the claim at `place`, and must have been of
        the same statement.
        """
        words = [word_of(claim, at) for at, token in enumerate(claim) if token.solid]
        paths = [path for path in self._paths(words) if self._means(claim[0], path[0])]
        return any(self._bears(path) and self._of_day(path, day, claim[:place]) for path in paths)

    def _means(self, first: Token, at: int) -> bool:
        """Whether a pronoun that a claim begins with stands before its first word."""
        if first.kind is not Kind.FREE or first.key not in OPENING_PRONOUNS:
            return True
        while at and self.tokens[at - 1].kind is Kind.FREE:
            at -= 1
            if self.tokens[at].key == first.key:
                return True
        return False

    def _of_day(self, path: Sequence[int], day: int | None, before: Sequence[Token]) -> bool:
        """Whether the date that was taken out at `day` belongs to the statement that `path` takes over.

        `before` is what the claim has before its date.
        """
        if day is None:
            return True
        front = not before
        deed = next((at for at in path if self.tokens[at].kind is not Kind.NAME), path[0])
        remarks = self._asides(path)
        opening = day <= path[0] and not opens_clause(before)
        within = range(day, path[0]) if opening else range(min(day, deed), max(day, path[-1] + 1))
        for at in within:
            token = self.tokens[at]
            if at in remarks:
                continue
            if token.kind in (Kind.JOIN, Kind.MARK):
                return False
            opens = token.text.lower() in (*_RELATIVE, "when", "where") or token.key in SAYING_STEMS
            if opens and not (front and day <= at):
                return False
        return True

    def _paths(self, words: Sequence[Word]) -> list[list[int]]:
        paths: list[list[int]] = [[]]
        for number, word in enumerate(words):
            longer: list[list[int]] = []
            for path in paths:
                first = path[-1] + 1 if path else 0
                for at in range(first, len(self.tokens)):
                    if not same(word.token, self.tokens[at]) or word.form != form(self.tokens, at):
                        continue
                    subject = is_subject([before.token for before in words[:number]])
                    if path and not self._skips(path[-1], at, word, subject=subject):
                        continue
                    longer.append([*path, at])
            paths = longer[:_PATHS]
        return [path for path in paths if path and self._begins(path) and self._ends(path[-1])]

    def _titled(self, start: int, at: int) -> int:
        """Where the titles and first names begin that stand before the name at `at`."""
        if self.tokens[at].kind is not Kind.NAME:
            return at
        begin = at
        while begin > start:
            token = self.tokens[begin - 1]
            title = token.text.lower() in TITLES or token.text.lower() in PRIVATIVE
            named = token.kind is Kind.NAME and (
                self.tokens[at].key in self._short or self.tokens[begin].text.lower() in TITLES
            )
            if not (title or named) or token.possessive:
                break
            begin -= 1
        return begin

    def _skips(self, before: int, at: int, word: Word, *, subject: bool) -> bool:
        """Whether what stands between two words of a claim may be left out."""
        left = self.tokens[before + 1 : self._titled(before + 1, at)]
        solid = [token for token in left if token.solid]
        if not solid:
            join = any(token.kind is Kind.JOIN for token in left)
            return (word.joined or not join) and same_leads(left, word.leads)
        if any(token.key == "than" for token in left) and "than" not in word.leads:
            return False
        if parenthetical(left):
            return True
        if when(left) or all(token.key.endswith("li") or token.text.endswith("ly") for token in solid):
            return not any(token.kind is Kind.RIGID for token in solid)
        if listed(left):
            return True
        if says_more(left, self.tokens[before]):
            return True
        if (
            subject
            and goes_on(left, self.tokens[at])
            and (
                self.tokens[at].kind is Kind.WORD
                or self.tokens[at].key in _MODAL
                or self.tokens[at].text.endswith("ed")
            )
        ):
            return True
        return self._phrase(left, before, at, word.leads)

    def _phrase(self, left: Sequence[Token], before: int, at: int, leads: Set[str]) -> bool:
        """A phrase such as `in Texas`, or an adjective."""
        solid = [token for token in left if token.solid]
        bound = left[0].kind is Kind.RIGID and left[0].key not in _LOOSE
        rigid = any(token.kind is Kind.RIGID for token in left[1:])
        if bound or rigid or any(token.kind in (Kind.MARK, Kind.JOIN, Kind.NUMBER) for token in left):
            return False
        if left[-1].text.lower() == "to" or solid[-1].possessive or len(solid) > SHORT:
            return False
        if any(a.text.lower() == "to" and b.kind is Kind.WORD for a, b in pairwise(left)):
            return False  # to do something
        if any(token.key in SAYING_STEMS or token.text.lower() in _RELATIVE for token in left):
            return False
        if last := last_lead(left):
            opens = left[0].key in PREPOSITIONS or left[0].key in _LOOSE
            if last == "of" or last not in leads or not opens:
                return False
        if left[0].kind is Kind.RIGID:
            return len(left) > 1
        if left[0].kind is Kind.FREE:
            articled = left[0].key in ("a", "an", "the") and self.tokens[at].kind is not Kind.WORD
            return left[0].key in PREPOSITIONS or articled
        plain = self.tokens[before].kind is Kind.WORD and self.tokens[at].kind is Kind.WORD
        return plain and len(left) == 1 and adjective(left[0])

    def _begins(self, path: Sequence[int]) -> bool:
        return self._starts(path[0]) or self._relative(path)

    def _relative(self, path: Sequence[int]) -> bool:
        """`The seller was Ann, who bought it`: Ann bought it, whatever was said of her before."""
        end = 0
        while end < len(path) and self.tokens[path[end]].kind is Kind.NAME and path[end] == path[0] + end:
            end += 1
        if not 0 < end < len(path) or path[0] != self._titled(0, path[0]):
            return False
        owner = self.tokens[path[0] - 1] if path[0] else None
        if owner and (owner.possessive or owner.key in PREPOSITIONS):
            return False
        while end + 1 < len(path) and self.tokens[path[end]].kind is Kind.NAME:
            end += 1
        between = self.tokens[path[0] + 1 : path[end]]
        pronoun = [at for at, token in enumerate(between) if token.text.lower() in ("who", "which")]
        return (
            len(pronoun) == 1
            and between[max(0, pronoun[0] - 1)].kind is Kind.MARK
            and all(token.kind in (Kind.NAME, Kind.MARK, Kind.FREE) for token in between[: pronoun[0]])
            and all(token.kind is Kind.FREE for token in between[pronoun[0] :])
        )

    def _starts(self, at: int) -> bool:
        """Whether a claim may begin at this word."""
        at = self._titled(0, at)
        free = False
        while at > 0:
            token = self.tokens[at - 1]
            if token.text == ":":  # somebody says it, or it explains what is left out
                return False
            if token.kind is Kind.MARK or token.text.lower() in ("although", "though"):
                opening = self.tokens[: at - 1]
                if bounds_what_follows(opening):
                    return False
                return not any(token.key in _OPENING for token in opening)
            if token.kind is Kind.JOIN:
                return not self._belongs(at - 1)
            if token.kind is Kind.FREE:
                if token.key in PREPOSITIONS or token.key in _RELATIVE:
                    return not any(token.solid for token in self.tokens[: at - 1])
                free = True
            elif free or not adjective(token):
                return False
            at -= 1
        return True

    def _belongs(self, join: int) -> bool:
        """Whether what a conjunction joins hangs on a preposition: `friends of Ann and Bob`."""
        at = join - 1
        if self.tokens[at].kind is Kind.DATE:
            return False
        while at > 0 and self.tokens[at].solid:
            at -= 1
        while at > 0 and self.tokens[at].text.lower() in ("a", "an", "the"):
            at -= 1
        return at >= 0 and self.tokens[at].key in PREPOSITIONS

    def _ends(self, at: int) -> bool:
        """Whether a claim may end at this word."""
        if at + 1 == len(self.tokens):
            return True
        after = self.tokens[at + 1]
        phrase = [token.text.lower() for token in self.tokens[at + 1 : at + 4]]
        if after.key in PREPOSITIONS and UNREAL & set(phrase):
            return False
        if after.kind in (Kind.WORD, Kind.NAME, Kind.NUMBER):
            by = at + 2 < len(self.tokens) and self.tokens[at + 2].key == "by"  # a bill written by Ann
            return after.text.endswith("ly") or (
                by and participle(after) and self.tokens[at].kind is Kind.WORD
            )
        if after.kind is Kind.RIGID:
            since = after.key == "until" and self.tokens[at].kind is Kind.DATE
            return since or after.key in _LOOSE
        share = self.tokens[at].kind is Kind.NUMBER and self.tokens[at].key.endswith("%")
        return not (share and after.text.lower() == "of")

    def _bears(self, path: Sequence[int]) -> bool:
        """Whether what is left out neither denies nor bounds what is said, and nobody else says it."""
        if not kept(self.tokens, path):
            return False
        said = set(path)
        if any(not said & set(condition) for condition in (*supposed(self.tokens), *remarked(self.tokens))):
            return False
        remarks = self._asides(path)
        for at, token in enumerate(self.tokens):
            if at in said:
                continue
            if token.key in _BOUNDS:
                return False
            if token.kind is Kind.WORD and token.key in SAYING_STEMS:
                scope = aside(self.tokens, at) or (range(0) if at in remarks else forward(self.tokens, at))
                if said & set(scope):
                    return False
            if token.text.lower() != "that" or at in remarks:
                continue
            holder = governor(self.tokens, at)
            if holder is not None and holder not in said and said & set(under(self.tokens, at, holder)):
                return False
        return True

    def _asides(self, path: Sequence[int]) -> set[int]:
        """Places inside remarks between two marks that are left out."""
        found: set[int] = set()
        for before, after in pairwise(path):
            if parenthetical(self.tokens[before + 1 : after]):
                found.update(range(before + 1, after))
        return found
