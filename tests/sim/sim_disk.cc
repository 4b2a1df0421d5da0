#include "tests/sim/sim_disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace vigil::sim {
namespace {

constexpr std::size_t kSmallSector = 512;
constexpr std::size_t kLargeSector = 4096;

/// One change of a file's bytes since its last sync.
struct Change {
  enum class Kind : std::uint8_t { write, truncate } kind = Kind::write;
  std::uint64_t offset = 0;  ///< of the write; the new size of a truncation
  std::string bytes;
  std::int64_t made_ns = 0;
};

void put(std::string& content, std::uint64_t offset, std::string_view bytes) {
  const auto end = static_cast<std::size_t>(offset) + bytes.size();
  if (end > content.size()) content.resize(end);
  if (!bytes.empty()) std::memcpy(content.data() + offset, bytes.data(), bytes.size());
}

void replay(std::string& content, const Change& change) {
  if (change.kind == Change::Kind::write) return put(content, change.offset, change.bytes);
  content.resize(static_cast<std::size_t>(change.offset));
}

}  // namespace

struct SimDisk::Inode {
  FileStat stat;
  std::string bytes;            ///< as programs see it
  std::string durable;          ///< as of the last sync
  std::vector<Change> changes;  ///< since then, oldest first
  bool is_log = false;          ///< written from front to back by other programs
};

struct SimDisk::NameChange {
  std::string directory;
  std::string from;  ///< name taken away; empty where none was
  std::string to;    ///< name given; empty where none was
  InodePtr inode;
};

class SimDisk::File final : public ReadableFile {
 public:
  File(const SimDisk& disk, InodePtr inode) : disk_(disk), inode_(std::move(inode)) {}

  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset,
                                            std::span<char> out) const override {
    if (disk_.is_dead()) return fail(Errc::io, "the machine is off");
    const std::string& bytes = inode_->bytes;
    if (offset >= bytes.size()) return std::size_t{0};
    const auto count = std::min(out.size(), bytes.size() - static_cast<std::size_t>(offset));
    std::memcpy(out.data(), bytes.data() + offset, count);
    return count;
  }

  [[nodiscard]] Result<FileStat> stat() const override { return inode_->stat; }

 private:
  const SimDisk& disk_;
  InodePtr inode_;
};

SimDisk::SimDisk(std::string name, Dice dice, Trace& trace, Fired& fired)
    : name_(std::move(name)), dice_(dice), trace_(trace), fired_(fired), directories_{"/"} {}

SimDisk::~SimDisk() = default;

// --- Reading -----------------------------------------------------------------------------------

Result<std::unique_ptr<ReadableFile>> SimDisk::open(const std::string& path) const {
  if (is_dead_) return fail(Errc::io, path + ": the machine is off");
  const auto at = names_.find(path);
  if (at == names_.end()) return fail(Errc::not_found, path + ": no such file");
  return std::make_unique<File>(*this, at->second);
}

Result<FileStat> SimDisk::stat(const std::string& path) const {
  if (is_dead_) return fail(Errc::io, path + ": the machine is off");
  if (const auto at = names_.find(path); at != names_.end()) return at->second->stat;
  if (!directories_.contains(path)) return fail(Errc::not_found, path + ": no such entry");
  FileStat directory;
  directory.kind = FileKind::directory;
  directory.device = 1;
  directory.inode = 1;
  directory.links = 1;
  directory.mode = 0700;
  return directory;
}

Result<std::vector<DirectoryEntry>> SimDisk::list(const std::string& path) const {
  if (is_dead_) return fail(Errc::io, path + ": the machine is off");
  if (!directories_.contains(path)) return fail(Errc::not_found, path + ": no such directory");
  std::vector<DirectoryEntry> entries;
  const std::string prefix = join_path(path, "");
  const auto take = [&](const std::string& entry, FileKind kind) {
    const auto name = entry.substr(prefix.size());
    if (!name.empty() && name.find('/') == std::string::npos) entries.push_back({name, kind});
  };
  for (auto it = names_.lower_bound(prefix); it != names_.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    take(it->first, FileKind::regular);
  }
  for (auto it = directories_.lower_bound(prefix); it != directories_.end(); ++it) {
    if (!it->starts_with(prefix)) break;
    take(*it, FileKind::directory);
  }
  return entries;
}

