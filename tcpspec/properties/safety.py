"""Safety properties: decided on the state space that an engine found.

Each property looks for the first state, in breadth-first order, that decides it. What may be said
when the search was not complete follows the language: counterexamples and witnesses that were
found are final; what would need the rest is unknown.
"""

from collections.abc import Callable, Iterator, Sequence

from tcpspec.explore.limits import Look, no_look
from tcpspec.explore.space import Fact, StateSpace
from tcpspec.model.model import Check, Claim
from tcpspec.properties.coverage import coverage, seen_in
from tcpspec.properties.explain import stuck, untaken, why
from tcpspec.properties.receptions import unspecified_receptions
from tcpspec.properties.verdict import Status, UnspecifiedReception, Verdict, reservations
from tcpspec.record import replace
from tcpspec.semantics.state import EndKind
from tcpspec.semantics.system import TransitionSystem


def decide(check: Check, spaces: Sequence[StateSpace], look: Look = no_look) -> Verdict:
    """The verdict of one check on the spaces of the systems that it names, in that order. Raises
    what ``look`` raises.
    """
    if check.claim.is_coverage:
        return coverage(check, [seen_in(space) for space in spaces])
    if check.claim.is_temporal:
        from tcpspec.properties import temporal  # imports NumPy

        return temporal.decide(check, spaces[0], look)
    verdict = _DECIDERS[check.claim](check, spaces[0])
    unfound = check.violated and verdict.status is Status.HOLDS and verdict.run is None
    if unfound and not spaces[0].complete:  # what is to be found may lie behind the bound
        return replace(verdict, status=Status.UNKNOWN)
    return verdict


def _final(check: Check, space: StateSpace, number: int, status: Status, *reasons: str) -> Verdict:
    """A verdict with its run; nothing that was not looked at can change it."""
    return Verdict(check, status, space.run_to(number), reasons)


def _holds_so_far(check: Check, space: StateSpace) -> Verdict:
    """No counterexample was found: within a bound that is an answer, before a limit it is none."""
    status = Status.UNKNOWN if space.limit else Status.HOLDS
    bounded = bool(space.bounds) and status is Status.HOLDS
    return Verdict(check, status, rests_on=reservations(space), bounded=bounded)


# --- states in which too little is enabled -------------------------------------------------


def _no_deadlock(check: Check, space: StateSpace) -> Verdict:
    """No step but faults, and somebody is not final or some channel is not empty."""
    return _resting(check, space, Fact.STEP_ENABLED, ("final",))


def _no_stall(check: Check, space: StateSpace) -> Verdict:
    """Nothing but calls and faults, and somebody is neither final nor idle, or some channel holds
    a message.
    """
    return _resting(check, space, Fact.MUST_GO_ON, ("final", "idle"))


def _resting(check: Check, space: StateSpace, going_on: int, rest: tuple[str, ...]) -> Verdict:
    number = space.first_unrested(going_on, _quiet_states(space, rest))
    if number is None:
        return _holds_so_far(check, space)
    reasons = stuck(space.transition_system, space.states[number], rest)
    return _final(check, space, number, Status.VIOLATED, *reasons)


def _quiet_states(space: StateSpace, rest: tuple[str, ...]) -> list[set[str]]:
    """For each instance the states in which it may rest."""
    return [
        {s.name for s in instance.machine.states if any(getattr(s, flag) for flag in rest)}
        for instance in space.transition_system.system.instances
    ]


# --- receptions and overflow ---------------------------------------------------------------


def _no_unspecified_reception(check: Check, space: StateSpace) -> Verdict:
    """Every pair of state and message without a rule is listed, each with its shortest run."""
    receptions = unspecified_receptions(space)
    if not receptions:
        return _holds_so_far(check, space)
    first = receptions[0]
    reasons = tuple(_untaken(space.transition_system, first))
    # the verdict is final, but the list is only as long as the search
    return Verdict(
        check, Status.VIOLATED, first.run, reasons, reservations(space), receptions=receptions
    )


def _untaken(ts: TransitionSystem, reception: UnspecifiedReception) -> Iterator[str]:
    """Why no rule takes the message at the end of the run."""
    last = reception.run.states()[-1]
    for instance, channel, packet in ts.unspecified(last):
        names = ts.system.instances[instance].name, packet.name
        if names == (reception.instance, reception.message):
            yield from untaken(ts, last, channel, packet)
            return


def _no_overflow(check: Check, space: StateSpace) -> Verdict:
    if EndKind.OVERFLOW in space.ends:
        number, end = space.ends[EndKind.OVERFLOW]
        return Verdict(check, Status.VIOLATED, space.run_to(number, end), (end.message,))
    return _holds_so_far(check, space)


# --- predicates ----------------------------------------------------------------------------


def _invariant(check: Check, space: StateSpace) -> Verdict:
    """``always P`` and ``never P``; under a bound they hold within the bound."""
    assert check.predicate is not None
    wrong = check.claim is Claim.NEVER
    number = space.first_where(check.predicate, wrong)
    if number is None:
        return _holds_so_far(check, space)
    reasons = why(space.transition_system, check.predicate, space.states[number], wrong)
    return _final(check, space, number, Status.VIOLATED, *reasons)


def _reachable(check: Check, space: StateSpace) -> Verdict:
    assert check.predicate is not None
    number = space.first_where(check.predicate, True)
    if number is None:
        status = Status.VIOLATED if space.complete else Status.UNKNOWN
        return Verdict(check, status, rests_on=reservations(space))
    return _final(check, space, number, Status.HOLDS)


def _always_possible(check: Check, space: StateSpace) -> Verdict:
    """From every state back to P; a state that can get to a cut may yet get to P behind it."""
    assert check.predicate is not None
    if space.first_cut_off(check.predicate, beyond=False) is None:
        return _holds_so_far(check, space)
    number = space.first_cut_off(check.predicate, beyond=True)
    if number is None:
        return Verdict(check, Status.UNKNOWN, rests_on=reservations(space))
    errors = tuple(f"runs end at this error: {end.message}" for _, _, end in space.failures)
    reason = "from the last state on, no run gets there"
    return Verdict(check, Status.VIOLATED, space.run_to(number), (reason,), errors)


_DECIDERS: dict[Claim, Callable[[Check, StateSpace], Verdict]] = {
    Claim.NO_DEADLOCK: _no_deadlock,
    Claim.NO_STALL: _no_stall,
    Claim.NO_UNSPECIFIED_RECEPTION: _no_unspecified_reception,
    Claim.NO_OVERFLOW: _no_overflow,
    Claim.ALWAYS: _invariant,
    Claim.NEVER: _invariant,
    Claim.REACHABLE: _reachable,
    Claim.ALWAYS_POSSIBLE: _always_possible,
}
