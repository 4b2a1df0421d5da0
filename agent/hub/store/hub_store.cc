#include "agent/hub/store/hub_store.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "agent/heartbeat/event_id.h"
#include "agent/heartbeat/heartbeat_json.h"
#include "agent/heartbeat/heartbeat_reader.h"
#include "agent/hub/store/batch_writer.h"
#include "agent/hub/store/correction_table.h"
#include "agent/hub/store/event_writer.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/rollup.h"
#include "agent/hub/store/store_database.h"
#include "agent/hub/store/store_repair.h"
#include "agent/hub/store/store_upkeep.h"
#include "base/failpoint.h"
#include "base/posix_file_system.h"
#include "base/unique_fd.h"

namespace vigil::agent {
namespace {

/// SQLite's own locks let two writers take turns; ours must be alone, since its checkpoints are.
Result<UniqueFd> lock_store(const std::string& path) {
  const std::string lock_path = path + ".lock";
  UniqueFd fd(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) {
    const int error = errno;
    const auto code = error == ENOENT ? Errc::not_found : error == EACCES ? Errc::denied : Errc::io;
    return fail(code, lock_path + ": " + std::generic_category().message(error));
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::busy,
                path + " is in use by another hub: stop that one, or give another path");
  }
  return fd;
}

/// What works inside transactions; made anew after one that was rolled back.
struct Writers {
  explicit Writers(SQLite::Database& db) : names(db), events(db, names), batches(db, names) {}

  Names names;
  EventWriter events;
  BatchWriter batches;
};

/// The row is one that could have been stored: what is not was garbled on the disk.
bool is_plausible(const Heartbeat& heartbeat) {
  const auto read = HeartbeatReader().read(to_json(heartbeat));
  return read && *read == heartbeat;
}

bool all_ids_are_valid(std::span<const Heartbeat> heartbeats) {
  return std::ranges::all_of(heartbeats, [](const Heartbeat& heartbeat) {
    return to_event_key(heartbeat.id.text()).has_value();
  });
}

}  // namespace

struct HubStore::State {
  State(std::string store_path, std::unique_ptr<FileSystem> disk, FileSystem& file_system,
        UniqueFd store_lock, const TimeLimits& time_limits)
      : path(std::move(store_path)),
        own_files(std::move(disk)),
        files(file_system),
        lock(std::move(store_lock)),
        limits(time_limits),
        repair(files, path) {}

  /// Makes what is not there: the connection, and what works on it.
  Result<void> connect() {
    if (!db) {
      auto opened = VIGIL_TRY(open_store_for_writing(path, files));
      VIGIL_TRY(with_store_errors(path, [&]() -> Result<void> {
        adopt_limits(*opened, limits);
        id = store_id(*opened);
        return {};
      }));
      db = std::move(opened);
    }
    if (writers) return {};
    return with_store_errors(path, [&]() -> Result<void> {
      writers = std::make_unique<Writers>(*db);
      return {};
    });
  }

  Result<void> open() {
    auto done = connect();
    if (done || done.error().code != Errc::damaged) return done;
    return begin_anew();
  }

  /// The store gives way to an empty one, in which what was forgotten stays forgotten, and what was
  /// corrected corrected.
  Result<void> begin_anew() {
    writers.reset();
    db.reset();
    const std::string aside = VIGIL_TRY(put_damaged_aside(files, path));
    failpoint("hub.renew");
    repair = StoreRepair(files, path);
    VIGIL_TRY(connect());
    take_over_forgotten(aside);
    take_over_corrections(aside);
    return {};
  }

  void take_over_corrections(const std::string& aside) {
    const auto old = open_store_for_reading(aside);
    if (!old) return;
    std::vector<Correction> corrections;
    (void)with_store_errors(aside, [&]() -> Result<void> {
      corrections = read_corrections(**old);
      return {};
    });
    (void)in_transaction([&] { copy_corrections(*db, writers->names, corrections); });
    writers.reset();
  }

