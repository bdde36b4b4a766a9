// A good ledger of 200 entries, and every way in which somebody could tamper with it, each found
// and named.
#include "crypto/audit_chain.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::size_t kEntries = 200;
constexpr std::uint64_t kFirstMs = 1'795'000'000'000;  // November 2026

struct Row {
  std::uint64_t number = 0;
  std::uint64_t at_ms = 0;
  ByteVector record;
  [[nodiscard]] AuditEntry entry() const { return {number, at_ms, record}; }
};
using Rows = std::vector<Row>;

// Records of 0..12 bytes, all different.
Rows good_rows() {
  Rows rows;
  for (std::uint64_t number = 1; number <= kEntries; ++number) {
    ByteVector record(number % 13, static_cast<std::uint8_t>(number));
    rows.push_back({number, kFirstMs + 1000 * number, std::move(record)});
  }
  return rows;
}

void renumber(Rows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].number = i + 1;
}

struct SignedCheckpoint {
  AuditCheckpoint checkpoint;
  Signature signature{};
};

struct Ledger {
  GatewayKey gateway = GatewayKey::generate();
  PracticeId practice{0x50};
  Rows rows = good_rows();

  [[nodiscard]] AuditVerifier verifier(AuditMark from = {}) const {
    return {practice, gateway.public_key(), from};
  }
  [[nodiscard]] Hash32 head(std::size_t count) const {
    Hash32 head{};
    for (std::size_t i = 0; i < count; ++i) {
      head = audit_step(head, rows[i].number, rows[i].at_ms, rows[i].record);
    }
    return head;
  }
  [[nodiscard]] SignedCheckpoint sign(AuditCheckpoint checkpoint) const {
    return {checkpoint, sign_audit_checkpoint(gateway, checkpoint)};
  }
  [[nodiscard]] SignedCheckpoint at(std::size_t count) const {
    return sign({practice, count, kFirstMs + 1'000'000, head(count)});
  }
};

AuditVerdict check(AuditVerifier& verifier, const SignedCheckpoint& by) {
  return verifier.check(by.checkpoint, by.signature);
}

void feed(AuditVerifier& verifier, const Rows& rows, std::size_t from = 0, std::size_t to = -1) {
  for (std::size_t i = from; i < std::min(to, rows.size()); ++i) verifier.feed(rows[i].entry());
}

// The verdict on `rows` when the good ledger's last checkpoint is served with them.
AuditVerdict judge(const Ledger& good, const SignedCheckpoint& last, const Rows& rows) {
  AuditVerifier verifier = good.verifier();
  feed(verifier, rows);
  return check(verifier, last);
}

TEST(AuditChain, a_step_hashes_every_field_with_its_length) {
  const ByteVector record{1, 2, 3};
  const ByteVector joined = Writer{}
                                .bytes(label("audit"))
                                .bytes(Hash32{7})
                                .u64(5)
                                .u64(kFirstMs)
                                .u32(3)
                                .bytes(record)
                                .take();
  EXPECT_EQ(audit_step(Hash32{7}, 5, kFirstMs, record), hash32({joined}));
}

TEST(AuditChain, a_good_ledger_is_verified_to_its_end) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  for (const Row& row : ledger.rows) ASSERT_EQ(verifier.feed(row.entry()), AuditVerdict::ok);
  EXPECT_EQ(verifier.unattested(), kEntries);
  EXPECT_EQ(check(verifier, ledger.at(kEntries)), AuditVerdict::ok);
  EXPECT_EQ(verifier.verified(), (AuditMark{kEntries, ledger.head(kEntries)}));
  EXPECT_EQ(verifier.unattested(), 0U);
  EXPECT_EQ(check(verifier, ledger.at(kEntries)), AuditVerdict::ok) << "the same one again";
}

TEST(AuditChain, entries_after_the_newest_checkpoint_stay_unattested) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  feed(verifier, ledger.rows);
  EXPECT_EQ(check(verifier, ledger.at(50)), AuditVerdict::ok);
  EXPECT_EQ(check(verifier, ledger.at(180)), AuditVerdict::ok);
  EXPECT_EQ(verifier.verified(), (AuditMark{180, ledger.head(180)}));
  EXPECT_EQ(verifier.unattested(), 20U);
  EXPECT_EQ(verifier.count(), kEntries);
}

