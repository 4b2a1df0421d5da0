#include <string>
#include <vector>

#include "agent/heartbeat/batch_json.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/heartbeat/heartbeat_reader.h"
#include "base/check.h"
#include "parser/log_parser.h"
#include "tests/fuzz/targets.h"

namespace vigil::fuzz {
namespace {

/// With exactly the padding that readers are promised, so that the sanitizer sees a read beyond it.
class Padded {
 public:
  explicit Padded(std::string_view text) : bytes_(text.begin(), text.end()), size_(text.size()) {
    bytes_.resize(size_ + parser::kLinePadding);
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::vector<char> bytes_;
  std::size_t size_;
};

}  // namespace

void heartbeat_json(std::string_view input) {
  static agent::HeartbeatReader reader;
  const auto heartbeat = reader.read(input);
  const auto padded = reader.read_padded(Padded(input).text());
  check(heartbeat.has_value() == padded.has_value());
  if (!heartbeat) return;
  check(*heartbeat == *padded);
  const std::string written = agent::to_json(*heartbeat);
  const auto again = reader.read(written);
  check(again.has_value());
  check(*again == *heartbeat);
  check(agent::to_json(*again) == written);
}

void batch_json(std::string_view input) {
  static agent::BatchReader reader;
  const SourceId source("laptop");
  const auto batch = reader.read(Padded(input).text(), source);
  if (!batch) return;
  check(batch->events.size() + batch->rejected.size() <= agent::kBatchEventsMax);
  for (const auto& rejected : batch->rejected) check(!rejected.code.empty());
  if (!batch->header) return;
  check(batch->header->source == source);
  agent::BatchWriter writer(*batch->header);
  for (const auto& event : batch->events) writer.add(agent::to_json(event));
  const std::string body = std::move(writer).finish();
  const auto again = reader.read(Padded(body).text(), source);
  check(again.has_value());
  check(again->header == batch->header);
  check(again->events == batch->events);
  check(again->rejected.empty());
}

}  // namespace vigil::fuzz
