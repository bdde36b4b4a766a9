/* Sessions of two devices, docs/protocol.md 9.1 to 9.4: each opens its first one, further ones with
   proof of continuity, sends, and a network delivers in any order, repeats nothing and loses some.
   Ciphers are ideal: a message is what its sender knew. Checked: every message that comes is
   accepted, and when both have talked both send on the same session.
   BROKEN: whatever comes last takes over, without the smaller id. VACUOUS: claims that no further
   session is ever used. */
#ifndef SESSIONS
#define SESSIONS 3
#endif
#ifndef SENDS
#define SENDS 5
#endif
#define MESSAGES 3
#define NONE 15
#define ACCEPTED 3

typedef Device {
  byte current;
  bool holds[SESSIONS];
  byte turn[SESSIONS];    /* turns taken by either side, as this device knows */
  bool due[SESSIONS];     /* the last turn was the peer's */
  bool answered[SESSIONS];
  byte first_ours;
  bool theirs_unproved;
  byte proof_s; byte proof_t;
  byte acc_s[ACCEPTED]; byte acc_t[ACCEPTED]; byte acc_n;
};
typedef Message {
  bool used; byte to; byte s; byte t;
};
Device dev[2];
Message flight[MESSAGES];
byte opener[SESSIONS]; bool proved[SESSIONS]; byte parent_s[SESSIONS]; byte parent_t[SESSIONS];
byte rank[SESSIONS]; bool rank_used[SESSIONS];
byte opened = 0, sent = 0;
byte i; byte j; bool found; bool wins; bool may;   /* scratch of one atomic step */

inline accept(d, session, step) {
  if
  :: dev[d].acc_n == ACCEPTED ->
     dev[d].acc_s[0] = dev[d].acc_s[1]; dev[d].acc_t[0] = dev[d].acc_t[1];
     dev[d].acc_s[1] = dev[d].acc_s[2]; dev[d].acc_t[1] = dev[d].acc_t[2];
     dev[d].acc_n = ACCEPTED - 1
  :: else
  fi;
  dev[d].acc_s[dev[d].acc_n] = session; dev[d].acc_t[dev[d].acc_n] = step;
  dev[d].acc_n++
}
inline erase(d, at) {
  j = at;
  do
  :: j + 1 < dev[d].acc_n -> dev[d].acc_s[j] = dev[d].acc_s[j+1]; dev[d].acc_t[j] = dev[d].acc_t[j+1]; j++
  :: else -> break
  od;
  dev[d].acc_n--;
  dev[d].acc_s[dev[d].acc_n] = 0; dev[d].acc_t[dev[d].acc_n] = 0
}
/* The peer turned on s: of s only our newest turn stays. */
inline note_answered(d, session) {
  i = dev[d].acc_n; found = false;
  do
  :: i == 0 -> break
  :: else ->
     i--;
     if
     :: dev[d].acc_s[i] == session && !found -> found = true
     :: dev[d].acc_s[i] == session && found -> erase(d, i)
     :: else
     fi
  od
}
inline draw_rank(session) {
  if
  :: !rank_used[0] -> rank[session] = 0; rank_used[0] = true
  :: !rank_used[1] -> rank[session] = 1; rank_used[1] = true
#if SESSIONS > 2
  :: !rank_used[2] -> rank[session] = 2; rank_used[2] = true
#endif
#if SESSIONS > 3
  :: !rank_used[3] -> rank[session] = 3; rank_used[3] = true
#endif
  fi
}
inline open_session(d) {
  draw_rank(opened);
  opener[opened] = d;
  if
  :: dev[d].current == NONE ->
     dev[d].first_ours = opened; dev[d].proof_s = opened; dev[d].proof_t = 0
  :: else ->
     proved[opened] = true; parent_s[opened] = dev[d].proof_s; parent_t[opened] = dev[d].proof_t
  fi;
  dev[d].holds[opened] = true; dev[d].turn[opened] = 1; dev[d].current = opened;
  accept(d, opened, 1);
  opened++
}
inline put(d) {
  if
  :: dev[d].due[dev[d].current] ->
     dev[d].due[dev[d].current] = false; dev[d].turn[dev[d].current]++;
     accept(d, dev[d].current, dev[d].turn[dev[d].current])
  :: else
  fi;
  i = 0;
  do
  :: i < MESSAGES && flight[i].used -> i++
  :: else -> break
  od;
  flight[i].used = true; flight[i].to = 1 - d; flight[i].s = dev[d].current; flight[i].t = dev[d].turn[dev[d].current]
}
/* Who may open: session_state.cpp, may_open. */
inline judge(d, session) {
  may = true; found = false;
  if
  :: proved[session] ->
     i = 0;
     do
     :: i < dev[d].acc_n ->
        if
        :: dev[d].acc_s[i] == parent_s[session] && dev[d].acc_t[i] == parent_t[session] -> found = true; break
        :: else -> i++
        fi
     :: else -> break
     od;
     if
     :: !found || dev[d].current == NONE -> may = false
     :: else ->
        if
        :: opener[dev[d].current] != d || parent_s[session] == dev[d].current
        :: else -> may = rank[session] > rank[dev[d].current] || !dev[d].answered[dev[d].current]
        fi
     fi
  :: else ->
     if
     :: dev[d].current == NONE
     :: else ->
        if
        :: dev[d].first_ours == NONE || dev[d].theirs_unproved -> may = false
        :: else ->
           may = rank[session] > rank[dev[d].first_ours] ||
                 (dev[d].current == dev[d].first_ours && !dev[d].answered[dev[d].current])
        fi
     fi
  fi
}
inline take_over(d, session) {
#ifdef BROKEN
  wins = true;
#else
  if
  :: dev[d].current == NONE -> wins = true
  :: else ->
     if
     :: proved[session] && (opener[dev[d].current] != d || parent_s[session] == dev[d].current) -> wins = true
     :: else ->
        wins = rank[session] < rank[dev[d].current] && (proved[session] || dev[d].current == dev[d].first_ours)
     fi
  fi;
#endif
  if
  :: wins -> dev[d].current = session; dev[d].proof_s = session; dev[d].proof_t = 1
  :: else
  fi
}
inline receive(d, session, step) {
  if
  :: !dev[d].holds[session] ->
     judge(d, session);
     assert(may);
     if
     :: proved[session] ->
        do
        :: dev[d].acc_s[0] != parent_s[session] || dev[d].acc_t[0] != parent_t[session] -> erase(d, 0)
        :: else -> break
        od
     :: !proved[session] && dev[d].acc_n == 0 -> accept(d, session, 0)
     :: else
     fi;
     if
     :: dev[d].current == NONE && dev[d].proof_t == 0 -> dev[d].proof_s = session
     :: else
     fi;
     if
     :: !proved[session] -> dev[d].theirs_unproved = true
     :: else
     fi;
     dev[d].holds[session] = true; dev[d].turn[session] = 1; dev[d].due[session] = true;
     take_over(d, session);
     dev[d].answered[session] = true
  :: else ->
     dev[d].answered[session] = true;
     if
     :: step > dev[d].turn[session] ->
        dev[d].turn[session] = step; dev[d].due[session] = true;
        note_answered(d, session);
        if
        :: dev[d].current == session -> dev[d].proof_s = session; dev[d].proof_t = step
        :: else
        fi
     :: else
     fi
  fi
}
inline deliver(at) {
  flight[at].used = false;
  receive(flight[at].to, flight[at].s, flight[at].t);
  flight[at].to = 0; flight[at].s = 0; flight[at].t = 0
}
#define free_slot (!flight[0].used || !flight[1].used || !flight[2].used)
#define may_renew(d) (dev[d].current != NONE && (opener[dev[d].current] != d || dev[d].answered[dev[d].current]))

