------------------------------ MODULE Handshake_ClientServer ------------------------------
\* Handshake: three-way handshake
\* system ClientServer: a client connects to a listening server
\* Made from handshake.fsm, whose lines the actions name.
\*
\*     java -cp tla2tools.jar tlc2.TLC -deadlock Handshake_ClientServer
\*
\* -deadlock switches TLC's own search for deadlocks off: a state in which nothing
\* is enabled may be a proper end. What is a deadlock here, the invariants say.

EXTENDS Integers, Sequences

-------------------------------------------------------------------------------------------
\* What there is

Endpoints == {"client", "server"}

Instances == Endpoints

ISS == [client |-> 100, server |-> 300]

Message == [name : {"SYN", "SYN+ACK", "ACK", "RST", "RST+ACK"}, SEQ : 0..1023, ACK : 0..1023]

\* client -> server: fifo(2), lossy, when full drop
\* server -> client: fifo(2), lossy, when full drop
Channels == {"client -> server", "server -> client"}

Capacity == [c \in Channels |-> 2]

Receiver ==
    [c \in Channels |->
        CASE c = "client -> server" -> "server"
          [] c = "server -> client" -> "client"]

Inputs == [self \in Instances |-> {c \in Channels : Receiver[c] = self}]

Lossy == {"client -> server", "server -> client"}

Endpoint_out == [client |-> "client -> server", server |-> "server -> client"]

\* What the users of instances may call.
Allowed == {<<"client", "active_open">>, <<"server", "passive_open">>}

-------------------------------------------------------------------------------------------
\* The state

VARIABLES
    state,      \* the state of each instance
    SND_NXT,    \* SND.NXT of Endpoint: next sequence number to send
    RCV_NXT,    \* RCV.NXT of Endpoint: next sequence number expected
    network,    \* what is in each channel
    calls_left  \* how often a user may yet make a call, where that is limited

vars == <<state, SND_NXT, RCV_NXT, network, calls_left>>

-------------------------------------------------------------------------------------------
\* Channels

\* How much is in a channel, and which messages; net is the network, now or later.
Size(net, c) == Len(net[c])

\* With one message more; a channel that is full drops it.
Put(net, c, m) ==
    IF Size(net, c) < Capacity[c]
    THEN [net EXCEPT ![c] = Append(@, m)]
    ELSE net

\* The network when a message has been taken.
Without(c, m) == [network EXCEPT ![c] = Tail(@)]

-------------------------------------------------------------------------------------------
\* What may be, and where it starts

TypeOK ==
    /\ \A self \in Endpoints : state[self] \in {"CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD",
                                                "ESTABLISHED"}
    /\ SND_NXT \in [Endpoints -> 0..1023]
    /\ RCV_NXT \in [Endpoints -> 0..1023]
    /\ \A c \in Channels : network[c] \in Seq(Message)
    /\ \A c \in Channels : Size(network, c) <= Capacity[c]
    /\ calls_left \in [{<<"client", "active_open">>, <<"server", "passive_open">>} -> 0..1]

Init ==
    /\ state = [self \in Instances |-> "CLOSED"]
    /\ SND_NXT = [self \in Endpoints |-> ISS[self]]
    /\ RCV_NXT = [self \in Endpoints |-> 0]
    /\ network = [c \in Channels |-> << >>]
    /\ calls_left = [key \in {<<"client", "active_open">>, <<"server", "passive_open">>} |-> 1]

-------------------------------------------------------------------------------------------
\* Which line takes a message

\* A line, by its number, if it applies.
Line(number, applies) == IF applies THEN {number} ELSE {}

