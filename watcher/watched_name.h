#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace vigil::watcher {

/// An entry of a watched directory, as a key: looks into a text that somebody else keeps.
struct WatchedName {
  std::int32_t watch;
  std::string_view name;
  friend bool operator==(const WatchedName&, const WatchedName&) = default;
};

struct WatchedNameHash {
  std::size_t operator()(const WatchedName& key) const noexcept {
    return std::hash<std::string_view>{}(key.name) ^
           (static_cast<std::size_t>(key.watch) * std::size_t{0x9e3779b97f4a7c15});
  }
};

}  // namespace vigil::watcher
