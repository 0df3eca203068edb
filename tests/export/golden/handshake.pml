/* System ClientServer, a client connects to a listening server */
/* of protocol Handshake, handshake.fsm */

/* To check it, breadth first, so that the first error has a shortest run:
     spin -a ClientServer.pml
     gcc -DSAFETY -DNOREDUCE -DBFS -o pan pan.c
     ./pan -E
     spin -t -T ClientServer.pml    (the steps of the run that was found)
   Numbers in comments are lines of the specification; one d_step is one step of it.
   SPIN's own invalid end states are not all deadlocks, since
   a fault may still happen in a deadlock: hence -E, and the assertion no_deadlock.
   What is to be reachable, or to fail, is an error only if it is asked for:
     spin -a -DASK_both_ends_meet ...
*/
/* Not asked: opening stays possible. Promela makes claims about single runs, not about what stays
   possible. */

/* --- names ----------------------------------------------------------------------------------- */

mtype = { CLOSED, LISTEN, SYN_SENT, SYN_RCVD, ESTABLISHED };    /* states */
mtype = { SYN, SYN_ACK, ACK, RST, RST_ACK };    /* messages */

/* --- instances and channels ------------------------------------------------------------------ */

typedef Message { mtype name; short seq; short ack }

typedef Endpoint_data {
    mtype state;
    short iss;    /* never changes */
    short snd_nxt;
    short rcv_nxt;
    byte may_passive_open;
    byte may_active_open;
}
Endpoint_data endpoint[2];
#define client endpoint[0]
#define server endpoint[1]

/* A chan, and what is at its head, for guards to look at; 0 if it is empty. */
typedef Link { chan q; Message head }
Link link[2];
#define client_to_server link[0]
chan queue_client_to_server = [2] of { mtype, short, short };
#define server_to_client link[1]
chan queue_server_to_client = [2] of { mtype, short, short };

inline look_at(place) {    /* the head may have changed */
    if
    :: nempty(place.q) -> place.q?<place.head.name, place.head.seq, place.head.ack>
    :: empty(place.q) -> place.head.name = 0; place.head.seq = 0; place.head.ack = 0
    fi
}

/* Which lines are used, told once each; only for who asks. */
#ifdef COVERAGE
c_decl { static unsigned char used_before[43]; }
#define used(n) c_code { if (!used_before[n]) { \
    used_before[n] = 1; printf("used %d\n", n); } }
#else
#define used(n) skip
#endif
bool no_overflow = true;
#if defined(ASK_ALL) || defined(ASK_no_overflow) || !defined(ASK_ONE)
#define fails_no_overflow no_overflow = false; assert(no_overflow); no_overflow = true
#else
#define fails_no_overflow skip
#endif
bool values_stay_in_range = true;
#if defined(ASK_ALL) || defined(ASK_values_stay_in_range) || !defined(ASK_ONE)
#define fails_values_stay_in_range values_stay_in_range = false; assert(values_stay_in_range); values_stay_in_range = true
#else
#define fails_values_stay_in_range skip
#endif

/* --- machine Endpoint ------------------------------------------------------------------------ */

#define my endpoint[me]
#define inbox link[from]
#define outbox link[to]
#define msg inbox.head
#define received(line_, message_, input_, again_) used(line_); \
    printf("Endpoint %d: line %d, rcv %e(%d,%d) on %d again %d\n", me, line_, message_.name, message_.seq, message_.ack, input_, again_)

