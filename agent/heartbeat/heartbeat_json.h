#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/heartbeat/heartbeat.h"
#include "base/result.h"

namespace vigil::agent {

/// Longest text that any one field may have, in bytes; a batch with a longer one is refused.
inline constexpr std::size_t kFieldMax = 4096;

/// Appends the canonical JSON object of a heartbeat: fields in the order of the struct, no white
/// space, defaults omitted (see docs/formats/heartbeat.md). Equal heartbeats give equal bytes.
/// Text that is not UTF-8 is written with U+FFFD.
void append_json(const Heartbeat& heartbeat, std::string& out);
[[nodiscard]] std::string to_json(const Heartbeat& heartbeat);

/// Reads heartbeat objects; keeps its scanner's memory between calls. Not thread-safe.
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
