#include "tests/support/memory_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace vigil::test {

struct MemoryFileSystem::Node {
  FileStat stat;
  std::string bytes;  ///< of a file; the target of a symbolic link
};

struct MemoryFileSystem::Counters {
  std::mutex mutex;
  std::size_t open = 0;
  std::uint64_t opened = 0;
  std::uint64_t read = 0;
};

class MemoryFileSystem::File final : public ReadableFile {
 public:
  File(NodePtr node, Counters& counters, std::mutex& disk)
      : node_(std::move(node)), counters_(counters), disk_(disk) {}
  ~File() override {
    const std::scoped_lock lock(counters_.mutex);
    --counters_.open;
  }

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            std::span<char> out) const override {
    const std::scoped_lock lock(disk_, counters_.mutex);
    const std::string& bytes = node_->bytes;
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t count = std::min(out.size(), bytes.size() - static_cast<std::size_t>(offset));
    std::memcpy(out.data(), bytes.data() + offset, count);
    counters_.read += count;
    return count;
  }

  [[nodiscard]] Result<FileStat> stat() const override {
    const std::scoped_lock lock(disk_);
    return node_->stat;
  }

 private:
  NodePtr node_;
  Counters& counters_;
  std::mutex& disk_;
};

MemoryFileSystem::MemoryFileSystem() : counters_(std::make_unique<Counters>()) {
  nodes_["/"] = make_node(FileKind::directory, 0755);
}

MemoryFileSystem::~MemoryFileSystem() = default;

// --- Paths -------------------------------------------------------------------------------------

Result<std::string> MemoryFileSystem::resolve(std::string_view path, int links_left) const {
  const std::string text = normal_path(path);
  std::string out = "/";
  for (std::size_t begin = 1; begin < text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    const std::string next = join_path(out, std::string_view(text).substr(begin, end - begin));
    const auto node = nodes_.find(next);
    if (node == nodes_.end()) return fail(Errc::not_found, next + ": no such entry");
    if (node->second->stat.kind == FileKind::symlink) {
      if (links_left == 0) return fail(Errc::denied, next + ": too many links");
      const std::string& target = node->second->bytes;
      const std::string base = target.starts_with('/') ? target : join_path(out, target);
      const std::string rest = end < text.size() ? text.substr(end) : "";
      return resolve(base + rest, links_left - 1);
    }
    out = next;
    begin = end + 1;
  }
  return out;
}

Result<std::string> MemoryFileSystem::resolve_parent(const std::string& path) const {
  const std::string text = normal_path(path);
  if (text == "/") return text;
  const std::string parent = VIGIL_TRY(resolve(parent_path(text), 40));
  return join_path(parent, file_name(text));
}

Result<MemoryFileSystem::NodePtr> MemoryFileSystem::find(const std::string& path) const {
  const std::string key = VIGIL_TRY(resolve_parent(path));
  const auto node = nodes_.find(key);
  if (node == nodes_.end()) return fail(Errc::not_found, path + ": no such entry");
  return node->second;
}

MemoryFileSystem::NodePtr MemoryFileSystem::existing(const std::string& path) const {
  auto node = find(path);
  check(node.has_value());
  return *node;
}

bool MemoryFileSystem::denied(const std::string& path) const {
  return denied_.contains(normal_path(path));
}

// --- Nodes -------------------------------------------------------------------------------------

MemoryFileSystem::NodePtr MemoryFileSystem::make_node(FileKind kind, std::uint32_t mode) {
  auto node = std::make_shared<Node>();
  node->stat.kind = kind;
  node->stat.device = 1;
  node->stat.inode = inodes_ == Inodes::reused && freed_inode_
                         ? *std::exchange(freed_inode_, std::nullopt)
                         : next_inode_++;
  node->stat.links = 1;
  node->stat.mode = mode;
  touch(*node);
  node->stat.birth_ns = node->stat.modified_ns;
  return node;
}

MemoryFileSystem::NodePtr MemoryFileSystem::make_file(const std::string& path, std::uint32_t mode) {
  const auto key = resolve_parent(path);
  check(key.has_value());
  auto& slot = nodes_[*key];
  if (!slot) {
    slot = make_node(FileKind::regular, mode);
    touch_parent(*key);
  }
  return slot;
}

void MemoryFileSystem::make_parents(const std::string& path, std::uint32_t mode) {
  const std::string parent(parent_path(normal_path(path)));
  if (find(parent)) return;
  make_parents(parent, mode);
  const auto key = resolve_parent(parent);
  check(key.has_value());
  nodes_[*key] = make_node(FileKind::directory, mode);
  touch_parent(*key);
}

void MemoryFileSystem::touch(Node& node) {
  now_ns_ += 1'000;
  node.stat.modified_ns = now_ns_;
  node.stat.changed_ns = now_ns_;
  if (node.stat.kind == FileKind::regular) node.stat.size = node.bytes.size();
}

void MemoryFileSystem::touch_parent(const std::string& key) {
  const auto parent = nodes_.find(std::string(parent_path(key)));
  if (parent != nodes_.end()) touch(*parent->second);
}