proctype Endpoint(byte me, from, to) {
    goto end_CLOSED;

end_CLOSED: /* initial final state CLOSED */
    do
    /* 17: call passive_open -> LISTEN */
    :: d_step { my.may_passive_open > 0 ->
           used(17); printf("Endpoint %d: line 17, call passive_open\n", me);
           my.may_passive_open--; my.state = LISTEN } goto end_LISTEN
    /* 18: call active_open / snd SYN; SND.NXT := ISS + 1 -> SYN_SENT */
    :: d_step { my.may_active_open > 0 ->
           used(18); printf("Endpoint %d: line 18, call active_open\n", me);
           my.may_active_open--;
           if :: len(outbox.q) < 2 -> outbox.q!SYN(my.snd_nxt, 0) :: else -> skip /* full: dropped */ fi;
           my.snd_nxt = (my.iss + 1) % 1024; look_at(outbox);
           my.state = SYN_SENT } goto at_SYN_SENT
    /* 19: rcv SYN / snd RST+ACK(SEQ = 0, ACK = SEG.SEQ + 1) @ 3.10.7.1 */
    :: d_step { msg.name == SYN ->
           received(19, msg, 0, 0);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!RST_ACK(0, (msg.seq + 1) % 1024) :: else -> skip /* full: dropped */ fi;
           look_at(inbox); look_at(outbox) }
    /* 20: rcv ACK | SYN+ACK / snd RST(SEQ = SEG.ACK) @ 3.10.7.1 */
    :: d_step { msg.name == SYN_ACK || msg.name == ACK ->
           received(20, msg, 0, 0);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!RST(msg.ack, 0) :: else -> skip /* full: dropped */ fi;
           look_at(inbox); look_at(outbox) }
    /* 21: ignore RST | RST+ACK */
    :: d_step { msg.name == RST || msg.name == RST_ACK ->
           received(21, msg, 0, 0);
           inbox.q?_,_,_; look_at(inbox) }
    od;

end_LISTEN: /* final state LISTEN */
    do
    /* 24: rcv SYN / RCV.NXT := SEG.SEQ + 1; snd SYN+ACK; SND.NXT := ISS + 1 -> SYN_RCVD @ 3.10.7.2 */
    :: d_step { msg.name == SYN ->
           received(24, msg, 0, 0);
           inbox.q?_,_,_; my.rcv_nxt = (msg.seq + 1) % 1024;
           if :: len(outbox.q) < 2 -> outbox.q!SYN_ACK(my.snd_nxt, my.rcv_nxt) :: else -> skip /* full: dropped */ fi;
           my.snd_nxt = (my.iss + 1) % 1024; look_at(inbox); look_at(outbox);
           my.state = SYN_RCVD } goto at_SYN_RCVD
    /* 25: rcv ACK | SYN+ACK / snd RST(SEQ = SEG.ACK) @ 3.10.7.2 */
    :: d_step { msg.name == SYN_ACK || msg.name == ACK ->
           received(25, msg, 0, 0);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!RST(msg.ack, 0) :: else -> skip /* full: dropped */ fi;
           look_at(inbox); look_at(outbox) }
    /* 26: ignore RST | RST+ACK */
    :: d_step { msg.name == RST || msg.name == RST_ACK ->
           received(26, msg, 0, 0);
           inbox.q?_,_,_; look_at(inbox) }
    od;

at_SYN_SENT: /* state SYN_SENT */
    do
    /* 29: rcv SYN+ACK [acks_all] / RCV.NXT := SEG.SEQ + 1; snd ACK -> ESTABLISHED @ 3.10.7.3 */
    :: d_step { msg.name == SYN_ACK && msg.ack == my.snd_nxt ->
           received(29, msg, 0, 0);
           inbox.q?_,_,_; my.rcv_nxt = (msg.seq + 1) % 1024;
           if :: len(outbox.q) < 2 -> outbox.q!ACK(my.snd_nxt, my.rcv_nxt) :: else -> skip /* full: dropped */ fi;
           look_at(inbox); look_at(outbox); my.state = ESTABLISHED } goto end_ESTABLISHED
    /* 30: simultaneous: rcv SYN / RCV.NXT := SEG.SEQ + 1; snd SYN+ACK(SEQ = ISS) -> SYN_RCVD @ 3.10.7.3 */
    :: d_step { msg.name == SYN ->
           received(30, msg, 0, 0);
           inbox.q?_,_,_; my.rcv_nxt = (msg.seq + 1) % 1024;
           if :: len(outbox.q) < 2 -> outbox.q!SYN_ACK(my.iss, my.rcv_nxt) :: else -> skip /* full: dropped */ fi;
           look_at(inbox); look_at(outbox); my.state = SYN_RCVD } goto at_SYN_RCVD
    /* 31: rcv RST+ACK [acks_all] / reset -> CLOSED @ 3.10.7.3 */
    :: d_step { msg.name == RST_ACK && msg.ack == my.snd_nxt ->
           received(31, msg, 0, 0);
           inbox.q?_,_,_; my.snd_nxt = my.iss; my.rcv_nxt = 0; look_at(inbox);
           my.state = CLOSED } goto end_CLOSED
    /* 32: otherwise ignore */
    :: d_step { msg.name != 0 &&
             msg.name != SYN &&
             !(msg.name == SYN_ACK && msg.ack == my.snd_nxt) &&
             !(msg.name == RST_ACK && msg.ack == my.snd_nxt) ->
           received(32, msg, 0, 0);
           inbox.q?_,_,_; look_at(inbox) }
    /* 33: timeout retransmission / snd SYN(SEQ = ISS) */
    :: d_step { true ->
           used(33); printf("Endpoint %d: line 33, timeout retransmission\n", me);
           if :: len(outbox.q) < 2 -> outbox.q!SYN(my.iss, 0) :: else -> skip /* full: dropped */ fi;
           look_at(outbox) }
    od;

at_SYN_RCVD: /* state SYN_RCVD */
    do
    /* 36: rcv ACK | SYN+ACK [acks_all] -> ESTABLISHED */
    :: d_step { (msg.name == SYN_ACK || msg.name == ACK) && msg.ack == my.snd_nxt ->
           received(36, msg, 0, 0);
           inbox.q?_,_,_; look_at(inbox); my.state = ESTABLISHED } goto end_ESTABLISHED
    /* 37: timeout retransmission / snd SYN+ACK(SEQ = ISS) */
    :: d_step { true ->
           used(37); printf("Endpoint %d: line 37, timeout retransmission\n", me);
           if :: len(outbox.q) < 2 -> outbox.q!SYN_ACK(my.iss, my.rcv_nxt) :: else -> skip /* full: dropped */ fi;
           look_at(outbox) }
    /* 38: otherwise ignore */
    :: d_step { msg.name != 0 &&
             !((msg.name == SYN_ACK || msg.name == ACK) && msg.ack == my.snd_nxt) ->
           received(38, msg, 0, 0);
           inbox.q?_,_,_; look_at(inbox) }
    od;

end_ESTABLISHED: /* final idle state ESTABLISHED */
    do
    /* 41: rcv SYN+ACK / snd ACK */
    :: d_step { msg.name == SYN_ACK ->
           received(41, msg, 0, 0);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!ACK(my.snd_nxt, my.rcv_nxt) :: else -> skip /* full: dropped */ fi;
           look_at(inbox); look_at(outbox) }
    /* 42: otherwise ignore */
    :: d_step { msg.name != 0 && msg.name != SYN_ACK ->
           received(42, msg, 0, 0);
           inbox.q?_,_,_; look_at(inbox) }
    od;
}
#undef my
#undef inbox
#undef outbox
#undef msg
#undef received

