#pragma once

#include "base/file_system.h"

namespace vigil {

/// The machine's own file system through system calls.
class PosixFileSystem final : public FileSystem {
 public:
  [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const override;
  [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open_without_links(
      const std::string& path) const override;
  [[nodiscard]] Result<FileStat> stat(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
  Result<FileStat> visit(const std::string& path, VisitDetail detail,
                         const std::function<void(const VisitedEntry&)>& show) const override;
  [[nodiscard]] Result<std::string> link_target(const std::string& path) const override;
  [[nodiscard]] Result<std::string> canonical(const std::string& path) const override;
  [[nodiscard]] bool reports_changes(const std::string& path) const override;
  Result<void> make_directories(const std::string& path, std::uint32_t mode) override;
  Result<void> create(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
  Result<void> replace(const std::string& path, std::string_view bytes,
                       std::uint32_t mode) override;
  Result<void> append(const std::string& path, std::string_view bytes, std::uint32_t mode) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
};

}  // namespace vigil
