// One person of the fault test: keeps a device connected through gateways that die, writes to
// everybody it has a relationship with, and has every event of the SDK written into the history.
// Not a test by itself: tests/fault/run.py kills, tests/fault/checker.py judges.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "client/client.hpp"

namespace holdspace::fault {

// Submitted and not yet delivered, for each sender and recipient: well under the 1,000 that a queue
// may hold, so that a shut gate slows the load and never turns into refusals for fullness.
inline constexpr std::size_t kBacklogMax = 150;
inline constexpr std::chrono::milliseconds kLookAgain{50};
// Texts reach into the second size class.
inline constexpr std::size_t kTextBytesMost = 1500;

// What all people of one run share. One thread.
struct World {
  explicit World(std::string history_path);

  void write(const client::Event& event, const std::string& actor);

  std::vector<client::Address> gateways;
  bool writing = true;  // false: nobody begins another message
  std::map<std::pair<std::string, std::string>, std::size_t> backlog;  // by sender and recipient
  std::mt19937 random{20260609};

 private:
  struct FileCloser {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, FileCloser> history_;
};

class Person {
 public:
  // `home` was made by the command line program and opens with the key file beside its store.
  Person(boost::asio::io_context& io, World& world, std::string name, std::filesystem::path home);

  // Connects, to another gateway after each loss, until stop(). Throws when the profile cannot be
  // opened.
  [[nodiscard]] boost::asio::awaitable<void> live();
  // Writes to one relationship, one message after the other, until the world stops writing.
  [[nodiscard]] boost::asio::awaitable<void> write_to(crypto::RelationshipId relationship,
                                                      std::string label);

  // Every message of this person has its definite answer.
  [[nodiscard]] boost::asio::awaitable<void> settle();
  // Connects anew, and everything that may be delivered now has arrived.
  [[nodiscard]] boost::asio::awaitable<void> drain();
  void stop() { stopping_ = true; }

  [[nodiscard]] bool online() const { return online_; }
  // Relationships with somebody at the other end, and how they are called.
  [[nodiscard]] std::vector<std::pair<crypto::RelationshipId, std::string>> relationships();

 private:
  void open_client();
  [[nodiscard]] boost::asio::awaitable<void> stay();
  [[nodiscard]] boost::asio::awaitable<void> pause(std::chrono::milliseconds length);
  [[nodiscard]] std::string compose(const std::string& label);

  boost::asio::io_context& io_;
  World& world_;
  std::string name_;
  std::filesystem::path home_;
  std::size_t gateway_ = 0;  // index in World::gateways
  std::unique_ptr<client::Client> client_;
  bool online_ = false;
  bool stopping_ = false;
  bool anew_ = false;       // disconnect and connect once
  bool unsettled_ = false;  // a send ended without a definite answer since the last flush
  std::size_t using_ = 0;   // coroutines inside client_; it must outlive them
  std::size_t logins_ = 0;
  std::size_t written_ = 0;
};

}  // namespace holdspace::fault
