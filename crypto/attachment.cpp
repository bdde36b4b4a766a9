#include "crypto/attachment.hpp"

#include <bit>

#include "crypto/hash.hpp"
#include "crypto/layout.hpp"
#include "crypto/random.hpp"

namespace holdspace::crypto {
namespace {

constexpr std::uint64_t kPaddedBytesMin = 1024;  // ours: the smallest bucket of a message

Bytes<32> commitment_to(const Secret<32>& key) {
  return mac(key, label("att/commit"));
}

ByteVector chunk_associated(const BlobId& blob_id) {
  return Writer{}.bytes(label("att/chunk")).bytes(blob_id).take();
}

bool good_media_type(std::string_view type) {
  return !type.empty() && type.size() <= kMediaTypeBytesMax && is_plain_text(type);
}

AttachmentReference begin_reference(std::uint64_t true_bytes, std::string media_type) {
  require(true_bytes <= kAttachmentBytesMax && good_media_type(media_type));
  AttachmentReference reference;
  reference.blob_id = random_array<16>();
  reference.key = random_secret<32>();
  reference.header = random_array<kStreamHeaderBytes>();
  reference.padded_bytes = padme(true_bytes);
  reference.true_bytes = true_bytes;
  reference.commitment = commitment_to(reference.key);
  reference.media_type = std::move(media_type);
  return reference;
}

// How many of the padded bytes stand in the chunk that begins at `at`, and how many of those are
// the file's.
std::size_t padded_in_chunk(const AttachmentReference& reference, std::uint64_t at) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(kStreamPlainBytes, reference.padded_bytes - at));
}
std::size_t true_in_chunk(const AttachmentReference& reference, std::uint64_t at) {
  if (at >= reference.true_bytes) return 0;
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(kStreamPlainBytes, reference.true_bytes - at));
}

}  // namespace

std::uint64_t padme(std::uint64_t bytes) {
  bytes = std::max(bytes, kPaddedBytesMin);
  const auto exponent = static_cast<unsigned>(std::bit_width(bytes) - 1);
  const auto kept = static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - kept)) - 1;
  return (bytes + mask) & ~mask;
}

std::uint64_t blob_bytes(std::uint64_t padded_bytes) {
  const std::uint64_t chunks = (padded_bytes + kStreamPlainBytes - 1) / kStreamPlainBytes;
  return padded_bytes + chunks * kStreamOverheadBytes;
}

AttachmentReference AttachmentReference::clone() const {
  return {blob_id,    key.clone(),     header,     padded_bytes,
          true_bytes, ciphertext_hash, commitment, media_type};
}

SecretBytes encode_reference(const AttachmentReference& reference) {
  return SecretWriter{}
      .bytes(reference.blob_id)
      .secret(reference.key)
      .bytes(reference.header)
      .u64(reference.padded_bytes)
      .u64(reference.true_bytes)
      .bytes(reference.ciphertext_hash)
      .bytes(reference.commitment)
      .prefixed(text_bytes(reference.media_type))
      .take();
}

std::optional<AttachmentReference> parse_reference(ByteView bytes) {
  Reader in(bytes);
  AttachmentReference reference;
  reference.blob_id = in.bytes<16>();
  reference.key = in.secret<32>();
  reference.header = in.bytes<kStreamHeaderBytes>();
  reference.padded_bytes = in.u64();
  reference.true_bytes = in.u64();
  reference.ciphertext_hash = in.bytes<64>();
  reference.commitment = in.bytes<32>();
  const ByteView type = in.prefixed(kMediaTypeBytesMax);
  reference.media_type.assign(type.begin(), type.end());
  if (!in.finish() || !good_media_type(reference.media_type) ||
      reference.true_bytes > kAttachmentBytesMax ||
      reference.padded_bytes != padme(reference.true_bytes) ||
      !equal_in_constant_time(reference.commitment, commitment_to(reference.key))) {
    return std::nullopt;
  }
  return reference;
}

AttachmentSealer::AttachmentSealer(std::uint64_t true_bytes, std::string media_type)
    : reference_(begin_reference(true_bytes, std::move(media_type))),
      stream_(reference_.key, reference_.header) {}

std::size_t AttachmentSealer::wanted() const {
  return true_in_chunk(reference_, sealed_);
}

ByteVector AttachmentSealer::seal(ByteView content) {
  require(!finished() && content.size() == wanted());
  SecretBytes plain(content.begin(), content.end());
  plain.resize(padded_in_chunk(reference_, sealed_));
  sealed_ += plain.size();
  ByteVector chunk = stream_.seal(chunk_associated(reference_.blob_id), plain, finished());
  hash_.add(chunk);
  return chunk;
}

AttachmentReference AttachmentSealer::finish() && {
  require(finished());
  reference_.ciphertext_hash = hash_.finish();
  return std::move(reference_);
}

AttachmentCheck::AttachmentCheck(AttachmentReference reference)
    : reference_(std::move(reference)) {}

AttachmentResult<void> AttachmentCheck::feed(ByteView blob) {
  seen_ += blob.size();
  if (seen_ > blob_bytes(reference_.padded_bytes)) return AttachmentError::wrong_size;
  hash_.add(blob);
  return {};
}

AttachmentResult<CheckedAttachment> AttachmentCheck::finish() && {
  if (seen_ != blob_bytes(reference_.padded_bytes)) return AttachmentError::wrong_size;
  if (hash_.finish() != reference_.ciphertext_hash) return AttachmentError::wrong_hash;
  return CheckedAttachment(std::move(reference_));
}

AttachmentOpener::AttachmentOpener(const CheckedAttachment& checked)
    : reference_(checked.reference().clone()), stream_(reference_.key, reference_.header) {}

std::size_t AttachmentOpener::wanted() const {
  const std::size_t padded = padded_in_chunk(reference_, opened_);
  return padded == 0 ? 0 : padded + kStreamOverheadBytes;
}

AttachmentResult<SecretBytes> AttachmentOpener::open(ByteView chunk) {
  const bool usable = !failed_;
  failed_ = true;
  if (!usable) return AttachmentError::altered;
  if (chunk.empty() || chunk.size() != wanted()) return AttachmentError::wrong_size;
  auto opened = stream_.open(chunk_associated(reference_.blob_id), chunk);
  if (!opened) return AttachmentError::altered;
  const std::size_t content = true_in_chunk(reference_, opened_);
  opened_ += opened->plain.size();
  if (opened->last != (opened_ == reference_.padded_bytes)) return AttachmentError::altered;
  const auto padding = opened->plain.begin() + static_cast<std::ptrdiff_t>(content);
  if (std::any_of(padding, opened->plain.end(), [](std::uint8_t byte) { return byte != 0; })) {
    return AttachmentError::bad_padding;
  }
  opened->plain.resize(content);
  failed_ = false;
  return std::move(opened->plain);
}

}  // namespace holdspace::crypto
