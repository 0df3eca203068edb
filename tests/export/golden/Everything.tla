------------------------------ MODULE Everything ------------------------------
\* T
\* system Net: bags and fifos
\* Made from small.fsm, whose lines the actions name.
\*
\*     java -cp tla2tools.jar tlc2.TLC -deadlock Everything
\*
\* -deadlock switches TLC's own search for deadlocks off: a state in which nothing
\* is enabled may be a proper end. What is a deadlock here, the invariants say.

EXTENDS Integers, Sequences, Bags

-------------------------------------------------------------------------------
\* What there is

Clients == {"c"}

Servers == {"s"}

Instances == Clients \cup Servers

ID == [self \in Servers |-> TRUE]

Message == [name : {"PING", "PONG"}, F : 0..3]

\* c -> s.wire: bag(2), duplicating, when full drop
\* s.wire -> c: fifo(2), loses at most 1, when full wait
Channels == {"c -> s.wire", "s.wire -> c"}

Fifos == {"s.wire -> c"}

Capacity == [c \in Channels |-> 2]

WhenFull ==
    [c \in Channels |->
        CASE c = "c -> s.wire" -> "drop"
          [] c = "s.wire -> c" -> "wait"]

Receiver ==
    [c \in Channels |->
        CASE c = "c -> s.wire" -> "s"
          [] c = "s.wire -> c" -> "c"]

Port ==
    [c \in Channels |->
        CASE c = "c -> s.wire" -> "wire"
          [] c = "s.wire -> c" -> ""]

Inputs == [self \in Instances |-> {c \in Channels : Receiver[c] = self}]

Lossy == {"s.wire -> c"}

Duplicating == {"c -> s.wire"}

Client_out == [self \in Clients |-> "c -> s.wire"]

Server_out == [end \in {<<"s", "wire">>} |-> "s.wire -> c"]

\* What the users of instances may call.
Allowed == {<<"c", "ask">>}

-------------------------------------------------------------------------------
\* The state

VARIABLES
    state,        \* the state of each instance
    x,            \* x of Client: how often it has asked
    network,      \* what is in each channel
    calls_left,   \* how often a user may yet make a call, where that is limited
    losses_left,  \* how many messages a channel may yet lose, where that is limited
    failure       \* the error that ends the run, or "none"

vars == <<state, x, network, calls_left, losses_left, failure>>

-------------------------------------------------------------------------------
\* Channels

\* How much is in a channel, and which messages; net is the network, now or later.
Size(net, c) ==
    IF c \in Fifos THEN Len(net[c])
                   ELSE BagCardinality(net[c])

Contents(c) ==
    IF c \in Fifos THEN {network[c][i] : i \in 1..Len(network[c])}
                   ELSE BagToSet(network[c])

\* Whether there is room for n messages more.
Fits(net, c, n) == Size(net, c) + n <= Capacity[c]

MaySend(net, c, n) == WhenFull[c] = "wait" => Fits(net, c, n)

\* With one message more; a channel that is full drops it.
Put(net, c, m) ==
    IF Size(net, c) < Capacity[c]
    THEN [net EXCEPT ![c] = IF c \in Fifos THEN Append(@, m) ELSE @ (+) SetToBag({m})]
    ELSE net

\* The network when a message has been taken.
Without(c, i) ==
    [network EXCEPT ![c] = IF c \in Fifos THEN SubSeq(@, 1, i - 1) \o SubSeq(@, i + 1, Len(@))
                                          ELSE @ (-) SetToBag({i})]

-------------------------------------------------------------------------------
\* What may be, and where it starts

TypeOK ==
    /\ \A self \in Clients : state[self] \in {"IDLE", "ASKING"}
    /\ \A self \in Servers : state[self] \in {"A"}
    /\ x \in [Clients -> 0..3]
    /\ \A c \in Fifos : network[c] \in Seq(Message)
    /\ \A c \in Channels \ Fifos :
          /\ IsABag(network[c])
          /\ DOMAIN network[c] \subseteq Message
    /\ \A c \in Channels : Size(network, c) <= Capacity[c]
    /\ calls_left \in [{<<"c", "ask">>} -> 0..2]
    /\ losses_left \in [{"s.wire -> c"} -> 0..1]
    /\ failure \in {"none", "overflow", "out of range"}

Init ==
    /\ \/ /\ state = [c |-> "IDLE", s |-> "A"]
          /\ x = [self \in Clients |-> 0]
       \/ /\ state = [c |-> "ASKING", s |-> "A"]
          /\ x = [self \in Clients |-> 1]
    /\ network = [c \in Channels |->
           CASE c = "c -> s.wire" -> EmptyBag
             [] c = "s.wire -> c" -> << >>]
    /\ calls_left = [key \in {<<"c", "ask">>} |-> 2]
    /\ losses_left = [key \in {"s.wire -> c"} |-> 1]
    /\ failure = "none"

