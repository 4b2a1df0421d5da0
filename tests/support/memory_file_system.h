#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/time.h"

namespace vigil::test {

/// A disk in memory with inodes, hard and symbolic links, open files that outlive their names,
/// and faults. Every change lets its clock (ns since 1970) tick by a microsecond. Thread-safe. Open
/// files must be closed before it goes.
class MemoryFileSystem : public FileSystem {
 public:
  MemoryFileSystem();
  ~MemoryFileSystem() override;

  [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const override;
  [[nodiscard]] Result<std::unique_ptr<ReadableFile>> open_without_links(
      const std::string& path) const override;
  [[nodiscard]] Result<FileStat> stat(const std::string& path) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
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

  // What another program does. Parents are made as needed; a path that must exist must exist.
  void write(const std::string& path, std::string_view bytes);  ///< open(O_TRUNC), write
  void add(const std::string& path, std::string_view bytes);    ///< open(O_APPEND), write
  void truncate(const std::string& path, std::uint64_t size);   ///< also makes holes
  void overwrite(const std::string& path, std::uint64_t offset, std::string_view bytes);
  void link(const std::string& existing, const std::string& path);  ///< hard
  void symlink(const std::string& target, const std::string& path);
  void move(const std::string& from, const std::string& to);  ///< a file or a whole tree
  void remove_tree(const std::string& path);
  void mkdir(const std::string& path);

  // Circumstances.
  void set_time(WallTime now);         ///< of the changes to come; never goes back
  void deny(const std::string& path);  ///< open and list fail with `denied`
  void allow(const std::string& path);
  void set_open_max(std::size_t count);                     ///< more open files fail with `busy`
  void set_free_bytes(std::optional<std::uint64_t> bytes);  ///< then `full`
  void set_inode_reuse();                      ///< the next file takes the inode freed last
  void set_remote(const std::string& prefix);  ///< reports_changes() is false below it

  [[nodiscard]] std::size_t open_files() const;
  [[nodiscard]] std::uint64_t opens() const;       ///< open() calls that succeeded
  [[nodiscard]] std::uint64_t bytes_read() const;  ///< by all open files

 private:
  struct Node;
  struct Counters;
  class File;
  // Shared: a name in the tree, further hard links and open files own a node together.
  using NodePtr = std::shared_ptr<Node>;

  [[nodiscard]] Result<std::string> resolve(std::string_view path, int links_left) const;
  [[nodiscard]] Result<std::string> resolve_parent(const std::string& path) const;
  [[nodiscard]] Result<NodePtr> find(const std::string& path) const;
  [[nodiscard]] bool denied(const std::string& path) const;
  NodePtr make_node(FileKind kind, std::uint32_t mode);
  NodePtr make_file(const std::string& path, std::uint32_t mode);
  NodePtr existing(const std::string& path) const;
  void make_parents(const std::string& path, std::uint32_t mode);
  Result<void> store(Node& node, std::uint64_t offset, std::string_view bytes);
  void drop(const std::string& path);
  void touch(Node& node);
  void touch_parent(const std::string& key);  ///< the directory holds something else now

  mutable std::mutex mutex_;
  std::map<std::string, NodePtr> nodes_;  ///< by path without links
  std::set<std::string> denied_;
  std::set<std::string> remote_;
  std::unique_ptr<Counters> counters_;
  std::int64_t now_ns_ = 1'700'000'000'000'000'000;
  std::uint64_t next_inode_ = 2;
  std::optional<std::uint64_t> freed_inode_;
  std::optional<std::uint64_t> free_bytes_;
  std::size_t open_max_ = 1'000'000;
  enum class Inodes : std::uint8_t { fresh, reused } inodes_ = Inodes::fresh;
};

}  // namespace vigil::test