Result<std::string> SimDisk::canonical(const std::string& path) const {
  VIGIL_TRY(stat(path));
  return path;
}

bool SimDisk::reports_changes(const std::string& /*path*/) const {
  return true;
}

std::string SimDisk::text(const std::string& path) const {
  const auto at = names_.find(path);
  return at == names_.end() ? std::string() : at->second->bytes;
}

bool SimDisk::exists(const std::string& path) const {
  return names_.contains(path);
}

SimDisk::InodePtr SimDisk::find(const std::string& path) const {
  const auto at = names_.find(path);
  return at == names_.end() ? nullptr : at->second;
}

std::string_view SimDisk::content(const Inode& inode) {
  return inode.bytes;
}

// --- Changes by programs -----------------------------------------------------------------------

/// Counts down to the program's death, and says whether this change may be made.
Result<void> SimDisk::begin_change(std::string_view what, const std::string& path) {
  if (is_dead_) return fail(Errc::io, path + ": the machine is off");
  if (changes_left_ && (*changes_left_)-- == 0) {
    is_dead_ = true;
    changes_left_.reset();
    trace_.add(name_ + " dies at", std::string(what) + " " + path);
    return fail(Errc::io, path + ": the machine is off");
  }
  switch (trouble_) {
    case DiskTrouble::none: return {};
    case DiskTrouble::full:
      if (what == "sync" || what == "truncate" || what == "remove") return {};
      ++fired_["disk full"];
      return fail(Errc::full, path + ": no space left");
    case DiskTrouble::broken: ++fired_["disk error"]; return fail(Errc::io, path + ": EIO");
    case DiskTrouble::read_only:
      ++fired_["disk read-only"];
      return fail(Errc::denied, path + ": read-only");
  }
  return {};
}

void SimDisk::touch(Inode& inode) {
  now_ns_ += 1'000;
  inode.stat.modified_ns = now_ns_;
  inode.stat.size = inode.bytes.size();
}

SimDisk::InodePtr SimDisk::new_inode() {
  auto inode = std::make_shared<Inode>();
  inode->stat.kind = FileKind::regular;
  inode->stat.device = 1;
  inode->stat.inode = reuses_inodes_ && freed_inode_ ? *freed_inode_ : next_inode_++;
  freed_inode_.reset();
  inode->stat.links = 1;
  inode->stat.mode = 0600;
  touch(*inode);
  inode->stat.birth_ns = inode->stat.modified_ns;
  return inode;
}

void SimDisk::release(const InodePtr& inode) {
  if (inode) freed_inode_ = inode->stat.inode;
}

void SimDisk::bind_name(const std::string& path, InodePtr inode) {
  name_changes_.push_back({std::string(parent_path(path)), "", path, inode});
  names_[path] = std::move(inode);
}

void SimDisk::unbind_name(const std::string& path) {
  name_changes_.push_back({std::string(parent_path(path)), path, "", nullptr});
  names_.erase(path);
}

void SimDisk::move_name(const std::string& from, const std::string& to) {
  auto inode = names_.at(from);
  name_changes_.push_back({std::string(parent_path(to)), from, to, inode});
  names_.erase(from);
  names_[to] = std::move(inode);
}

Result<SimDisk::InodePtr> SimDisk::make(const std::string& path) {
  VIGIL_TRY(begin_change("create", path));
  if (!directories_.contains(std::string(parent_path(path)))) {
    return fail(Errc::not_found, path + ": no such directory");
  }
  auto inode = new_inode();
  bind_name(path, inode);
  return inode;
}