-------------------------------------------------------------------------------
\* Which line takes a message

\* A line, by its number, if it applies.
Line(number, applies) == IF applies THEN {number} ELSE {}

\* The first of several lines in the text.
First(lines) == {n \in lines : \A k \in lines : n <= k}

\* The lines of Client that take message m: those that match.
Client_rules(self, m) ==
    IF state[self] = "ASKING" THEN UNION {
        Line(10, m.name = "PONG" /\ m.F = x[self]),
        Line(11, m.name = "PONG")
    } ELSE {}

Client_defers(self, m) == Client_rules(self, m) \cap {11} # {}

\* The lines of Server that take message m: the first in the text that matches.
\* An action says `n \in Server_rules(self, m, port)` where there are lines
\* before it in the text for the same message: none of those matches it.
Server_rules(self, m, port) ==
    LET rules == Line(18, m.name = "PING" /\ ID[self])
        otherwise == Line(19, TRUE)
    IN  First(IF rules # {} THEN rules ELSE otherwise)

Rules(c, m) ==
    CASE Receiver[c] \in Clients -> Client_rules(Receiver[c], m)
      [] Receiver[c] \in Servers -> Server_rules(Receiver[c], m, Port[c])

Deferred(c, m) ==
    /\ c \in {"s.wire -> c"}
    /\ Client_defers(Receiver[c], m)

\* The places of what channel c offers its receiver: in a fifo its head, and what
\* follows deferred messages; in a bag, a message is its own place.
Offers(c) ==
    IF c \in Fifos
    THEN {i \in 1..Len(network[c]) : \A j \in 1..(i - 1) : Deferred(c, network[c][j])}
    ELSE BagToSet(network[c])

At(c, i) ==
    IF c \in Fifos THEN network[c][i]
                   ELSE i

-------------------------------------------------------------------------------
\* Permissions

\* What is limited may happen while something of its limit is left.
Left(left, key) == key \in DOMAIN left => left[key] > 0

Spent(left, key) ==
    IF key \in DOMAIN left THEN [left EXCEPT ![key] = @ - 1] ELSE left

MayCall(self, call) == <<self, call>> \in Allowed /\ Left(calls_left, <<self, call>>)

\* A duplication is a reception that leaves the message where it was.
MayStay(c) == IF c \in Duplicating THEN {FALSE, TRUE} ELSE {FALSE}

After(c, i, kept) == IF kept THEN network ELSE Without(c, i)

-------------------------------------------------------------------------------
\* Errors

\* A step that goes wrong: it is not taken, and the run ends (see Unfailed).
Fail(kind) ==
    /\ failure' = kind
    /\ UNCHANGED <<state, x, network, calls_left, losses_left>>

-------------------------------------------------------------------------------
\* The lines of machine Client

\* line 8: call ask [x < 3] / x := x + 1; snd PING -> ASKING
Client_call_ask_8(self) ==
    /\ state[self] = "IDLE"
    /\ x[self] < 3
    /\ MayCall(self, "ask")
    /\ IF x[self] + 1 \notin 0..3
       THEN Fail("out of range")
       ELSE /\ state' = [state EXCEPT ![self] = "ASKING"]
            /\ x' = [x EXCEPT ![self] = x[self] + 1]
            /\ network' = Put(network, Client_out[self],
                   [name |-> "PING", F |-> x[self] + 1])
            /\ calls_left' = Spent(calls_left, <<self, "ask">>)
            /\ UNCHANGED <<losses_left, failure>>

\* line 10: rcv PONG [M.F == x] -> IDLE
Client_rcv_PONG_10(self) ==
    /\ state[self] = "ASKING"
    /\ \E c \in Inputs[self] : \E i \in Offers(c) :
          LET m == At(c, i) IN
          /\ m.name = "PONG"
          /\ m.F = x[self]
          /\ state' = [state EXCEPT ![self] = "IDLE"]
          /\ network' = Without(c, i)
          /\ UNCHANGED <<x, calls_left, losses_left, failure>>

\* line 11: defer PONG   (no step: see the rules above)

-------------------------------------------------------------------------------
\* The lines of machine Server

\* line 18: rcv PING [ID] / snd PONG(F = M.F)
Server_rcv_PING_18(self) ==
    /\ \E c \in Inputs[self] : \E i \in Offers(c) : \E kept \in MayStay(c) :
          LET m == At(c, i) IN
          /\ m.name = "PING"
          /\ ID[self]
          /\ MaySend(After(c, i, kept), Server_out[self, "wire"], 1)
          /\ network' = Put(After(c, i, kept), Server_out[self, "wire"],
                 [name |-> "PONG", F |-> m.F])
          /\ UNCHANGED <<state, x, calls_left, losses_left, failure>>

