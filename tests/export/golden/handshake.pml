/* System ClientServer, a client connects to a listening server */
/* of protocol Handshake, handshake.fsm */

/* To check it, breadth first, so that the first error has a shortest run, and see it:
     spin -a ClientServer.pml
     gcc -DSAFETY -DNOREDUCE -DBFS -o pan pan.c
     ./pan -E
     spin -t -T ClientServer.pml
   Numbers in comments are lines of the specification; one d_step is one step of it.
   SPIN's own search would miss deadlocks: a fault may still happen in one.
   Hence -E, which switches it off; the assertion no_deadlock misses none.
   What is to be reachable, or to fail, is an error only if it is asked for, by both
   commands of spin:
     spin -DASK_both_ends_meet -a ClientServer.pml
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
    short ISS;    /* never changes */
    short SND_NXT;
    short RCV_NXT;
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

/* Comes last in a step: until then the head shows the message that the step takes. */
inline look_at(place) {
    if
    :: nempty(place.q) -> place.q?<place.head.name, place.head.seq, place.head.ack>
    :: empty(place.q) -> place.head.name = 0; place.head.seq = 0;
                         place.head.ack = 0
    fi
}

/* What a check that fails does: its variable is false within this step only, so that SPIN
   names the check, and no state is added. */
#define fails(check) check = false; assert(check); check = true

/* --- machine Endpoint ------------------------------------------------------------------------ */

#define my endpoint[me]
#define inbox link[from]
#define outbox link[to]
#define msg inbox.head
#define received(line_, message_) \
    printf("Endpoint %d: line %d, rcv %e(%d,%d)\n", me, line_, \
        message_.name, message_.seq, message_.ack)