Result<void> SimDisk::write(Inode& inode, std::uint64_t offset, std::string_view bytes) {
  VIGIL_TRY(begin_change("write", std::to_string(inode.stat.inode)));
  trace_.add(name_ + " write", bytes.substr(0, 64), offset + bytes.size());
  put(inode.bytes, offset, bytes);
  inode.changes.push_back({Change::Kind::write, offset, std::string(bytes), now_ns_});
  touch(inode);
  return {};
}

Result<void> SimDisk::truncate(Inode& inode, std::uint64_t size) {
  VIGIL_TRY(begin_change("truncate", std::to_string(inode.stat.inode)));
  inode.bytes.resize(static_cast<std::size_t>(size));
  inode.changes.push_back({Change::Kind::truncate, size, {}, now_ns_});
  touch(inode);
  return {};
}

Result<void> SimDisk::sync(Inode& inode) {
  VIGIL_TRY(begin_change("sync", std::to_string(inode.stat.inode)));
  if (std::exchange(sync_fails_, false)) {
    ++fired_[unsynced_ == Unsynced::kept ? "sync error" : "sync error that drops pages"];
    if (unsynced_ == Unsynced::dropped) inode.changes.clear();
    return fail(Errc::io, "sync: EIO");
  }
  for (const auto& change : inode.changes) replay(inode.durable, change);
  inode.changes.clear();
  return {};
}

Result<void> SimDisk::sync_directory(const std::string& directory) {
  VIGIL_TRY(begin_change("sync", directory));
  std::erase_if(name_changes_, [&](const NameChange& change) {
    if (change.directory != directory) return false;
    if (!change.from.empty()) durable_names_.erase(change.from);
    if (!change.to.empty()) durable_names_[change.to] = change.inode;
    return true;
  });
  return {};
}

Result<void> SimDisk::make_directories(const std::string& path, std::uint32_t /*mode*/) {
  make_directory(path);
  return {};
}

Result<void> SimDisk::create(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  if (is_dead_) return fail(Errc::io, path + ": the machine is off");
  if (names_.contains(path)) return fail(Errc::exists, path + ": exists");
  auto inode = VIGIL_TRY(make(path));
  inode->stat.mode = mode;
  if (!bytes.empty()) VIGIL_TRY(write(*inode, 0, bytes));
  VIGIL_TRY(sync(*inode));
  return sync_directory(std::string(parent_path(path)));
}

Result<void> SimDisk::replace(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  const std::string beside = path + ".new";
  if (names_.contains(beside)) VIGIL_TRY(remove(beside));
  VIGIL_TRY(create(beside, bytes, mode));
  return rename(beside, path);
}

Result<void> SimDisk::append(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  if (is_dead_) return fail(Errc::io, path + ": the machine is off");
  auto inode = find(path);
  if (!inode) {
    inode = VIGIL_TRY(make(path));
    inode->stat.mode = mode;
  }
  // A write that is cut short by a full disk or a kill leaves a stump.
  const auto half = bytes.size() / 2;
  VIGIL_TRY(write(*inode, inode->bytes.size(), bytes.substr(0, half)));
  VIGIL_TRY(write(*inode, inode->bytes.size(), bytes.substr(half)));
  VIGIL_TRY(sync(*inode));
  return sync_directory(std::string(parent_path(path)));
}

Result<void> SimDisk::rename(const std::string& from, const std::string& to) {
  if (!names_.contains(from)) return fail(Errc::not_found, from + ": no such file");
  VIGIL_TRY(begin_change("rename", from));
  move_name(from, to);
  return sync_directory(std::string(parent_path(to)));
}

Result<void> SimDisk::remove(const std::string& path) {
  if (!names_.contains(path)) return fail(Errc::not_found, path + ": no such file");
  VIGIL_TRY(begin_change("remove", path));
  unbind_name(path);
  return {};
}

