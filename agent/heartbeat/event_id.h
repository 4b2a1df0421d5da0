#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/id.h"
#include "parser/activity.h"

namespace vigil::agent {

/// An event id as two numbers: what the hub's index holds. Ordered as the text is.
struct EventKey {
  std::uint64_t time_ms = 0;  ///< the first 9 base-36 digits
  std::uint64_t hash = 0;     ///< the other 11, below 36^11

  friend auto operator<=>(const EventKey&, const EventKey&) = default;
};

[[nodiscard]] EventId to_event_id(EventKey key);

/// Nothing unless the text is `evt_` + 20 of [a-z0-9].
[[nodiscard]] std::optional<EventKey> to_event_key(std::string_view id);

/// Makes ids: a pure function of source id and identity (DESIGN 6). Reuses one hasher; not
/// thread-safe.
class EventIdMaker {
 public:
  explicit EventIdMaker(SourceId source) : source_(std::move(source)) {}

  [[nodiscard]] EventId make(const parser::Identity& identity);
  [[nodiscard]] EventKey make_key(const parser::Identity& identity);

  /// For a heartbeat that somebody sends instead of a log telling it: `fields` is its canonical
  /// JSON without an id. Sent twice, it is one.
  [[nodiscard]] EventId make_for_fields(WallTime time, std::string_view fields);

 private:
  SourceId source_;
  Sha256 hasher_;
};

}  // namespace vigil::agent
