#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/hub/store/hub_reader.h"
#include "base/file_system.h"
#include "base/result.h"

namespace vigil::agent {

/// Copied stores that are kept beside the sound one, for a person; older ones are removed.
inline constexpr std::size_t kSalvagedMax = 1;

/// Renames a damaged store and its log of writes to `<path>.damaged-N`, so that a new one can be
/// made. Returns the new name.
[[nodiscard]] Result<std::string> put_damaged_aside(FileSystem& files, const std::string& path);

/// Reads out of damaged stores beside `path` what can be read, a page at a time; when one is
/// through it is renamed to `<path>.salvaged-N`. After a crash it begins anew, which does no harm:
/// what is copied twice is stored once. Blocks on the disk; not thread-safe.
class StoreRepair {
 public:
  static constexpr std::size_t kPageMax = 512;

  StoreRepair(FileSystem& files, std::string path);
  ~StoreRepair();
  StoreRepair(StoreRepair&&) noexcept;
  StoreRepair& operator=(StoreRepair&&) noexcept;

  /// A damaged store waits.
  [[nodiscard]] bool is_wanted() const { return !waiting_.empty(); }

  struct Page {
    std::vector<ExportedHeartbeat> heartbeats;
    bool is_last = false;  ///< of this store: when they are stored, finish()
  };
  /// The next heartbeats of the first that waits; may be empty before the last. Errors pass by
  /// themselves: ask again later.
  [[nodiscard]] Result<Page> next_page();

  /// Everything that could be read of the first is stored.
  [[nodiscard]] Result<void> finish();

  /// What next_page() gave was not stored: begins anew.
  void begin_anew();

 private:
  struct Damaged;
  FileSystem* files_;
  std::string path_;
  std::vector<std::string> waiting_;
  std::unique_ptr<Damaged> open_;
};

}  // namespace vigil::agent
