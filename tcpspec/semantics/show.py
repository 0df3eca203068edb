"""Values and packets as the language writes them."""

from collections.abc import Mapping

from tcpspec.model.model import Message
from tcpspec.semantics.state import Packet


def packet_fields(messages: Mapping[str, Message], packet: Packet) -> list[tuple[str, str]]:
    """Names and values of the fields that a packet carries; fixed ones are not shown."""
    message = messages[packet.name]
    return [
        (field.name, show_value(value))
        for slot, (field, value) in enumerate(zip(message.fields, packet.values, strict=True))
        if slot not in message.fixed
    ]


def show_value(value: object) -> str:
    """A value as the language writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def show_packet(messages: Mapping[str, Message], packet: Packet) -> str:
    """A packet as the language writes it: ``SYN+ACK(SEQ = 300, ACK = 101)``."""
    fields = ", ".join(f"{name} = {value}" for name, value in packet_fields(messages, packet))
    return f"{packet.name}({fields})" if fields else packet.name
