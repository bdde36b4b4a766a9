// What one gateway process has once, for all its io threads: configuration, key, identity, limits,
// directory, log and metrics. Built by main and handed down; there is no other way to reach it.
// docs/architecture.md, "Gateway".
#pragma once

#include "crypto/signing_key.hpp"
#include "gateway/config.hpp"
#include "gateway/directory.hpp"
#include "gateway/log.hpp"
#include "gateway/metrics.hpp"
#include "gateway/product_limits.hpp"
#include "gateway/readiness.hpp"
#include "gateway/stand_in.hpp"
#include "storage/ids.hpp"

namespace holdspace::gateway {

// The members are immutable after construction or say "any thread" themselves.
struct Gateway {
  Gateway(Config chosen, crypto::GatewayKey gateway_key, storage::GatewayId gateway_id,
          const Log& gateway_log)
      : config(std::move(chosen)),
        key(std::move(gateway_key)),
        id(gateway_id),
        log(gateway_log),
        limits(config),
        readiness(config.io_threads) {}

  const Config config;
  const crypto::GatewayKey key;
  const storage::GatewayId id;  // drawn at each start
  const Log& log;
  const StandIn stand_in;  // for devices that do not exist
  Metrics metrics;
  Directory directory;
  ProductLimits limits;
  Readiness readiness;
};

}  // namespace holdspace::gateway
