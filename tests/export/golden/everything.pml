/* System Net, a bag, errors, ports, a defer */
/* of protocol T, test.fsm */

/* To check it, breadth first, so that the first error has a shortest run, and see it:
     spin -a Net.pml
     gcc -DSAFETY -DNOREDUCE -DBFS -o pan pan.c
     ./pan -E
     spin -t -T Net.pml
   Numbers in comments are lines of the specification; one d_step is one step of it.
   SPIN's own search would miss deadlocks: a fault may still happen in one.
   Hence -E, which switches it off; the assertion no_deadlock misses none.
   What is to be reachable, or to fail, is an error only if it is asked for, by both
   commands of spin:
     spin -DASK_met -a Net.pml
*/

/* --- names ----------------------------------------------------------------------------------- */

mtype = { S, T, R };    /* states */
mtype = { X, Y, Z };    /* messages */

/* --- instances and channels ------------------------------------------------------------------ */

typedef Message { mtype name; byte f }

typedef A_data {
    mtype state;
    byte n;
    byte may_c;
}
A_data a_2[1];
typedef B_data {
    mtype state;
}
B_data b_2[2];
#define a a_2[0]
#define b b_2[0]
#define c b_2[1]

/* A chan, and what is at its head, for guards to look at; 0 if it is empty. */
typedef Link { chan q; Message head; byte losses }
Link link[1];
#define a_right_to_c link[0]
chan queue_a_right_to_c = [2] of { mtype, byte };

/* Messages in slots, the others being empty: what a chan cannot show. */
typedef Bag { byte count; Message slot[2]; byte losses; byte copies }
Bag bag[3];
#define a_left_to_b bag[0]
#define b_to_a_left bag[1]
#define c_to_a_right bag[2]

/* Only used within a step, and 0 between steps. */
Message msg, letter; byte at;
#define forever 255    /* what is never used up */

/* Comes last in a step: until then the head shows the message that the step takes. */
inline look_at(place) {
    if
    :: nempty(place.q) -> place.q?<place.head.name, place.head.f>
    :: empty(place.q) -> place.head.name = 0; place.head.f = 0
    fi
}

inline copy(one, other) { one.name = other.name; one.f = other.f }

inline clear(one) { one.name = 0; one.f = 0 }
inline remove(box, place) {    /* what is behind moves up */
    at = place;
    do
    :: at + 1 < box.count -> copy(box.slot[at], box.slot[at + 1]); at++
    :: else -> break
    od;
    clear(box.slot[at]); box.count--; at = 0
}
inline append(box) {    /* the letter, behind all others */
    copy(box.slot[box.count], letter); clear(letter); box.count++
}
#define precedes(one, other) \
    (one.name < other.name || one.name == other.name && (one.f < other.f))
inline put(box) {    /* the letter, in its place: equal bags are one state */
    at = box.count;
    do
    :: at > 0 ->
           if
           :: precedes(letter, box.slot[at - 1]) ->
                  copy(box.slot[at], box.slot[at - 1]); at--
           :: else -> break
           fi
    :: else -> break
    od;
    copy(box.slot[at], letter); clear(letter); box.count++; at = 0
}

/* What a check that fails does: its variable is false within this step only, so that SPIN
   names the check, and no state is added. */
#define fails(check) check = false; assert(check); check = true
bool no_overflow = true;
#define fails_no_overflow fails(no_overflow)
bool values_stay_in_range = true;
#define fails_values_stay_in_range fails(values_stay_in_range)

/* --- what is left for later ------------------------------------------------------------------ */

#define A_defers_in_S_from_right(msg) \
    (msg.name == Y)

/* --- what keeps the system from being idle --------------------------------------------------- */

/* A message can be received. */
#define A_can_receive(my, inbox_left, inbox_right) \
    (my.state == T && \
      (inbox_left.slot[0].name != 0 || \
        inbox_left.slot[1].name != 0 || inbox_right.slot[0].name != 0))

/* A message can be received. */
#define B_can_receive(inbox) \
    (inbox.slot[0].name != 0 || inbox.slot[1].name != 0)

/* A message can be received. */
#define B_2_can_receive(msg) \
    (msg.name != 0)

#define idle \
    (!(A_can_receive(a, b_to_a_left, c_to_a_right) || \
        B_can_receive(a_left_to_b) || B_2_can_receive(a_right_to_c.head)))

/* --- machine A ------------------------------------------------------------------------------- */

#define my a_2[me]
#define inbox_left bag[from_left]
#define inbox_right bag[from_right]
#define outbox_left bag[to_left]
#define outbox_right link[to_right]
#define received(line_, message_) \
    printf("A %d: line %d, rcv %e(%d)\n", me, line_, \
        message_.name, message_.f)
