"""What the file stands on: names, data, channels, what is done with them, and their faults."""

from collections.abc import Iterator

from tcpspec.export.exported import Refused
from tcpspec.export.promela.budgets import Budgets
from tcpspec.export.promela.naming import Naming, all_fields
from tcpspec.export.promela.scenery import field_names
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.text import heading
from tcpspec.export.promela.wiring import Wiring
from tcpspec.model.model import Machine
from tcpspec.model.types import BoolType, EnumType, ModType, RangeType, Type

_MAX_SYMBOLS = 250
"""Values of ``mtype``, of which there are 255."""


def declarations(naming: Naming, wiring: Wiring, budgets: Budgets, start: Start) -> Iterator[str]:
    """Names, types and global variables."""
    yield from heading("names")
    yield from _symbols(naming)
    yield from heading("instances and channels")
    fields = _message_fields(naming)
    yield f"typedef Message {{ mtype name{''.join(f'; {t} {n}' for n, t in fields.items())} }}"
    yield ""
    for machine in naming.machines:
        yield from _data(machine, naming, budgets)
    for number in range(len(wiring.system.instances)):
        machine = wiring.system.instances[number].machine
        place = f"{naming.array(machine)}[{wiring.position(number)}]"
        yield f"#define {naming.instance(number)} {place}"
    yield from _channels(naming, wiring, budgets, start, list(fields.values()))
    yield from start.declarations()


def _symbols(naming: Naming) -> Iterator[str]:
    states = [naming.state(name) for name in naming.state_names]
    messages = [naming.message(message.name) for message in naming.messages]
    values = [naming.value(value) for value in naming.enum_values]
    count = len(states) + len(messages) + len(values)
    if count > _MAX_SYMBOLS:
        raise Refused(f"{count} names of states, messages and values; Promela has 255 at most")
    for what, names in (("states", states), ("messages", messages), ("values", values)):
        if names:
            yield f"mtype = {{ {', '.join(names)} }};    /* {what} */"


def type_of(types: list[Type]) -> str:
    """The smallest type of Promela that all values fit."""
    if any(isinstance(type_, EnumType) for type_ in types):
        return "mtype"
    if all(isinstance(type_, BoolType) for type_ in types):
        return "bool"
    lows, highs = zip(*(_between(type_) for type_ in types), strict=True)
    low, high = min(*lows, 0), max(*highs, 0)
    for name, least, most in (("byte", 0, 255), ("short", -(2**15), 2**15 - 1)):
        if least <= low and high <= most:
            return name
    if low >= -(2**31) and high < 2**31:
        return "int"
    raise Refused(f"values from {low} to {high} do not fit the 32 bits of a number in Promela")


def _between(type_: Type) -> tuple[int, int]:
    match type_:
        case RangeType(low, high):
            return low, high
        case ModType(modulus):
            return 0, modulus - 1
    return 0, 1


def _message_fields(naming: Naming) -> dict[str, str]:
    """Name and type of each field that any message has."""
    kinds = {
        naming.field(name, types[0]): type_of(types)
        for (name, _), types in all_fields(naming.messages).items()
    }
    return {name: kinds[name] for name in field_names(naming)}


def _data(machine: Machine, naming: Naming, budgets: Budgets) -> Iterator[str]:
    yield f"typedef {naming.data(machine)} {{"
    yield "    mtype state;"
    for parameter in machine.parameters:
        name = naming.parameter(parameter.name)
        yield f"    {type_of([parameter.type])} {name};    /* never changes */"
    for variable in machine.variables:
        yield f"    {type_of([variable.type])} {naming.variable(variable.name)};"
    for budget in budgets.of_machine(machine):
        yield f"    {budgets.type} {budget.name};"
    yield "}"
    instances = [i for i in naming.system.instances if i.machine is machine]
    yield f"{naming.data(machine)} {naming.array(machine)}[{len(instances)}];"


def _channels(
    naming: Naming, wiring: Wiring, budgets: Budgets, start: Start, fields: list[str]
) -> Iterator[str]:
    """The channels of each kind: a typedef, an array, and a name for each element."""
    system = wiring.system
    for slots in (False, True):
        numbers = [n for n, way in enumerate(wiring.ways) if way.slots is slots]
        if not numbers:
            continue
        kind, array = ("Bag", "bag") if slots else ("Link", "link")
        left = "".join(f"; {budgets.type} {b.name}" for b in budgets.of_channels(slots=slots))
        left += "; byte capacity" if wiring.varying else ""
        yield ""
        if slots:
            capacity = max(wiring.ways[number].capacity for number in numbers)
            yield "/* Messages in slots, the others being empty: what a chan cannot show. */"
            yield f"typedef Bag {{ byte count; Message slot[{capacity}]{left} }}"
        else:
            yield "/* A chan, and what is at its head, for guards to look at; 0 if it is empty. */"
            yield f"typedef Link {{ chan q; Message head{left} }}"
        yield f"{kind} {array}[{len(numbers)}];"
        for number in numbers:
            channel = system.channels[number]
            yield f"#define {naming.channel(number)} {wiring.element(number)}"
            if not slots:
                types = ", ".join(["mtype", *fields])
                yield f"chan {start.chan(number)} = [{channel.capacity}] of {{ {types} }};"
    if any(way.slots for way in wiring.ways):
        yield ""
        yield "/* Only used within a step, and 0 between steps. */"
        yield "Message msg, letter; byte at;"


