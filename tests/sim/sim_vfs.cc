// SQLite's side is C: files are structs with a table of functions, made in memory that SQLite
// gives. Locks are not needed, since each database has one connection.

#include "tests/sim/sim_vfs.h"

#include <malloc.h>
#include <sqlite3.h>

#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "base/check.h"

namespace vigil::sim {

struct SimVfs::State {
  std::vector<Mount> mounts;
  Dice dice{0};
  std::function<WallTime()> wall_now;
  sqlite3_vfs vfs{};
  sqlite3_vfs* before = nullptr;

  [[nodiscard]] SimDisk& disk_of(std::string_view path) const {
    for (const auto& mount : mounts) {
      if (path.starts_with("/" + mount.name + "/")) return *mount.disk;
    }
    return *mounts.front().disk;  // temporary files
  }
};

namespace {

constexpr int kSectorBytes = 4096;

/// What a connection holds of one file.
struct OpenFile {
  SimDisk* disk = nullptr;
  SimDisk::InodePtr inode;
  std::string path;
  bool syncs_directory = false;  ///< with its first sync, so that its name is durable too
  bool is_temporary = false;
  std::vector<std::unique_ptr<char[]>> shared;
};

struct SqliteFile {
  sqlite3_file base{};
  OpenFile* open = nullptr;
};

OpenFile& open_of(sqlite3_file* file) {
  return *reinterpret_cast<SqliteFile*>(file)
              ->open;  // SQLite hands back what simulated_open() made
}

SimVfs::State& state_of(sqlite3_vfs* vfs);

int write_code(const Error& error) {
  if (error.code == Errc::full) return SQLITE_FULL;
  if (error.code == Errc::denied) return SQLITE_READONLY;
  return SQLITE_IOERR_WRITE;
}

int close_file(sqlite3_file* file) {
  delete reinterpret_cast<SqliteFile*>(file)->open;
  return SQLITE_OK;
}

int read_file_at(sqlite3_file* file, void* out, int amount, sqlite3_int64 offset) {
  const OpenFile& open = open_of(file);
  if (open.disk->is_dead()) return SQLITE_IOERR_READ;
  const auto content = SimDisk::content(*open.inode);
  const auto at = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(amount);
  const auto got = at >= content.size() ? 0 : std::min(wanted, content.size() - at);
  if (got > 0) std::memcpy(out, content.data() + at, got);
  if (got == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + got, 0, wanted - got);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int amount, sqlite3_int64 offset) {
  OpenFile& open = open_of(file);
  const std::string_view text(static_cast<const char*>(bytes), static_cast<std::size_t>(amount));
  const auto done = open.disk->write(*open.inode, static_cast<std::uint64_t>(offset), text);
  return done ? SQLITE_OK : write_code(done.error());
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& open = open_of(file);
  const auto done = open.disk->truncate(*open.inode, static_cast<std::uint64_t>(size));
  return done ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync_file(sqlite3_file* file, int /*flags*/) {
  OpenFile& open = open_of(file);
  if (open.is_temporary) return SQLITE_OK;
  if (!open.disk->sync(*open.inode)) return SQLITE_IOERR_FSYNC;
  if (!open.syncs_directory) return SQLITE_OK;
  if (!open.disk->sync_directory(std::string(parent_path(open.path)))) {
    return SQLITE_IOERR_DIR_FSYNC;
  }
  open.syncs_directory = false;
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  const OpenFile& open = open_of(file);
  if (open.disk->is_dead()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(SimDisk::content(*open.inode).size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* /*file*/, int /*level*/) {
  return SQLITE_OK;
}

int check_lock(sqlite3_file* /*file*/, int* is_locked) {
  *is_locked = 0;
  return SQLITE_OK;
}

int control_file(sqlite3_file* /*file*/, int /*what*/, void* /*argument*/) {
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file* /*file*/) {
  return kSectorBytes;
}

/// As of ordinary disks under Linux: bytes beside those that are written are not harmed.
int characteristics(sqlite3_file* /*file*/) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  OpenFile& open = open_of(file);
  const auto index = static_cast<std::size_t>(region);
  *out = nullptr;
  if (index >= open.shared.size() && extend == 0) return SQLITE_OK;
  while (open.shared.size() <= index) {
    open.shared.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *out = open.shared[index].get();
  return SQLITE_OK;
}

int lock_shared(sqlite3_file* /*file*/, int /*offset*/, int /*count*/, int /*flags*/) {
  return SQLITE_OK;
}

void barrier(sqlite3_file* /*file*/) {}

int unmap_shared(sqlite3_file* file, int /*erase*/) {
  open_of(file).shared.clear();
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods{2,
                                  close_file,
                                  read_file_at,
                                  write_file,
                                  truncate_file,
                                  sync_file,
                                  size_of_file,
                                  lock_file,
                                  lock_file,
                                  check_lock,
                                  control_file,
                                  sector_size,
                                  characteristics,
                                  map_shared,
                                  lock_shared,
                                  barrier,
                                  unmap_shared,
                                  nullptr,
                                  nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  std::memset(file, 0, sizeof(SqliteFile));  // SQLite closes only what has methods
  SimVfs::State& state = state_of(vfs);
  auto open = std::make_unique<OpenFile>();
  open->path = name == nullptr ? "" : name;
  open->disk = &state.disk_of(open->path);
  if (open->disk->is_dead()) return SQLITE_CANTOPEN;
  if (name == nullptr) {
    open->is_temporary = true;
    const auto made = open->disk->make("/temporary");
    if (!made) return SQLITE_CANTOPEN;
    open->inode = *made;
    if (!open->disk->remove("/temporary")) return SQLITE_CANTOPEN;
  } else {
    open->inode = open->disk->find(open->path);
    if (!open->inode) {
      if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
      auto made = open->disk->make(open->path);
      if (!made) return SQLITE_CANTOPEN;
      open->inode = *std::move(made);
    }
    // As SQLite's own layer does it: also for a journal that it did not make just now.
    const bool is_journal = (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    open->syncs_directory = is_journal && (flags & SQLITE_OPEN_CREATE) != 0;
  }
  if (out_flags != nullptr) *out_flags = flags;
  auto* made = reinterpret_cast<SqliteFile*>(file);
  made->open = open.release();
  made->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
  SimDisk& disk = state_of(vfs).disk_of(name);
  if (disk.is_dead()) return SQLITE_IOERR_DELETE;
  if (!disk.find(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (!disk.remove(name)) return SQLITE_IOERR_DELETE;
  if (sync_directory == 0) return SQLITE_OK;
  return disk.sync_directory(std::string(parent_path(name))) ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  const auto inode = state_of(vfs).disk_of(name).find(name);
  const bool is_any = inode && (flags != SQLITE_ACCESS_EXISTS || !SimDisk::content(*inode).empty());
  *out = is_any ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs* /*vfs*/, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int count, char* out) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<char>(state_of(vfs).dice.next() >> 56U);
  return count;
}

int sleep_not(sqlite3_vfs* /*vfs*/, int microseconds) {
  return microseconds;
}

int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* out) {
  constexpr sqlite3_int64 kJulian1970 = 210'866'760'000'000;  // ms
  *out = kJulian1970 + unix_ms(state_of(vfs).wall_now());
  return SQLITE_OK;
}

int current_time(sqlite3_vfs* vfs, double* out) {
  sqlite3_int64 ms = 0;
  current_time_ms(vfs, &ms);
  *out = static_cast<double>(ms) / 86'400'000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs* /*vfs*/, int /*size*/, char* /*out*/) {
  return 0;
}

SimVfs::State& state_of(sqlite3_vfs* vfs) {
  return *static_cast<SimVfs::State*>(vfs->pAppData);
}

}  // namespace

void SimVfs::tune_process() {
  check(sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK);
  check(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK);
  constexpr int kKept = 256 * 1024 * 1024;
  mallopt(M_TRIM_THRESHOLD, kKept);
  mallopt(M_MMAP_THRESHOLD, kKept);
}

SimVfs::SimVfs(std::vector<Mount> mounts, std::uint64_t seed, std::function<WallTime()> wall_now)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.mounts = std::move(mounts);
  state.dice = Dice(seed);
  state.wall_now = std::move(wall_now);
  sqlite3_vfs& vfs = state.vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(SqliteFile);
  vfs.mxPathname = 512;
  vfs.zName = "simulated";
  vfs.pAppData = &state;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  vfs.xAccess = access_file;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep_not;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  vfs.xCurrentTimeInt64 = current_time_ms;
  state.before = sqlite3_vfs_find(nullptr);
  check(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
  // SQLite keeps one generator for the process: let it take its seed from ours.
  sqlite3_randomness(0, nullptr);
}

SimVfs::~SimVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
  sqlite3_vfs_register(state_->before, 1);
}

}  // namespace vigil::sim
