// See key_file.hpp.
#include "gateway/key_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace holdspace::gateway {
namespace {

// Closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

boost::system::result<crypto::GatewayKey, KeyFileError> read_key_file(
    const std::filesystem::path& file) {
  const File opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.open()) return KeyFileError::unreadable;
  crypto::Secret<32> seed;
  const auto room = seed.overwrite();
  if (::read(opened.get(), room.data(), room.size()) != static_cast<ssize_t>(room.size()))
    return KeyFileError::wrong_length;
  char more = 0;
  if (::read(opened.get(), &more, 1) != 0) return KeyFileError::wrong_length;
  return crypto::GatewayKey::from_seed(std::move(seed));
}

boost::system::result<void, KeyFileError> write_key_file(const std::filesystem::path& file,
                                                         const crypto::GatewayKey& key) {
  const File opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400));
  if (!opened.open()) return errno == EEXIST ? KeyFileError::exists : KeyFileError::unwritable;
  const auto seed = key.expose_seed().expose();
  if (::write(opened.get(), seed.data(), seed.size()) != static_cast<ssize_t>(seed.size()) ||
      ::fsync(opened.get()) != 0)
    return KeyFileError::unwritable;
  return {};
}

}  // namespace holdspace::gateway
