#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vigil::parser {

/// Who holds a lock `.#NAME`, from what the link says: `user@host.pid`, with `:boot-time` behind it
/// where Emacs knows that. joe writes `here` for the host; jed does as Emacs does.
struct LockHolder {
  std::int32_t pid = 0;
  bool is_joe = false;

  friend bool operator==(const LockHolder&, const LockHolder&) = default;
};

[[nodiscard]] std::optional<LockHolder> parse_lock_link(std::string_view target);

}  // namespace vigil::parser
