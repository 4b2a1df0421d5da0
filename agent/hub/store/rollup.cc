#include "agent/hub/store/rollup.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "agent/hub/store/correction_table.h"
#include "agent/hub/store/event_scan.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/rollup_format.h"
#include "agent/hub/store/store_upkeep.h"

namespace vigil::agent {
namespace {

std::int64_t number_of(Slot slot) {
  return slot.time_since_epoch().count();
}
Slot slot_at(std::int64_t number) {
  return Slot{QuarterHours{number}};
}

/// Collects figures by slot, under the numbers that table `groups` gives to combinations of the
/// rolled up dimensions.
class RollUpSink final : public FigureSink {
 public:
  explicit RollUpSink(SQLite::Database& db)
      : db_(db),
        find_(db,
              "SELECT id FROM groups WHERE project = ? AND language = ? AND app = ? AND "
              "model = ? AND actor = ? AND machine = ? AND source = ?"),
        add_(db,
             "INSERT INTO groups(project, language, app, model, actor, machine, source) "
             "VALUES (?, ?, ?, ?, ?, ?, ?)") {}

  std::optional<std::uint32_t> group_of(const DimensionValues& values) override {
    Key key{};
    std::copy_n(values.begin(), key.size(), key.begin());
    const auto known = groups_.find(key);
    if (known != groups_.end()) return known->second;
    return groups_.emplace(key, stored_group(key)).first->second;
  }

  void add(std::uint32_t group, Slot slot, const Figures& figures) override {
    slots_[slot][group] += figures;
  }

  [[nodiscard]] const std::map<Slot, SlotFigures>& slots() const { return slots_; }

 private:
  using Key = std::array<std::int64_t, kRolledUpDimensions>;

  std::uint32_t stored_group(const Key& key) {
    for (auto* statement : {&find_, &add_}) {
      statement->reset();
      for (std::size_t i = 0; i < key.size(); ++i) {
        statement->bind(static_cast<int>(i + 1), key[i]);
      }
    }
    if (find_.executeStep()) return find_.getColumn(0).getUInt();
    add_.exec();
    return static_cast<std::uint32_t>(db_.getLastInsertRowid());
  }