#define received_a_copy(line_, message_) \
    printf("A %d: line %d, rcv a copy of %e(%d)\n", me, line_, \
        message_.name, message_.f)

proctype A(short me, from_left, from_right, to_left, to_right) {
    goto at_S;

at_S: /* initial state S */
    do
    /* 10: call c / n := n + 1; snd X(F = any) to left; snd Y to right -> T */
    :: d_step { my.may_c > 0 && my.n + 1 <= 3 && len(outbox_right.q) <= 1 ->
           printf("A %d: line 10, call c\n", me);
           my.may_c--; my.n = my.n + 1;
           if :: outbox_left.count < 2 -> letter.name = X; put(outbox_left)
              :: else -> skip    /* full: dropped */
           fi;
           outbox_right.q!Y(0); look_at(outbox_right); my.state = T } goto end_T
    :: d_step { my.may_c > 0 && my.n + 1 <= 3 && len(outbox_right.q) <= 1 ->
           printf("A %d: line 10, call c\n", me);
           my.may_c--; my.n = my.n + 1;
           if :: outbox_left.count < 2 -> letter.name = X; letter.f = 1;
                 put(outbox_left)
              :: else -> skip    /* full: dropped */
           fi;
           outbox_right.q!Y(0); look_at(outbox_right); my.state = T } goto end_T
    :: d_step { my.may_c > 0 && my.n + 1 <= 3 && len(outbox_right.q) <= 1 ->
           printf("A %d: line 10, call c\n", me);
           my.may_c--; my.n = my.n + 1;
           if :: outbox_left.count < 2 -> letter.name = X; letter.f = 2;
                 put(outbox_left)
              :: else -> skip    /* full: dropped */
           fi;
           outbox_right.q!Y(0); look_at(outbox_right); my.state = T } goto end_T
    :: d_step { my.may_c > 0 && my.n + 1 <= 3 && len(outbox_right.q) <= 1 ->
           printf("A %d: line 10, call c\n", me);
           my.may_c--; my.n = my.n + 1;
           if :: outbox_left.count < 2 -> letter.name = X; letter.f = 3;
                 put(outbox_left)
              :: else -> skip    /* full: dropped */
           fi;
           outbox_right.q!Y(0); look_at(outbox_right); my.state = T } goto end_T
    /* 11: defer Y from right */
    /* no step: the message stays */
    /* a send finds a full channel: an error */
    :: d_step { my.may_c > 0 && my.n + 1 <= 3 && len(outbox_right.q) > 1 ->
           fails_no_overflow }
    /* a value would leave its range: an error */
    :: d_step { my.may_c > 0 && !(my.n + 1 <= 3) ->
           fails_values_stay_in_range }
    od;

end_T: /* final state T */
    do
    /* 13: rcv X from left [M.F > 0] -> S */
    :: d_step { inbox_left.slot[0].name == X && inbox_left.slot[0].f > 0 ->
           received(13, inbox_left.slot[0]);
           remove(inbox_left, 0); my.state = S } goto at_S
    :: d_step { inbox_left.copies > 0 &&
             inbox_left.slot[0].name == X &&
             inbox_left.slot[0].f > 0 ->
           received_a_copy(13, inbox_left.slot[0]);
           inbox_left.copies = (inbox_left.copies == forever ->
                 forever : inbox_left.copies - 1);
           my.state = S } goto at_S
    :: d_step { inbox_left.slot[1].name == X && inbox_left.slot[1].f > 0 ->
           received(13, inbox_left.slot[1]);
           remove(inbox_left, 1); my.state = S } goto at_S
    :: d_step { inbox_left.copies > 0 &&
             inbox_left.slot[1].name == X &&
             inbox_left.slot[1].f > 0 ->
           received_a_copy(13, inbox_left.slot[1]);
           inbox_left.copies = (inbox_left.copies == forever ->
                 forever : inbox_left.copies - 1);
           my.state = S } goto at_S
    /* 13 (here 16): rcv Y from right / n := 0 */
    /* no step: nobody sends this here */
    /* 13 (here 17): otherwise ignore */
    :: d_step { inbox_left.slot[0].name != 0 &&
             !(inbox_left.slot[0].name == X && inbox_left.slot[0].f > 0) ->
           received(17, inbox_left.slot[0]);
           remove(inbox_left, 0) }
    :: d_step { inbox_left.copies > 0 &&
             inbox_left.slot[0].name != 0 &&
             !(inbox_left.slot[0].name == X && inbox_left.slot[0].f > 0) ->
           received_a_copy(17, inbox_left.slot[0]);
           inbox_left.copies = (inbox_left.copies == forever ->
                 forever : inbox_left.copies - 1) }
    :: d_step { inbox_left.slot[1].name != 0 &&
             !(inbox_left.slot[1].name == X && inbox_left.slot[1].f > 0) ->
           received(17, inbox_left.slot[1]);
           remove(inbox_left, 1) }
    :: d_step { inbox_left.copies > 0 &&
             inbox_left.slot[1].name != 0 &&
             !(inbox_left.slot[1].name == X && inbox_left.slot[1].f > 0) ->
           received_a_copy(17, inbox_left.slot[1]);
           inbox_left.copies = (inbox_left.copies == forever ->
                 forever : inbox_left.copies - 1) }
    :: d_step { inbox_right.slot[0].name == X || inbox_right.slot[0].name == Z ->
           received(17, inbox_right.slot[0]);
           remove(inbox_right, 0) }
    od;
}
#undef my
#undef inbox_left
#undef inbox_right
#undef outbox_left
#undef outbox_right
#undef received
#undef received_a_copy

