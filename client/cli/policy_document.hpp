// A policy file on this machine's disk: reading it for a command, and writing it whole.
#pragma once

#include <boost/system/result.hpp>
#include <filesystem>

#include "client/failure.hpp"
#include "holdspace/v1/policy.pb.h"

namespace holdspace::cli {

// Only that it is a policy file; whether its rules hold is preview_policy_file's to say.
[[nodiscard]] boost::system::result<v1::Policy, client::Failure> read_policy(
    const std::filesystem::path& file);

// Takes the place of an earlier file in one step. False when that is impossible.
[[nodiscard]] bool write_policy(const std::filesystem::path& file, const v1::Policy& policy);

}  // namespace holdspace::cli
