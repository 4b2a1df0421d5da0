#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "parser/editors/side_file.h"
#include "watcher/tree_watcher.h"

namespace vigil::agent {

/// A file that was written and then left alone.
struct SettledWrite {
  std::string path;
  std::uint32_t what = 0;  ///< bits of watcher::TreeChange
  std::uint64_t first_event = 0;
  MonoTime first{};  ///< of the changes that make it up
  MonoTime last{};
  std::optional<parser::SideFile> from;  ///< the temporary file that became it
  std::vector<parser::SideFile> beside;  ///< side files of it that came or went meanwhile
};

/// Makes one write of the many changes of a directory that one save is: waits until a file was left
/// alone for kQuiet, but no longer than kLongest after the first of them. Names that editors and
/// tools use for themselves are no files, but witnesses. Pure; not thread-safe.
class SaveSettler {
 public:
  static constexpr std::chrono::milliseconds kQuiet{250};
  static constexpr std::chrono::milliseconds kLongest{2'000};
  static constexpr std::chrono::milliseconds kWitnessLife{2'500};
  static constexpr std::size_t kWritesMax = 100'000;  ///< unsettled; then nothing more is taken
  static constexpr std::size_t kWitnessesMax = 20'000;

  /// False: the name is no file's own, or the change no file's.
  bool add(const watcher::TreeChange& change);

  /// What has settled by now, in the order of the last changes.
  [[nodiscard]] std::vector<SettledWrite> take(MonoTime now);

  /// When to call take() again; not later than when it will next have something.
  [[nodiscard]] std::optional<MonoTime> deadline() const;

  /// When the first change of what has not settled came.
  [[nodiscard]] std::optional<MonoTime> oldest() const;

  /// Something that only a look found has not settled.
  [[nodiscard]] bool has_found() const;

  /// Nothing more may be added before something was taken.
  [[nodiscard]] bool is_full() const { return writes_.size() >= kWritesMax; }

 private:
  struct Write {
    std::uint32_t what = 0;
    std::uint64_t first_event = 0;
    MonoTime first{};
    MonoTime last{};
    std::string moved_from;
    [[nodiscard]] MonoTime due() const { return std::min(last + kQuiet, first + kLongest); }
  };
  struct Witness {
    parser::SideFile file;
    MonoTime at{};
  };

  void note_witness(const watcher::TreeChange& change, parser::SideFile file);
  void forget_witnesses(MonoTime now);
  [[nodiscard]] SettledWrite settle(const std::string& path, const Write& write) const;
  [[nodiscard]] static bool may_be_save(std::uint32_t what);

  std::unordered_map<std::string, Write> writes_;  ///< by path
  MonoTime earliest_{};                            ///< nothing settles before
  /// By the path of the file that they belong to; those that do not tell by `directory/`.
  std::unordered_multimap<std::string, Witness> witnesses_;
};

}  // namespace vigil::agent
