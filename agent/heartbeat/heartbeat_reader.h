#pragma once

#include <memory>
#include <string_view>

#include "agent/heartbeat/heartbeat.h"
#include "base/result.h"

namespace vigil::agent {

/// Reads the JSON objects of heartbeats; keeps its scanner's memory between calls. Not thread-safe.
class HeartbeatReader {
 public:
  HeartbeatReader();
  ~HeartbeatReader();

  /// Unknown fields are ignored. `malformed` names the field: not an object, no or bad `id`,
  /// `time`, `actor` or `action`, a field of another type, a text beyond kFieldMax, a number out
  /// of its range. `object` needs no padding.
  [[nodiscard]] Result<Heartbeat> read(std::string_view object);

  /// The same without a copy: parser::kLinePadding bytes behind `object` must be readable.
  [[nodiscard]] Result<Heartbeat> read_padded(std::string_view object);

 private:
  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace vigil::agent
