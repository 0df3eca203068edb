"""Whether a lasso is fair, and whether a formula holds on it: by the definitions, step by step.

Nothing here knows how the lasso was found. Each that is shown has been judged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tcpspec.explore.graph import Action, action_of
from tcpspec.explore.run import Run
from tcpspec.model.expressions import Expression
from tcpspec.model.formulas import Atom, Both, Constant, Either, Formula, Not, Until
from tcpspec.properties.fairness import RECEIVED, Assumed, Message, Sending, unit_of
from tcpspec.semantics.show import show_packet
from tcpspec.semantics.state import GlobalState, StepKind
from tcpspec.semantics.system import TransitionSystem

# --- formulas ---------------------------------------------------------------------------------


def holds(ts: TransitionSystem, formula: Formula, atoms: Sequence[Expression], run: Run) -> bool:
    """Whether a formula holds on a run that goes on for ever."""
    states, first = run.states(), run.loop_from
    assert first is not None
    if first < len(run.steps):  # the last state is that with which the loop begins
        states = states[:-1]
    truths = [[bool(ts.predicate(atom)(state)) for state in states] for atom in atoms]
    return evaluate(formula, truths, min(first, len(states) - 1), len(states))[0]


def evaluate(
    formula: Formula, truths: Sequence[Sequence[bool]], loop: int, size: int
) -> list[bool]:
    """Whether a formula holds at each of so many places, the last of which leads back to ``loop``;
    ``truths`` has the atoms' values there.
    """
    known: dict[int, list[bool]] = {}

    def of(part: Formula) -> list[bool]:
        if id(part) not in known:  # the same part may stand in many places
            known[id(part)] = value(part)
        return known[id(part)]

    def value(part: Formula) -> list[bool]:
        match part:
            case Constant(truth):
                return [truth] * size
            case Atom(number):
                return list(truths[number])
            case Not(operand):
                return [not one for one in of(operand)]
        a, b = of(part.left), of(part.right)
        match part:
            case Both():
                return [x and y for x, y in zip(a, b, strict=True)]
            case Either():
                return [x or y for x, y in zip(a, b, strict=True)]
            case Until():
                return _backwards(
                    lambda i, after: b[i] or (a[i] and after), loop, size, start=False
                )
        return _backwards(lambda i, after: b[i] and (a[i] or after), loop, size, start=True)

    return of(formula)


def _backwards(
    value: Callable[[int, bool], bool], loop: int, size: int, *, start: bool
) -> list[bool]:
    """From the end to the beginning, twice: the second time the loop knows what comes after it."""
    found = [start] * size
    after = start
    for _ in range(2):
        for place in reversed(range(size)):
            after = found[place] = value(place, after)
        after = found[loop]
    for place in reversed(range(size)):
        after = found[place] = value(place, after)
    return found


# --- fairness ---------------------------------------------------------------------------------


def unfairness(ts: TransitionSystem, run: Run, assumed: Assumed = ()) -> list[str]:
    """What is wrong with a run that goes on for ever; nothing, if it is fair."""
    assert run.loop_from is not None
    states = run.states()[run.loop_from :]
    steps = run.steps[run.loop_from :]
    enabled = [_actions(ts, state) for state in states]
    if not steps:
        forced = [
            a for a in enabled[0] if a.kind is StepKind.RECEIVE or unit_of(a, assumed) is not None
        ]
        return [f"a run may not stop where {forced[0].kind} is enabled"] if forced else []
    taken = [action_of(ts, step.step) for step in steps]
    return [*_weak(enabled, taken, assumed), *_strong(enabled, taken)]


def _actions(ts: TransitionSystem, state: GlobalState) -> list[Action]:
    return [action_of(ts, successor.step) for successor in ts.successors(state)]


def _weak(enabled: list[list[Action]], taken: list[Action], assumed: Assumed) -> Iterator[str]:
    """Clause 1, and what is assumed."""
    units = [{unit_of(a, assumed) for a in one} for one in enabled]
    done = {unit_of(a, assumed) for a in taken} | {None}
    for unit in set.intersection(*units) - done:
        yield f"{unit} stays enabled and is never taken"


@dataclass(frozen=True, slots=True)
class Owed:
    """What one of the clauses 2 to 4 asks of a loop: that of ``what`` happens again and again.

    ``what`` is a channel and a packet; for clause 4 with the instance and the line before them.
    """

    clause: int
    what: Message | Sending
    met: bool


def owed(ts: TransitionSystem, run: Run) -> list[Owed]:
    """All that clauses 2 to 4 ask of the loop of a run."""
    assert run.loop_from is not None
    states = run.states()[run.loop_from :]
    taken = [action_of(ts, step.step) for step in run.steps[run.loop_from :]]
    return list(_owed([_actions(ts, state) for state in states], taken))


def _owed(enabled: list[list[Action]], taken: list[Action]) -> Iterator[Owed]:
    every = [action for one in enabled for action in one]

    def messages(actions: list[Action], *kinds: StepKind) -> dict[Message, None]:
        return dict.fromkeys((a.channel, a.packet) for a in actions if a.kind in kinds)

    removed = messages(taken, StepKind.RECEIVE)
    for message in messages(every, StepKind.RECEIVE):
        yield Owed(2, message, message in removed)
    received = messages(taken, *RECEIVED)
    for message in messages(taken, StepKind.LOSS):
        yield Owed(3, message, message in received)

    def sendings(actions: list[Action], *, dropped: bool) -> dict[Sending, None]:
        return dict.fromkeys(
            (a.instance, a.transition, put.channel, put.packet)
            for a in actions
            for put in a.puts
            if put.dropped is dropped
        )

    could, served = sendings(every, dropped=False), sendings(taken, dropped=False)
    for sending in sendings(taken, dropped=True):
        if sending in could:
            yield Owed(4, sending, sending in served)


_COMPLAINTS = {
    2: "can be received again and again and is not",
    3: "is lost again and again and never received",
    4: "is dropped again and again and never finds room, though it could",
}


def _strong(enabled: list[list[Action]], taken: list[Action]) -> Iterator[str]:
    """Clauses 2 to 4."""
    for one in _owed(enabled, taken):
        if not one.met:
            yield f"{one.what[-1]} {_COMPLAINTS[one.clause]}"


# --- why a lasso is fair ------------------------------------------------------------------------


def reasons(ts: TransitionSystem, run: Run, assumed: Assumed = (), *, fair: bool) -> Iterator[str]:
    """Why a run may go on so for ever, in words."""
    assert run.loop_from is not None
    steps = run.steps[run.loop_from :]
    if not steps:
        yield "nothing has to happen any more: the run may stop in the last state"
        return
    yield f"the last {len(steps)} step{'s' * (len(steps) > 1)} may repeat for ever"
    if not fair:
        return
    states = run.states()[run.loop_from :]
    taken = [action_of(ts, step.step) for step in steps]
    enabled = [_actions(ts, state) for state in states]
    yield from _why_weak(ts, enabled, taken, assumed)
    yield from _why_strong(ts, taken)


def _why_weak(
    ts: TransitionSystem, enabled: list[list[Action]], taken: list[Action], assumed: Assumed
) -> Iterator[str]:
    """What is enabled in the loop now and then, and need not be taken."""
    done = {unit_of(a, assumed) for a in taken}
    open_ = {unit_of(a, assumed): a for one in enabled for a in one}
    for unit, action in open_.items():
        if unit is not None and unit not in done:
            assert action.instance is not None
            assert action.transition is not None
            name = ts.system.instances[action.instance].name
            what = action.event or action.transition.event_text
            yield f"{name}: {what} is not enabled all the time"


def _why_strong(ts: TransitionSystem, taken: list[Action]) -> Iterator[str]:
    """Which messages are received in the loop, by channel."""
    received: dict[int, dict[str, None]] = {}
    for action in taken:
        if action.kind is StepKind.RECEIVE:
            assert action.channel is not None
            assert action.packet is not None
            shown = show_packet(ts.system.messages, action.packet)
            received.setdefault(action.channel, {})[shown] = None
    for channel, packets in received.items():
        verb = "are" if len(packets) > 1 else "is"
        yield f"{ts.system.channels[channel].name}: {', '.join(packets)} {verb} received in it"
