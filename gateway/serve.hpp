// The whole gateway, put together: the wiring diagram in code. main.cpp reads the command line,
// this runs.
#pragma once

#include "gateway/config.hpp"

namespace holdspace::gateway {

// Serves until SIGTERM or SIGINT, then closes every session and returns. The log's first event,
// "started", names the ports, because the system may have chosen them. Throws StartError when it
// cannot start.
void serve(const Config& config);

}  // namespace holdspace::gateway
