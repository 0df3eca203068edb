"""``tcpspec simulate``: one run, step by step."""

from __future__ import annotations

from itertools import count as counting
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpspec.cli import options
from tcpspec.cli.exits import FAILED, INTERRUPTED, OK, WRONG
from tcpspec.cli.specifications import chosen_system, load
from tcpspec.cli.terminal import complain, fail, look, say, say_lines
from tcpspec.escape import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tcpspec.cli.dialogue import Command, Dialogue
    from tcpspec.cli.options import Constants
    from tcpspec.explore.run import Run
    from tcpspec.model.model import Specification
    from tcpspec.model.types import ValueT
    from tcpspec.simulation.simulation import Simulation

MAX_RANDOM = 10_000
"""How many steps may be taken by chance: who wants to see all states has ``check``."""


@options.command(
    epilog="Example:  tcpspec simulate tcpspec:tcp.fsm --system Lossy --random 20 --seed 7",
)
@options.spec
@click.option("--system", metavar="NAME", help="Which system, if there are several.")
@click.option(
    "--random",
    "count",
    metavar="N",
    type=click.IntRange(1, MAX_RANDOM),
    help="Take N steps by chance, show the run, and end.",
)
@click.option(
    "--seed",
    metavar="S",
    type=click.IntRange(min=0),
    help="Of --random: the same seed gives the same run; default: 0.",
)
@click.option(
    "--save",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Of --random: write the run as a scenario, in a specification that extends this one.",
)
@options.constants
def simulate(
    spec: str,
    system: str | None,
    count: int | None,
    seed: int | None,
    save: Path | None,
    constants: Constants,
) -> int:
    """Step through a system: what can happen, what cannot and why, and the run so far.

    On a terminal by keys; elsewhere by lines of standard input, such as 2, undo, why, save FILE.
    """
    if count is None and (seed is not None or save is not None):
        raise click.UsageError("--seed and --save say nothing without --random.")
    from tcpspec.cli.dialogue import dialogue
    from tcpspec.language.load import STANDARD_INPUT
    from tcpspec.semantics.system import TransitionSystem
    from tcpspec.simulation.simulation import begin

    if count is None and spec == STANDARD_INPUT:
        fail("standard input says which steps to take: name a file")
    if save is not None and spec == STANDARD_INPUT:
        fail("what --save writes extends the specification: name a file")
    specification = load(spec, constants)
    beginning = begin(TransitionSystem(chosen_system(specification, system)))
    session = _Session(specification, spec, dict(constants), dialogue(), beginning)
    return session.run() if count is None else session.by_chance(count, seed or 0, save)


class _Problem(Exception):
    """A command that cannot be carried out; the message says why."""


