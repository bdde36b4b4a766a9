// The gateway's key on disk: the 32 bytes of its Ed25519 seed, readable by its owner only.
// docs/operations.md, "Keys".
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>

#include "crypto/signing_key.hpp"

namespace holdspace::gateway {

enum class KeyFileError : std::uint8_t {
  unreadable,    // absent, or the system refuses
  wrong_length,  // not 32 bytes: no key file
  exists,        // write: a key is never replaced
  unwritable,    // write: the system refuses
};

// Modes are config.hpp's check_files().
[[nodiscard]] boost::system::result<crypto::GatewayKey, KeyFileError> read_key_file(
    const std::filesystem::path& file);

// Makes the file with mode 0400.
[[nodiscard]] boost::system::result<void, KeyFileError> write_key_file(
    const std::filesystem::path& file, const crypto::GatewayKey& key);

}  // namespace holdspace::gateway