  /// As far as the damaged store can still tell.
  void take_over_forgotten(const std::string& aside) {
    const auto old = open_store_for_reading(aside);
    if (!old) return;
    (void)in_transaction([&] {
      SQLite::Statement put(*db, "INSERT OR IGNORE INTO forgotten VALUES (?, ?, ?)");
      (void)with_store_errors(aside, [&]() -> Result<void> {
        SQLite::Statement select(**old,
                                 "SELECT text, id_time, id_hash FROM forgotten "
                                 "JOIN names ON names.id = forgotten.source");
        while (select.executeStep()) {
          put.reset();
          put.bind(1, writers->names.number_of(select.getColumn(0).getString()));
          put.bind(2, select.getColumn(1).getInt64());
          put.bind(3, select.getColumn(2).getInt64());
          put.exec();
        }
        return {};
      });
    });
    writers.reset();  // the next ones know what is forgotten
  }

  /// All or nothing, durable on return.
  Result<void> in_transaction(const std::function<void()>& work) {
    VIGIL_TRY(connect());
    const auto result = with_store_errors(path, [&]() -> Result<void> {
      SQLite::Transaction transaction(*db, SQLite::TransactionBehavior::IMMEDIATE);
      failpoint("hub.begin");
      work();
      failpoint("hub.commit.before");
      transaction.commit();
      failpoint("hub.commit.after");
      return {};
    });
    if (!result) writers.reset();
    return result;
  }

  Result<IngestOutcome> ingest(const IngestBatch& batch) {
    if (!all_ids_are_valid(batch.heartbeats)) {
      return fail(Errc::malformed, "a heartbeat has no valid id");
    }
    if (const auto known = writers->batches.find(batch)) {
      if (known->digest != batch.digest) {
        return fail(Errc::exists, "batch " + batch.id.text() + " came before with other content");
      }
      return known->outcome;
    }
    const auto source = writers->names.number_of(batch.source.text());
    const auto number = writers->batches.begin(batch, source);
    failpoint("hub.batch_row");
    auto outcome = write_events(batch, source, batch.is_salvaged ? kSalvagedBatch : number);
    writers->batches.finish(batch, source, number, outcome);
    failpoint("hub.batch_counted");
    return outcome;
  }

  IngestOutcome write_events(const IngestBatch& batch, std::int64_t source, std::int64_t number) {
    IngestOutcome outcome;
    for (std::size_t i = 0; i < batch.heartbeats.size(); ++i) {
      const auto write = writers->events.write(batch.heartbeats[i], source, number);
      switch (write.outcome) {
        case WriteOutcome::stored: ++outcome.stored; break;
        case WriteOutcome::duplicate: ++outcome.duplicate; continue;
        case WriteOutcome::revised: ++outcome.revised; break;
      }
      outcome.changes.push_back({i, write.seq});
    }
    return outcome;
  }

  std::string path;
  std::unique_ptr<FileSystem> own_files;  ///< where the caller has none
  FileSystem& files;
  UniqueFd lock;
  TimeLimits limits;
  StoreRepair repair;
  std::string id;
  std::unique_ptr<SQLite::Database> db;
  std::unique_ptr<Writers> writers;
};

HubStore::HubStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
HubStore::~HubStore() = default;

Result<std::unique_ptr<HubStore>> HubStore::open(const std::string& path, TimeLimits limits) {
  auto lock = VIGIL_TRY(lock_store(path));
  failpoint("hub.open.locked");
  auto files = std::make_unique<PosixFileSystem>();
  FileSystem& disk = *files;
  auto state = std::make_unique<State>(path, std::move(files), disk, std::move(lock), limits);
  VIGIL_TRY(state->open());
  return std::unique_ptr<HubStore>(new HubStore(std::move(state)));
}

Result<std::unique_ptr<HubStore>> HubStore::open(const std::string& path, FileSystem& files,
                                                 TimeLimits limits) {
  auto state = std::make_unique<State>(path, nullptr, files, UniqueFd(), limits);
  VIGIL_TRY(state->open());
  return std::unique_ptr<HubStore>(new HubStore(std::move(state)));
}

const std::string& HubStore::id() const {
  return state_->id;
}

