// A page of the agreement in the making. Part of agreement.hpp; nobody else needs it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "boundary/agreement.hpp"

namespace holdspace::boundary {

// Holds both wordings of a statement side by side, and writes the one of its style.
class AgreementPage {
 public:
  explicit AgreementPage(TextStyle style) : style_(style) {}

  // `symbol`: id of the picture beside the easy lines; it never changes once released.
  void say(std::string_view symbol, std::string_view standard,
           std::initializer_list<std::string_view> easy) {
    if (style_ == TextStyle::standard) {
      text_.append(standard).append("\n");
      return;
    }
    for (const std::string_view line : easy) {
      say_easy(symbol, line);
    }
  }

  // What the standard wording has said already; one line in the easy one.
  void say_easy(std::string_view symbol, std::string_view line) {
    if (style_ == TextStyle::easy_read) {
      text_.append("[").append(symbol).append("] ").append(line).append("\n");
    }
  }

  void leave_a_line() { text_.append("\n"); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  TextStyle style_;
  std::string text_;
};

// "1 hour", "48 hours".
[[nodiscard]] inline std::string counted(std::uint32_t count, std::string_view one) {
  return std::to_string(count) + ' ' + std::string(one) + (count == 1 ? "" : "s");
}

void write_terms(const Terms& terms, AgreementPage& page);
void write_hours(const Policy& policy, const std::optional<RelationshipId>& relationship,
                 AgreementPage& page);

}  // namespace holdspace::boundary
