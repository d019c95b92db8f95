"""How a sentence says what it says: it may assert it, deny it, call it false, or only ask.

The words of a language are data of its packs; this is what they mean.
"""

from content.claims.packs import Pack, Wording
from content.claims.patterns import optional
from content.claims.texts import Sentence

BEFORE = 45  # characters before the words in which a negation is looked for
REACH = 600  # characters around the words in which the sentence may call them false
NEXT = 60  # characters after a sentence in which it is answered or called false
QUOTES = " \"')]\u00bb\u201d\u2019*_"  # what may stand between a question mark and the end


class Manner:
    """The words of one pack for denying and asking, compiled."""

    def __init__(self, pack: Pack) -> None:
        self._negation, self._feint = optional(pack.negations), optional(pack.feints)
        self._beside = optional(pack.negations, r"(?:{})[\w ]{{0,15}}\z")
        self._turn, self._denial = optional(pack.turns), optional(pack.denials)
        self._question = optional(pack.questions, r"\A\W*(?:{})")
        self._leading = optional(pack.leading)
        self._answer = optional(pack.answers, r"\A\W*(?:{})")
        self._rebuttal = optional(pack.rebuttals, r"\A\W*(?:{})")

    def clears(
        self, wording: Wording, sentence: Sentence, folded: str, at: tuple[int, int]
    ) -> bool:
        """Return whether a sentence does not assert what a wording found in it."""
        if wording.negation != "never" and self._denies(folded, *at, wording.negation == "inside"):
            return True
        if wording.holds == "asserted" and self._asks(sentence):
            return True
        return wording.holds != "always" and self._refutes(sentence, folded, at[0])

    def _denies(self, folded: str, start: int, end: int, inside: bool) -> bool:
        """Return whether a negation stands right before, or holds at the end of the words."""
        if not (self._negation and self._beside):
            return False
        before, words = folded[max(0, start - BEFORE) : start], folded[start:end] if inside else ""
        if self._feint:
            before, words = self._feint.without(before), self._feint.without(words)
        if self._beside.stands_in(before):
            return True
        return self._negation.stands_in(self._after_turns(before + words))

    def _after_turns(self, words: str) -> str:
        turns = list(self._turn.find(words)) if self._turn else []
        return words[turns[-1][1] :] if turns else words

    def _refutes(self, sentence: Sentence, folded: str, start: int) -> bool:
        """Return whether it is called false: since the last turn before it, or by what follows."""
        near = self._after_turns(folded[max(0, start - REACH) : start])
        since = folded[start - len(near) : start + REACH]
        if self._denial and self._denial.stands_in(since):
            return True
        return bool(self._rebuttal and self._rebuttal.stands_in(_next(sentence)))

    def _asks(self, sentence: Sentence) -> bool:
        """Return whether a sentence is an open question that the next one does not affirm."""
        folded = sentence.folded
        if not (self._question and folded.rstrip(QUOTES).endswith("?")):
            return False
        if not self._question.stands_in(folded):
            return False
        if self._leading and self._leading.stands_in(folded):
            return False
        return not (self._answer and self._answer.stands_in(_next(sentence)))


def _next(sentence: Sentence) -> str:
    """Return how the piece goes on after a sentence."""
    return sentence.piece.folded[sentence.end : sentence.end + NEXT]