  SQLite::Database& db_;
  SQLite::Statement find_;
  SQLite::Statement add_;
  std::map<Key, std::uint32_t> groups_;
  std::map<Slot, SlotFigures> slots_;
};

/// As many of the touched slots as the budget allows, at least one.
std::vector<Slot> within_budget(SQLite::Database& db, std::vector<Slot> touched,
                                const RollUpBudget& budget) {
  SQLite::Statement count(db, "SELECT count(*) FROM events WHERE time >= ? AND time < ?");
  std::size_t heartbeats = 0;
  std::size_t taken = 0;
  while (taken < touched.size() && taken < budget.slots && heartbeats <= budget.heartbeats) {
    const Slot slot = touched[taken++];
    count.reset();
    count.bind(1, unix_ms(slot));
    count.bind(2, unix_ms(slot + QuarterHours{1}));
    count.executeStep();
    heartbeats += static_cast<std::size_t>(count.getColumn(0).getInt64());
  }
  touched.resize(taken);
  return touched;
}

void store_figures(SQLite::Database& db, std::span<const SlotRange> ranges,
                   const RollUpSink& sink) {
  SQLite::Statement clear(db, "DELETE FROM rollups WHERE slot >= ? AND slot < ?");
  for (const SlotRange range : ranges) {
    clear.reset();
    clear.bind(1, number_of(range.begin));
    clear.bind(2, number_of(range.end));
    clear.exec();
  }
  SQLite::Statement insert(db, "INSERT INTO rollups(slot, figures) VALUES (?, ?)");
  for (const auto& [slot, figures] : sink.slots()) {
    const std::string bytes = encode_figures(figures);
    insert.reset();
    insert.bind(1, number_of(slot));
    insert.bindNoCopy(2, bytes.data(), static_cast<int>(bytes.size()));
    insert.exec();
  }
}

void unmark(SQLite::Database& db, const std::vector<Slot>& touched) {
  SQLite::Statement remove(db, "DELETE FROM dirty WHERE slot = ?");
  for (const Slot slot : touched) {
    remove.reset();
    remove.bind(1, number_of(slot));
    remove.exec();
  }
}

/// What each group stands for in the eyes of a sink; nothing for groups that it does not want.
std::vector<std::optional<std::uint32_t>> groups_for(SQLite::Database& db, FigureSink& sink) {
  std::vector<std::optional<std::uint32_t>> groups;
  SQLite::Statement all(db,
                        "SELECT id, project, language, app, model, actor, machine, source "
                        "FROM groups ORDER BY id");
  while (all.executeStep()) {
    DimensionValues values{};
    for (std::size_t i = 0; i < kRolledUpDimensions; ++i) {
      values.at(i) = all.getColumn(static_cast<int>(i + 1)).getInt64();
    }
    groups.resize(static_cast<std::size_t>(all.getColumn(0).getInt64()));
    groups.push_back(sink.group_of(values));
  }
  return groups;
}

constexpr const char* kHumanLimit = "human_timeout_ms";
constexpr const char* kAgentLimit = "agent_gap_ms";

milliseconds setting(SQLite::Database& db, const char* name, milliseconds otherwise) {
  SQLite::Statement find(db, "SELECT value FROM settings WHERE name = ?");
  find.bind(1, name);
  return find.executeStep() ? milliseconds{find.getColumn(0).getInt64()} : otherwise;
}

void set(SQLite::Database& db, const char* name, milliseconds value) {
  SQLite::Statement put(db, "INSERT OR REPLACE INTO settings(name, value) VALUES (?, ?)");
  put.bind(1, name);
  put.bind(2, static_cast<std::int64_t>(value.count()));
  put.exec();
}

}  // namespace

std::vector<Slot> touched_slots(SQLite::Database& db, SlotRange slots, std::size_t limit) {
  SQLite::Statement select(
      db, "SELECT slot FROM dirty WHERE slot >= ? AND slot < ? ORDER BY slot LIMIT ?");
  select.bind(1, number_of(slots.begin));
  select.bind(2, number_of(slots.end));
  select.bind(3, static_cast<std::int64_t>(limit));
  std::vector<Slot> touched;
  while (select.executeStep()) touched.push_back(slot_at(select.getColumn(0).getInt64()));
  return touched;
}

std::size_t roll_up_touched(SQLite::Database& db, Names& names, const TimeLimits& limits,
                            Slot before, const RollUpBudget& budget) {
  const SlotRange eligible{Slot::min(), before};
  const auto touched = within_budget(db, touched_slots(db, eligible, budget.slots + 1), budget);
  const auto ranges = reached_from(touched, limits.reach());
  RollUpSink sink(db);
  scan_figures(db, names, ranges, {.limits = limits}, corrections_of(db, names), sink);
  store_figures(db, ranges, sink);
  unmark(db, touched);
  SQLite::Statement left(db, "SELECT count(*) FROM dirty WHERE slot < ?");
  left.bind(1, number_of(before));
  left.executeStep();
  return static_cast<std::size_t>(left.getColumn(0).getInt64());
}

Result<void> read_rollups(SQLite::Database& db, SlotRange slots, std::span<const SlotRange> stale,
                          FigureSink& sink) {
  const auto groups = groups_for(db, sink);
  SQLite::Statement select(
      db, "SELECT slot, figures FROM rollups WHERE slot >= ? AND slot < ? ORDER BY slot");
  select.bind(1, number_of(slots.begin));
  select.bind(2, number_of(slots.end));
  while (select.executeStep()) {
    const Slot slot = slot_at(select.getColumn(0).getInt64());
    while (!stale.empty() && stale.front().end <= slot) stale = stale.subspan(1);
    if (!stale.empty() && stale.front().begin <= slot) continue;
    const auto blob = select.getColumn(1);
    const std::string_view bytes(static_cast<const char*>(blob.getBlob()),
                                 static_cast<std::size_t>(blob.getBytes()));
    FigureDecoder decoder(bytes);
    while (const auto entry = decoder.next()) {
      const auto group = entry->group < groups.size() ? groups[entry->group] : std::nullopt;
      if (group) sink.add(*group, slot, entry->figures);
    }
    if (decoder.is_damaged()) return fail(Errc::damaged, "table rollups is damaged");
  }
  return {};
}

TimeLimits stored_limits(SQLite::Database& db) {
  const TimeLimits standard;
  return {setting(db, kHumanLimit, standard.human), setting(db, kAgentLimit, standard.agent)};
}

void adopt_limits(SQLite::Database& db, const TimeLimits& limits) {
  if (stored_limits(db) == limits) return;
  SQLite::Transaction transaction(db);
  set(db, kHumanLimit, limits.human);
  set(db, kAgentLimit, limits.agent);
  mark_everything(db);
  transaction.commit();
}

}  // namespace vigil::agent