\* line 19: otherwise ignore
Server_otherwise_ignore_19(self) ==
    /\ \E c \in Inputs[self] : \E i \in Offers(c) : \E kept \in MayStay(c) :
          LET m == At(c, i) IN
          /\ 19 \in Server_rules(self, m, Port[c])
          /\ network' = After(c, i, kept)
          /\ UNCHANGED <<state, x, calls_left, losses_left, failure>>

\* line 21: step [full(wire)]
Server_step_21(self) ==
    /\ Size(network, Server_out[self, "wire"]) >= Capacity[Server_out[self, "wire"]]
    /\ UNCHANGED <<state, x, network, calls_left, losses_left, failure>>

-------------------------------------------------------------------------------
\* Timeouts, some of which wait until nothing else can be done

Receptions ==
    \/ \E self \in Clients :
           \/ Client_rcv_PONG_10(self)
    \/ \E self \in Servers :
           \/ Server_rcv_PING_18(self)
           \/ Server_otherwise_ignore_19(self)

Steps ==
    \E self \in Servers :
        \/ Server_step_21(self)

\* No message can be received and no step taken.
Idle == ~ENABLED (Receptions \/ Steps)

\* timer again only when idle
TimerAllows(self, timer) ==
    /\ timer = "again" => Idle

\* line 12: timeout again / snd PING; snd PING(F = any)
Client_timeout_again_12(self) ==
    /\ state[self] = "ASKING"
    /\ TimerAllows(self, "again")
    /\ \E any0 \in 0..3 :
          /\ network' = Put(Put(network, Client_out[self],
                     [name |-> "PING", F |-> x[self]]), Client_out[self],
                 [name |-> "PING", F |-> any0])
          /\ UNCHANGED <<state, x, calls_left, losses_left, failure>>

-------------------------------------------------------------------------------
\* Faults

\* A fifo loses its head, a bag any message.
Lose(c) ==
    /\ c \in Lossy
    /\ Left(losses_left, c)
    /\ \E i \in Offers(c) :
          /\ c \in Fifos => i = 1
          /\ network' = Without(c, i)
    /\ losses_left' = Spent(losses_left, c)
    /\ UNCHANGED <<state, x, calls_left, failure>>

-------------------------------------------------------------------------------
\* The whole

Timeouts ==
    \E self \in Clients :
        \/ Client_timeout_again_12(self)

Calls ==
    \E self \in Clients :
        \/ Client_call_ask_8(self)

Faults ==
    \E c \in Channels : Lose(c)

Next == Receptions \/ Steps \/ Timeouts \/ Calls \/ Faults

Spec == Init /\ [][Next]_vars

\* A run ends at an error: nothing is explored beyond, nor is it counted.
Unfailed == failure = "none"

\* bound count(c -> s.wire) < 2
\* A step out of it is not taken. What is claimed is claimed within, and what
\* is not found within may lie outside.
Within ==
    /\ Size(network, "c -> s.wire") < 2

-------------------------------------------------------------------------------
\* What is claimed

AllFinal ==
    /\ \A self \in Clients : state[self] = "IDLE"
    /\ \A self \in Servers : state[self] = "A"

AllQuiet == \A c \in Channels : Size(network, c) = 0

NoValueOutOfRange == failure # "out of range"

\* no deadlock
NoDeadlock ==
    Within => (\/ ENABLED (Receptions \/ Steps \/ Timeouts \/ Calls)
               \/ AllFinal /\ AllQuiet)

\* no stall
NoStall ==
    Within => (\/ ENABLED (Receptions \/ Steps \/ Timeouts)
               \/ AllFinal /\ AllQuiet)

\* no unspecified reception
NoUnspecifiedReception == Within => \A c \in Channels : \A i \in Offers(c) : Rules(c, At(c, i)) # {}

\* "it ends": always possible c in IDLE
\* TLA+ makes claims about single runs, not about what stays possible.
\* This is what should stay possible, not an invariant:
goal_it_ends == state["c"] = "IDLE"

\* "never three": violated never c.x == 3
never_three == Within => ~(x["c"] = 3)

\* "an answer": reachable PONG(F = c.x) in (s.wire -> c)
never_an_answer == Within => ~(\E m \in Contents("s.wire -> c") : m.name = "PONG" /\ m.F = x["c"])

\* every transition used   (no invariant: TLC counts it, with -coverage 1)

THEOREM Spec => []TypeOK

===============================================================================
