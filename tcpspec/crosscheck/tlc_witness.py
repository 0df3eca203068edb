"""The module that TLC is asked to check in our stead: the exported one, and what it is to tell us.

TLC stops at the first invariant that is violated. The witness has one invariant that never is, and
writes down what comes up: for each claim, when it first fails, and which control states and lines
are seen. TLC searches breadth first, with one worker, so the first time is after as few steps as
can be. While a step is taken, TLC's "level" is the number of states before it, and so the number of
steps with it; while initial states are made, none has been taken.

Where a claim is about branches (``always possible P``), a variable of the witness says whether P
holds. It depends on the others, so that the states stay as many. TLC writes out the graph of its
states, and the claim is decided on that graph. A state that some bound cuts a step of gets a
successor of its own there, which says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tcpspec.export.exported import Form
from tcpspec.export.tla.layout import Lines, definition, indented, listed
from tcpspec.export.tla.module import Module
from tcpspec.export.tla.naming import Line
from tcpspec.export.tla.words import string
from tcpspec.model.model import Check, Machine, State, Transition

NAME = "Witness"
GOALS = "Witness_goals"
_PRINTED = re.compile(r'<<"witness", (\d+), (\d+)>>')


@dataclass(frozen=True, slots=True)
class Cut:
    """A bound cut some step."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came up in a run, by what it is; with the steps to it, of the first time."""

    failed: dict[Check, int]
    reached: frozenset[tuple[str, str]]
    used: frozenset[Transition]
    cut: bool


class Witness:
    """The witness module of an exported one. With ``graph``, its states tell of goals."""

    def __init__(self, module: Module, *, graph: bool) -> None:
        self._module = module
        self._bounded = bool(module.system.bounds)
        self._goals = list(module.claims.goals.values()) if graph else []
        self._noted: list[Check | tuple[Machine, State] | Transition | Cut] = []

    def texts(self) -> dict[str, str]:
        """The files to run it with, the exported module among them."""
        module = self._module
        return {
            f"{module.name}.tla": module.text(),
            f"{NAME}.tla": "\n".join(self._text()) + "\n",
            f"{NAME}.cfg": "\n".join(self._configuration()) + "\n",
        }

    def _configuration(self) -> Lines:
        constraints = [f"CONSTRAINT {name}" for name in self._module.constraints]
        return ["INIT WitnessInit", "NEXT WitnessNext", "INVARIANT WitnessSeen", *constraints]

    def _text(self) -> Lines:
        module = self._module
        body: Lines = []
        for block in (self._seen(), self._next(), self._init()):
            body += ["", *block]
        return [
            f"---- MODULE {NAME} ----",
            f"EXTENDS {module.name}, TLC",
            *([f"VARIABLE {GOALS}"] if self._goals else []),
            "WitnessStarted == 1",
            "WitnessFirst(i) == ~TLCGet(i) /\\ TLCSet(i, TRUE)",
            'WitnessLevel == IF TLCGet(WitnessStarted) THEN TLCGet("level") ELSE 0',
            'WitnessTold(i) == WitnessFirst(i) => PrintT(<<"witness", i, WitnessLevel>>)',
            "WitnessClaim(i, claim) == TLCGet(i) \\/ claim \\/ WitnessTold(i)",
            *body,
            f"ASSUME \\A i \\in 1..{len(self._noted) + 1} : TLCSet(i, FALSE)",
            "====",
        ]

    def _number(self, what: Check | tuple[Machine, State] | Transition | Cut) -> int:
        self._noted.append(what)
        return len(self._noted) + 1  # the first register says whether runs have started

    # --- states ---

    def _seen(self) -> Lines:
        """Claims that fail, and control states that somebody is in."""
        tests = [
            f"WitnessClaim({self._number(asked.check)}, {asked.name})"
            for asked in self._module.claims.asked
            if asked.form is Form.INVARIANT
        ]
        within = "Within => " if self._bounded else ""
        for machine in self._module.naming.machines:
            instances = self._module.naming.set(machine)
            for state in machine.states:
                never = f"\\A self \\in {instances} : state[self] # {string(state.name)}"
                number = self._number((machine, state))
                tests.append(f"WitnessClaim({number}, {within}({never}))")
        return ["WitnessSeen ==", *indented(listed(tests))]

    # --- steps ---

    def _next(self) -> Lines:
        """The steps of the system; where goals are asked for, also what a bound cuts."""
        taken = listed(["TLCSet(WitnessStarted, TRUE)", "WitnessSteps", *self._after()])
        if self._goals and self._bounded:
            cut = listed(["ENABLED (Next /\\ ~Within')", f"{GOALS}' = << >>", "UNCHANGED vars"])
            taken = listed([f"{GOALS} # << >>", listed([taken, cut], "\\/")])
        return [
            *definition("WitnessCounted", [self._counted()]),
            *definition("WitnessGoals", [f"<<{', '.join(self._goals)}>>"]),
            *["WitnessSteps ==", *indented(self._steps())],
            *["WitnessNext ==", *indented(taken)],
        ]

    def _counted(self) -> str:
        """That a step ends neither in an error nor outside a bound."""
        tests = ['failure\' = "none"'] if self._module.features.fails else []
        tests += ["Within'"] if self._bounded else []
        return " /\\ ".join(tests) or "TRUE"

    def _after(self) -> Iterator[str]:
        if self._bounded:  # no disjunction: TLC would follow both sides
            yield f"IF Within' THEN TRUE ELSE WitnessTold({self._number(Cut())})"
        if self._goals:
            yield f"{GOALS}' = WitnessGoals'"

    def _steps(self) -> Lines:
        """Each action says of its line that it was used."""
        naming, steps = self._module.naming, self._module.steps
        found = [
            [f"\\E self \\in {naming.set(machine)} :", *indented(listed(used, "\\/"))]
            for machine in naming.machines
            if (used := [self._used(line) for line in steps.actions(machine)])
        ]
        found += [["Faults"]] if "Faults" in steps.groups else []
        return listed(found, "\\/") or ["FALSE"]

    def _used(self, line: Line) -> str:
        told = f"WitnessTold({self._number(line.transition)})"
        return f"{line.action}(self) /\\ (WitnessCounted => {told})"

    def _init(self) -> Lines:
        goals = [f"{GOALS} = WitnessGoals"] if self._goals else []
        return ["WitnessInit ==", *indented(listed(["Init", *goals]))]

    # --- what it says ---

    def read(self, printed: tuple[str, ...]) -> Seen:
        """What the lines that it printed say."""
        failed: dict[Check, int] = {}
        reached: set[tuple[str, str]] = set()
        used: set[Transition] = set()
        cut = False
        for line in printed:
            match = _PRINTED.fullmatch(line.strip())
            if not match:
                continue
            what, level = self._noted[int(match[1]) - 2], int(match[2])
            if isinstance(what, Check):
                failed[what] = level
            elif isinstance(what, Transition):
                used.add(what)
            elif isinstance(what, Cut):
                cut = True
            else:
                reached.add((what[0].name, what[1].name))
        return Seen(failed, frozenset(reached), frozenset(used), cut)
