#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

struct Heartbeat;

/// Most memory that the texts kept by one `Names` may take; past it, all are forgotten and looked
/// up again.
inline constexpr std::size_t kNameCacheBytes = 4 * 1024 * 1024;

/// What a heartbeat says about where it was made, in numbers of texts (0: none): these six hardly
/// ever change from one heartbeat to the next, so they are stored once.
enum class OriginPart : std::uint8_t { machine, os, timezone, user_agent, app, app_version };
using Origin = std::array<std::int64_t, 6>;

/// Tables `names` and `origins`: every text of the store once, under a number from 1. The empty
/// text is "none" and has the number 0. Keeps what was looked up (bounded). Works inside the
/// caller's transactions, and must be made anew when one was rolled back (its numbers are void).
/// Throws SQLite::Exception. Not thread-safe.
class Names {
 public:
  explicit Names(SQLite::Database& db);
  ~Names();

  /// The number of a text, given to it now where it has none.
  [[nodiscard]] std::int64_t number_of(std::string_view text);

  /// The same without giving: nothing where the store does not have the text.
  [[nodiscard]] std::optional<std::int64_t> find(std::string_view text);

  /// Empty for 0. A number that the store does not have is damage: SQLITE_CORRUPT. Valid until the
  /// next call.
  [[nodiscard]] const std::string& text_of(std::int64_t number);

  [[nodiscard]] std::int64_t origin_of(const Heartbeat& heartbeat);
  [[nodiscard]] const Origin& origin(std::int64_t number);

 private:
  [[nodiscard]] std::int64_t stored_origin(const Origin& origin);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