\* The lines of Endpoint that take message m: those that match.
\* An action says `n \in Endpoint_rules(self, m)` where there are lines
\* of an earlier rank for the same message: none of those matches it.
Endpoint_rules(self, m) ==
    LET rules == UNION {
              IF state[self] = "CLOSED" THEN UNION {
                  Line(19, m.name = "SYN"),
                  Line(20, m.name \in {"ACK", "SYN+ACK"}),
                  Line(21, m.name \in {"RST", "RST+ACK"})
              } ELSE {},
              IF state[self] = "LISTEN" THEN UNION {
                  Line(24, m.name = "SYN"),
                  Line(25, m.name \in {"ACK", "SYN+ACK"}),
                  Line(26, m.name \in {"RST", "RST+ACK"})
              } ELSE {},
              IF state[self] = "SYN_SENT" THEN UNION {
                  Line(29, m.name = "SYN+ACK" /\ m.ACK = SND_NXT[self]),
                  Line(30, m.name = "SYN"),
                  Line(31, m.name = "RST+ACK" /\ m.ACK = SND_NXT[self])
              } ELSE {},
              IF state[self] = "SYN_RCVD"
              THEN Line(36, m.name \in {"ACK", "SYN+ACK"} /\ m.ACK = SND_NXT[self])
              ELSE {},
              IF state[self] = "ESTABLISHED" THEN Line(41, m.name = "SYN+ACK") ELSE {}
          }
        otherwise == UNION {
              IF state[self] = "SYN_SENT" THEN Line(32, TRUE) ELSE {},
              IF state[self] = "SYN_RCVD" THEN Line(38, TRUE) ELSE {},
              IF state[self] = "ESTABLISHED" THEN Line(42, TRUE) ELSE {}
          }
    IN  IF rules # {} THEN rules ELSE otherwise

Rules(c, m) == Endpoint_rules(Receiver[c], m)

\* What channel c offers its receiver.
Offers(c) == IF network[c] = << >> THEN {} ELSE {Head(network[c])}

-------------------------------------------------------------------------------------------
\* Permissions

\* What is limited may happen while something of its limit is left.
Left(left, key) == key \in DOMAIN left => left[key] > 0

Spent(left, key) ==
    IF key \in DOMAIN left THEN [left EXCEPT ![key] = @ - 1] ELSE left

MayCall(self, call) == <<self, call>> \in Allowed /\ Left(calls_left, <<self, call>>)

-------------------------------------------------------------------------------------------
\* The lines of machine Endpoint

\* line 17: call passive_open -> LISTEN
Endpoint_call_passive_open_17(self) ==
    /\ state[self] = "CLOSED"
    /\ MayCall(self, "passive_open")
    /\ state' = [state EXCEPT ![self] = "LISTEN"]
    /\ calls_left' = Spent(calls_left, <<self, "passive_open">>)
    /\ UNCHANGED <<SND_NXT, RCV_NXT, network>>

\* line 18: call active_open / snd SYN; SND.NXT := ISS + 1 -> SYN_SENT
Endpoint_call_active_open_18(self) ==
    /\ state[self] = "CLOSED"
    /\ MayCall(self, "active_open")
    /\ state' = [state EXCEPT ![self] = "SYN_SENT"]
    /\ SND_NXT' = [SND_NXT EXCEPT ![self] = (ISS[self] + 1) % 1024]
    /\ network' = Put(network, Endpoint_out[self],
           [name |-> "SYN", SEQ |-> SND_NXT[self], ACK |-> 0])
    /\ calls_left' = Spent(calls_left, <<self, "active_open">>)
    /\ UNCHANGED <<RCV_NXT>>

\* line 19: rcv SYN / snd RST+ACK(SEQ = 0, ACK = SEG.SEQ + 1)   @ 3.10.7.1
Endpoint_rcv_SYN_19(self) ==
    /\ state[self] = "CLOSED"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name = "SYN"
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "RST+ACK", SEQ |-> 0, ACK |-> (m.SEQ + 1) % 1024])
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 20: rcv ACK | SYN+ACK / snd RST(SEQ = SEG.ACK)   @ 3.10.7.1
Endpoint_rcv_ACK_SYN_ACK_20(self) ==
    /\ state[self] = "CLOSED"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name \in {"ACK", "SYN+ACK"}
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "RST", SEQ |-> m.ACK, ACK |-> 0])
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 21: ignore RST | RST+ACK
Endpoint_ignore_RST_RST_ACK_21(self) ==
    /\ state[self] = "CLOSED"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name \in {"RST", "RST+ACK"}
          /\ network' = Without(c, m)
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 24: rcv SYN / RCV.NXT := SEG.SEQ + 1; snd SYN+ACK; SND.NXT := ISS + 1 -> SYN_RCVD
\*       @ 3.10.7.2
Endpoint_rcv_SYN_24(self) ==
    /\ state[self] = "LISTEN"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name = "SYN"
          /\ state' = [state EXCEPT ![self] = "SYN_RCVD"]
          /\ SND_NXT' = [SND_NXT EXCEPT ![self] = (ISS[self] + 1) % 1024]
          /\ RCV_NXT' = [RCV_NXT EXCEPT ![self] = (m.SEQ + 1) % 1024]
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "SYN+ACK", SEQ |-> SND_NXT[self], ACK |-> (m.SEQ + 1) % 1024])
          /\ UNCHANGED <<calls_left>>

