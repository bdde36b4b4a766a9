// Checking a contact over the phone: nine digits that both screens show, by commit and reveal
// inside the session. Whoever sits between two sessions has to fix its value before it sees the
// other one, and so has one try in 10^9. Two state machines in memory, one for each role; a run
// that is interrupted is begun anew. Pure; one thread at a time. docs/protocol.md section 3.5 (c).
//
// Starter:   begin(scene); send commit(); take_answer(received) -> send `reveal`, show the digits.
// Responder: take_commit(scene, received); send answer(); take_reveal(received) -> show the digits.
//
// The three messages travel as control content of the session whose transcript is in the scene.
// Each side keeps at most one run for each contact: a new commit of the peer replaces the run
// before it; when both have begun, the run of the account with the lower id goes on and the other
// is dropped.
#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "crypto/bytes.hpp"
#include "crypto/contact.hpp"
#include "crypto/secret.hpp"

namespace holdspace::crypto {

inline constexpr std::size_t kSasCommitBytes = 33;  // u8 1 | H32(L("sas/c") || nA) 32
inline constexpr std::size_t kSasAnswerBytes = 65;  // u8 2 | that commitment 32 | nB 32
inline constexpr std::size_t kSasRevealBytes = 33;  // u8 3 | nA 32

struct ShortStringScene {
  Hash64 transcript{};  // TH of the session that carries the commit: PeerSessions::transcript()
  Pin self;
  Pin peer;  // as pinned; another account than self
};

enum class ShortStringError {
  malformed,     // not this message, or of another length
  other_run,     // answers or reveals another commitment: a late or forged message
  out_of_order,  // this run is over
};
// Every error but out_of_order ends the run: tell the person, and begin another only when asked.

class ShortString {
 public:
  // 9 ASCII digits, show them in groups of 3.
  [[nodiscard]] const std::string& digits() const { return digits_; }
  // To be called when the people have said that both screens show the same.
  [[nodiscard]] CheckedPin people_say_same() const { return CheckedPin(peer_); }

 private:
  friend class ShortStringStarter;
  friend class ShortStringResponder;
  ShortString(const ShortStringScene& scene, const Nonce& of_starter, const Nonce& of_responder);
  Pin peer_;
  std::string digits_;
};

class ShortStringStarter {
 public:
  // Draws nA.
  [[nodiscard]] static ShortStringStarter begin(const ShortStringScene& scene);
  [[nodiscard]] Bytes<kSasCommitBytes> commit() const;

  struct Revealed {
    Bytes<kSasRevealBytes> reveal{};
    ShortString string;
  };
  // Once.
  [[nodiscard]] boost::system::result<Revealed, ShortStringError> take_answer(ByteView answer);

 private:
  explicit ShortStringStarter(const ShortStringScene& scene);
  ShortStringScene scene_;
  Secret<32> nonce_;  // secret until it is revealed
  bool over_ = false;
};

class ShortStringResponder {
 public:
  // Draws nB. Errors: malformed.
  [[nodiscard]] static boost::system::result<ShortStringResponder, ShortStringError> take_commit(
      const ShortStringScene& scene, ByteView commit);
  [[nodiscard]] Bytes<kSasAnswerBytes> answer() const;
  // Once.
  [[nodiscard]] boost::system::result<ShortString, ShortStringError> take_reveal(ByteView reveal);

 private:
  ShortStringResponder(const ShortStringScene& scene, const Hash32& commitment);
  ShortStringScene scene_;
  Hash32 commitment_{};
  Nonce nonce_{};
  bool over_ = false;
};

}  // namespace holdspace::crypto
