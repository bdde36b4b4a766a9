// Attachments: a file sealed in chunks of 64 KiB under a key of its own, stored by the server under
// a random id; the message carries the reference. Pure, and in bounded memory: the caller reads and
// writes chunk by chunk. An object may be used by one thread at a time. docs/protocol.md section
// 12.1.
//
// Sending: AttachmentSealer, chunk by chunk to disk, then finish() for the reference; upload the
// blob, then send the message.
// Receiving: nothing is shown before the whole blob is known to be the one that the message names.
// First pass: download chunk by chunk to disk, each through AttachmentCheck::feed. finish() gives a
// CheckedAttachment, without which there is no AttachmentOpener. Second pass: read the same chunks
// from disk through AttachmentOpener::open and show or save what comes out; it refuses by itself
// what was changed between the passes, and finish() says whether the file is whole.
#pragma once

#include <boost/system/result.hpp>
#include <optional>
#include <string>

#include "crypto/bytes.hpp"
#include "crypto/running_hash.hpp"
#include "crypto/secret.hpp"
#include "crypto/secret_stream.hpp"

namespace holdspace::crypto {

// Ours: a long consultation letter or a photograph, and a bound on what one blob costs.
inline constexpr std::uint64_t kAttachmentBytesMax = std::uint64_t{64} << 20;
// Ours: RFC 6838 allows 127 for each half of a media type; real ones are far shorter.
inline constexpr std::size_t kMediaTypeBytesMax = 100;

using BlobId = Bytes<16>;  // random: links the blob to nobody

// What the message carries about an attachment. The key is in it: it is sealed with the message.
struct AttachmentReference {
  BlobId blob_id{};
  Secret<32> key;
  StreamHeader header{};
  std::uint64_t padded_bytes = 0;  // padme(true_bytes)
  std::uint64_t true_bytes = 0;    // 0..kAttachmentBytesMax
  Hash64 ciphertext_hash{};        // SHA-512 of all chunks
  Bytes<32> commitment{};          // mac(key, L("att/commit"))
  std::string media_type;  // 1..kMediaTypeBytesMax bytes, plain text; says how to show it, no more

  [[nodiscard]] AttachmentReference clone() const;
};

// The padded size of a file: at least 1024, then at most 12 % more, so that the size says less of
// the file (Padme, Nikitin et al. 2019).
[[nodiscard]] std::uint64_t padme(std::uint64_t bytes);
// Size of the stored blob: padded bytes and 17 for each chunk begun.
[[nodiscard]] std::uint64_t blob_bytes(std::uint64_t padded_bytes);

// blob_id 16 | key 32 | header 24 | padded u64 | true u64 | hash 64 | commitment 32 | u32 length,
// media type. Parsing is empty for anything else, for sizes that do not belong together and for a
// commitment that is not the key's.
[[nodiscard]] SecretBytes encode_reference(const AttachmentReference& reference);
[[nodiscard]] std::optional<AttachmentReference> parse_reference(ByteView bytes);

class AttachmentSealer {
 public:
  // The size of the file, at most kAttachmentBytesMax, and its media type, as above; asserted.
  AttachmentSealer(std::uint64_t true_bytes, std::string media_type);
  // How many bytes of the file the next chunk takes: 65536, fewer at the end, none where only
  // padding is left.
  [[nodiscard]] std::size_t wanted() const;
  [[nodiscard]] bool finished() const { return sealed_ == reference_.padded_bytes; }
  // The next chunk of the blob. Asserts that `content` has wanted() bytes and that it is not
  // finished.
  [[nodiscard]] ByteVector seal(ByteView content);
  // Asserts finished().
  [[nodiscard]] AttachmentReference finish() &&;

 private:
  AttachmentReference reference_;
  StreamState stream_;
  RunningHash hash_;
  std::uint64_t sealed_ = 0;  // padded bytes so far
};

enum class AttachmentError {
  wrong_hash,  // the blob is not the one that the message names
  wrong_size,  // a chunk or the whole is longer or shorter than the reference says: cut off or
               // extended
  altered,     // a chunk does not open at its place: changed, moved, or the last one comes early or
               // late
  bad_padding,  // the sender padded with something else than zeros
};

template <class T>
using AttachmentResult = boost::system::result<T, AttachmentError>;

// A reference whose whole blob was seen and has the right hash.
class CheckedAttachment {
 public:
  [[nodiscard]] const AttachmentReference& reference() const { return reference_; }

 private:
  friend class AttachmentCheck;
  explicit CheckedAttachment(AttachmentReference reference) : reference_(std::move(reference)) {}
  AttachmentReference reference_;
};

// First pass.
class AttachmentCheck {
 public:
  explicit AttachmentCheck(AttachmentReference reference);
  // Bytes of the blob in order, in pieces of any size; those past the end are an error at once.
  [[nodiscard]] AttachmentResult<void> feed(ByteView blob);
  [[nodiscard]] AttachmentResult<CheckedAttachment> finish() &&;

 private:
  AttachmentReference reference_;
  RunningHash hash_;
  std::uint64_t seen_ = 0;
};

// Second pass.
class AttachmentOpener {
 public:
  explicit AttachmentOpener(const CheckedAttachment& checked);
  // How long the next chunk of the blob is: 65553, less at the end; 0 when all were opened.
  [[nodiscard]] std::size_t wanted() const;
  // The file's part of the next chunk; empty where only padding is left. After an error the opener
  // gives errors only.
  [[nodiscard]] AttachmentResult<SecretBytes> open(ByteView chunk);
  // Whether everything up to the chunk that is marked as the last was opened.
  [[nodiscard]] bool finished() const { return opened_ == reference_.padded_bytes && !failed_; }

 private:
  AttachmentReference reference_;
  StreamState stream_;
  std::uint64_t opened_ = 0;  // padded bytes so far
  bool failed_ = false;
};

}  // namespace holdspace::crypto