TEST(AuditChain, continues_from_what_was_kept) {
  const Ledger ledger;
  AuditVerifier first = ledger.verifier();
  feed(first, ledger.rows, 0, 130);
  ASSERT_EQ(check(first, ledger.at(120)), AuditVerdict::ok);
  AuditVerifier second = ledger.verifier(first.verified());
  feed(second, ledger.rows, 120);
  EXPECT_EQ(check(second, ledger.at(kEntries)), AuditVerdict::ok);

  Ledger other{ledger.gateway.clone(), ledger.practice, ledger.rows};
  other.rows[30].record = {99};
  AuditVerifier misled = other.verifier(first.verified());
  feed(misled, other.rows, 120);
  EXPECT_EQ(check(misled, other.at(kEntries)), AuditVerdict::edited)
      << "a history that was exchanged before the mark";
}

TEST(AuditChain, an_empty_ledger_has_a_head_of_zeros) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  EXPECT_EQ(check(verifier, ledger.sign({ledger.practice, 0, kFirstMs, {}})), AuditVerdict::ok);
}

TEST(AuditChain, any_changed_byte_is_found) {
  const Ledger ledger;
  const auto last = ledger.at(kEntries);
  AuditVerifier before = ledger.verifier();
  for (std::size_t i = 0; i < kEntries; ++i) {
    const auto found = [&](Row changed, AuditVerdict expected) {
      AuditVerifier verifier = before;
      verifier.feed(changed.entry());
      feed(verifier, ledger.rows, i + 1);
      ASSERT_EQ(check(verifier, last), expected) << "entry " << i + 1;
      ASSERT_EQ(verifier.verified(), AuditMark{});
    };
    const Row& good = ledger.rows[i];
    for (unsigned bit = 0; bit < 64; bit += 7) {
      Row row = good;
      row.at_ms ^= std::uint64_t{1} << bit;
      found(row, AuditVerdict::edited);
      row = good;
      row.number ^= std::uint64_t{1} << bit;
      found(row, row.number > good.number ? AuditVerdict::removed : AuditVerdict::out_of_order);
    }
    for (std::size_t k = 0; k < good.record.size(); ++k) {
      Row row = good;
      row.record[k] ^= 0x80;
      found(row, AuditVerdict::edited);
    }
    Row longer = good;
    longer.record.push_back(0);
    found(longer, AuditVerdict::edited);
    before.feed(good.entry());
  }
}

TEST(AuditChain, any_removed_entry_is_named_removed) {
  const Ledger ledger;
  const auto last = ledger.at(kEntries);
  for (std::size_t i = 0; i + 1 < kEntries; ++i) {
    Rows rows = ledger.rows;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
    AuditVerifier verifier = ledger.verifier();
    feed(verifier, rows);
    ASSERT_EQ(check(verifier, last), AuditVerdict::removed) << i;
    ASSERT_EQ(verifier.count(), i) << "the next number is the missing one";
    renumber(rows);
    ASSERT_EQ(judge(ledger, last, rows), AuditVerdict::truncated) << i;
  }
}

TEST(AuditChain, any_swap_is_named_out_of_order) {
  const Ledger ledger;
  const auto last = ledger.at(kEntries);
  AuditVerifier before = ledger.verifier();
  for (std::size_t i = 0; i < kEntries; ++i) {
    for (std::size_t k = i + 1; k < kEntries; ++k) {
      AuditVerifier verifier = before;
      AuditVerdict verdict = AuditVerdict::ok;
      for (std::size_t at = i; at < kEntries; ++at) {
        const std::size_t taken = at == i ? k : at == k ? i : at;
        verdict = verifier.feed(ledger.rows[taken].entry());
      }
      ASSERT_EQ(verdict, AuditVerdict::out_of_order) << i << " and " << k;
      if (k != i + 1) continue;  // a signature is slow to check, and the verdict is one already
      ASSERT_EQ(check(verifier, last), AuditVerdict::out_of_order) << i << " and " << k;
    }
    before.feed(ledger.rows[i].entry());
  }
}

TEST(AuditChain, records_that_changed_places_under_their_numbers_are_edited) {
  const Ledger ledger;
  const auto last = ledger.at(kEntries);
  for (std::size_t i = 0; i + 1 < kEntries; ++i) {
    Rows rows = ledger.rows;
    std::swap(rows[i], rows[i + 1]);
    renumber(rows);
    ASSERT_EQ(judge(ledger, last, rows), AuditVerdict::edited) << i;
  }
}

TEST(AuditChain, an_entry_that_stands_there_twice_is_out_of_order) {
  const Ledger ledger;
  Rows rows = ledger.rows;
  rows.insert(rows.begin() + 41, rows[40]);
  EXPECT_EQ(judge(ledger, ledger.at(kEntries), rows), AuditVerdict::out_of_order);
}

TEST(AuditChain, an_inserted_entry_is_found) {
  const Ledger ledger;
  Rows rows = ledger.rows;
  rows.insert(rows.begin() + 41, Row{0, kFirstMs, {1}});
  renumber(rows);
  EXPECT_EQ(judge(ledger, ledger.at(kEntries), rows), AuditVerdict::edited);
}

