// What /metrics shows: aggregates only. No label ever holds an id, and nothing is counted per
// person. Not the log. docs/operations.md, "Metrics".
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "holdspace/v1/frame.pb.h"

namespace holdspace::gateway {

// Any thread.
class Metrics {
 public:
  Metrics();

  void connection_opened() { connections_.Increment(); }
  void connection_closed() { connections_.Decrement(); }
  void session_opened() { sessions_.Increment(); }
  void session_closed() { sessions_.Decrement(); }
  void login_failed() { login_failures_.Increment(); }

  // A frame of this kind arrived; `kind` is the body's case.
  void frame(v1::ClientFrame::BodyCase kind);
  void bad_frame(std::string_view fault);

  // Connections that ended badly before a frame was judged; `event`: the transport's name for it.
  void transport(std::string_view event);

  // `outcome`: released, held, duplicate, or the error code's name.
  void send_answered(std::string_view outcome);
  // `reason`: the boundary's reason name.
  void send_refused(std::string_view reason);

  void delivered(std::size_t envelopes) { delivered_.Increment(static_cast<double>(envelopes)); }
  void acknowledged(std::size_t envelopes) {
    acknowledged_.Increment(static_cast<double>(envelopes));
  }
  // From the opening of a gate to the first push of what it held.
  void opening_lateness(std::chrono::milliseconds lateness) {
    opening_lateness_.Observe(std::chrono::duration<double>(lateness).count());
  }

  void notices_pushed(std::size_t notices) { notices_.Increment(static_cast<double>(notices)); }
  // Held messages that a newer version of the time-zone database has promised something else.
  void promises_moved(std::size_t messages) {
    promises_moved_.Increment(static_cast<double>(messages));
  }
  // Envelopes that nobody had collected within 30 days of their release.
  void expired(std::size_t envelopes) { expired_.Increment(static_cast<double>(envelopes)); }
  // `outcome`: signed, overtaken, failed.
  void checkpoint(std::string_view outcome);

  void store_call(std::chrono::steady_clock::duration took) {
    store_seconds_.Observe(std::chrono::duration<double>(took).count());
  }
  void store_error(std::string_view error);
  void queue_read() { queue_reads_.Increment(); }
  // The machine's clock minus the store's.
  void clock_offset(std::chrono::milliseconds offset) {
    clock_offset_.Set(std::chrono::duration<double>(offset).count());
  }

  // Prometheus text exposition format.
  [[nodiscard]] std::string text() const;

 private:
  prometheus::Registry registry_;
  prometheus::Gauge& connections_;
  prometheus::Gauge& sessions_;
  prometheus::Counter& login_failures_;
  prometheus::Counter& delivered_;
  prometheus::Counter& acknowledged_;
  prometheus::Counter& queue_reads_;
  prometheus::Counter& notices_;
  prometheus::Counter& promises_moved_;
  prometheus::Counter& expired_;
  prometheus::Gauge& clock_offset_;
  prometheus::Histogram& store_seconds_;
  prometheus::Histogram& opening_lateness_;
  prometheus::Family<prometheus::Counter>& bad_frames_;
  prometheus::Family<prometheus::Counter>& transport_;
  prometheus::Family<prometheus::Counter>& sends_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& store_errors_;
  prometheus::Family<prometheus::Counter>& checkpoints_;
  std::vector<prometheus::Counter*>
      frames_;  // by field number of the body; null where there is none
};

}  // namespace holdspace::gateway
