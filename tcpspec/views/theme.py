"""Colours of pictures, by what they stand for."""

from tcpspec.record import Record


class Theme(Record):
    """A colour for each kind of thing; lines and texts are drawn on ``paper``."""

    paper: str
    ink: str
    grey: str
    """Guards, captions, what matters less."""
    faint: str
    """What is never used."""
    rule: str
    lifeline: str
    action: str
    box: str
    """Inside states."""
    head: str
    """Inside the names of instances."""
    note: str
    note_rule: str
    wrong: str
    wrong_box: str
    loop: str

    @property
    def is_black_and_white(self) -> bool:
        """Whether colours say nothing."""
        return self.faint == self.ink


LIGHT = Theme(
    paper="#ffffff", ink="#1a1a1a", grey="#5b6470", faint="#a3abb5", rule="#8a94a3",
    lifeline="#9aa5b1", action="#1f4e8c", box="#f4f7fb", head="#e6ebf2", note="#fff6d8",
    note_rule="#c9b25f", wrong="#b3261e", wrong_box="#fdecea", loop="#6b3fa0",
)  # fmt: skip

DARK = Theme(
    paper="#14181d", ink="#e8eaed", grey="#a9b3bf", faint="#5f6a76", rule="#6f7b89",
    lifeline="#66717e", action="#8ab8f5", box="#1f262e", head="#2b343f", note="#3a3418",
    note_rule="#8a7a35", wrong="#ff8a80", wrong_box="#40201d", loop="#c9a7f2",
)  # fmt: skip

PRINT = Theme(
    paper="white", ink="black", grey="black", faint="black", rule="black", lifeline="black",
    action="black", box="white", head="white", note="white", note_rule="black", wrong="black",
    wrong_box="white", loop="black",
)  # fmt: skip
"""Black and white, which is all that the profile of SVG for RFCs has (RFC 7996, section 3)."""

THEMES = {"light": LIGHT, "dark": DARK}
