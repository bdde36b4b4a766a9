// See metrics.hpp.
#include "gateway/metrics.hpp"

#include <google/protobuf/descriptor.h>
#include <prometheus/text_serializer.h>

#include "boundary/time.hpp"

namespace holdspace::gateway {
namespace {

using prometheus::Histogram;

// Seconds. A store call is a millisecond on a good disk and 3 s at its deadline.
Histogram::BucketBoundaries store_buckets() {
  return {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 3};
}

// Seconds. The promise is 2 s for 99 of 100 and 5 s at most.
Histogram::BucketBoundaries lateness_buckets() {
  return {0.1, 0.2, 0.5, 1, 2, 5, 15, 60};
}

prometheus::Counter& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Family<prometheus::Counter>& family(prometheus::Registry& registry, const char* name,
                                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

Metrics::Metrics()
    : connections_(gauge(registry_, "holdspace_connections", "Open WebSocket connections")),
      sessions_(gauge(registry_, "holdspace_sessions", "Devices logged in")),
      login_failures_(counter(registry_, "holdspace_login_failures_total", "Logins refused")),
      delivered_(counter(registry_, "holdspace_delivered_total", "Envelopes pushed to devices")),
      acknowledged_(
          counter(registry_, "holdspace_acknowledged_total", "Envelopes removed after an ack")),
      queue_reads_(counter(registry_, "holdspace_queue_reads_total", "Reads of a device's queue")),
      notices_(counter(registry_, "holdspace_notices_total", "Notices pushed to devices")),
      promises_moved_(counter(registry_, "holdspace_promises_moved_total",
                              "Held messages whose promise another tzdata has moved")),
      expired_(counter(registry_, "holdspace_expired_total",
                       "Envelopes removed because nobody collected them")),
      clock_offset_(gauge(registry_, "holdspace_clock_offset_seconds",
                          "This machine's clock minus the store's")),
      store_seconds_(prometheus::BuildHistogram()
                         .Name("holdspace_store_call_seconds")
                         .Help("Time of one store call")
                         .Register(registry_)
                         .Add({}, store_buckets())),
      opening_lateness_(prometheus::BuildHistogram()
                            .Name("holdspace_opening_lateness_seconds")
                            .Help("From a gate's opening to the first push of what it held")
                            .Register(registry_)
                            .Add({}, lateness_buckets())),
      bad_frames_(family(registry_, "holdspace_bad_frames_total",
                         "Frames refused before a handler saw them")),
      transport_(family(registry_, "holdspace_transport_events_total",
                        "Connections refused or ended by a rule of the transport")),
      sends_(family(registry_, "holdspace_sends_total", "Answers to Send")),
      refusals_(
          family(registry_, "holdspace_refusals_total", "Sends that the boundary rules refused")),
      store_errors_(family(registry_, "holdspace_store_errors_total", "Store calls that failed")),
      checkpoints_(family(registry_, "holdspace_audit_checkpoints_total",
                          "Attempts to sign the ledger of a practice")) {
  auto& frames = family(registry_, "holdspace_frames_total", "Frames received");
  const auto* type = v1::ClientFrame::descriptor();
  const auto* body = type->FindOneofByName("body");
  for (int i = 0; i < body->field_count(); ++i) {
    const auto number = static_cast<std::size_t>(body->field(i)->number());
    if (frames_.size() <= number) frames_.resize(number + 1, nullptr);
    frames_[number] = &frames.Add({{"kind", body->field(i)->name()}});
  }
  prometheus::BuildGauge()
      .Name("holdspace_tzdb_info")
      .Help("The release of the time-zone database in use")
      .Register(registry_)
      .Add({{"version", boundary::tzdb_version()}})
      .Set(1);
}

void Metrics::frame(v1::ClientFrame::BodyCase kind) {
  const auto number = static_cast<std::size_t>(kind);
  if (number < frames_.size() && frames_[number] != nullptr) frames_[number]->Increment();
}

void Metrics::bad_frame(std::string_view fault) {
  bad_frames_.Add({{"fault", std::string(fault)}}).Increment();
}

void Metrics::transport(std::string_view event) {
  transport_.Add({{"event", std::string(event)}}).Increment();
}

void Metrics::send_answered(std::string_view outcome) {
  sends_.Add({{"outcome", std::string(outcome)}}).Increment();
}

void Metrics::send_refused(std::string_view reason) {
  refusals_.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::store_error(std::string_view error) {
  store_errors_.Add({{"error", std::string(error)}}).Increment();
}

void Metrics::checkpoint(std::string_view outcome) {
  checkpoints_.Add({{"outcome", std::string(outcome)}}).Increment();
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace holdspace::gateway
