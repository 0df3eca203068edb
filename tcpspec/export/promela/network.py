"""What the file stands on: names, data, channels, what is done with them, and their faults."""

import re
from collections.abc import Iterator

from tcpspec.export.exported import Refused
from tcpspec.export.promela.budgets import Budgets
from tcpspec.export.promela.naming import Naming, all_fields
from tcpspec.export.promela.scenery import field_names
from tcpspec.export.promela.start import Start
from tcpspec.export.promela.telling import shown, values
from tcpspec.export.promela.text import (
    WIDTH,
    Definition,
    broken,
    filled,
    heading,
    indented,
)
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
    yield from _message(fields)
    yield ""
    for machine in naming.machines:
        yield from _data(machine, naming, budgets)
    for number in range(len(wiring.system.instances)):
        machine = wiring.system.instances[number].machine
        place = f"{naming.array(machine)}[{wiring.position(number)}]"
        yield f"#define {naming.instance(number)} {place}"
    yield from _channels(naming, wiring, budgets, start, list(fields.values()))
    yield from start.declarations()


def _message(fields: dict[str, str]) -> Iterator[str]:
    text = "; ".join(["mtype name", *(f"{kind} {name}" for name, kind in fields.items())])
    yield from filled(re.split(r"(?<=;) ", f"typedef Message {{ {text} }}"), WIDTH)


def _symbols(naming: Naming) -> Iterator[str]:
    states = [naming.state(name) for name in naming.state_names]
    messages = [naming.message(message.name) for message in naming.messages]
    values = [naming.value(value) for value in naming.enum_values]
    count = len(states) + len(messages) + len(values)
    if count > _MAX_SYMBOLS:
        raise Refused(f"{count} names of states, messages and values; Promela has 255 at most")
    for what, names in (("states", states), ("messages", messages), ("values", values)):
        if names:
            first, *rest = broken(f"mtype = {{ {', '.join(names)} }};    /* {what} */", WIDTH - 4)
            yield from [first, *indented(rest)]


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


_BYTES = {"bool": 1, "byte": 1, "mtype": 1, "short": 2, "int": 4}
_PART = 16
"""What a process or a channel has beside its values, and what is lost by alignment."""


def vector_bytes(naming: Naming, wiring: Wiring, budgets: Budgets, others: int) -> int:
    """How many bytes a state of SPIN has at most."""
    system, budget = wiring.system, _BYTES[budgets.type]
    message = 4 + sum(_BYTES[kind] + 1 for kind in _message_fields(naming).values())
    size = 64 + _PART * (others + 1) + 4 * len(naming.checks) + 2 * message
    for number, instance in enumerate(system.instances):
        machine = instance.machine
        size += 2 * _PART + len(system.outputs[number]) + len(wiring.inputs[number])
        size += sum(_BYTES[type_of([v.type])] + 1 for v in machine.variables)
        size += sum(_BYTES[type_of([p.type])] + 1 for p in machine.parameters)
        size += (budget + 1) * len(budgets.of_machine(machine))
    slots = max((way.capacity for way in wiring.ways if way.slots), default=0)
    for way in wiring.ways:
        size += 2 * _PART + message * (slots if way.slots else way.capacity + 1)
    return size


# --- what is done with channels ----------------------------------------------------------------


def operations(naming: Naming, wiring: Wiring) -> Iterator[Definition]:
    """Inlines for what happens within a step; which of them stand in the file, its use decides."""
    fields = ["name", *field_names(naming)]
    yield Definition("look_at", list(_look_at(fields)))
    yield from _slots(fields)
    yield Definition("append", list(_append()))
    yield from _put(fields)


def _look_at(fields: list[str]) -> Iterator[str]:
    shown = ", ".join(f"place.head.{field}" for field in fields)
    empty = [f"place.head.{field} = 0" for field in fields]
    yield ""
    yield "/* Comes last in a step: until then the head shows the message that the step takes. */"
    yield "inline look_at(place) {"
    yield "    if"
    yield from indented(broken(f":: nempty(place.q) -> place.q?<{shown}>", WIDTH - 12))
    yield from _wrapped(empty, ":: empty(place.q) -> ")
    yield "    fi"
    yield "}"


def _slots(fields: list[str]) -> Iterator[Definition]:
    copied = [f"one.{field} = other.{field}" for field in fields]
    cleared = [f"one.{field} = 0" for field in fields]
    for_each = (("copy", "one, other", copied), ("clear", "one", cleared))
    for name, parameters, assigned in for_each:
        yield Definition(name, ["", *_inline(f"{name}({parameters})", assigned)])
    yield Definition("remove", list(_remove()))


def _inline(head: str, statements: list[str]) -> list[str]:
    """On one line if it fits."""
    short = f"inline {head} {{ {'; '.join(statements)} }}"
    if len(short) <= WIDTH:
        return [short]
    return [f"inline {head} {{", *_wrapped(statements), "}"]


def _wrapped(statements: list[str], first: str = "") -> list[str]:
    """Statements as an inline's body, or as one option."""
    ended = [*(f"{statement};" for statement in statements[:-1]), statements[-1]]
    line, *rest = filled([f"{first}{ended[0]}", *ended[1:]], WIDTH - 4 - len(first))
    return indented([line, *indented(rest, len(first))])


def _remove() -> Iterator[str]:
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


def _put(fields: list[str]) -> Iterator[Definition]:
    order = f"one.{fields[-1]} < other.{fields[-1]}"
    for field in reversed(fields[:-1]):
        order = f"one.{field} < other.{field} || one.{field} == other.{field} && ({order})"
    *lines, last = ["#define precedes(one, other)", *indented(broken(f"({order})", WIDTH - 6))]
    yield Definition("precedes", [*(f"{line} \\" for line in lines), last])
    yield Definition("put", list(_put_inline()))


def _put_inline() -> Iterator[str]:
    yield "inline put(box) {    /* the letter, in its place: equal bags are one state */"
    yield "    at = box.count;"
    yield "    do"
    yield "    :: at > 0 ->"
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
    for position in range(way.capacity if way.slots and not way.ordered else 1):
        message = f"{place}.slot[{position}]" if way.slots else f"{place}.head"
        permitted = f" && {place}.losses > 0" if limited else ""
        blanks = ",".join("_" for _ in range(1 + len(fields)))
        done = [f"{place}.q?{blanks}", f"look_at({place})"]
        done = [f"remove({place}, {position})"] if way.slots else done
        done += [f"{place}.losses--"] if limited else []
        yield f"    :: d_step {{ {message}.name != 0{permitted} ->"
        told = f'printf("channel {number} loses %e{shown(fields)}\\n", {values(message, fields)});'
        yield from indented(broken(told, WIDTH - 11), 11)
        lines = filled([*(f"{one};" for one in done[:-1]), f"{done[-1]} }}"], WIDTH - 11)
        yield from indented(lines, 11)
