#include "agent/hub/store/stats_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "agent/hub/store/correction_table.h"
#include "agent/hub/store/event_scan.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/query_meaning.h"
#include "agent/hub/store/rollup.h"
#include "agent/hub/store/stats_grouping.h"

namespace vigil::agent {
namespace {

constexpr QuarterHours kReachOfMarks{24};  // covers kTimeoutMax on both sides

bool is_rolled_up(Dimension dimension) {
  return is_period(dimension) || index_of(dimension) < kRolledUpDimensions;
}

SlotRange overlap_of(SlotRange a, SlotRange b) {
  return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

/// Hands figures on under the names that their projects are told by.
class ToldSink final : public FigureSink {
 public:
  ToldSink(const Corrections& corrections, FigureSink& sink)
      : corrections_(corrections), sink_(sink) {}

  std::optional<std::uint32_t> group_of(const DimensionValues& values) override {
    return sink_.group_of(as_told(values, corrections_));
  }

  void add(std::uint32_t group, Slot slot, const Figures& figures) override {
    sink_.add(group, slot, figures);
  }

 private:
  const Corrections& corrections_;
  FigureSink& sink_;
};

/// Figures that were rolled up where they are fresh, the others from the heartbeats.
Result<void> collect_rolled_up(SQLite::Database& db, Names& names, SlotRange slots,
                               const TimeRules& rules, const Corrections& corrections,
                               FigureSink& sink) {
  const SlotRange marks{slots.begin - kReachOfMarks, slots.end + kReachOfMarks};
  const auto touched = touched_slots(db, marks, std::numeric_limits<std::int32_t>::max());
  auto stale = reached_from(touched, rules.reach());
  VIGIL_TRY(read_rollups(db, slots, stale, sink));
  for (SlotRange& range : stale) range = overlap_of(range, slots);
  scan_figures(db, names, stale, rules, corrections, sink);
  return {};
}

Stats with_texts(const StatsGrouping& grouping, const std::vector<Dimension>& by, Names& names) {
  Stats stats;
  stats.total = grouping.total();
  for (const auto& numbered : grouping.items()) {
    StatsItem& item = stats.items.emplace_back();
    item.figures = numbered.figures;
    for (std::size_t i = 0; i < by.size(); ++i) {
      item.keys.push_back(key_text(by[i], numbered.keys.at(i), names));
    }
  }
  sort_by_keys(stats.items);
  return stats;
}

}  // namespace

Result<Stats> read_stats(SQLite::Database& db, Names& names, const StatsQuery& query) {
  VIGIL_TRY(check_query(query));
  const TimeRules rules = rules_of(db, query);
  const Corrections corrections = corrections_of(db, names);
  StatsGrouping grouping(query.by, numbered_filters(query.filters, names), query.zone);
  ToldSink told(corrections, grouping);
  const SlotRange slots = slots_of(db, query, rules);
  const bool is_precomputed =
      rules.preset == Preset::vigil && rules.limits == stored_limits(db) &&
      std::ranges::all_of(query.by, is_rolled_up) &&
      std::ranges::all_of(query.filters, is_rolled_up, &StatsFilter::dimension);
  if (is_precomputed) {
    VIGIL_TRY(collect_rolled_up(db, names, slots, rules, corrections, told));
  } else {
    scan_figures(db, names, {&slots, 1}, rules, corrections, told);
  }
  if (grouping.is_full()) {
    return fail(Errc::malformed, "by: more than " + std::to_string(kStatsItemsMax) +
                                     " items, ask for fewer dimensions or days");
  }
  Stats stats = with_texts(grouping, query.by, names);
  stats.limits = rules.limits;
  return stats;
}

Result<bool> rollups_agree(SQLite::Database& db, Names& names) {
  using enum Dimension;
  const TimeRules rules{.limits = stored_limits(db)};
  const Corrections corrections = corrections_of(db, names);
  const SlotRange slots = slots_with_events(db, rules.reach());
  for (const auto& by :
       {std::vector{project, language, app, model}, std::vector{actor, machine, source, day}}) {
    StatsGrouping rolled_up(by, {}, {});
    StatsGrouping scanned(by, {}, {});
    VIGIL_TRY(collect_rolled_up(db, names, slots, rules, corrections, rolled_up));
    scan_figures(db, names, {&slots, 1}, rules, corrections, scanned);
    const auto texts = with_texts(rolled_up, by, names);
    if (texts != with_texts(scanned, by, names)) return false;
  }
  return true;
}

void sort_by_keys(std::vector<StatsItem>& items) {
  const auto is_before = [](const std::optional<std::string>& a,
                            const std::optional<std::string>& b) { return a && (!b || *a < *b); };
  std::ranges::sort(items, [&](const StatsItem& a, const StatsItem& b) {
    return std::ranges::lexicographical_compare(a.keys, b.keys, is_before);
  });
}

}  // namespace vigil::agent
