// A linking of a browser to a person's first device, up to the step that a test is about.
#pragma once

#include "crypto/link.hpp"
#include "tests/crypto/support/people.hpp"

namespace holdspace::crypto::testing {

// Two contacts and something in every field.
[[nodiscard]] Pins sample_pins();

// A list of the person with this many active devices, the first of them real.
[[nodiscard]] Verified<DeviceList> list_with_devices(const Person& person, std::size_t active);

struct Linking {
  // Person, new device and n1 follow from a seed of this run's own, so that the same run can be
  // made again and no two runs draw the same.
  Linking();

  // Hello and reveal, on both devices.
  void reveal();
  // The digits, typed and said to be taken.
  void accept();

  // The same new device at its beginning.
  [[nodiscard]] NewDevice fresh_again() const;
  // Another run of the primary device for the same offer; directly after fresh_again() with the
  // same n1, too.
  [[nodiscard]] PrimaryDevice primary_again() const;
  // The primary device runs with an offer that commits to this reveal.
  void offer_instead(const LinkReveal& reveal);

  std::uint64_t seed;
  Person person;
  NewDevice fresh;
  PrimaryDevice primary;
};

// A device of the server's, committed to under the link_id that the person typed.
class ServerInTheMiddle {
 public:
  explicit ServerInTheMiddle(const LinkId& link_id);
  [[nodiscard]] ByteVector open_message() const;
  [[nodiscard]] ByteVector reveal(ByteView hello) const;

 private:
  DeviceSigningKey signing_key_;
  LinkReveal reveal_;
};

}  // namespace holdspace::crypto::testing
