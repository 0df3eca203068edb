"""Parts of the model in words, where the language has signs for them."""

from tcpspec.explore.space import StateSpace
from tcpspec.model.model import Instance, Message, State
from tcpspec.semantics.show import show_value


def kinds(state: State) -> str:
    """What a state is: ``initial, final``."""
    told = {"initial": state.initial, "final": state.final, "idle": state.idle}
    return ", ".join(kind for kind, is_so in told.items() if is_so)


def fields_text(message: Message) -> str:
    """What a message carries: ``SEQ: mod 1024 (its number), ACK = 0``."""
    return ", ".join(
        f"{field.name} = {show_value(message.fixed[slot])}"
        if slot in message.fixed
        else f"{field.name}: {field.type}" + (f" ({field.doc})" if field.doc else "")
        for slot, field in enumerate(message.fields)
    )


def machine_text(instance: Instance) -> str:
    """A machine with its arguments: ``Endpoint(ISS = 100)``."""
    pairs = zip(instance.machine.parameters, instance.arguments, strict=True)
    arguments = ", ".join(f"{parameter.name} = {show_value(value)}" for parameter, value in pairs)
    return f"{instance.machine.name}({arguments})" if arguments else instance.machine.name


def search_text(space: StateSpace) -> str:
    """Whether all states were seen, and else why not."""
    if space.complete:
        return "complete"
    if space.limit is not None:
        return f"not complete: {space.limit.end}"
    return "complete within its bounds"
