// The signed header and the chain of exports. The file is in record_writer.cpp and
// record_reader.cpp.
#include "crypto/record_export.hpp"

#include "crypto/layout.hpp"
#include "crypto/statement_checks.hpp"

namespace holdspace::crypto {
namespace {

bool follows_rules(const RecordExport& header) {
  const auto purpose = static_cast<std::uint8_t>(header.purpose);
  return header.device_id != 0 && purpose >= 1 && purpose <= 2 && header.from < header.until &&
         header.count <= kRecordEntriesMax && header.log_size <= kTreeLeavesMax;
}

}  // namespace

ByteVector encode_body(const RecordExport& header) {
  require(follows_rules(header));
  return Writer{}
      .bytes(header.account_id)
      .u32(header.device_id)
      .u8(static_cast<std::uint8_t>(header.purpose))
      .bytes(header.relationship_id)
      .instant(header.from)
      .instant(header.until)
      .u64(header.count)
      .bytes(header.root)
      .bytes(header.previous)
      .u64(header.log_size)
      .bytes(header.log_root)
      .instant(header.made_at)
      .take();
}

StatementResult<RecordExport> parse_record_export(ByteView body) {
  Reader in(body);
  RecordExport header;
  header.account_id = in.bytes<16>();
  header.device_id = in.u32();
  header.purpose = static_cast<RecordPurpose>(in.u8());
  header.relationship_id = in.bytes<16>();
  header.from = in.instant();
  header.until = in.instant();
  header.count = in.u64();
  header.root = in.bytes<32>();
  header.previous = in.bytes<32>();
  header.log_size = in.u64();
  header.log_root = in.bytes<32>();
  header.made_at = in.instant();
  if (!in.finish() || !follows_rules(header)) return StatementError::malformed;
  return header;
}

ByteVector sign_record_export(const RecordExport& header, const DeviceSigningKey& key) {
  return sign_body(StatementType::record_export, encode_body(header), key);
}

StatementResult<Verified<RecordExport>> verify_record_export(ByteView bytes,
                                                             const Verified<DeviceCert>& cert) {
  return verify_by_device(bytes, StatementType::record_export, &parse_record_export, *cert);
}

boost::system::result<void, RecordChainError> check_record_chain(const VerifiedRecord& before,
                                                                 const VerifiedRecord& next) {
  if (before->account_id != next->account_id || before->purpose != next->purpose ||
      before->relationship_id != next->relationship_id) {
    return RecordChainError::other_subject;
  }
  if (next->previous != before.hash()) return RecordChainError::not_next;
  if (next->from < before->until) return RecordChainError::overlaps;
  return {};
}

}  // namespace holdspace::crypto
