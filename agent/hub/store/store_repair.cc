#include "agent/hub/store/store_repair.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/hub/store/event_export.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/store_database.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kDamaged = ".damaged-";
constexpr std::string_view kSalvaged = ".salvaged-";

/// So many rows are tried one by one behind a place that cannot be read; then ever longer steps are
/// made.
constexpr int kSmallSteps = 4'096;
constexpr std::int64_t kSeqMax = std::int64_t{1} << 48;

/// Names of the form `<path><mark>N`, by N.
std::vector<std::pair<std::uint64_t, std::string>> numbered(const FileSystem& files,
                                                            const std::string& path,
                                                            std::string_view mark) {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  const std::string prefix = std::string(file_name(path)) + std::string(mark);
  const auto entries = files.list(std::string(parent_path(path)));
  if (!entries) return found;
  for (const auto& entry : *entries) {
    if (!entry.name.starts_with(prefix)) continue;
    const std::string_view digits = std::string_view(entry.name).substr(prefix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    if (error != std::errc{} || end != digits.end()) continue;  // its log of writes
    found.emplace_back(number, join_path(parent_path(path), entry.name));
  }
  std::ranges::sort(found);
  return found;
}

std::uint64_t next_number(const FileSystem& files, const std::string& path) {
  std::uint64_t last = 0;
  for (const auto mark : {kDamaged, kSalvaged}) {
    const auto known = numbered(files, path, mark);
    if (!known.empty()) last = std::max(last, known.back().first);
  }
  return last + 1;
}

Result<void> rename_store(FileSystem& files, const std::string& from, const std::string& to) {
  // First what belongs to it: a store without its log of writes is older than it was, a log
  // without its store is nothing.
  for (const char* suffix : {"-wal", "-shm"}) {
    if (auto moved = files.rename(from + suffix, to + suffix);
        !moved && moved.error().code != Errc::not_found) {
      return moved;
    }
    failpoint("hub.put_aside");
  }
  return files.rename(from, to);
}

}  // namespace

Result<std::string> put_damaged_aside(FileSystem& files, const std::string& path) {
  std::string aside = path + std::string(kDamaged) + std::to_string(next_number(files, path));
  VIGIL_TRY(rename_store(files, path, aside));
  return aside;
}

/// One damaged store that is being read.
struct StoreRepair::Damaged {
  explicit Damaged(const std::string& path)
      : db(path, SQLite::OPEN_READONLY), names(db), rows(db, names) {
    db.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
  }

  Page next() {
    auto heartbeats = read(single_rows > 0 ? 1 : kPageMax);
    if (!heartbeats) {
      if (single_rows > 0) step_over();
      single_rows = kPageMax;
      return {{}, after > kSeqMax};
    }
    tried = 0;
    if (single_rows > 0) --single_rows;
    if (heartbeats->empty()) return {{}, true};
    after = heartbeats->back().seq;
    return {*std::move(heartbeats), false};
  }

  SQLite::Database db;
  Names names;
  EventExport rows;
  std::int64_t after = 0;       ///< rows up to this number are done with
  std::size_t single_rows = 0;  ///< to be read one by one before whole pages are tried again
  int tried = 0;                ///< steps over one place that cannot be read

 private:
  void step_over() {
    ++tried;
    after += tried <= kSmallSteps ? 1 : std::int64_t{1} << std::min(tried - kSmallSteps, 48);
  }

  std::optional<std::vector<ExportedHeartbeat>> read(std::size_t count) {
    try {
      return rows.stored_after(after, count);
    } catch (const std::exception&) {  // SQLite's, and what a garbled row breaks elsewhere
      return std::nullopt;
    }
  }
};

StoreRepair::StoreRepair(FileSystem& files, std::string path)
    : files_(&files), path_(std::move(path)) {
  for (auto& [number, name] : numbered(files, path_, kDamaged)) waiting_.push_back(std::move(name));
}
StoreRepair::~StoreRepair() = default;
StoreRepair::StoreRepair(StoreRepair&&) noexcept = default;
StoreRepair& StoreRepair::operator=(StoreRepair&&) noexcept = default;

Result<StoreRepair::Page> StoreRepair::next_page() {
  if (!open_) {
    const auto opened = with_store_errors(waiting_.front(), [this]() -> Result<void> {
      open_ = std::make_unique<Damaged>(waiting_.front());
      return {};
    });
    if (!opened) {
      const bool passes = opened.error().code == Errc::busy || opened.error().code == Errc::full;
      if (passes) return std::unexpected(opened.error());
      return Page{{}, true};  // nothing in it can be read
    }
  }
  return open_->next();
}

void StoreRepair::begin_anew() {
  open_.reset();
}

Result<void> StoreRepair::finish() {
  open_.reset();
  const std::string& from = waiting_.front();
  std::string to = from;
  to.replace(to.rfind(kDamaged), kDamaged.size(), kSalvaged);
  VIGIL_TRY(rename_store(*files_, from, to));
  waiting_.erase(waiting_.begin());
  const auto kept = numbered(*files_, path_, kSalvaged);
  for (std::size_t i = 0; i + kSalvagedMax < kept.size(); ++i) {
    for (const char* suffix : {"-wal", "-shm", ""}) {
      (void)files_->remove(kept[i].second + suffix);  // best effort: only old copies
    }
  }
  return {};
}

}  // namespace vigil::agent
