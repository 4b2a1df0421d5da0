#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "base/posix_file_system.h"
#include "base/random.h"

namespace vigil::test {

/// The real disk, until the power goes: after a number of changes every further one fails. What was
/// changed before stays. Files can also seem to belong to another user.
class DiskWithFaults final : public FileSystem {
 public:
  void lose_power_after(std::size_t changes) { changes_left_ = changes; }
  void restore_power() { changes_left_.reset(); }
  [[nodiscard]] std::size_t changes() const { return changes_; }

  void pretend_owner(std::string path, std::uint32_t owner);

  [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const override;
  [[nodiscard]] Result<FileStat> stat(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
  [[nodiscard]] Result<std::string> canonical(const std::string& path) const override;
  [[nodiscard]] bool reports_changes(const std::string& path) const override;
  Result<void> make_directories(const std::string& path, std::uint32_t mode) override;
  Result<void> create(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
  Result<void> replace(const std::string& path, std::string_view bytes,
                       std::uint32_t mode) override;
  Result<void> append(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;

 private:
  Result<void> spend_change(const std::string& path);
  [[nodiscard]] Result<FileStat> owned(Result<FileStat> stat, const std::string& path) const;

  PosixFileSystem disk_;
  std::size_t changes_ = 0;
  std::optional<std::size_t> changes_left_;
  std::string foreign_path_;
  std::uint32_t foreign_owner_ = 0;
};

/// Bytes that differ from call to call and are the same in every run.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;

 private:
  std::uint8_t next_ = 1;
};

}  // namespace vigil::test
