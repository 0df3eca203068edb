"""What became of the mutants of a specification, as data."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from tcpspec.answers import Question, Source
from tcpspec.model.model import Specification
from tcpspec.model.mutants import Mutant
from tcpspec.record import Record


class Fate(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    """Some verdict is another one than that of the specification."""
    EQUIVALENT = "equivalent"
    """It does the same: proved."""
    EXPLAINED = "explained"
    """No verdict changes, and the expected results say why not."""
    SURVIVED = "survived"
    """No verdict changes: a check is missing."""
    UNKNOWN = "unknown"
    """A limit was reached, and no verdict changed before it."""


class Catch(Record):
    """A verdict that a mutant changes; of an error ``before`` is empty, and ``after`` says it."""

    question: Question
    before: str
    after: str


class Judged(Record):
    """``note`` says how it was proved equivalent, why it may survive, or what the limit was."""

    mutant: Mutant
    fate: Fate
    catches: tuple[Catch, ...] = ()
    note: str = ""

    @property
    def only_by_errors(self) -> bool:
        """Whether nothing that was asked catches it, but an error that every report shows."""
        sources = {catch.question.source for catch in self.catches}
        return sources == {Source.ERROR}


class Explanations(Record):
    """Why mutants may survive, by their names; and why a question catches none, by its full title:
    a violated check with several causes, say, none of which is in one line.
    """

    survivors: Mapping[str, str] = {}
    idle: Mapping[str, str] = {}


class Mutation(Record):
    """The answer. ``questions`` are all that could have caught something, in their order.

    ``reasons`` say of questions that catch nothing why that is as it should be. ``stale`` are
    explanations of mutants that there are not, or that do not survive, and of questions that there
    are not, or that do catch something.
    """

    specification: Specification
    systems: tuple[str, ...]
    judged: tuple[Judged, ...]
    questions: tuple[Question, ...]
    quick: bool = False
    reasons: Mapping[Question, str] = {}
    stale: tuple[str, ...] = ()
    interrupted: bool = False

    def of(self, fate: Fate) -> tuple[Judged, ...]:
        """Those with this fate, in the order of the text."""
        return tuple(one for one in self.judged if one.fate is fate)

    @property
    def rate(self) -> tuple[int, int]:
        """How many are caught, and of how many: those that are neither equivalent nor unknown."""
        caught = len(self.of(Fate.CAUGHT))
        return caught, caught + len(self.of(Fate.SURVIVED)) + len(self.of(Fate.EXPLAINED))

    @property
    def catches(self) -> Mapping[Question, tuple[int, int]]:
        """How many mutants each question catches, and how many nothing else does."""
        caught: Counter[Question] = Counter()
        alone: Counter[Question] = Counter()
        for one in self.judged:
            questions = [catch.question for catch in one.catches]
            caught.update(questions)
            alone.update(questions if len(questions) == 1 else ())
        return {one: (caught[one], alone[one]) for one in (*self.questions, *caught)}

    @property
    def idle(self) -> tuple[Question, ...]:
        """Checks and scenarios that catch nothing, and nobody says why not; not known where each
        mutant has one catcher.
        """
        counts = self.catches
        known = not self.quick and not self.interrupted
        return tuple(
            one
            for one in self.questions
            if known and not counts[one][0] and one not in self.reasons
        )