Result<std::vector<Result<IngestOutcome>>> HubStore::ingest(std::span<const IngestBatch> batches) {
  std::vector<Result<IngestOutcome>> outcomes;
  outcomes.reserve(batches.size());
  VIGIL_TRY(state_->in_transaction([&] {
    for (const auto& batch : batches) outcomes.push_back(state_->ingest(batch));
    state_->writers->events.mark_slots();
  }));
  return outcomes;
}

Result<std::size_t> HubStore::roll_up(WallTime before, RollUpBudget budget) {
  std::size_t left = 0;
  VIGIL_TRY(state_->in_transaction([&] {
    left = roll_up_touched(*state_->db, state_->writers->names, state_->limits, slot_of(before),
                           budget);
  }));
  return left;
}

Result<std::size_t> HubStore::forget(const ForgetQuery& query) {
  if (query.filters.empty()) return fail(Errc::malformed, "what is to be forgotten is not said");
  std::size_t count = 0;
  VIGIL_TRY(state_->connect());
  VIGIL_TRY(with_store_errors(state_->path, [&]() -> Result<void> {
    state_->db->exec("PRAGMA secure_delete = ON");
    state_->db->exec("PRAGMA temp_store = MEMORY");  // no other folder may be written to
    return {};
  }));
  VIGIL_TRY(state_->in_transaction(
      [&] { count = forget_events(*state_->db, state_->writers->names, query); }));
  state_->writers.reset();  // they know texts and numbers that are void now
  VIGIL_TRY(with_store_errors(state_->path, [&]() -> Result<void> {
    state_->db->exec("PRAGMA secure_delete = OFF");
    // What was erased is in the log of writes still, as it was before.
    state_->db->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  }));
  return count;
}

Result<Correction> HubStore::correct(Correction correction, WallTime now) {
  correction.made_at = now;
  Result<Correction> made = correction;
  VIGIL_TRY(state_->in_transaction([&] {
    auto& db = *state_->db;
    if (auto checked = check_correction(correction, read_corrections(db)); !checked) {
      made = std::unexpected(std::move(checked).error());
      return;
    }
    made = add_correction(db, state_->writers->names, correction);
  }));
  state_->writers.reset();  // the number of the next row is another one
  return made;
}

Result<void> HubStore::undo_correction(std::int64_t id) {
  Result<void> undone;
  VIGIL_TRY(state_->in_transaction(
      [&] { undone = remove_correction(*state_->db, state_->writers->names, id); }));
  state_->writers.reset();
  return undone;
}

Result<void> HubStore::rebuild() {
  VIGIL_TRY(state_->in_transaction([&] { mark_everything(*state_->db); }));
  while (VIGIL_TRY(roll_up(WallTime::max())) != 0) {
  }
  return {};
}

Result<void> HubStore::vacuum() {
  VIGIL_TRY(state_->connect());
  state_->writers.reset();  // no statement may be open meanwhile
  return with_store_errors(state_->path, [&]() -> Result<void> {
    state_->db->exec("VACUUM");
    state_->db->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  });
}

Result<void> HubStore::renew() {
  return state_->begin_anew();
}

bool HubStore::needs_salvage() const {
  return state_->repair.is_wanted();
}

Result<std::size_t> HubStore::salvage(WallTime now) {
  auto page = VIGIL_TRY(state_->repair.next_page());
  std::map<SourceId, std::vector<Heartbeat>> by_source;
  for (auto& row : page.heartbeats) {
    if (is_plausible(row.heartbeat)) by_source[row.source].push_back(std::move(row.heartbeat));
  }
  std::vector<IngestBatch> batches;
  for (const auto& [source, heartbeats] : by_source) {
    IngestBatch& batch = batches.emplace_back();
    batch.source = source;
    batch.received = now;
    batch.heartbeats = heartbeats;
    batch.is_salvaged = true;
  }
  std::size_t stored = 0;
  if (!batches.empty()) {
    const auto outcomes = ingest(batches);
    if (!outcomes) {
      state_->repair.begin_anew();
      return std::unexpected(outcomes.error());
    }
    for (const auto& outcome : *outcomes) stored += outcome ? outcome->stored : 0;
  }
  failpoint("hub.salvage");
  if (page.is_last) VIGIL_TRY(state_->repair.finish());
  return stored;
}

}  // namespace vigil::agent
