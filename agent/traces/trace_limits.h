#pragma once

#include <chrono>
#include <cstddef>

namespace vigil::agent {

/// Named bounds of what is kept of editors' traces; tests go one past each.
struct TraceLimits {
  std::size_t side_files_max = 4'096;                ///< known swap and lock files; the oldest go
  std::size_t waiting_max = 10'000;                  ///< traces that nobody took; the oldest go
  std::size_t past_max = 500;                        ///< of one place's past, the newest
  std::size_t file_max = 2'097'152;                  ///< bytes; a larger list of files is not read
  std::size_t places_max = 512;                      ///< found in one home
  std::size_t entries_max = 4'096;                   ///< looked at in one folder
  std::size_t processes_max = 8'192;                 ///< looked at in one turn
  std::chrono::milliseconds processes_fresh{1'000};  ///< how long a look at them holds
  std::chrono::milliseconds poll_every{10'000};      ///< places where no watch can be had
  std::chrono::milliseconds search_every{60'000};    ///< for places that are new
  std::chrono::milliseconds recheck_every{5'000};    ///< of side files whose changes nobody tells
};

}  // namespace vigil::agent
