/* Pre-sealed escalation, docs/protocol.md 11 as designed: two gateways share one store, in which each
   step is one script, and may stop between any two steps; readers acknowledge what was released to
   them. Checked: a step is released at most once and never when it was deleted or before its turn,
   and an acknowledgement stays and stops what was not released.
   BROKEN: a gateway looks whether the step is due and releases it in two steps. VACUOUS: claims that
   no acknowledgement ever comes in time. */
#define STEPS 3
mtype = { held, released, deleted };

mtype copies[STEPS];
byte releases[STEPS];
bool acked = false;          /* in the store */
byte readers = 0;            /* that are done */
bool ack_sent[STEPS];        /* by the reader of that step, until the store has it */
byte next_step = 0;
byte looked[2];

#define due (next_step < STEPS && !acked)

/* One script: release the next step, if it is still the next and nobody has acknowledged. */
inline release(step) {
  assert(copies[step] != deleted);
  copies[step] = released;
  releases[step]++;
  next_step = step + 1
}
inline discard() {
  byte at;
  at = 0;
  do
  :: at < STEPS ->
     if
     :: copies[at] == held -> copies[at] = deleted
     :: else
     fi;
     at++
  :: else -> break
  od;
  at = 0
}

proctype Gateway(byte me) {
  byte crashes = 0;
  do
#ifdef BROKEN
  :: atomic { due -> looked[me] = next_step }
     if
     :: atomic { release(looked[me]) }
     :: crashes < 1 -> crashes++
     fi
#else
  :: atomic { due -> looked[me] = next_step }     /* the timer's list may be old */
     if
     :: atomic { looked[me] == next_step && !acked -> release(looked[me]) }
     :: atomic { !(looked[me] == next_step && !acked) -> skip }
     :: crashes < 1 -> crashes++
     fi
#endif
  /* The reader sends its acknowledgement again until it is answered. */
  :: atomic { ack_sent[0] -> acked = true; discard(); ack_sent[0] = false }
  :: atomic { ack_sent[1] -> acked = true; discard(); ack_sent[1] = false }
  :: atomic { ack_sent[2] -> acked = true; discard(); ack_sent[2] = false }
  :: !due && readers == STEPS && !ack_sent[0] && !ack_sent[1] && !ack_sent[2] -> break
  od
}

proctype Reader(byte step) {
  atomic {
    if
    :: copies[step] == released -> ack_sent[step] = true   /* reads and acknowledges */
    :: acked || next_step == STEPS                         /* reads later, or is not asked */
    fi;
    readers++
  }
}

init {
  byte at = 0;
  bool kept;
  atomic {
    do
    :: at < STEPS -> copies[at] = held; at++
    :: else -> break
    od;
    run Gateway(0); run Gateway(1); run Reader(0); run Reader(1); run Reader(2)
  }
  _nr_pr == 1;
  atomic {
    assert(releases[0] <= 1 && releases[1] <= 1 && releases[2] <= 1);
    kept = ack_sent[0] || ack_sent[1] || ack_sent[2];
    assert(!kept);
    assert(acked || next_step == STEPS);
    assert(!acked || (copies[0] != held && copies[1] != held && copies[2] != held));
#ifdef VACUOUS
    assert(copies[0] != released || copies[1] != deleted)
#endif
  }
}
