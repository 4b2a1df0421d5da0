#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace vigil::watcher {

/// What one turn of one file gave. The lines lie in the reader's buffer until its next turn.
struct Reading {
  enum class Outcome : std::uint8_t {
    caught_up,   ///< read to the end of the file, but for an unfinished last line
    more,        ///< there was more than fits in a turn
    other_file,  ///< the content is not what was read before: a new generation
  };
  Outcome outcome = Outcome::caught_up;
  bool advanced = false;  ///< the position moved (also over lines that are dropped)
  std::vector<std::string_view> lines{};
  std::uint64_t bytes = 0;  ///< by which the position moved
  std::uint64_t nul_bytes = 0;
  std::uint64_t oversized = 0;
};

}  // namespace vigil::watcher
