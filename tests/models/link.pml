/* The link ceremony, docs/protocol.md 4.1 as designed: a device D2 is linked to D1 through a server
   that may change whatever it relays. Digits are ideal: two sides show the same ones if they hashed
   the same values, or if an attacker chose the last of them while knowing all others. Checked: D1
   never signs keys that are not those of the device whose digits the person typed.
   BROKEN: D1 sends its nonce before it has a commitment. VACUOUS: claims that nothing is ever
   linked. */
#define HONEST 1
#define ATTACKER 2
mtype = { invite_code, link_code };

byte committed = 0;      /* whose values D1 holds a commitment to; 0: none */
bool by_camera;          /* the commitment came from D2's screen */
bool d1_nonce_out = false;
byte revealed = 0;       /* whose values D1 was shown */
bool d2_has_nonce = false;
bool d2_revealed = false;
bool relayed_true;       /* D2 was given D1's own nonce */
bool chosen_late = false; /* the attacker fixed its values when it knew everything else */
byte signed_keys = 0;
bool done = false;
mtype scanned;

proctype D2() {
end_waiting:
  atomic { d2_has_nonce -> d2_revealed = true }
}

proctype Server() {
  do
  :: atomic { !by_camera && committed == 0 && !done -> 
     if
     :: committed = HONEST
     :: committed = ATTACKER
     fi }
  :: atomic { !d2_has_nonce && (d1_nonce_out || committed != 0) ->
     d2_has_nonce = true;
     if
     :: d1_nonce_out -> relayed_true = true
     :: relayed_true = false
     fi }
  :: atomic { revealed == 0 && d1_nonce_out && d2_revealed -> revealed = HONEST }
  :: atomic { revealed == 0 && d1_nonce_out ->
     revealed = ATTACKER;
     /* Without a commitment to its own values it can search for ones that give D2's digits. */
     chosen_late = committed != ATTACKER && d2_revealed }
  :: done -> break
  od
}

proctype D1() {
  atomic {
    if
    :: scanned = link_code
    :: scanned = invite_code -> done = true; goto end  /* the scanner takes type=link only */
    fi;
    if
    :: by_camera = true; committed = HONEST
    :: by_camera = false
    fi
  }
#ifndef BROKEN
  committed != 0;
#endif
  atomic { d1_nonce_out = true }
  atomic {
    revealed != 0 ->
#ifndef BROKEN
    if
    :: revealed != committed -> done = true; goto end
    :: else
    fi;
#endif
    /* The person reads the digits on D2 and types them into D1. */
    if
    :: d2_revealed && ((revealed == HONEST && relayed_true) || chosen_late) -> signed_keys = revealed
    :: else
    fi;
    assert(signed_keys != ATTACKER);
    done = true
  }
end: skip
}

init {
  atomic { run D1(); run D2(); run Server() }
  done;
#ifdef VACUOUS
  assert(signed_keys == 0)
#endif
}
