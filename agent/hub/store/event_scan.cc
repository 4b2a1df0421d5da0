#include "agent/hub/store/event_scan.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <optional>

#include "agent/hub/store/names.h"

namespace vigil::agent {
namespace {

constexpr QuarterHours kPieceLength{96};  // a day; shorter where it holds too many heartbeats

constexpr const char* kSelect =
    "SELECT time, source, actor, action, tool_class, origin, session, project, language, model, "
    "tokens_input, tokens_cache_read, tokens_cache_write, tokens_output, tokens_reasoning, "
    "branch, category, entity, tool, entity_type, seq FROM events WHERE time >= ? AND time < ? AND "
    "same_as IS NULL "
    "ORDER BY time, id_time, id_hash";

std::int64_t ms_of(WallTime time) {
  return unix_ms(time);
}

/// One row of kSelect, its columns in order.
class ScannedEvent {
 public:
  explicit ScannedEvent(SQLite::Statement& row) : row_(row) {}

  [[nodiscard]] Moment moment() const {
    const auto session =
        static_cast<std::uint64_t>(number(1)) << 32 | static_cast<std::uint64_t>(number(6));
    return {from_unix_ms(number(0)), static_cast<parser::Actor>(number(2)),
            static_cast<parser::Action>(number(3)), session};
  }

  [[nodiscard]] std::int64_t project() const { return number(7); }

  [[nodiscard]] DimensionValues values(std::int64_t settled_project, Names& names) const {
    const Origin& origin = names.origin(number(5));
    const auto part = [&](OriginPart which) { return origin.at(static_cast<std::size_t>(which)); };
    return {settled_project,
            number(8),
            part(OriginPart::app),
            number(9),
            number(2) + 1,
            part(OriginPart::machine),
            number(1),
            number(4),
            number(6),
            number(15),
            number(16),
            number(17),
            part(OriginPart::os),
            number(3) + 1,
            number(18),
            number(19) + 1};
  }

  [[nodiscard]] std::int64_t seq() const { return number(20); }

  [[nodiscard]] Figures counts() const {
    Figures figures;
    figures.heartbeats = 1;
    figures.tokens = {number(10), number(11), number(12), number(13), number(14)};
    return figures;
  }

 private:
  /// 0 for NULL.
  [[nodiscard]] std::int64_t number(int column) const { return row_.getColumn(column).getInt64(); }

  SQLite::Statement& row_;
};

class Scan {
 public:
  Scan(SQLite::Database& db, Names& names, const TimeRules& rules, const Corrections& corrections,
       ScanSink& sink)
      : select_(db, kSelect),
        first_(db, "SELECT time FROM events WHERE time >= ? ORDER BY time LIMIT 1"),
        count_(db, "SELECT count(*) FROM events WHERE time >= ? AND time < ?"),
        names_(names),
        rules_(rules),
        corrections_(corrections),
        sink_(sink) {}

  void run(SlotRange slots) {
    while (const auto piece = next_piece(slots)) {
      account(*piece);
      slots.begin = piece->end;
    }
  }

 private:
  /// Skips what no heartbeat reaches, and is short enough to be kept in memory.
  std::optional<SlotRange> next_piece(SlotRange slots) {
    if (slots.begin >= slots.end) return std::nullopt;
    first_.reset();
    first_.bind(1, ms_of(WallTime(slots.begin) - rules_.reach()));
    if (!first_.executeStep()) return std::nullopt;
    const Slot first = slot_of(from_unix_ms(first_.getColumn(0).getInt64()));
    first_.reset();
    const Slot begin = std::max(slots.begin, first);
    if (begin >= slots.end) return std::nullopt;
    auto length = std::min<QuarterHours>(kPieceLength, slots.end - begin);
    while (length > QuarterHours{1} && count({begin, begin + length}) > kScanHeartbeats) {
      length /= 2;
    }
    return SlotRange{begin, begin + length};
  }

