#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vigil::agent {

/// How a file's text has changed since it was last seen. A moved line is neither added nor removed.
struct LineChange {
  std::int64_t lines = 0;
  std::optional<std::int64_t> added;  ///< absent at first sight
  std::optional<std::int64_t> removed;
  bool is_known = false;  ///< seen before
  bool is_same = false;   ///< the same lines in the same order as then
};

/// What the lines of lately seen files were: a hash of each, never a text, and in memory only.
/// Bounded: files that were not seen for longest are forgotten first. Not thread-safe.
class LineMemory {
 public:
  static constexpr std::size_t kHashesMax = 2'000'000;  ///< 8 MB
  static constexpr std::size_t kFilesMax = 20'000;

  explicit LineMemory(std::size_t hashes_max = kHashesMax, std::size_t files_max = kFilesMax)
      : hashes_max_(hashes_max), files_max_(files_max) {}

  /// Compares with what was remembered and remembers this instead.
  LineChange see(const std::string& path, std::string_view text);

  void forget(const std::string& path);

  [[nodiscard]] bool knows(const std::string& path) const { return files_.contains(path); }
  [[nodiscard]] std::size_t hashes() const { return hashes_; }

 private:
  using Hashes = std::vector<std::uint32_t>;
  struct File {
    Hashes lines;
    std::list<std::string>::iterator age;
  };

  void make_room();

  std::size_t hashes_max_;
  std::size_t files_max_;
  std::size_t hashes_ = 0;
  std::unordered_map<std::string, File> files_;
  std::list<std::string> by_age_;  ///< the latest first
};

}  // namespace vigil::agent