\* line 25: rcv ACK | SYN+ACK / snd RST(SEQ = SEG.ACK)   @ 3.10.7.2
Endpoint_rcv_ACK_SYN_ACK_25(self) ==
    /\ state[self] = "LISTEN"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name \in {"ACK", "SYN+ACK"}
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "RST", SEQ |-> m.ACK, ACK |-> 0])
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 26: ignore RST | RST+ACK
Endpoint_ignore_RST_RST_ACK_26(self) ==
    /\ state[self] = "LISTEN"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name \in {"RST", "RST+ACK"}
          /\ network' = Without(c, m)
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 29: rcv SYN+ACK [acks_all] / RCV.NXT := SEG.SEQ + 1; snd ACK -> ESTABLISHED   @ 3.10.7.3
Endpoint_rcv_SYN_ACK_29(self) ==
    /\ state[self] = "SYN_SENT"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name = "SYN+ACK"
          /\ m.ACK = SND_NXT[self]
          /\ state' = [state EXCEPT ![self] = "ESTABLISHED"]
          /\ RCV_NXT' = [RCV_NXT EXCEPT ![self] = (m.SEQ + 1) % 1024]
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "ACK", SEQ |-> SND_NXT[self], ACK |-> (m.SEQ + 1) % 1024])
          /\ UNCHANGED <<SND_NXT, calls_left>>

\* line 30: simultaneous: rcv SYN / RCV.NXT := SEG.SEQ + 1; snd SYN+ACK(SEQ = ISS) -> SYN_RCVD
\*       @ 3.10.7.3
Endpoint_simultaneous_30(self) ==
    /\ state[self] = "SYN_SENT"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name = "SYN"
          /\ state' = [state EXCEPT ![self] = "SYN_RCVD"]
          /\ RCV_NXT' = [RCV_NXT EXCEPT ![self] = (m.SEQ + 1) % 1024]
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "SYN+ACK", SEQ |-> ISS[self], ACK |-> (m.SEQ + 1) % 1024])
          /\ UNCHANGED <<SND_NXT, calls_left>>

\* line 31: rcv RST+ACK [acks_all] / reset -> CLOSED   @ 3.10.7.3
Endpoint_rcv_RST_ACK_31(self) ==
    /\ state[self] = "SYN_SENT"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name = "RST+ACK"
          /\ m.ACK = SND_NXT[self]
          /\ state' = [state EXCEPT ![self] = "CLOSED"]
          /\ SND_NXT' = [SND_NXT EXCEPT ![self] = ISS[self]]
          /\ RCV_NXT' = [RCV_NXT EXCEPT ![self] = 0]
          /\ network' = Without(c, m)
          /\ UNCHANGED <<calls_left>>

\* line 32: otherwise ignore
Endpoint_otherwise_ignore_32(self) ==
    /\ state[self] = "SYN_SENT"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ 32 \in Endpoint_rules(self, m)
          /\ network' = Without(c, m)
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 33: timeout retransmission / snd SYN(SEQ = ISS)
Endpoint_timeout_retransmission_33(self) ==
    /\ state[self] = "SYN_SENT"
    /\ network' = Put(network, Endpoint_out[self],
           [name |-> "SYN", SEQ |-> ISS[self], ACK |-> 0])
    /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 36: rcv ACK | SYN+ACK [acks_all] -> ESTABLISHED
Endpoint_rcv_ACK_SYN_ACK_36(self) ==
    /\ state[self] = "SYN_RCVD"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name \in {"ACK", "SYN+ACK"}
          /\ m.ACK = SND_NXT[self]
          /\ state' = [state EXCEPT ![self] = "ESTABLISHED"]
          /\ network' = Without(c, m)
          /\ UNCHANGED <<SND_NXT, RCV_NXT, calls_left>>

\* line 37: timeout retransmission / snd SYN+ACK(SEQ = ISS)
Endpoint_timeout_retransmission_37(self) ==
    /\ state[self] = "SYN_RCVD"
    /\ network' = Put(network, Endpoint_out[self],
           [name |-> "SYN+ACK", SEQ |-> ISS[self], ACK |-> RCV_NXT[self]])
    /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 38: otherwise ignore