#define may_open(d) (opened < SESSIONS && (dev[d].current == NONE || may_renew(d)))
#define may_send(d) (dev[d].current != NONE && sent < SENDS && free_slot)

#define some_flight (flight[0].used || flight[1].used || flight[2].used)
inline any_flight(at) {
  if
  :: flight[0].used -> at = 0
  :: flight[1].used -> at = 1
  :: flight[2].used -> at = 2
  fi
}

init {
  byte who; byte at; byte round;
  atomic {
    dev[0].current = NONE; dev[1].current = NONE; dev[0].first_ours = NONE; dev[1].first_ours = NONE
  }
  do
  :: atomic { may_open(0) || may_open(1) ->
     if
     :: may_open(0) -> who = 0
     :: may_open(1) -> who = 1
     fi;
     open_session(who); who = 0 }
  :: atomic { may_send(0) || may_send(1) ->
     if
     :: may_send(0) -> who = 0
     :: may_send(1) -> who = 1
     fi;
     put(who); sent++; who = 0 }
  :: atomic { some_flight -> any_flight(at); deliver(at); at = 0 }
  :: atomic { some_flight -> any_flight(at);   /* lost */
     flight[at].used = false; flight[at].to = 0; flight[at].s = 0; flight[at].t = 0; at = 0 }
  :: break
  od;
  /* Whatever was lost, what is said from here on comes through: each speaks twice. */
  atomic {
    do
    :: some_flight -> any_flight(at); deliver(at)
    :: !some_flight && round < 4 ->
       if
       :: dev[round % 2].current != NONE -> put(round % 2)
       :: else
       fi;
       round++
    :: !some_flight && round == 4 -> break
    od;
    assert(dev[0].current == dev[1].current);
#ifdef VACUOUS
    assert(dev[0].current == NONE || !proved[dev[0].current])
#endif
  }
}