proctype Endpoint(short me, from, to) {
    goto end_CLOSED;

end_CLOSED: /* initial final state CLOSED */
    do
    /* 17: call passive_open -> LISTEN */
    :: d_step { my.may_passive_open > 0 ->
           printf("Endpoint %d: line 17, call passive_open\n", me);
           my.may_passive_open--; my.state = LISTEN } goto end_LISTEN
    /* 18: call active_open / snd SYN; SND.NXT := ISS + 1 -> SYN_SENT */
    :: d_step { my.may_active_open > 0 ->
           printf("Endpoint %d: line 18, call active_open\n", me);
           my.may_active_open--;
           if :: len(outbox.q) < 2 -> outbox.q!SYN(my.SND_NXT, 0)
              :: else -> skip    /* full: dropped */
           fi;
           my.SND_NXT = (my.ISS + 1) % 1024; look_at(outbox);
           my.state = SYN_SENT } goto at_SYN_SENT
    /* 19: rcv SYN / snd RST+ACK(SEQ = 0, ACK = SEG.SEQ + 1) @ 3.10.7.1 */
    :: d_step { msg.name == SYN ->
           received(19, msg);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!RST_ACK(0, (msg.seq + 1) % 1024)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(inbox); look_at(outbox) }
    /* 20: rcv ACK | SYN+ACK / snd RST(SEQ = SEG.ACK) @ 3.10.7.1 */
    :: d_step { msg.name == SYN_ACK || msg.name == ACK ->
           received(20, msg);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!RST(msg.ack, 0)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(inbox); look_at(outbox) }
    /* 21: ignore RST | RST+ACK */
    :: d_step { msg.name == RST || msg.name == RST_ACK ->
           received(21, msg);
           inbox.q?_,_,_; look_at(inbox) }
    od;

end_LISTEN: /* final state LISTEN */
    do
    /* 24: rcv SYN / RCV.NXT := SEG.SEQ + 1; snd SYN+ACK; SND.NXT := ISS + 1 -> SYN_RCVD @ 3.10.7.2
       */
    :: d_step { msg.name == SYN ->
           received(24, msg);
           inbox.q?_,_,_; my.RCV_NXT = (msg.seq + 1) % 1024;
           if :: len(outbox.q) < 2 -> outbox.q!SYN_ACK(my.SND_NXT, my.RCV_NXT)
              :: else -> skip    /* full: dropped */
           fi;
           my.SND_NXT = (my.ISS + 1) % 1024; look_at(inbox); look_at(outbox);
           my.state = SYN_RCVD } goto at_SYN_RCVD
    /* 25: rcv ACK | SYN+ACK / snd RST(SEQ = SEG.ACK) @ 3.10.7.2 */
    :: d_step { msg.name == SYN_ACK || msg.name == ACK ->
           received(25, msg);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!RST(msg.ack, 0)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(inbox); look_at(outbox) }
    /* 26: ignore RST | RST+ACK */
    :: d_step { msg.name == RST || msg.name == RST_ACK ->
           received(26, msg);
           inbox.q?_,_,_; look_at(inbox) }
    od;

at_SYN_SENT: /* state SYN_SENT */
    do
    /* 29: rcv SYN+ACK [acks_all] / RCV.NXT := SEG.SEQ + 1; snd ACK -> ESTABLISHED @ 3.10.7.3 */
    :: d_step { msg.name == SYN_ACK && msg.ack == my.SND_NXT ->
           received(29, msg);
           inbox.q?_,_,_; my.RCV_NXT = (msg.seq + 1) % 1024;
           if :: len(outbox.q) < 2 -> outbox.q!ACK(my.SND_NXT, my.RCV_NXT)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(inbox); look_at(outbox); my.state = ESTABLISHED } goto end_ESTABLISHED
    /* 30: simultaneous: rcv SYN / RCV.NXT := SEG.SEQ + 1; snd SYN+ACK(SEQ = ISS) -> SYN_RCVD @
       3.10.7.3 */
    :: d_step { msg.name == SYN ->
           received(30, msg);
           inbox.q?_,_,_; my.RCV_NXT = (msg.seq + 1) % 1024;
           if :: len(outbox.q) < 2 -> outbox.q!SYN_ACK(my.ISS, my.RCV_NXT)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(inbox); look_at(outbox); my.state = SYN_RCVD } goto at_SYN_RCVD
    /* 31: rcv RST+ACK [acks_all] / reset -> CLOSED @ 3.10.7.3 */
    :: d_step { msg.name == RST_ACK && msg.ack == my.SND_NXT ->
           received(31, msg);
           inbox.q?_,_,_; my.SND_NXT = my.ISS; my.RCV_NXT = 0; look_at(inbox);
           my.state = CLOSED } goto end_CLOSED
    /* 32: otherwise ignore */
    :: d_step { msg.name != 0 &&
             msg.name != SYN &&
             !(msg.name == SYN_ACK && msg.ack == my.SND_NXT) &&
             !(msg.name == RST_ACK && msg.ack == my.SND_NXT) ->
           received(32, msg);
           inbox.q?_,_,_; look_at(inbox) }
    /* 33: timeout retransmission / snd SYN(SEQ = ISS) */
    :: d_step { true ->
           printf("Endpoint %d: line 33, timeout retransmission\n", me);
           if :: len(outbox.q) < 2 -> outbox.q!SYN(my.ISS, 0)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(outbox) }
    od;

at_SYN_RCVD: /* state SYN_RCVD */
    do
    /* 36: rcv ACK | SYN+ACK [acks_all] -> ESTABLISHED */
    :: d_step { (msg.name == SYN_ACK || msg.name == ACK) && msg.ack == my.SND_NXT ->
           received(36, msg);
           inbox.q?_,_,_; look_at(inbox); my.state = ESTABLISHED } goto end_ESTABLISHED
    /* 37: timeout retransmission / snd SYN+ACK(SEQ = ISS) */
    :: d_step { true ->
           printf("Endpoint %d: line 37, timeout retransmission\n", me);
           if :: len(outbox.q) < 2 -> outbox.q!SYN_ACK(my.ISS, my.RCV_NXT)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(outbox) }
    /* 38: otherwise ignore */
    :: d_step { msg.name != 0 &&
             !((msg.name == SYN_ACK || msg.name == ACK) && msg.ack == my.SND_NXT) ->
           received(38, msg);
           inbox.q?_,_,_; look_at(inbox) }
    od;

end_ESTABLISHED: /* final idle state ESTABLISHED */
    do
    /* 41: rcv SYN+ACK / snd ACK */
    :: d_step { msg.name == SYN_ACK ->
           received(41, msg);
           inbox.q?_,_,_;
           if :: len(outbox.q) < 2 -> outbox.q!ACK(my.SND_NXT, my.RCV_NXT)
              :: else -> skip    /* full: dropped */
           fi;
           look_at(inbox); look_at(outbox) }
    /* 42: otherwise ignore */
    :: d_step { msg.name != 0 && msg.name != SYN_ACK ->
           received(42, msg);
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
           printf("channel 0 loses %e(%d,%d)\n",
             client_to_server.head.name, client_to_server.head.seq, client_to_server.head.ack);
           client_to_server.q?_,_,_; look_at(client_to_server) }
    :: d_step { server_to_client.head.name != 0 ->
           printf("channel 1 loses %e(%d,%d)\n",
             server_to_client.head.name, server_to_client.head.seq, server_to_client.head.ack);
           server_to_client.q?_,_,_; look_at(server_to_client) }
    od
}

