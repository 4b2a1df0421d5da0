#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vigil::watcher {

/// How much of a generation its two fingerprints cover.
inline constexpr std::size_t kHeadBytes = 1024;  ///< from the start of the file
inline constexpr std::size_t kTailBytes = 256;   ///< right before the position

/// The fingerprint of no bytes at all.
inline constexpr std::uint64_t kNoBytes = 0xcbf29ce484222325ULL;

/// FNV-1a over `bytes`, going on from `before`: the fingerprint of a growing head needs no second
/// look at what it covers already. Tells contents apart; no defence against forgery.
[[nodiscard]] constexpr std::uint64_t fingerprint(std::string_view bytes,
                                                  std::uint64_t before = kNoBytes) {
  for (const char c : bytes) {
    before = (before ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return before;
}

}  // namespace vigil::watcher