/* --- faults: a fifo loses its head, a bag any message ---------------------------------------- */

proctype network() {
end:
    do
    :: d_step { client_to_server.head.name != 0 ->
           printf("channel 0 loses %e(%d,%d)\n", client_to_server.head.name, client_to_server.head.seq, client_to_server.head.ack);
           client_to_server.q?_,_,_; look_at(client_to_server) }
    :: d_step { server_to_client.head.name != 0 ->
           printf("channel 1 loses %e(%d,%d)\n", server_to_client.head.name, server_to_client.head.seq, server_to_client.head.ack);
           server_to_client.q?_,_,_; look_at(server_to_client) }
    od
}

/* --- checks ---------------------------------------------------------------------------------- */


/* A message can be received. */
#define Endpoint_can_receive(me, my, msg, inbox, outbox) \
    ((msg.name != 0))

/* A timer can run out. */
#define Endpoint_can_time_out(me, my, msg, inbox, outbox) \
    ((my.state == SYN_SENT || my.state == SYN_RCVD))

/* The user can make a call. */
#define Endpoint_can_be_called(me, my, msg, inbox, outbox) \
    ((my.state == CLOSED && (my.may_passive_open > 0 || my.may_active_open > 0)))

bool no_deadlock = true;
bool no_unspecified_reception = true;
bool both_ends_meet = true;
bool open_ends_agree = true;

proctype checks() {
end:
    do
    /* 54: no deadlock */
#if defined(ASK_ALL) || defined(ASK_no_deadlock) || !defined(ASK_ONE)
    :: d_step { !(Endpoint_can_receive(0, client, server_to_client.head, server_to_client, client_to_server) || Endpoint_can_receive(1, server, client_to_server.head, client_to_server, server_to_client) || Endpoint_can_time_out(0, client, server_to_client.head, server_to_client, client_to_server) || Endpoint_can_time_out(1, server, client_to_server.head, client_to_server, server_to_client)) &&
             !(Endpoint_can_be_called(0, client, server_to_client.head, server_to_client, client_to_server) || Endpoint_can_be_called(1, server, client_to_server.head, client_to_server, server_to_client)) &&
             !((client.state == CLOSED || client.state == LISTEN || client.state == ESTABLISHED) && (server.state == CLOSED || server.state == LISTEN || server.state == ESTABLISHED) && len(client_to_server.q) == 0 && len(server_to_client.q) == 0) ->
           no_deadlock = false; assert(no_deadlock); no_deadlock = true }
#endif
    /* 55: no unspecified reception */
#if defined(ASK_ALL) || defined(ASK_no_unspecified_reception) || !defined(ASK_ONE)
    :: d_step { false ->
           no_unspecified_reception = false; assert(no_unspecified_reception); no_unspecified_reception = true }
#endif
    /* 56: "both ends meet": reachable both_open */
#if defined(ASK_ALL) || defined(ASK_both_ends_meet)
    :: d_step { client.state == ESTABLISHED && server.state == ESTABLISHED ->
           both_ends_meet = false; assert(both_ends_meet); both_ends_meet = true }
#endif
    /* 57: "open ends agree": always both_open implies client.SND.NXT == server.RCV.NXT */
#if defined(ASK_ALL) || defined(ASK_open_ends_agree) || !defined(ASK_ONE)
    :: d_step { !(!(client.state == ESTABLISHED && server.state == ESTABLISHED) || client.snd_nxt == server.rcv_nxt) ->
           open_ends_agree = false; assert(open_ends_agree); open_ends_agree = true }
#endif
    :: false
    od
}

/* --- the start ------------------------------------------------------------------------------- */

init {
    atomic {
        d_step {
            client.state = CLOSED; client.snd_nxt = 100; client.rcv_nxt = 0;
            server.state = CLOSED; server.snd_nxt = 300; server.rcv_nxt = 0;
            client.iss = 100; client.may_passive_open = 0; client.may_active_open = 1;
            server.iss = 300; server.may_passive_open = 1; server.may_active_open = 0;
            client_to_server.q = queue_client_to_server;
            server_to_client.q = queue_server_to_client;
        };
        run Endpoint(0, 1, 0);
        run Endpoint(1, 0, 1);
        run network();
        run checks();
    }
}