# --- what is done with channels ----------------------------------------------------------------


def operations(naming: Naming, wiring: Wiring) -> Iterator[str]:
    """Inlines for what happens within a step."""
    fields = ["name", *field_names(naming)]
    if any(not way.slots for way in wiring.ways):
        yield from _look_at(fields)
    if any(way.slots for way in wiring.ways):
        yield from _slots(fields)
    if any(way.slots and way.ordered for way in wiring.ways):
        yield from _append()
    if any(way.slots and not way.ordered for way in wiring.ways):
        yield from _put(fields)


def _look_at(fields: list[str]) -> Iterator[str]:
    shown = ", ".join(f"place.head.{field}" for field in fields)
    empty = "; ".join(f"place.head.{field} = 0" for field in fields)
    yield ""
    yield "inline look_at(place) {    /* the head may have changed */"
    yield "    if"
    yield f"    :: nempty(place.q) -> place.q?<{shown}>"
    yield f"    :: empty(place.q) -> {empty}"
    yield "    fi"
    yield "}"


def _slots(fields: list[str]) -> Iterator[str]:
    yield ""
    copied = "; ".join(f"one.{field} = other.{field}" for field in fields)
    yield f"inline copy(one, other) {{ {copied} }}"
    yield f"inline clear(one) {{ {'; '.join(f'one.{field} = 0' for field in fields)} }}"
    yield "inline remove(box, place) {    /* what is behind moves up */"
    yield "    at = place;"
    yield "    do"
    yield "    :: at + 1 < box.count -> copy(box.slot[at], box.slot[at + 1]); at++"
    yield "    :: else -> break"
    yield "    od;"
    yield "    clear(box.slot[at]); box.count--; at = 0"
    yield "}"


def _append() -> Iterator[str]:
    yield "inline append(box) {    /* the letter, behind all others */"
    yield "    copy(box.slot[box.count], letter); clear(letter); box.count++"
    yield "}"


def _put(fields: list[str]) -> Iterator[str]:
    order = f"one.{fields[-1]} < other.{fields[-1]}"
    for field in reversed(fields[:-1]):
        order = f"one.{field} < other.{field} || one.{field} == other.{field} && ({order})"
    yield f"#define precedes(one, other) ({order})"
    yield "inline put(box) {    /* the letter, in its place: equal bags are one state */"
    yield "    at = box.count;"
    yield "    do"
    yield "    :: at > 0 -> "
    yield "           if"
    yield "           :: precedes(letter, box.slot[at - 1]) ->"
    yield "                  copy(box.slot[at], box.slot[at - 1]); at--"
    yield "           :: else -> break"
    yield "           fi"
    yield "    :: else -> break"
    yield "    od;"
    yield "    copy(box.slot[at], letter); clear(letter); box.count++; at = 0"
    yield "}"


# --- faults ------------------------------------------------------------------------------------


def faults(naming: Naming, wiring: Wiring, start: Start) -> list[str]:
    """The process that loses messages; nothing, if none does."""
    lossy = [n for n, channel in enumerate(wiring.system.channels) if channel.losses != 0]
    if not lossy:
        return []
    start.others.append("network")
    options = [line for number in lossy for line in _losses(naming, wiring, number)]
    return [
        *heading("faults: a fifo loses its head, a bag any message"),
        f"proctype network(){start.provided_others} {{",
        "end:",
        "    do",
        *options,
        "    od",
        "}",
    ]


def _losses(naming: Naming, wiring: Wiring, number: int) -> Iterator[str]:
    channel, way, place = (
        wiring.system.channels[number],
        wiring.ways[number],
        naming.channel(number),
    )
    limited = channel.losses is not None
    fields = field_names(naming)
    shown = f"({','.join('%d' for _ in fields)})" if fields else ""
    for position in range(way.capacity if way.slots and not way.ordered else 1):
        message = f"{place}.slot[{position}]" if way.slots else f"{place}.head"
        permitted = f" && {place}.losses > 0" if limited else ""
        values = "".join(f", {message}.{field}" for field in fields)
        blanks = ",".join("_" for _ in range(1 + len(fields)))
        taken = (
            f"remove({place}, {position})" if way.slots else f"{place}.q?{blanks}; look_at({place})"
        )
        spent = f"; {place}.losses--" if limited else ""
        yield f"    :: d_step {{ {message}.name != 0{permitted} ->"
        yield f'           printf("channel {number} loses %e{shown}\\n", {message}.name{values});'
        yield f"           {taken}{spent} }}"
