// A private Redis for one test: a Unix socket in a folder of its own, no TCP port, each write on
// disk before its answer. It can be killed and started again on the same folder.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace holdspace::tests {

class RedisServer {
 public:
  // Starts the server and waits until it answers. `settings` come after the durable defaults, as
  // {"--appendfsync", "everysec"}. Throws std::runtime_error when it does not come up within 10 s.
  explicit RedisServer(std::vector<std::string> settings = {});
  ~RedisServer();  // stops the server and removes the folder
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::string socket_path() const { return (folder_ / "redis.sock").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  void kill();    // SIGKILL, and waits for its end
  void start();   // again, on the same folder; waits until it answers
  void pause();   // SIGSTOP: connections stay open and nothing is answered
  void resume();  // SIGCONT

 private:
  [[nodiscard]] bool answers() const;

  std::filesystem::path folder_;
  std::vector<std::string> settings_;
  pid_t pid_ = -1;
};

}  // namespace holdspace::tests
