"""What a step does, as a value of the variable ``last``: what fairness asks of the steps of a run.

``turn`` changes with each step, so that a step which changes nothing else can be told from none.
``self`` and ``line`` say which written line it was, ``event`` what was called. The others are sets
of pairs of a channel and a message: what was ``taken`` out of its channel, ``kept`` there though
received (a duplication) or ``lost``; of what was sent into channels that drop what they have no
room for, what found ``room`` and what was ``dropped``.
"""

from collections.abc import Mapping

from tcpspec.export.tla.layout import Lines, wrapped

_NOTHING = {
    "turn": "1 - last.turn", "self": '""', "line": "0", "event": '""',
    "taken": "{}", "kept": "{}", "lost": "{}", "room": "{}", "dropped": "{}",
}  # fmt: skip


def told(what: Mapping[str, str]) -> Lines:
    """The record of a step, of which this is known and nothing else is so."""
    fields = _NOTHING | dict(what)
    return wrapped("[", [f"{name} |-> {value}" for name, value in fields.items()], "]", 88)
