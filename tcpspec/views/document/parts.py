"""What a document about a specification consists of, before any words are made of it.

The templates read these and the model. An anchor is the id of a part in the page, and the name of
the file of its picture.
"""

from tcpspec.model.model import Machine, Specification
from tcpspec.model.transition_table import TransitionTable
from tcpspec.properties.receptions import ReceptionMatrix
from tcpspec.record import Record
from tcpspec.result import Result, SystemResult
from tcpspec.views.render import Picture


class Figure(Record):
    """A picture with its place in the page, and what it is called there."""

    anchor: str
    picture: Picture
    title: str


class StepPart(Record):
    """One row of a run: what happens, and the written line that says so, if any.

    ``changes`` are the new values of variables, ``states`` the control states of all instances.
    """

    text: str
    states: tuple[str, ...]
    changes: tuple[str, ...] = ()
    line: str | None = None
    place: str | None = None
    reference: str | None = None


class RunPart(Record):
    """A run with its picture, its steps in words, and what the run viewer needs, as JSON."""

    anchor: str
    title: str
    figure: Figure
    steps: tuple[StepPart, ...]
    names: tuple[str, ...]
    """Of the instances, in the order of ``StepPart.states``."""
    loop_from: int | None
    outcome: str | None
    data: object

    @property
    def goes_on(self) -> str:
        """How a lasso goes on after its last step."""
        if self.loop_from == len(self.steps) - 1:
            return "It stays like this for ever."
        return f"It goes on as from {self.loop_from}, for ever."


class Finding(Record):
    """What came out of a check or a scenario, or an error that came up in the runs.

    ``mark`` is ``ok``, ``bad`` or ``open``.
    """

    kind: str
    name: str
    mark: str
    answer: str
    asked: str
    place: str | None
    reasons: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    runs: tuple[RunPart, ...] = ()


class Drawn(Record):
    """A machine with its diagrams; ``simple`` is None where it would be the same as the whole."""

    anchor: str
    machine: Machine
    whole: Figure
    simple: Figure | None

    @property
    def shown(self) -> Figure:
        """The one for the run viewer, in which less is more."""
        return self.simple or self.whole


class MachinePart(Record):
    """A machine and its tables; ``runs`` has one for each unspecified reception, in order."""

    drawn: Drawn
    transitions: TransitionTable
    receptions: ReceptionMatrix
    runs: tuple[RunPart, ...]


class SystemPart(Record):
    """A system and what was found of it; ``extent`` says how large it is, ``search`` whether that
    is all of it.
    """

    anchor: str
    result: SystemResult
    extent: str
    search: str
    findings: tuple[Finding, ...]

    @property
    def runs(self) -> tuple[RunPart, ...]:
        return tuple(run for finding in self.findings for run in finding.runs)


class Document(Record):
    """A specification with all answers. ``command`` is what made it, as one would type it."""

    result: Result
    command: str
    name: str
    """Of the files, without an ending."""
    summary: str
    mark: str
    machines: tuple[MachinePart, ...]
    systems: tuple[SystemPart, ...]
    together: tuple[Finding, ...]

    @property
    def specification(self) -> Specification:
        return self.result.specification

    @property
    def title(self) -> str:
        return self.specification.title or self.specification.name

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every picture, in the order of the page."""
        drawn = [part.drawn for part in self.machines]
        of_machines = [f for one in drawn for f in (one.simple, one.whole) if f is not None]
        runs = [run for machine in self.machines for run in machine.runs]
        runs += [run for system in self.systems for run in system.runs]
        return (*of_machines, *(run.figure for run in runs))