TEST(AuditChain, any_shorter_ledger_is_truncated) {
  const Ledger ledger;
  const auto last = ledger.at(kEntries);
  for (std::size_t length = 0; length < kEntries; ++length) {
    AuditVerifier verifier = ledger.verifier();
    feed(verifier, ledger.rows, 0, length);
    ASSERT_EQ(check(verifier, last), AuditVerdict::truncated) << length;
  }
}

TEST(AuditChain, a_checkpoint_of_fewer_entries_than_one_verified_is_truncated) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  feed(verifier, ledger.rows);
  ASSERT_EQ(check(verifier, ledger.at(150)), AuditVerdict::ok);
  EXPECT_EQ(check(verifier, ledger.at(149)), AuditVerdict::truncated);
  AuditVerifier later = ledger.verifier(verifier.verified());
  EXPECT_EQ(check(later, ledger.at(10)), AuditVerdict::truncated);
  EXPECT_EQ(later.verified().count, 150U);
}

TEST(AuditChain, two_heads_for_one_count_are_a_fork) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  feed(verifier, ledger.rows);
  ASSERT_EQ(check(verifier, ledger.at(kEntries)), AuditVerdict::ok);
  Ledger other{ledger.gateway.clone(), ledger.practice, ledger.rows};
  other.rows.back().record = {99};
  EXPECT_EQ(check(verifier, other.at(kEntries)), AuditVerdict::forked);
  AuditVerifier later = ledger.verifier(verifier.verified());
  EXPECT_EQ(check(later, other.at(kEntries)), AuditVerdict::forked);
  EXPECT_EQ(later.verified(), verifier.verified());
}

TEST(AuditChain, a_checkpoint_with_any_changed_byte_is_badly_signed) {
  const Ledger ledger;
  const SignedCheckpoint good = ledger.at(kEntries);
  AuditVerifier verifier = ledger.verifier();
  feed(verifier, ledger.rows);
  const auto refused = [&](const SignedCheckpoint& bad) {
    EXPECT_EQ(check(verifier, bad), AuditVerdict::bad_signature);
  };
  for (std::size_t i = 0; i < 64; ++i) {
    SignedCheckpoint bad = good;
    bad.signature[i] ^= 1;
    refused(bad);
    bad = good;
    bad.checkpoint.head[i % 32] ^= static_cast<std::uint8_t>(i < 32 ? 1 : 0x80);
    refused(bad);
    bad = good;
    bad.checkpoint.practice_id[i % 16] ^= static_cast<std::uint8_t>(1U << (i / 16));
    refused(bad);
    bad = good;
    bad.checkpoint.count ^= std::uint64_t{1} << i;
    refused(bad);
    bad = good;
    bad.checkpoint.at_ms ^= std::uint64_t{1} << i;
    refused(bad);
  }
  EXPECT_EQ(check(verifier, good), AuditVerdict::ok) << "they said nothing about the ledger";
}

TEST(AuditChain, a_checkpoint_of_another_practice_or_gateway_is_badly_signed) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  feed(verifier, ledger.rows);
  EXPECT_EQ(check(verifier, ledger.sign({{0x51}, kEntries, kFirstMs, ledger.head(kEntries)})),
            AuditVerdict::bad_signature);
  EXPECT_EQ(check(verifier, Ledger().at(kEntries)), AuditVerdict::bad_signature);
}

TEST(AuditChain, a_fault_after_a_checkpoint_leaves_the_part_before_it_verified) {
  const Ledger ledger;
  Rows rows = ledger.rows;
  rows.erase(rows.begin() + 160);
  AuditVerifier verifier = ledger.verifier();
  feed(verifier, rows);
  EXPECT_EQ(check(verifier, ledger.at(100)), AuditVerdict::ok);
  EXPECT_EQ(check(verifier, ledger.at(kEntries)), AuditVerdict::removed);
  EXPECT_EQ(verifier.verified().count, 100U);
}

TEST(AuditChain, takes_a_bounded_number_of_entries_between_two_checkpoints) {
  const Ledger ledger;
  AuditVerifier verifier = ledger.verifier();
  for (std::uint64_t number = 1; number <= kAuditUnattestedMax; ++number) {
    verifier.feed({number, kFirstMs, {}});
  }
  EXPECT_THROW(verifier.feed({kAuditUnattestedMax + 1, kFirstMs, {}}), std::logic_error);
  EXPECT_EQ(verifier.unattested(), kAuditUnattestedMax);
}

}  // namespace
}  // namespace holdspace::crypto
