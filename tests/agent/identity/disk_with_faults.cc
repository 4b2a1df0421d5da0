#include "tests/agent/identity/disk_with_faults.h"

namespace vigil::test {
namespace {

class FileOfOwner final : public ReadableFile {
 public:
  FileOfOwner(std::unique_ptr<ReadableFile> file, std::uint32_t owner)
      : file_(std::move(file)), owner_(owner) {}

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            std::span<char> out) const override {
    return file_->read_at(offset, out);
  }
  [[nodiscard]] Result<FileStat> stat() const override {
    FileStat stat = VIGIL_TRY(file_->stat());
    stat.owner = owner_;
    return stat;
  }

 private:
  std::unique_ptr<ReadableFile> file_;
  std::uint32_t owner_;
};

}  // namespace

void DiskWithFaults::pretend_owner(std::string path, std::uint32_t owner) {
  foreign_path_ = std::move(path);
  foreign_owner_ = owner;
}

Result<void> DiskWithFaults::spend_change(const std::string& path) {
  if (changes_left_ == 0) return fail(Errc::io, path + ": the power is gone");
  if (changes_left_) --*changes_left_;
  ++changes_;
  return {};
}

Result<FileStat> DiskWithFaults::owned(Result<FileStat> stat, const std::string& path) const {
  if (stat && path == foreign_path_) stat->owner = foreign_owner_;
  return stat;
}

Result<std::unique_ptr<ReadableFile>> DiskWithFaults::open(const std::string& path) const {
  auto file = VIGIL_TRY(disk_.open(path));
  if (path != foreign_path_) return file;
  return std::make_unique<FileOfOwner>(std::move(file), foreign_owner_);
}

Result<FileStat> DiskWithFaults::stat(const std::string& path) const {
  return owned(disk_.stat(path), path);
}

Result<std::vector<DirectoryEntry>> DiskWithFaults::list(const std::string& path) const {
  return disk_.list(path);
}

Result<std::string> DiskWithFaults::canonical(const std::string& path) const {
  return disk_.canonical(path);
}

bool DiskWithFaults::reports_changes(const std::string& path) const {
  return disk_.reports_changes(path);
}

Result<void> DiskWithFaults::make_directories(const std::string& path, std::uint32_t mode) {
  if (disk_.stat(path)) return {};
  VIGIL_TRY(spend_change(path));
  return disk_.make_directories(path, mode);
}

Result<void> DiskWithFaults::create(const std::string& path, std::string_view bytes,
                                    std::uint32_t mode) {
  VIGIL_TRY(spend_change(path));
  return disk_.create(path, bytes, mode);
}

Result<void> DiskWithFaults::replace(const std::string& path, std::string_view bytes,
                                     std::uint32_t mode) {
  VIGIL_TRY(spend_change(path));
  return disk_.replace(path, bytes, mode);
}

Result<void> DiskWithFaults::append(const std::string& path, std::string_view bytes,
                                    std::uint32_t mode) {
  VIGIL_TRY(spend_change(path));
  return disk_.append(path, bytes, mode);
}

Result<void> DiskWithFaults::rename(const std::string& from, const std::string& to) {
  VIGIL_TRY(spend_change(from));
  return disk_.rename(from, to);
}

Result<void> DiskWithFaults::remove(const std::string& path) {
  VIGIL_TRY(spend_change(path));
  return disk_.remove(path);
}

void CountingRandom::fill(std::span<std::byte> out) {
  for (std::byte& byte : out) byte = std::byte{next_};
  ++next_;
}

}  // namespace vigil::test