/* --- checks ---------------------------------------------------------------------------------- */

/* A message can be received. */
#define Endpoint_can_receive(msg) \
    (msg.name != 0)

/* A timer can run out. */
#define Endpoint_can_time_out(my) \
    (my.state == SYN_SENT || my.state == SYN_RCVD)

/* The user can make a call. */
#define Endpoint_can_be_called(my) \
    (my.state == CLOSED && (my.may_passive_open > 0 || my.may_active_open > 0))

bool no_deadlock = true;
bool both_ends_meet = true;
bool open_ends_agree = true;

proctype checks() {
end:
    do
    /* 54: no deadlock */
    :: d_step { !(Endpoint_can_receive(server_to_client.head) ||
               Endpoint_can_receive(client_to_server.head) ||
               Endpoint_can_time_out(client) || Endpoint_can_time_out(server)) &&
             !(Endpoint_can_be_called(client) || Endpoint_can_be_called(server)) &&
             !((client.state == CLOSED ||
                 client.state == LISTEN || client.state == ESTABLISHED) &&
               (server.state == CLOSED ||
                 server.state == LISTEN || server.state == ESTABLISHED) &&
               len(client_to_server.q) == 0 && len(server_to_client.q) == 0) ->
           fails(no_deadlock) }
    /* 55: no unspecified reception (no option: here it cannot fail) */
    /* 56: "both ends meet": reachable both_open */
#ifdef ASK_both_ends_meet
    :: d_step { client.state == ESTABLISHED && server.state == ESTABLISHED ->
           fails(both_ends_meet) }
#endif
    /* 57: "open ends agree": always both_open implies client.SND.NXT == server.RCV.NXT */
    :: d_step { !(!(client.state == ESTABLISHED && server.state == ESTABLISHED) ||
               client.SND_NXT == server.RCV_NXT) ->
           fails(open_ends_agree) }
    :: false    /* without it, a loop in which nothing is asked would be none */
    od
}

/* --- the start ------------------------------------------------------------------------------- */

init {
    atomic {
        d_step {
            client.state = CLOSED; client.SND_NXT = 100; client.RCV_NXT = 0;
            server.state = CLOSED; server.SND_NXT = 300; server.RCV_NXT = 0;
            client.ISS = 100; client.may_passive_open = 0; client.may_active_open = 1;
            server.ISS = 300; server.may_passive_open = 1; server.may_active_open = 0;
            client_to_server.q = queue_client_to_server;
            server_to_client.q = queue_server_to_client;
        };
        /* client, from server_to_client, to client_to_server */
        run Endpoint(0, 1, 0);
        /* server, from client_to_server, to server_to_client */
        run Endpoint(1, 0, 1);
        run network();
        run checks();
    }
}
