"""Machines whose every text tries to be something else, for exports that show texts."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tcpspec.model.model import Machine, Reset, State, Transition
from tcpspec.record import replace
from tests.helpers import specification

FRAGMENTS = [
    '"', "'", '"]', "\n", "\r\n", "\t", "\\", "\\n", "\x00", "\x1b[31m", "\u202e", "\u2028",
    "\ufeff", "\ufffe", "\ud800", "<script>alert(1)</script>", "<b>", "<br/>", "&lt;", "&#60;",
    "#35;", "#quot;", "]]>", "<!--", "%%{init: {}}%%", "%%", "-->", "--", ";", ":", ":::", "::",
    "#", "`", "**x**", "_x_", "__", "//", "~~", "$$x$$", "[a](http://b.c)", "[[http://b.c]]",
    "[*]", "{", "}", "|", "||", "= x", "- x", "1. x", "...", "@enduml", "@startuml", "!include x",
    "!", "%newline()", "$x", "/'", "<U+0041>", "<&key>", "<:smile:>", "<<x>>", "<color:red>",
    "end", "state", "note", "class", "---", "end note", "accTitle: x", "title x", "😀", "日本語",
    "שלום", "é", "e\u0301", "²", "°", "¶ß",
]  # fmt: skip

texts = st.one_of(
    st.text(min_size=1, max_size=12),
    st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join),
)

_BASE = specification(
    "call go\nmachine X { initial final state A { call go -> B call go } state B { call go -> A } }"
).machines["X"]


@st.composite
def machines(draw: DrawFn) -> Machine:
    """Two states, an arrow each way and one that stays; even the names are what no file can say."""
    names = draw(st.lists(texts, min_size=2, max_size=2, unique=True))
    renamed = {state.name: name for state, name in zip(_BASE.states, names, strict=True)}
    return replace(
        _BASE,
        name=draw(texts),
        doc=draw(texts),
        ordered=draw(st.booleans()),
        states=tuple(draw(_state(state, renamed)) for state in _BASE.states),
        transitions=tuple(draw(_transition(one, renamed)) for one in _BASE.transitions),
    )


@st.composite
def _state(draw: DrawFn, state: State, renamed: dict[str, str]) -> State:
    return replace(state, name=renamed[state.name], label=draw(texts), doc=draw(texts))


@st.composite
def _transition(draw: DrawFn, transition: Transition, renamed: dict[str, str]) -> Transition:
    return replace(
        transition,
        states=tuple(renamed[name] for name in transition.states),
        target=renamed[transition.target] if transition.target else None,
        event_text=draw(texts.filter(str.strip)),
        guard_text=draw(st.none() | texts),
        actions=tuple(Reset(text) for text in draw(st.lists(texts, max_size=3))),
        label=draw(st.none() | texts),
        reference=draw(st.none() | texts),
        doc=draw(st.none() | texts),
    )
