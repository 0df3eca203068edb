"""What an engine says of a model that it does not take."""


class Refused(Exception):
    """The engine does not take this model: the message goes on where ``the ... engine`` ends."""