// --- Logs --------------------------------------------------------------------------------------

void SimDisk::make_directory(const std::string& path) {
  for (std::string at = path; directories_.insert(at).second;) at = std::string(parent_path(at));
}

void SimDisk::log_append(const std::string& path, std::string_view bytes) {
  trace_.add("log append", path, bytes.size());
  auto inode = find(path);
  if (!inode) {
    make_directory(std::string(parent_path(path)));
    inode = new_inode();
    inode->is_log = true;
    names_[path] = inode;
    durable_names_[path] = inode;
  }
  if (bytes.empty()) return;
  inode->changes.push_back({Change::Kind::write, inode->bytes.size(), std::string(bytes), now_ns_});
  inode->bytes.append(bytes);
  touch(*inode);
}

void SimDisk::log_truncate(const std::string& path, std::uint64_t size) {
  trace_.add("log truncate", path, size);
  auto inode = find(path);
  check(inode != nullptr);
  inode->bytes.resize(static_cast<std::size_t>(size));
  inode->changes.push_back({Change::Kind::truncate, size, {}, now_ns_});
  touch(*inode);
}

void SimDisk::log_replace(const std::string& path, std::string_view bytes) {
  trace_.add("log replace", path, bytes.size());
  auto old = find(path);
  auto inode = new_inode();
  inode->is_log = true;
  inode->bytes = inode->durable = bytes;  // editors sync before they rename
  touch(*inode);
  names_[path] = inode;
  durable_names_[path] = inode;
  release(old);
}

void SimDisk::log_rename(const std::string& from, const std::string& to) {
  trace_.add("log rename", from + " " + to);
  auto inode = find(from);
  check(inode != nullptr);
  if (auto old = find(to)) release(old);
  names_.erase(from);
  durable_names_.erase(from);
  names_[to] = durable_names_[to] = inode;
}

void SimDisk::log_remove(const std::string& path) {
  trace_.add("log remove", path);
  auto inode = find(path);
  check(inode != nullptr);
  names_.erase(path);
  durable_names_.erase(path);
  release(inode);
}

/// Durable at once.
void SimDisk::erase_below(const std::string& directory) {
  const std::string prefix = join_path(directory, "");
  const auto is_below = [&](const auto& entry) { return entry.first.starts_with(prefix); };
  std::erase_if(names_, is_below);
  std::erase_if(durable_names_, is_below);
  std::erase_if(name_changes_,
                [&](const NameChange& change) { return change.directory == directory; });
}

/// Bytes that rot, whatever their owner wrote.
void SimDisk::overwrite(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  auto inode = find(path);
  check(inode != nullptr);
  write_back(path);
  put(inode->bytes, offset, bytes);
  write_back(path);
  touch(*inode);
}

void SimDisk::shorten(const std::string& path, std::uint64_t size) {
  auto inode = find(path);
  check(inode != nullptr);
  inode->bytes.resize(static_cast<std::size_t>(size));
  write_back(path);
  touch(*inode);
}

void SimDisk::write_back(const std::string& path) {
  auto inode = find(path);
  if (!inode) return;
  inode->durable = inode->bytes;
  inode->changes.clear();
}

// --- Crashes -----------------------------------------------------------------------------------

void SimDisk::set_time(WallTime now) {
  now_ns_ = std::max(now_ns_, unix_ms(now) * 1'000'000);
}

void SimDisk::disarm() {
  changes_left_.reset();
  sync_fails_ = false;
}

void SimDisk::kill() {
  is_dead_ = false;
  changes_left_.reset();
}

void SimDisk::cut_power() {
  kill();
  write_back_logs();
  settle_names();
  for (auto& [path, inode] : names_) {
    settle(*inode);
    if (inode->is_log) trace_.add("left of", path, inode->bytes.size());
  }
}

