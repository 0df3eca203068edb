"""What an engine says of a model that it does not take: the whole list."""

from enum import StrEnum


class Refusal(StrEnum):
    """Each goes on where ``the ... engine`` ends."""

    NOT_INSTALLED = "is not installed: pip install 'tcpspec[native]'"
    NOT_LOADED = "cannot be loaded: {why}"
    BITS = "has {bits} bits for {what}, and this model needs more"
    ARGUMENTS = "takes no comparison of more than {most} instances and channels"
    QUESTIONS = "tells {most:,} combinations of full channels apart, and this model has more"
    SUCCESSORS = "has room for {most:,} successors of a state, and one has more"


class Refused(Exception):
    """The engine does not take this model."""

    def __init__(self, refusal: Refusal, **values: object) -> None:
        super().__init__(refusal.format(**values))
