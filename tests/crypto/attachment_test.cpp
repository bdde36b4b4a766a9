// Attachments: sizes, both passes, and everything that may happen to a blob on the way.
#include "crypto/attachment.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "tests/crypto/support/error_of.hpp"

namespace holdspace::crypto {
namespace {

using testing::error_of;

struct Stored {
  AttachmentReference reference;
  std::vector<ByteVector> chunks;
};

ByteVector file_of(std::size_t bytes) {
  ByteVector file(bytes);
  for (std::size_t i = 0; i < bytes; ++i) file[i] = static_cast<std::uint8_t>(i * 7 + i / 251 + 1);
  return file;
}

Stored seal_file(ByteView file) {
  AttachmentSealer sealer(file.size(), "application/pdf");
  std::vector<ByteVector> chunks;
  while (!sealer.finished()) {
    const ByteView part = file.first(sealer.wanted());
    chunks.push_back(sealer.seal(part));
    file = file.subspan(part.size());
  }
  return {std::move(sealer).finish(), std::move(chunks)};
}

AttachmentResult<CheckedAttachment> check(const AttachmentReference& reference,
                                          const std::vector<ByteVector>& chunks) {
  AttachmentCheck pass(reference.clone());
  for (const ByteVector& chunk : chunks) {
    const auto fed = pass.feed(chunk);
    if (!fed) return fed.error();
  }
  return std::move(pass).finish();
}

AttachmentResult<ByteVector> open(AttachmentOpener opener, const std::vector<ByteVector>& chunks) {
  ByteVector file;
  for (const ByteVector& chunk : chunks) {
    const auto part = opener.open(chunk);
    if (!part) return part.error();
    file.insert(file.end(), part->begin(), part->end());
  }
  if (!opener.finished()) return AttachmentError::wrong_size;
  return file;
}

TEST(Attachment, padded_size_is_padmes) {
  EXPECT_EQ(padme(0), 1024U);
  EXPECT_EQ(padme(1024), 1024U);
  EXPECT_EQ(padme(1025), 1088U);
  EXPECT_EQ(padme(65536), 65536U);
  EXPECT_EQ(padme(65537), 67584U);
  EXPECT_EQ(padme(1'000'000), 1'015'808U);
  EXPECT_EQ(padme(kAttachmentBytesMax), kAttachmentBytesMax);
  for (std::uint64_t bytes = 1024; bytes < 200'000; bytes += 61) {
    ASSERT_GE(padme(bytes), bytes);
    ASSERT_LE(padme(bytes) - bytes, bytes * 12 / 100 + 1) << bytes;
    ASSERT_EQ(padme(padme(bytes)), padme(bytes));
  }
}

TEST(Attachment, file_of_any_size_comes_back_whole) {
  for (const std::size_t bytes : {0U, 1U, 1023U, 1024U, 1025U, 65535U, 65536U, 65537U, 200'000U}) {
    const ByteVector file = file_of(bytes);
    const Stored stored = seal_file(file);
    std::uint64_t size = 0;
    for (const ByteVector& chunk : stored.chunks) size += chunk.size();
    EXPECT_EQ(size, blob_bytes(padme(bytes))) << bytes;
    const auto checked = check(stored.reference, stored.chunks);
    ASSERT_TRUE(checked.has_value()) << bytes;
    const auto opened = open(AttachmentOpener(*checked), stored.chunks);
    ASSERT_TRUE(opened.has_value()) << bytes;
    EXPECT_EQ(*opened, file);
  }
}

TEST(Attachment, first_pass_takes_pieces_of_any_size) {
  const Stored stored = seal_file(file_of(70'000));
  AttachmentCheck pass(stored.reference.clone());
  for (const ByteVector& chunk : stored.chunks) {
    for (std::size_t at = 0; at < chunk.size(); at += 1000) {
      const ByteView rest = ByteView(chunk).subspan(at);
      ASSERT_TRUE(pass.feed(rest.first(std::min<std::size_t>(1000, rest.size()))).has_value());
    }
  }
  EXPECT_TRUE(std::move(pass).finish().has_value());
}

TEST(Attachment, blob_that_is_not_the_named_one_is_never_opened) {
  const Stored stored = seal_file(file_of(200'000));
  auto changed = stored.chunks;
  changed[1][5] ^= 1;
  EXPECT_EQ(error_of(check(stored.reference, changed)), AttachmentError::wrong_hash);
  auto cut = stored.chunks;
  cut.pop_back();
  EXPECT_EQ(error_of(check(stored.reference, cut)), AttachmentError::wrong_size);
  auto longer = stored.chunks;
  longer.push_back({0});
  EXPECT_EQ(error_of(check(stored.reference, longer)), AttachmentError::wrong_size);
  auto moved = stored.chunks;
  std::swap(moved[0], moved[1]);
  EXPECT_EQ(error_of(check(stored.reference, moved)), AttachmentError::wrong_hash);
}

// Between the two passes somebody changes the stored blob: the stream itself refuses.
TEST(Attachment, what_changes_after_the_check_is_refused_by_the_stream) {
  const Stored stored = seal_file(file_of(200'000));
  const auto checked = check(stored.reference, stored.chunks);
  ASSERT_TRUE(checked.has_value());
  const auto refused = [&](const std::vector<ByteVector>& chunks) {
    return error_of(open(AttachmentOpener(*checked), chunks));
  };
  auto moved = stored.chunks;
  std::swap(moved[0], moved[1]);
  EXPECT_EQ(refused(moved), AttachmentError::altered);
  auto cut = stored.chunks;
  cut.pop_back();
  EXPECT_EQ(refused(cut), AttachmentError::wrong_size);
  auto repeated = stored.chunks;
  repeated[1] = repeated[0];
  EXPECT_EQ(refused(repeated), AttachmentError::altered);
  auto longer = stored.chunks;
  longer.push_back(longer.back());
  EXPECT_EQ(refused(longer), AttachmentError::wrong_size);
  auto shorter = stored.chunks;
  shorter[0].pop_back();
  EXPECT_EQ(refused(shorter), AttachmentError::wrong_size);
}

TEST(Attachment, every_changed_byte_of_a_small_blob_is_refused_by_both_passes) {
  const Stored stored = seal_file(file_of(100));
  const auto checked = check(stored.reference, stored.chunks);
  auto chunks = stored.chunks;
  for (std::size_t i = 0; i < chunks[0].size(); ++i) {
    for (const std::uint8_t flip : Bytes<2>{0x01, 0x80}) {
      chunks[0][i] ^= flip;
      ASSERT_EQ(error_of(check(stored.reference, chunks)), AttachmentError::wrong_hash) << i;
      ASSERT_EQ(error_of(open(AttachmentOpener(*checked), chunks)), AttachmentError::altered) << i;
      chunks[0][i] ^= flip;
    }
  }
}

TEST(Attachment, opener_gives_nothing_more_after_an_error) {
  const Stored stored = seal_file(file_of(200'000));
  AttachmentOpener opener(*check(stored.reference, stored.chunks));
  ByteVector changed = stored.chunks[0];
  changed[0] ^= 1;
  EXPECT_EQ(error_of(opener.open(changed)), AttachmentError::altered);
  EXPECT_EQ(error_of(opener.open(stored.chunks[0])), AttachmentError::altered);
  EXPECT_FALSE(opener.finished());
}

// A sender that seals by hand: its own rules, under the key that it names.
Stored seal_by_hand(ByteView padded, std::uint64_t true_bytes, bool mark_last) {
  AttachmentSealer begun(true_bytes, "text/plain");
  (void)begun.seal(ByteVector(true_bytes));
  AttachmentReference reference = std::move(begun).finish();
  StreamState stream(reference.key, reference.header);
  const ByteVector associated = Writer{}.bytes(label("att/chunk")).bytes(reference.blob_id).take();
  std::vector<ByteVector> chunks{stream.seal(associated, padded, mark_last)};
  reference.ciphertext_hash = hash({chunks[0]});
  return {std::move(reference), std::move(chunks)};
}

TEST(Attachment, sender_that_breaks_the_rules_is_refused) {
  ByteVector padded(1024);
  const auto outcome = [&](bool mark_last) {
    const Stored stored = seal_by_hand(padded, 100, mark_last);
    return error_of(open(AttachmentOpener(*check(stored.reference, stored.chunks)), stored.chunks));
  };
  EXPECT_EQ(outcome(true), std::nullopt);
  EXPECT_EQ(outcome(false), AttachmentError::altered);
  padded[100] = 1;
  EXPECT_EQ(outcome(true), AttachmentError::bad_padding);
}

TEST(Attachment, reference_has_one_encoding_and_binds_key_and_sizes) {
  const Stored stored = seal_file(file_of(5000));
  const SecretBytes bytes = encode_reference(stored.reference);
  const auto parsed = parse_reference(bytes);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(encode_reference(*parsed), bytes);
  EXPECT_EQ(parsed->media_type, "application/pdf");
  const auto refused = [&](std::size_t at) {
    SecretBytes changed = bytes;
    changed[at] ^= 1;
    return !parse_reference(changed).has_value();
  };
  for (std::size_t at = 16; at < 48; ++at) EXPECT_TRUE(refused(at)) << at;    // key
  for (std::size_t at = 72; at < 80; ++at) EXPECT_TRUE(refused(at)) << at;    // padded size
  for (std::size_t at = 152; at < 188; ++at) EXPECT_TRUE(refused(at)) << at;  // commitment, length
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(parse_reference(ByteView(bytes).first(size)).has_value());
  }
  SecretBytes control = bytes;
  control.back() = '\n';
  EXPECT_FALSE(parse_reference(control).has_value());
}

TEST(Attachment, rules_of_the_sealer_are_asserted) {
  EXPECT_THROW(AttachmentSealer(kAttachmentBytesMax + 1, "text/plain"), std::logic_error);
  EXPECT_THROW(AttachmentSealer(1, ""), std::logic_error);
  EXPECT_THROW(AttachmentSealer(1, std::string(kMediaTypeBytesMax + 1, 'a')), std::logic_error);
  AttachmentSealer sealer(10, "text/plain");
  EXPECT_THROW((void)sealer.seal(ByteVector(9)), std::logic_error);
  EXPECT_THROW((void)std::move(sealer).finish(), std::logic_error);
}

}  // namespace
}  // namespace holdspace::crypto