  std::size_t count(SlotRange slots) {
    count_.reset();
    count_.bind(1, ms_of(slots.begin));
    count_.bind(2, ms_of(slots.end));
    count_.executeStep();
    const auto number = static_cast<std::size_t>(count_.getColumn(0).getInt64());
    count_.reset();
    return number;
  }

  void account(SlotRange slots) {
    moments_.clear();
    numbers_.clear();
    select_.reset();
    select_.bind(1, ms_of(WallTime(slots.begin) - rules_.reach()));
    select_.bind(2, ms_of(WallTime(slots.end) + rules_.reach()));
    while (select_.executeStep()) take(ScannedEvent(select_), slots);
    select_.reset();
    account_time(moments_, rules_, slots, [this](const TimeShare& share) {
      if (const auto number = numbers_[share.owner]) sink_.share(*number, share);
    });
  }

  void take(const ScannedEvent& event, SlotRange slots) {
    const Moment moment = event.moment();
    const auto project = corrections_.settled(event.project(), moment.time);
    if (!project) return;
    const ScannedHeartbeat heartbeat{event.seq(), moment, event.values(*project, names_),
                                     event.counts()};
    moments_.push_back(heartbeat.moment);
    const auto number = numbers_.emplace_back(sink_.note(heartbeat));
    const Slot slot = slot_of(heartbeat.moment.time);
    if (number && slot >= slots.begin && slot < slots.end) sink_.count(*number, heartbeat);
  }

  SQLite::Statement select_;
  SQLite::Statement first_;
  SQLite::Statement count_;
  Names& names_;
  TimeRules rules_;
  const Corrections& corrections_;
  ScanSink& sink_;
  std::vector<Moment> moments_;
  std::vector<std::optional<std::uint32_t>> numbers_;  ///< of each moment
};

/// Turns what a scan sees into figures of slots.
class FigureScan final : public ScanSink {
 public:
  explicit FigureScan(FigureSink& sink) : sink_(sink) {}

  std::optional<std::uint32_t> note(const ScannedHeartbeat& heartbeat) override {
    return sink_.group_of(heartbeat.values);
  }

  void count(std::uint32_t group, const ScannedHeartbeat& heartbeat) override {
    sink_.add(group, slot_of(heartbeat.moment.time), heartbeat.counts);
  }

  void share(std::uint32_t group, const TimeShare& share) override {
    Figures figures;
    figures.human = share.human;
    figures.agent = share.agent;
    figures.united = share.united;
    sink_.add(group, share.slot, figures);
  }

 private:
  FigureSink& sink_;
};

}  // namespace

void scan_events(SQLite::Database& db, Names& names, SlotRange slots, const TimeRules& rules,
                 const Corrections& corrections, ScanSink& sink) {
  Scan(db, names, rules, corrections, sink).run(slots);
}

void scan_figures(SQLite::Database& db, Names& names, std::span<const SlotRange> ranges,
                  const TimeRules& rules, const Corrections& corrections, FigureSink& sink) {
  FigureScan figures(sink);
  Scan scan(db, names, rules, corrections, figures);
  for (const SlotRange range : ranges) scan.run(range);
}

SlotRange slots_with_events(SQLite::Database& db, milliseconds reach) {
  const auto end_time = [&db](const char* sql) { return db.execAndGet(sql).getInt64(); };
  if (end_time("SELECT EXISTS (SELECT 1 FROM events)") == 0) return {};
  const auto first = from_unix_ms(end_time("SELECT min(time) FROM events"));
  const auto last = from_unix_ms(end_time("SELECT max(time) FROM events"));
  return {slot_of(first), slot_of(last + reach) + QuarterHours{1}};
}

std::vector<SlotRange> reached_from(const std::vector<Slot>& touched, milliseconds reach) {
  const auto slots = std::chrono::ceil<QuarterHours>(reach);
  std::vector<SlotRange> ranges;
  for (const Slot slot : touched) {
    const SlotRange around{slot - slots, slot + slots + QuarterHours{1}};
    if (!ranges.empty() && around.begin <= ranges.back().end) {
      ranges.back().end = around.end;
    } else {
      ranges.push_back(around);
    }
  }
  return ranges;
}

}  // namespace vigil::agent
