// How the stores talk to their functions: one call, an answer that begins with a word, and fields
// that are checked while they are read. Internal to storage/.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "boundary/time.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "storage/ids.hpp"
#include "storage/redis_keys.hpp"
#include "storage/relationship_store.hpp"
#include "storage/reply.hpp"
#include "storage/trail.hpp"

namespace holdspace::storage {

// What a store function answered: 'ok' or a refusal's name, and what follows it.
struct Told {
  std::string word;
  std::vector<Reply> fields;

  [[nodiscard]] bool is_ok() const { return word == "ok"; }
};

[[nodiscard]] Answer<Told, CommandError> tell(Connection& connection, FunctionCall call,
                                              Deadline deadline);

// Reads fields in their order. A field of the wrong shape yields an empty value and is remembered:
// check well() before using what was read.
class Fields {
 public:
  explicit Fields(const std::vector<Reply>& fields) : fields_(fields) {}

  [[nodiscard]] bool at_end() const { return next_ == fields_.size(); }
  [[nodiscard]] bool well() const { return well_; }
  void reject() { well_ = false; }

  [[nodiscard]] std::uint64_t number();                         // an integer, or a decimal as text
  [[nodiscard]] std::optional<std::uint64_t> number_or_none();  // empty text is none
  [[nodiscard]] std::string text();
  [[nodiscard]] const std::vector<Reply>& list();
  [[nodiscard]] boundary::Instant instant();                         // ms since 1970 UTC
  [[nodiscard]] std::optional<boundary::Instant> instant_or_none();  // empty text is none

  // `bytes`, as far as they are exactly N.
  template <std::size_t N>
  [[nodiscard]] std::array<std::uint8_t, N> exactly(std::string_view bytes) {
    std::array<std::uint8_t, N> out{};
    if (bytes.size() == N) {
      std::memcpy(out.data(), bytes.data(), N);
    } else {
      well_ = false;
    }
    return out;
  }

  // As hexadecimal text; empty text is none.
  template <class I>
  [[nodiscard]] I hex_id() {
    const std::string read = text();
    if (read.empty()) return {};
    return accept(parse_hex_id<I>(read));
  }

  // As 16 bytes.
  template <class I>
  [[nodiscard]] I id() {
    return accept(parse_id<I>(text()));
  }

 private:
  template <class I>
  I accept(std::optional<I> parsed) {
    if (!parsed) well_ = false;
    return parsed.value_or(I{});
  }
  const Reply* take(Reply::Kind kind);

  const std::vector<Reply>& fields_;
  std::size_t next_ = 0;
  bool well_ = true;
};

// The enumerator for a refusal's name; `corrupt` for a word that the operation does not know.
template <class E>
[[nodiscard]] E refusal(std::string_view word,
                        std::initializer_list<std::pair<std::string_view, E>> known) {
  for (const auto& [name, error] : known) {
    if (name == word) return error;
  }
  return E::corrupt;
}

// Digits of an id in hexadecimal.
inline constexpr std::size_t kIdHex = 32;

// Numbers beyond this are not exact in the store functions.
inline constexpr std::uint64_t kNumberMax = (std::uint64_t{1} << 53U) - 1;

// "1,2,5", the form in which device sets are stored.
[[nodiscard]] std::string join(const std::vector<std::uint32_t>& devices);

// True when no device is 0 or listed twice.
[[nodiscard]] bool is_device_set(std::vector<std::uint32_t> devices);

[[nodiscard]] inline boundary::Instant to_instant(std::int64_t milliseconds) {
  return boundary::Instant(std::chrono::milliseconds(milliseconds));
}

// A relationship as relationship_facts() in lua/relationships.lua lists it.
[[nodiscard]] RelationshipFacts read_facts(Fields& fields);

// The names that lua/messages.lua needs, as its next KEYS.
void add_message_names(FunctionCall& call, const keys::Practice& names);

// The six arguments of check_validity() in lua/relationships.lua.
void add_validity(FunctionCall& call, const Validity& validity);

// The bounds of trail.hpp.
[[nodiscard]] bool is_in_bounds(const Trail& trail);

// Account and bytes of each, as the last arguments of a call.
void add_notices(FunctionCall& call, std::vector<NewNotice> notices);

// The nine arguments of form_at() in lua/messages.lua: for each lane what comes before the
// relationship, between it and the message, and after. Nothing when a hole is missing, comes twice
// or in the wrong order, or the form is too long.
[[nodiscard]] std::optional<std::array<std::string, 9>> split_form(const ReturnForm& form);

}  // namespace holdspace::storage