/* --- machine B ------------------------------------------------------------------------------- */

#define inbox bag[from]
#define outbox bag[to]
#define received(line_, message_) \
    printf("B %d: line %d, rcv %e(%d)\n", me, line_, \
        message_.name, message_.f)
#define received_a_copy(line_, message_) \
    printf("B %d: line %d, rcv a copy of %e(%d)\n", me, line_, \
        message_.name, message_.f)

proctype B(short me, from, to) {
    goto end_R;

end_R: /* initial final state R */
    do
    /* 15: rcv X / snd X(F = M.F) */
    :: d_step { inbox.slot[0].name == X ->
           received(15, inbox.slot[0]);
           copy(msg, inbox.slot[0]); remove(inbox, 0);
           if :: outbox.count < 2 -> letter.name = X; letter.f = msg.f; put(outbox)
              :: else -> skip    /* full: dropped */
           fi;
           clear(msg) }
    :: d_step { inbox.copies > 0 && inbox.slot[0].name == X ->
           received_a_copy(15, inbox.slot[0]);
           inbox.copies = (inbox.copies == forever -> forever : inbox.copies - 1);
           copy(msg, inbox.slot[0]);
           if :: outbox.count < 2 -> letter.name = X; letter.f = msg.f; put(outbox)
              :: else -> skip    /* full: dropped */
           fi;
           clear(msg) }
    :: d_step { inbox.slot[1].name == X ->
           received(15, inbox.slot[1]);
           copy(msg, inbox.slot[1]); remove(inbox, 1);
           if :: outbox.count < 2 -> letter.name = X; letter.f = msg.f; put(outbox)
              :: else -> skip    /* full: dropped */
           fi;
           clear(msg) }
    :: d_step { inbox.copies > 0 && inbox.slot[1].name == X ->
           received_a_copy(15, inbox.slot[1]);
           inbox.copies = (inbox.copies == forever -> forever : inbox.copies - 1);
           copy(msg, inbox.slot[1]);
           if :: outbox.count < 2 -> letter.name = X; letter.f = msg.f; put(outbox)
              :: else -> skip    /* full: dropped */
           fi;
           clear(msg) }
    /* 15 (here 18): timeout t / snd Z */
    :: d_step { idle ->
           printf("B %d: line 18, timeout t\n", me);
           if :: outbox.count < 2 -> letter.name = Z; put(outbox)
              :: else -> skip    /* full: dropped */
           fi }
    /* 15 (here 19): ignore Y | Z */
    /* no step: nobody sends this here */
    od;
}
#undef inbox
#undef outbox
#undef received
#undef received_a_copy

/* --- machine B ------------------------------------------------------------------------------- */

#define inbox link[from]
#define outbox bag[to]
#define msg inbox.head
#define received(line_, message_) \
    printf("B %d: line %d, rcv %e(%d)\n", me, line_, \
        message_.name, message_.f)

proctype B_2(short me, from, to) {
    goto end_R;

end_R: /* initial final state R */
    do
    /* 15: rcv X / snd X(F = M.F) */
    /* no step: nobody sends this here */
    /* 15 (here 18): timeout t / snd Z */
    :: d_step { idle && outbox.count <= 1 ->
           printf("B %d: line 18, timeout t\n", me);
           letter.name = Z; append(outbox) }
    /* 15 (here 19): ignore Y | Z */
    :: d_step { msg.name == Y || msg.name == Z ->
           received(19, msg);
           inbox.q?_,_; look_at(inbox) }
    /* a send finds a full channel: an error */
    :: d_step { idle && outbox.count > 1 ->
           fails_no_overflow }
    od;
}
#undef inbox
#undef outbox
#undef msg
#undef received

