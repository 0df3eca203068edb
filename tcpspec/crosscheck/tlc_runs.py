"""Claims about whole runs, asked of TLC: fairness, clause by clause, as formulas of TLA+.

The module that is asked has a variable, ``last``, which tells what the last step did. So fairness
speaks of steps as the language does, also of steps that change nothing else: TLA+ cannot tell those
from no step at all.

Clause 1 is weak fairness of each line of each instance. Clauses 2 to 4 are strong: each asks
whether something happens again and again, and TLC doubles its work with every such question. So
they are asked one by one, as they are needed: a run that TLC shows is looked at, and what it owes
to fairness is asked for in the next round. When a claim holds under some of the conditions of
fairness, it holds under all. When a run owes nothing more, everything that it paid is asked for
too, as long as these are few; then TLC has judged the run itself.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from tcpspec.crosscheck import tlc_run
from tcpspec.crosscheck.testimony import Finding, ToolFailed
from tcpspec.crosscheck.tlc_run import find_tool, run_tlc
from tcpspec.crosscheck.tlc_values import Reader, Value, parse_state
from tcpspec.explore.graph import Action, action_of
from tcpspec.explore.run import Run, RunStep
from tcpspec.export.exported import LeftOut
from tcpspec.export.tla.expressions import Expressions, record, value
from tcpspec.export.tla.layout import Lines, any_of, case_of, definition, indented, listed, set_of
from tcpspec.export.tla.module import Module
from tcpspec.export.tla.naming import Line
from tcpspec.export.tla.words import string
from tcpspec.model.expressions import Arithmetic, Expression
from tcpspec.model.formulas import (
    FALSE,
    TRUE,
    Atom,
    Both,
    Constant,
    Either,
    Formula,
    Not,
    Release,
    Until,
)
from tcpspec.model.model import Check, Kind, Specification, System
from tcpspec.properties.fairness import Message, Sending
from tcpspec.properties.judge import Owed, owed, unfairness
from tcpspec.properties.verdict import Status
from tcpspec.semantics.state import Packet, StepKind
from tcpspec.semantics.system import TransitionSystem

NAME = "WitnessRuns"
MOST = 8
"""Strong conditions that may be asked for only to have TLC judge a run itself."""
TOO_MANY = 14
"""Strong conditions at which the question has become too large."""

NO_UNTIL = "TLA+ has no until: it says always and eventually"
NO_PRODUCTS = "TLC 2.15 stops at a product in a claim about whole runs"
TOO_STRONG = f"it takes more than {TOO_MANY} conditions of strong fairness, too many for TLC"


class Runs:
    """Asks TLC about the whole runs of one system; times are those of ``time.monotonic``."""

    def __init__(self, specification: Specification, system: System, heap: str) -> None:
        self._module = Module(specification, system, None, tells_steps=True)
        self._ts = TransitionSystem(system)
        self._heap = heap

    def decide(self, check: Check, deadline: float) -> tuple[Finding | LeftOut, Run | None]:
        """What TLC says of a claim, with the run by which it does; raises ToolFailed."""
        question = Question(self._module, check)
        if question.unsayable:
            return LeftOut(check, question.unsayable), None
        conditions: dict[tuple[int, Message | Sending], None] = {}
        while len(conditions) <= TOO_MANY:
            run = self._lasso(question.texts(list(conditions)), deadline)
            if run is None:
                return Finding(check, Status.HOLDS), None
            more = {} if check.unfair else self._missing(check, run, list(conditions))
            if not more:
                return Finding(check, Status.VIOLATED), run
            conditions |= more
        return LeftOut(check, TOO_STRONG), None

    def _missing(
        self, check: Check, run: Run, conditions: Sequence[tuple[int, Message | Sending]]
    ) -> dict[tuple[int, Message | Sending], None]:
        """What the run owes to fairness; or what it has paid, and TLC was not asked for."""
        obligations = owed(self._ts, run)
        unmet = _conditions([one for one in obligations if not one.met])
        if unmet or not unfairness(self._ts, run, check.assumed):
            if any(one in conditions for one in unmet):
                raise ToolFailed("the run that TLC shows is not fair, as TLC was asked")
            paid = {c: None for c in _conditions(obligations) if c not in conditions}
            return unmet or (paid if len(conditions) + len(paid) <= MOST else {})
        raise ToolFailed("the run that TLC shows leaves out what stays enabled")

    # --- the run that TLC shows ---

    def _lasso(self, texts: dict[str, str], deadline: float) -> Run | None:
        """The run that violates what was asked; None if there is none."""
        tool = find_tool()
        with TemporaryDirectory(prefix="tcpspec-tlc-") as name:
            output = run_tlc(tool, Path(name), texts, NAME, deadline, heap=self._heap)
        if not output.texts(tlc_run.VIOLATED_IN_THE_END):
            return None
        states = [text.partition("\n")[2] for text in output.texts(tlc_run.STATE)]
        back = output.texts(tlc_run.BACK_TO)
        again = int(back[0].partition(":")[0]) - 1 if back else None
        if again is not None:
            states.append(states[again])
        return self._run(states, again)

    def _run(self, texts: Sequence[str], again: int | None) -> Run:
        """The run of ours through these states, by the steps that ``last`` tells of."""
        reader = Reader(self._module)
        states = [reader.state(text)[0] for text in texts]
        told = [parse_state(text)["last"] for text in texts]
        if states[0] not in self._ts.initial_states():
            raise ToolFailed("the run that TLC shows does not start where ours do")
        steps = []
        for (before, after), last in zip(pairwise(states), told[1:], strict=True):
            for successor in self._ts.successors(before):
                if successor.state == after and self._is(action_of(self._ts, successor.step), last):
                    steps.append(RunStep(successor.step, after))
                    break
            else:
                raise ToolFailed("the run that TLC shows is none of ours")
        return Run(
            self._module.system, states[0], tuple(steps),
            loop_from=len(steps) if again is None else again,
        )  # fmt: skip

    def _is(self, action: Action, last: Value) -> bool:
        """Whether a step is the one that was told."""
        naming, instances = self._module.naming, self._module.system.instances
        own = "" if action.instance is None else instances[action.instance].name
        if own != last["self"] or (action.event or "") != last["event"]:
            return False
        if action.transition is not None and last["line"] != naming.line[action.transition].number:
            return False
        message = {(action.channel, action.packet)} if action.packet is not None else set()
        sent = {
            dropped: {(put.channel, put.packet) for put in action.puts if put.dropped is dropped}
            for dropped in (False, True)
        }
        wanted = {
            "taken": message if action.kind is StepKind.RECEIVE else set(),
            "kept": message if action.kind is StepKind.DUPLICATION else set(),
            "lost": message if action.kind is StepKind.LOSS else set(),
            "room": sent[False],
            "dropped": sent[True],
        }
        return all(self._pairs(last[name]) == pairs for name, pairs in wanted.items())

    def _pairs(self, pairs: Value) -> set[tuple[int | None, Packet | None]]:
        numbers = {c.name: n for n, c in enumerate(self._module.system.channels)}
        reader = Reader(self._module)
        return {(numbers[name], reader.packet(message)) for name, message in pairs}


def _conditions(obligations: Sequence[Owed]) -> dict[tuple[int, Message | Sending], None]:
    """What is to be asked for: of a message that is to be received, clause 3 asks nothing more."""
    received = [one.what for one in obligations if one.clause == 2]
    return dict.fromkeys(
        (one.clause, one.what) for one in obligations if one.clause != 3 or one.what not in received
    )


class Question:
    """A claim as a formula of TLA+, under as much of fairness as is asked for."""

    def __init__(self, module: Module, check: Check) -> None:
        assert check.formula is not None
        self._module = module
        self._check = check
        self._predicates = Expressions(module.naming, None)
        self._claim = self._formula(check.formula)

    @property
    def unsayable(self) -> str | None:
        """Why it cannot be asked; None if it can."""
        if any(_multiplies(atom) for atom in self._check.atoms):
            return NO_PRODUCTS
        return NO_UNTIL if self._claim is None else None

    def texts(self, strong: Sequence[tuple[int, Message | Sending]]) -> dict[str, str]:
        """The files to run TLC with, under these conditions of clauses 2 to 4."""
        module = self._module
        fair = [] if self._check.unfair else list(self._fair(strong))
        fair += self._assumed()
        fair = fair or ["WitnessMoves"]  # TLC takes a claim that has no word about time for another
        lines = [
            f"---- MODULE {NAME} ----",
            f"EXTENDS {module.name}",
            *self._moves(),
            *definition("WitnessFair", listed(fair)),
            f"WitnessClaim == WitnessFair => {self._claim}",
            "====",
        ]
        configuration = ["SPECIFICATION WitnessSpec", "PROPERTY WitnessClaim"]
        return {
            f"{module.name}.tla": module.text(),
            f"{NAME}.tla": "\n".join(lines) + "\n",
            f"{NAME}.cfg": "\n".join(configuration) + "\n",
        }

    # --- runs ---

    def _moves(self) -> Iterator[str]:
        """A run goes on for as long as something other than calls and faults is enabled.

        Steps that end in an error, or that a bound cuts, are enabled and not taken.
        """
        module = self._module
        groups = module.steps.groups
        must = [f"ENABLED {name}" for name in ("Steps", "Timeouts") if name in groups]
        if "Receptions" in groups:
            yield from definition("WitnessTakes(c)", self._takes())
            yield from ["WitnessCanTake(c, m) ==", *indented(self._can_take())]
            yield "WitnessCanTakeFrom(c) == \\E m \\in Contents(c) : WitnessCanTake(c, m)"
            any_offered = "\\E c \\in Channels : WitnessCanTakeFrom(c)"
            must.append(f"({any_offered})")
        yield f"WitnessRests == ~({any_of(must)})"
        yield from ["WitnessMoves ==", *indented(listed([
            f"[]<>(last.turn = {turn} \\/ WitnessRests)" for turn in (0, 1)
        ]))]  # fmt: skip
        within = ["Within'"] if module.system.bounds else []
        unfailed = ['failure\' = "none"'] if module.features.fails else []
        yield from ["WitnessNext ==", *indented(listed(["Next", *unfailed, *within]))]
        start = "Init /\\ Within" if module.system.bounds else "Init"
        yield f"WitnessSpec == {start} /\\ [][WitnessNext]_vars /\\ WitnessMoves"

    def _takes(self) -> Lines:
        """Of each channel the numbers of the lines by which its receiver takes messages."""
        naming = self._module.naming
        numbers = {
            machine: set_of(
                str(line.number)
                for kind in (Kind.RECEIVE, Kind.IGNORE)
                for line in naming.kinds(machine, kind)
            )
            for machine in naming.machines
        }
        cases = [(f"Receiver[c] \\in {naming.set(m)}", lines) for m, lines in numbers.items()]
        return case_of(cases)

    def _can_take(self) -> Lines:
        """That a message is offered and can be taken: some line takes it, and finds room where it
        has to wait for that.
        """
        if self._module.features.waits:
            return ["ENABLED (Receptions /\\ <<c, m>> \\in last'.taken)"]
        place = self._module.features.place
        offered = "m \\in Offers(c)" if place == "m" else "\\E i \\in Offers(c) : At(c, i) = m"
        return listed([offered, "Rules(c, m) \\cap WitnessTakes(c) # {}"])

    # --- fairness ---

    def _fair(self, strong: Sequence[tuple[int, Message | Sending]]) -> Iterator[str]:
        """What of fairness is asked for. That something is received of each channel from which
        something can be, again and again, follows from clause 2, and is often enough.
        """
        yield from self._weak()
        for channel in self._module.system.channels:
            name = string(channel.name)
            taken = _again(f"\\E pair \\in last'.taken : pair[1] = {name}")
            yield f"[]<>WitnessCanTakeFrom({name}) => {taken}"
        yield from map(self._strong, strong)

    def _weak(self) -> Iterator[str]:
        """Clause 1; that something is taken also says that the run goes on."""
        module = self._module
        for machine in module.naming.machines:
            for line in module.steps.actions(machine):
                if line.transition.kind in (Kind.STEP, Kind.TIMEOUT):
                    for number in module.naming.instances(machine):
                        yield self._weakly(line, number)

    def _weakly(self, line: Line, number: int) -> str:
        own = string(self._module.system.instances[number].name)
        taken = f"last.self = {own} /\\ last.line = {line.number}"
        return f"[]<>(~ENABLED {line.action}({own}) \\/ ({taken}))"

    def _assumed(self) -> Iterator[str]:
        """What users are assumed to do: a call that stays possible is made in the end."""
        if "Calls" not in self._module.steps.groups:  # no line has any
            return
        for number, call in self._check.assumed:
            own, what = string(self._module.system.instances[number].name), string(call)
            enabled = f"ENABLED (Calls /\\ last'.self = {own} /\\ last'.event = {what})"
            yield f"[]<>(~{enabled} \\/ (last.self = {own} /\\ last.event = {what}))"

    def _strong(self, condition: tuple[int, Message | Sending]) -> str:
        clause, what = condition
        channel, packet = what[-2:]
        assert isinstance(channel, int)
        assert isinstance(packet, Packet)
        pair = f"<<{string(self._module.system.channels[channel].name)}, {self._record(packet)}>>"

        if clause == 2:
            possible = f"[]<>WitnessCanTake({pair.removeprefix('<<').removesuffix('>>')})"
            return f"{possible} => {_again(f'{pair} {_IN}taken')}"
        if clause == 3:
            received = f"{pair} {_IN}taken \\/ {pair} {_IN}kept"
            return f"{_again(f'{pair} {_IN}lost')} => {_again(received)}"
        assert len(what) == 4
        instance, transition, _, _ = what
        assert instance is not None
        assert transition is not None
        own = string(self._module.system.instances[instance].name)
        line = self._module.naming.line[transition]
        sent = f"last'.self = {own} /\\ last'.line = {line.number} /\\ {pair} {_IN}"
        possible = f"[]<>ENABLED ({line.action}({own}) /\\ {sent}room)"
        return f"({_again(f'{sent}dropped')} /\\ {possible}) => {_again(f'{sent}room')}"

    def _record(self, packet: Packet) -> str:
        message = self._module.system.messages[packet.name]
        contents = tuple(value(one) for one in packet.values)
        lines = record(self._module.naming, packet.name, message.fields, contents)
        return " ".join(line.strip() for line in lines)

    # --- formulas ---

    def _formula(self, formula: Formula) -> str | None:
        match formula:
            case Constant(truth):
                return "TRUE" if truth else "FALSE"
            case Atom(number):
                return f"({self._predicates.text(self._check.atoms[number])})"
            case Not(operand):
                return self._put("~{}", operand)
            case Both(left, right):
                return self._put("({} /\\ {})", left, right)
            case Either(left, right):
                return self._put("({} \\/ {})", left, right)
            case Until(left, right) if left == TRUE:
                return self._put("<>{}", right)
            case Release(left, right) if left == FALSE:
                return self._put("[]{}", right)
        return None

    def _put(self, form: str, *operands: Formula) -> str | None:
        texts = [self._formula(operand) for operand in operands]
        return None if None in texts else form.format(*texts)


def _multiplies(expression: Expression) -> bool:
    times = isinstance(expression, Arithmetic) and expression.operator == "*"
    return times or any(map(_multiplies, expression.parts))


_IN = "\\in last'."


def _again(test: str) -> str:
    """That steps of which this is true are taken again and again."""
    return f"[]<><<{test}>>_vars"