class _Session:
    """A simulation, and what has been asked of it."""

    def __init__(
        self, specification: Specification, spec: str, constants: Mapping[str, ValueT],
        dialogue: Dialogue, simulation: Simulation,
    ) -> None:  # fmt: skip
        self._specification, self._spec, self._constants = specification, spec, constants
        self._dialogue = dialogue
        self._simulation = simulation
        self._commands: dict[str, Callable[[str], None]] = {
            "undo": self._undo, "restart": self._restart, "ladder": self._ladder,
            "why": self._why, "print": self._print, "save": self._save, "help": self._help,
        }  # fmt: skip

    # --- by chance ---

    def by_chance(self, count: int, seed: int, save: Path | None) -> int:
        """The status is 1 if the run came to an error, as it is for a check."""
        from tcpspec.simulation.simulation import at_random
        from tcpspec.views.runs.simulation import frame

        self._simulation, interrupted = at_random(self._simulation, count, seed)
        say_lines(list(frame(self._simulation, look(), rows=None))[1:])
        if save is not None:
            try:
                self._write(save)
            except _Problem as problem:
                fail(str(problem))
        if interrupted:
            complain("interrupted")
            return INTERRUPTED
        return OK if self._simulation.end is None else FAILED

    # --- step by step ---

    def run(self) -> int:
        """Until there is nothing more to read. Of lines, one that means nothing ends it."""
        self._frame()
        while (command := self._next()) is not None and command.word != "quit":
            try:
                self._do(command)
            except _Problem as problem:
                complain(f"error: {problem}")
                if not self._dialogue.interactive:
                    return WRONG
        return OK

    def _next(self) -> Command | None:
        return self._dialogue.ask(len(self._simulation.starts or self._simulation.steps))

    def _do(self, command: Command) -> None:
        from tcpspec.simulation.simulation import NotPossible

        try:
            if command.word.isdecimal() and not command.rest and len(command.word) < 10:
                self._simulation = self._simulation.take(int(command.word))
                self._frame()
            elif command.word in self._commands:
                self._commands[command.word](command.rest)
            else:
                text = f"{command.word} {command.rest}".strip()
                raise _Problem(f"`{visible(text)}` is no command; `help` lists them")
        except NotPossible as impossible:
            raise _Problem(str(impossible)) from None

    def _frame(self) -> None:
        from tcpspec.views.runs.simulation import frame

        say_lines(frame(self._simulation, look()))

    def _undo(self, _rest: str) -> None:
        self._simulation = self._simulation.undo()
        self._frame()

    def _restart(self, _rest: str) -> None:
        from tcpspec.simulation.simulation import begin

        self._simulation = begin(self._simulation.ts)
        self._frame()

    def _ladder(self, _rest: str) -> None:
        from tcpspec.views.runs.simulation import ladder_lines

        say_lines(ladder_lines(self._simulation, look()))

    def _why(self, _rest: str) -> None:
        from tcpspec.views.runs.simulation import disabled_lines

        if not self._simulation.disabled:
            say("nothing is kept from happening here")
        say_lines(disabled_lines(self._simulation, look()))

    def _help(self, _rest: str) -> None:
        say(_HELP)

    # --- the run as a scenario ---

    def _print(self, _rest: str) -> None:
        from tcpspec.simulation.recording import Unwritable, scenario

        try:
            say(scenario(self._run(), self._name()).rstrip())
        except Unwritable as unwritable:
            raise _Problem(str(unwritable)) from None

    def _save(self, rest: str) -> None:
        named = rest or self._dialogue.ask_for("file")
        if not named:
            raise _Problem("save where? Name a file")
        self._write(Path(named))

    def _run(self) -> Run:
        if self._simulation.run is None:
            raise _Problem("the run has not begun")
        return self._simulation.run

    def _name(self) -> str:
        """The first of these names that no scenario of the specification has."""
        taken = {one.name for one in self._specification.scenarios}
        base = f"a run of {self._simulation.system.name}"
        return next(n for n in _numbered(base) if n not in taken)

    def _write(self, path: Path) -> None:
        """A file of its own, beside the specification: nothing is written over."""
        from tcpspec.simulation.recording import Unwritable, variant

        base = self._base(path)
        try:
            text = variant(self._specification, self._run(), self._name(), base, self._constants)
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except Unwritable as unwritable:
            raise _Problem(str(unwritable)) from None
        except FileExistsError:
            raise _Problem(f"`{visible(str(path))}` is there already: name another file") from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise _Problem(f"cannot write `{visible(str(path))}`: {why}") from None
        say(f"saved: tcpspec check {visible(str(path))}")

    def _base(self, path: Path) -> str:
        """What the file calls the specification: it must be in its folder, or below it."""
        from tcpspec.language.load import LIBRARY

        if self._spec.startswith(LIBRARY):
            return self._spec
        folder, base = path.parent.resolve(), Path(self._spec).resolve()
        if not base.is_relative_to(folder):
            raise _Problem(
                f"a scenario extends its specification, which must be in the folder of "
                f"`{visible(str(path))}` or below it: save it in {visible(str(base.parent))}"
            )
        return base.relative_to(folder).as_posix()


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}, {number}" for number in counting(2))


_HELP = """\
a number   take this step, or begin in this state
undo       take the last step back                   u
restart    from the beginning                        r
ladder     the whole run so far                      l
why        all that cannot happen now, and why       w
print      the run as a scenario                     p
save FILE  the same in a file, which can be checked  s
help       this list                                 ?
quit       the same as the end of what is read       q"""