Endpoint_otherwise_ignore_38(self) ==
    /\ state[self] = "SYN_RCVD"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ 38 \in Endpoint_rules(self, m)
          /\ network' = Without(c, m)
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 41: rcv SYN+ACK / snd ACK
Endpoint_rcv_SYN_ACK_41(self) ==
    /\ state[self] = "ESTABLISHED"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ m.name = "SYN+ACK"
          /\ network' = Put(Without(c, m), Endpoint_out[self],
                 [name |-> "ACK", SEQ |-> SND_NXT[self], ACK |-> RCV_NXT[self]])
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

\* line 42: otherwise ignore
Endpoint_otherwise_ignore_42(self) ==
    /\ state[self] = "ESTABLISHED"
    /\ \E c \in Inputs[self] : \E m \in Offers(c) :
          /\ 42 \in Endpoint_rules(self, m)
          /\ network' = Without(c, m)
          /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

-------------------------------------------------------------------------------------------
\* Faults

\* A fifo loses its head, a bag any message.
Lose(c) ==
    /\ c \in Lossy
    /\ \E m \in Offers(c) :
          /\ network' = Without(c, m)
    /\ UNCHANGED <<state, SND_NXT, RCV_NXT, calls_left>>

-------------------------------------------------------------------------------------------
\* The whole

Receptions ==
    \E self \in Endpoints :
        \/ Endpoint_rcv_SYN_19(self)
        \/ Endpoint_rcv_ACK_SYN_ACK_20(self)
        \/ Endpoint_ignore_RST_RST_ACK_21(self)
        \/ Endpoint_rcv_SYN_24(self)
        \/ Endpoint_rcv_ACK_SYN_ACK_25(self)
        \/ Endpoint_ignore_RST_RST_ACK_26(self)
        \/ Endpoint_rcv_SYN_ACK_29(self)
        \/ Endpoint_simultaneous_30(self)
        \/ Endpoint_rcv_RST_ACK_31(self)
        \/ Endpoint_otherwise_ignore_32(self)
        \/ Endpoint_rcv_ACK_SYN_ACK_36(self)
        \/ Endpoint_otherwise_ignore_38(self)
        \/ Endpoint_rcv_SYN_ACK_41(self)
        \/ Endpoint_otherwise_ignore_42(self)

Timeouts ==
    \E self \in Endpoints :
        \/ Endpoint_timeout_retransmission_33(self)
        \/ Endpoint_timeout_retransmission_37(self)

Calls ==
    \E self \in Endpoints :
        \/ Endpoint_call_passive_open_17(self)
        \/ Endpoint_call_active_open_18(self)

Faults ==
    \E c \in Channels : Lose(c)

Next == Receptions \/ Timeouts \/ Calls \/ Faults

Spec == Init /\ [][Next]_vars

-------------------------------------------------------------------------------------------
\* What is claimed

AllFinal == \A self \in Endpoints : state[self] \in {"CLOSED", "LISTEN", "ESTABLISHED"}

AllQuiet == \A c \in Channels : Size(network, c) = 0

\* no deadlock
NoDeadlock ==
    \/ ENABLED (Receptions \/ Timeouts \/ Calls)
    \/ AllFinal /\ AllQuiet

\* no unspecified reception
NoUnspecifiedReception == \A c \in Channels : \A m \in Offers(c) : Rules(c, m) # {}

\* "both ends meet": reachable both_open
never_both_ends_meet == ~(state["client"] = "ESTABLISHED" /\ state["server"] = "ESTABLISHED")

\* "open ends agree": always both_open implies client.SND.NXT == server.RCV.NXT
open_ends_agree ==
    (state["client"] = "ESTABLISHED" /\ state["server"] = "ESTABLISHED")
    => SND_NXT["client"] = RCV_NXT["server"]

\* "opening stays possible": always possible (both_open or client in CLOSED)
\* TLA+ makes claims about single runs, not about what stays possible.
\* This is what should stay possible, not an invariant:
goal_opening_stays_possible ==
    \/ state["client"] = "ESTABLISHED" /\ state["server"] = "ESTABLISHED"
    \/ state["client"] = "CLOSED"

THEOREM Spec => []TypeOK

===========================================================================================
