"""A state diagram in words, for those who do not see it."""

from tcpspec.model.labels import any_of
from tcpspec.model.model import Machine
from tcpspec.views.machines.outline import Box, Outline


def description(machine: Machine, shown: Outline) -> str:
    """Where a machine begins and may end, and each arrow."""
    final = [state.name for state in machine.states if state.final]
    count = len(machine.states)
    sentences = [
        f"{count} {'state' if count == 1 else 'states'}. It begins in {machine.initial.name}.",
        f"It may end in {', '.join(final)}." if final else "",
    ]
    for arrow in shown.arrows:
        source, target = shown.boxes[arrow.source], shown.boxes[arrow.target]
        labels = arrow.labels or tuple(label for s in source.sections for label in s.labels)
        texts = "; or ".join(" ".join(label.lines(1000)) for label in labels)
        sentences.append(f"{_name(machine, source)} to {target.state}: {texts}.")
    return " ".join(filter(None, sentences))


def _name(machine: Machine, box: Box) -> str:
    return box.state or " or ".join(any_of(machine, section.states) for section in box.sections)