/* --- faults: a fifo loses its head, a bag any message ---------------------------------------- */

proctype network() {
end:
    do
    :: d_step { a_right_to_c.head.name != 0 && a_right_to_c.losses > 0 ->
           printf("channel 2 loses %e(%d)\n", a_right_to_c.head.name, a_right_to_c.head.f);
           a_right_to_c.q?_,_; look_at(a_right_to_c); a_right_to_c.losses-- }
    :: d_step { c_to_a_right.slot[0].name != 0 && c_to_a_right.losses > 0 ->
           printf("channel 3 loses %e(%d)\n", c_to_a_right.slot[0].name, c_to_a_right.slot[0].f);
           remove(c_to_a_right, 0); c_to_a_right.losses-- }
    od
}

/* --- checks ---------------------------------------------------------------------------------- */

/* A timer can run out. */
#define B_can_time_out() \
    (idle)

/* A timer can run out. */
#define B_2_can_time_out() \
    (idle)

/* The user can make a call. */
#define A_can_be_called(my) \
    (my.state == S && my.may_c > 0)

/* A message is offered for which there is no line. */
#define A_has_no_line(my, inbox_left, inbox_right) \
    (my.state == S && \
      (inbox_left.slot[0].name != 0 || \
        inbox_left.slot[1].name != 0 || \
        (inbox_right.slot[0].name != 0 && inbox_right.slot[0].name != Y) || \
        (A_defers_in_S_from_right(inbox_right.slot[0]) && \
          inbox_right.slot[1].name != 0 && inbox_right.slot[1].name != Y)))

bool no_deadlock = true;
bool no_stall = true;
bool no_unspecified_reception = true;
bool met = true;

proctype checks() {
end:
    do
    /* 25: no deadlock */
    :: d_step { !(A_can_receive(a, b_to_a_left, c_to_a_right) ||
               B_can_receive(a_left_to_b) || B_2_can_receive(a_right_to_c.head) ||
               B_can_time_out() || B_2_can_time_out()) &&
             !A_can_be_called(a) &&
             !(a.state == T &&
               a_left_to_b.count == 0 && b_to_a_left.count == 0 &&
               len(a_right_to_c.q) == 0 && c_to_a_right.count == 0) ->
           fails(no_deadlock) }
    /* 25: no stall */
    :: d_step { !(A_can_receive(a, b_to_a_left, c_to_a_right) ||
               B_can_receive(a_left_to_b) || B_2_can_receive(a_right_to_c.head) ||
               B_can_time_out() || B_2_can_time_out()) &&
             !(a.state == T &&
               a_left_to_b.count == 0 && b_to_a_left.count == 0 &&
               len(a_right_to_c.q) == 0 && c_to_a_right.count == 0) ->
           fails(no_stall) }
    /* 25: no unspecified reception */
    :: d_step { A_has_no_line(a, b_to_a_left, c_to_a_right) ->
           fails(no_unspecified_reception) }
    /* 26: "met": reachable a.n == 2 and X(F = 1) in (a.left -> b) */
#ifdef ASK_met
    :: d_step { a.n == 2 &&
             ((a_left_to_b.slot[0].name == X && a_left_to_b.slot[0].f == 1) ||
               (a_left_to_b.slot[1].name == X && a_left_to_b.slot[1].f == 1)) ->
           fails(met) }
#endif
    :: false    /* without it, a loop in which nothing is asked would be none */
    od
}

/* --- the start ------------------------------------------------------------------------------- */

init {
    atomic {
        d_step {
            a.state = S; a.n = 0;
            b.state = R;
            c.state = R;
            a.may_c = 2;
            a_left_to_b.losses = 0; a_left_to_b.copies = 1;
            b_to_a_left.losses = 0; b_to_a_left.copies = 1;
            a_right_to_c.q = queue_a_right_to_c; a_right_to_c.losses = 1;
            c_to_a_right.losses = 1; c_to_a_right.copies = 0;
        };
        /* a, from b_to_a_left and c_to_a_right, to a_left_to_b and a_right_to_c */
        run A(0, 1, 2, 0, 0);
        /* b, from a_left_to_b, to b_to_a_left */
        run B(0, 0, 1);
        /* c, from a_right_to_c, to c_to_a_right */
        run B_2(1, 0, 2);
        run network();
        run checks();
    }
}