Result<void> MemoryFileSystem::store(Node& node, std::uint64_t offset, std::string_view bytes) {
  if (bytes.empty()) return {};  // write(2) of nothing does not even change the time
  const std::size_t end = static_cast<std::size_t>(offset) + bytes.size();
  const std::size_t growth = end > node.bytes.size() ? end - node.bytes.size() : 0;
  if (free_bytes_ && growth > *free_bytes_) return fail(Errc::full, "no space left");
  if (free_bytes_) *free_bytes_ -= growth;
  if (growth > 0) node.bytes.resize(end);
  std::memcpy(node.bytes.data() + offset, bytes.data(), bytes.size());
  touch(node);
  return {};
}

void MemoryFileSystem::drop(const std::string& path) {
  const auto key = resolve_parent(path);
  const auto found = key ? nodes_.find(*key) : nodes_.end();
  if (found == nodes_.end()) return;
  // An inode is free once no name and no open file needs it.
  const bool unopened = found->second.use_count() == 1;
  if (--found->second->stat.links == 0 && unopened) freed_inode_ = found->second->stat.inode;
  nodes_.erase(found);
  touch_parent(*key);
}

// --- FileSystem --------------------------------------------------------------------------------

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::open(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto node = VIGIL_TRY(find(path));
  if (denied(path)) return fail(Errc::denied, path + ": permission denied");
  if (node->stat.kind != FileKind::regular) return fail(Errc::denied, path + ": no regular file");
  const std::scoped_lock count(counters_->mutex);
  if (counters_->open >= open_max_) return fail(Errc::busy, path + ": too many open files");
  ++counters_->open;
  ++counters_->opened;
  return std::make_unique<File>(node, *counters_, mutex_);
}

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::open_without_links(
    const std::string& path) const {
  const std::string folder(parent_path(path));
  if (VIGIL_TRY(canonical(folder)) != folder)
    return fail(Errc::denied, path + ": a link leads there");
  return open(path);
}

Result<FileStat> MemoryFileSystem::stat(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  return VIGIL_TRY(find(path))->stat;
}

Result<std::vector<DirectoryEntry>> MemoryFileSystem::list(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const std::string key = VIGIL_TRY(resolve(path, 40));
  if (denied(path)) return fail(Errc::denied, path + ": permission denied");
  if (nodes_.at(key)->stat.kind != FileKind::directory) {
    return fail(Errc::not_found, path + ": not a directory");
  }
  const std::string prefix = key == "/" ? key : key + "/";
  std::vector<DirectoryEntry> entries;
  for (auto it = nodes_.upper_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix);
       ++it) {
    const std::string_view name = std::string_view(it->first).substr(prefix.size());
    if (name.find('/') == std::string_view::npos) {
      entries.push_back({std::string(name), it->second->stat.kind});
    }
  }
  return entries;
}

Result<std::string> MemoryFileSystem::link_target(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto node = VIGIL_TRY(find(path));
  if (node->stat.kind != FileKind::symlink) return fail(Errc::not_found, path + ": no link");
  return node->bytes;
}

Result<std::string> MemoryFileSystem::canonical(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  return resolve(path, 40);
}

bool MemoryFileSystem::reports_changes(const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  return std::ranges::none_of(remote_,
                              [&](const auto& prefix) { return path.starts_with(prefix); });
}

Result<void> MemoryFileSystem::make_directories(const std::string& path, std::uint32_t mode) {
  const std::scoped_lock lock(mutex_);
  const auto node = find(path);
  if (node && (*node)->stat.kind == FileKind::regular) {
    return fail(Errc::exists, path + ": is a file, a directory is needed");
  }
  make_parents(join_path(path, "x"), mode);
  return {};
}

Result<void> MemoryFileSystem::create(const std::string& path, std::string_view bytes,
                                      std::uint32_t mode) {
  const std::scoped_lock lock(mutex_);
  VIGIL_TRY(resolve_parent(path));
  if (find(path)) return fail(Errc::exists, path + ": exists");
  auto written = store(*make_file(path, mode), 0, bytes);
  if (!written) drop(path);
  return written;
}

Result<void> MemoryFileSystem::replace(const std::string& path, std::string_view bytes,
                                       std::uint32_t mode) {
  const std::scoped_lock lock(mutex_);
  const std::string key = VIGIL_TRY(resolve_parent(path));
  auto node = make_node(FileKind::regular, mode);
  VIGIL_TRY(store(*node, 0, bytes));
  drop(path);
  nodes_[key] = std::move(node);
  touch_parent(key);
  return {};
}

Result<void> MemoryFileSystem::append(const std::string& path, std::string_view bytes,
                                      std::uint32_t mode) {
  const std::scoped_lock lock(mutex_);
  VIGIL_TRY(resolve_parent(path));
  if (denied(path)) return fail(Errc::denied, path + ": permission denied");
  auto node = make_file(path, mode);
  if (node->stat.kind != FileKind::regular) return fail(Errc::denied, path + ": not a file");
  return store(*node, node->bytes.size(), bytes);
}