/// What the kernel wrote out in its own time before the power went: mostly all, sometimes what was
/// older than a few seconds, or than half a minute.
void SimDisk::write_back_logs() {
  const auto draw = dice_.below(16);
  const std::int64_t age_ms = draw == 0 ? 30'000 : draw == 1 ? dice_.between(500, 5'000) : 0;
  for (auto& [path, inode] : names_) {
    if (!inode->is_log) continue;
    auto& changes = inode->changes;
    const auto young = std::ranges::find_if(changes, [&](const Change& change) {
      return change.made_ns > now_ns_ - age_ms * 1'000'000;
    });
    for (auto at = changes.begin(); at != young; ++at) replay(inode->durable, *at);
    changes.erase(changes.begin(), young);
  }
}

/// Of each directory's changes a prefix has reached the disk.
void SimDisk::settle_names() {
  std::map<std::string, std::uint64_t> left;
  for (const auto& change : name_changes_) ++left[change.directory];
  for (auto& [directory, count] : left) count = dice_.below(count + 1);
  for (const auto& change : std::exchange(name_changes_, {})) {
    auto& kept = left[change.directory];
    if (kept == 0) {
      ++fired_["name lost in power cut"];
      continue;
    }
    --kept;
    if (!change.from.empty()) durable_names_.erase(change.from);
    if (!change.to.empty()) durable_names_[change.to] = change.inode;
  }
  names_ = durable_names_;
}

void SimDisk::settle(Inode& inode) {
  if (inode.changes.empty()) {
    inode.bytes = inode.durable;
  } else if (inode.is_log) {
    settle_log(inode);
  } else {
    settle_sectors(inode);
  }
  inode.durable = inode.bytes;
  inode.changes.clear();
  touch(inode);
}

void SimDisk::settle_log(Inode& inode) {
  std::string content = inode.durable;
  const auto kept = dice_.below(inode.changes.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) replay(content, inode.changes[i]);
  if (kept < inode.changes.size()) {
    ++fired_["log torn in power cut"];
    const Change& torn = inode.changes[kept];
    if (torn.kind == Change::Kind::write) {
      const auto bytes = std::string_view(torn.bytes).substr(0, dice_.below(torn.bytes.size()));
      put(content, torn.offset, bytes);
      if (dice_.one_in(4)) {
        ++fired_["NUL run in power cut"];
        content.resize(static_cast<std::size_t>(torn.offset) + torn.bytes.size());
      }
    }
  }
  inode.bytes = std::move(content);
}

void SimDisk::settle_sectors(Inode& inode) {
  const std::size_t sector = dice_.one_in(2) ? kSmallSector : kLargeSector;
  const auto count = inode.changes.size();
  const auto mood = dice_.below(3);  // nothing was written, anything, or everything up to a moment
  const auto moment = dice_.below(count + 1);
  const auto draw = [&] { return mood == 0 ? 0 : mood == 1 ? dice_.below(count + 1) : moment; };
  const auto sized = draw();
  std::map<std::uint64_t, std::uint64_t> written;  // sector -> changes of it that were
  std::string content = inode.durable;
  std::size_t size = content.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Change& change = inode.changes[i];
    if (change.kind == Change::Kind::truncate) {
      if (i < sized) content.resize(size = static_cast<std::size_t>(change.offset));
      continue;
    }
    if (i < sized)
      size = std::max(size, static_cast<std::size_t>(change.offset) + change.bytes.size());
    for (std::size_t at = 0; at < change.bytes.size();) {
      const auto begin = change.offset + at;
      const auto length = std::min<std::size_t>(sector - begin % sector, change.bytes.size() - at);
      const auto [place, is_new] = written.try_emplace(begin / sector, 0);
      if (is_new) place->second = draw();
      if (i < place->second) {
        put(content, begin, std::string_view(change.bytes).substr(at, length));
      } else {
        ++fired_["sector lost in power cut"];
      }
      at += length;
    }
  }
  content.resize(size);
  inode.bytes = std::move(content);
}

}  // namespace vigil::sim