Result<void> MemoryFileSystem::rename(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  const std::string source = VIGIL_TRY(resolve_parent(from));
  const std::string target = VIGIL_TRY(resolve_parent(to));
  auto node = VIGIL_TRY(find(from));
  if (source == target) return {};
  drop(to);
  node->stat.changed_ns = now_ns_ += 1'000;
  nodes_.erase(source);
  nodes_[target] = std::move(node);
  touch_parent(source);
  touch_parent(target);
  return {};
}

Result<void> MemoryFileSystem::remove(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  VIGIL_TRY(find(path));
  drop(path);
  return {};
}

// --- What another program does -----------------------------------------------------------------

void MemoryFileSystem::write(const std::string& path, std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  make_parents(path, 0755);
  auto node = make_file(path, 0644);
  node->bytes.assign(bytes);
  touch(*node);
}

void MemoryFileSystem::add(const std::string& path, std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  make_parents(path, 0755);
  auto node = make_file(path, 0644);
  check(store(*node, node->bytes.size(), bytes).has_value());
}

void MemoryFileSystem::truncate(const std::string& path, std::uint64_t size) {
  const std::scoped_lock lock(mutex_);
  auto node = existing(path);
  node->bytes.resize(static_cast<std::size_t>(size));
  touch(*node);
}

void MemoryFileSystem::overwrite(const std::string& path, std::uint64_t offset,
                                 std::string_view bytes) {
  const std::scoped_lock lock(mutex_);
  check(store(*existing(path), offset, bytes).has_value());
}

void MemoryFileSystem::link(const std::string& from, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  make_parents(path, 0755);
  auto node = existing(from);
  const auto key = resolve_parent(path);
  check(key.has_value() && !nodes_.contains(*key));
  ++node->stat.links;
  nodes_[*key] = node;
  touch_parent(*key);
}

void MemoryFileSystem::symlink(const std::string& target, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  make_parents(path, 0755);
  auto node = make_node(FileKind::symlink, 0777);
  node->bytes = target;
  const auto key = resolve_parent(path);
  check(key.has_value() && !nodes_.contains(*key));
  nodes_[*key] = std::move(node);
  touch_parent(*key);
}

void MemoryFileSystem::move(const std::string& from, const std::string& to) {
  const std::scoped_lock lock(mutex_);
  make_parents(to, 0755);
  const auto source = resolve_parent(from);
  const auto target = resolve_parent(to);
  check(source.has_value() && target.has_value() && nodes_.contains(*source));
  drop(to);
  nodes_.at(*source)->stat.changed_ns = now_ns_ += 1'000;
  std::map<std::string, NodePtr> moved;
  for (auto it = nodes_.lower_bound(*source); it != nodes_.end();) {
    const bool below = it->first == *source || it->first.starts_with(*source + "/");
    if (below) moved[*target + it->first.substr(source->size())] = it->second;
    if (!it->first.starts_with(*source)) break;
    it = below ? nodes_.erase(it) : std::next(it);
  }
  nodes_.merge(moved);
  touch_parent(*source);
  touch_parent(*target);
}

void MemoryFileSystem::remove_tree(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  const auto key = resolve_parent(path);
  check(key.has_value());
  std::vector<std::string> doomed;
  for (const auto& [name, node] : nodes_) {
    if (name == *key || name.starts_with(*key + "/")) doomed.push_back(name);
  }
  for (const auto& name : doomed) drop(name);
}

void MemoryFileSystem::mkdir(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  make_parents(join_path(path, "x"), 0755);
}

// --- Circumstances -----------------------------------------------------------------------------

void MemoryFileSystem::set_time(WallTime now) {
  const std::scoped_lock lock(mutex_);
  now_ns_ = std::max(now_ns_, unix_ms(now) * 1'000'000);
}

void MemoryFileSystem::deny(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  denied_.insert(normal_path(path));
}

void MemoryFileSystem::allow(const std::string& path) {
  const std::scoped_lock lock(mutex_);
  denied_.erase(normal_path(path));
}

void MemoryFileSystem::set_open_max(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  open_max_ = count;
}

void MemoryFileSystem::set_free_bytes(std::optional<std::uint64_t> bytes) {
  const std::scoped_lock lock(mutex_);
  free_bytes_ = bytes;
}

void MemoryFileSystem::set_inode_reuse() {
  const std::scoped_lock lock(mutex_);
  inodes_ = Inodes::reused;
}

void MemoryFileSystem::set_remote(const std::string& prefix) {
  const std::scoped_lock lock(mutex_);
  remote_.insert(prefix);
}

std::size_t MemoryFileSystem::open_files() const {
  const std::scoped_lock lock(counters_->mutex);
  return counters_->open;
}

std::uint64_t MemoryFileSystem::opens() const {
  const std::scoped_lock lock(counters_->mutex);
  return counters_->opened;
}

std::uint64_t MemoryFileSystem::bytes_read() const {
  const std::scoped_lock lock(counters_->mutex);
  return counters_->read;
}

}  // namespace vigil::test
