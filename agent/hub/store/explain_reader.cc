// Both go over the heartbeats once and keep what they see: an explanation the heartbeats and their
// times, and both the intervals, which IntervalBuilder joins.

#include "agent/hub/store/explain_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "agent/hub/store/correction_table.h"
#include "agent/hub/store/event_export.h"
#include "agent/hub/store/event_scan.h"
#include "agent/hub/store/names.h"
#include "agent/hub/store/query_meaning.h"

namespace vigil::agent {
namespace {

std::unexpected<Error> too_much() {
  return fail(Errc::malformed, "range: more than " + std::to_string(kIntervalsMax) +
                                   " intervals or " + std::to_string(kIntervalHeartbeatsMax) +
                                   " heartbeats, ask for fewer days or a filter");
}

/// The lowest bits of Moment::session.
std::int64_t session_of(const Moment& moment) {
  return static_cast<std::int64_t>(moment.session & 0xFFFFFFFFU);
}

/// A heartbeat that was seen.
struct Noted {
  ExplainCursor place;
  std::int64_t project = 0;  ///< as it is told
  std::uint32_t lane = 0;    ///< of its agent's turns
  bool is_counted = false;
  Figures time{};
  std::optional<WallTime> begin{};
  std::optional<WallTime> end{};
};

class ExplainScan final : public ScanSink {
 public:
  ExplainScan(std::vector<ValueFilter> filters, Preset preset, const Corrections& corrections)
      : filters_(std::move(filters)), preset_(preset), corrections_(corrections) {}

  std::optional<std::uint32_t> note(const ScannedHeartbeat& heartbeat) override {
    const DimensionValues values = as_told(heartbeat.values, corrections_);
    if (!passes(values, filters_)) return std::nullopt;
    // One that lies around the border of two pieces is seen twice.
    const auto known = numbers_.find(heartbeat.seq);
    if (known != numbers_.end()) return known->second;
    is_full_ = is_full_ || noted_.size() == kIntervalHeartbeatsMax;
    if (is_full_) return std::nullopt;
    const auto number = static_cast<std::uint32_t>(noted_.size());
    numbers_.emplace(heartbeat.seq, number);
    noted_.push_back({.place = {unix_ms(heartbeat.moment.time), heartbeat.seq},
                      .project = values[index_of(Dimension::project)],
                      .lane = lane_of(heartbeat.moment)});
    return number;
  }

  void count(std::uint32_t number, const ScannedHeartbeat& heartbeat) override {
    noted_[number].is_counted = true;
    total_ += heartbeat.counts;
  }

  void share(std::uint32_t number, const TimeShare& share) override {
    Noted& noted = noted_[number];
    Figures time;
    time.human = share.human;
    time.agent = share.agent;
    time.united = share.united;
    noted.time += time;
    total_ += time;
    if (!noted.begin) noted.begin = share.begin;
    noted.end = share.end;
    const bool is_turn = preset_ == Preset::vigil && share.actor == parser::Actor::agent;
    intervals_.add(is_turn ? noted.lane : 0, noted.place.seq, share);
  }

  [[nodiscard]] bool is_full() const { return is_full_ || intervals_.is_full(); }
  [[nodiscard]] const Figures& total() const { return total_; }

  [[nodiscard]] std::vector<ExplainedInterval> take_intervals(Names& names) {
    std::vector<ExplainedInterval> explained;
    for (Interval& interval : std::move(intervals_).take()) {
      const std::int64_t session = interval.lane == 0 ? 0 : sessions_.at(interval.lane - 1);
      explained.push_back(
          {interval, session == 0 ? std::nullopt : std::optional(names.text_of(session))});
    }
    return explained;
  }

  /// Those that have a part in the total, behind `after`, in order.
  [[nodiscard]] std::vector<Noted> page(const std::optional<ExplainCursor>& after,
                                        std::size_t limit) {
    std::erase_if(noted_, [&](const Noted& noted) {
      return (!noted.is_counted && !noted.begin) || (after && noted.place <= *after);
    });
    std::ranges::sort(noted_, {}, &Noted::place);
    noted_.resize(std::min(noted_.size(), limit));
    return std::move(noted_);
  }

 private:
  /// Lanes are numbered from 1; 0 is the human's.
  std::uint32_t lane_of(const Moment& moment) {
    const auto [lane, is_new] =
        lanes_.try_emplace(moment.session, static_cast<std::uint32_t>(sessions_.size() + 1));
    if (is_new) sessions_.push_back(session_of(moment));
    return lane->second;
  }

  std::vector<ValueFilter> filters_;
  Preset preset_;
  const Corrections& corrections_;
  std::vector<Noted> noted_;
  std::unordered_map<std::int64_t, std::uint32_t> numbers_;  ///< by the number in the store
  std::unordered_map<std::uint64_t, std::uint32_t> lanes_;   ///< by Moment::session
  std::vector<std::int64_t> sessions_;                       ///< of each lane
  IntervalBuilder intervals_;
  Figures total_;
  bool is_full_ = false;
};

class TimelineScan final : public ScanSink {
 public:
  TimelineScan(std::vector<Dimension> by, std::vector<ValueFilter> filters,
               const Corrections& corrections)
      : by_(std::move(by)), filters_(std::move(filters)), corrections_(corrections) {}

  std::optional<std::uint32_t> note(const ScannedHeartbeat& heartbeat) override {
    const DimensionValues values = as_told(heartbeat.values, corrections_);
    if (!passes(values, filters_)) return std::nullopt;
    is_full_ = is_full_ || noted_.size() == kIntervalHeartbeatsMax;
    if (is_full_) return std::nullopt;
    const std::int64_t key = by_.empty() ? 0 : values.at(index_of(by_.front()));
    const auto [lane, is_new] = lanes_.try_emplace(key, static_cast<std::uint32_t>(lanes_.size()));
    if (is_new) keys_.push_back(key);
    noted_.emplace_back(lane->second, heartbeat.seq);
    return static_cast<std::uint32_t>(noted_.size() - 1);
  }

  void count(std::uint32_t /*number*/, const ScannedHeartbeat& /*heartbeat*/) override {}

  void share(std::uint32_t number, const TimeShare& share) override {
    const auto& [lane, seq] = noted_[number];
    intervals_.add(lane, seq, share);
  }

  [[nodiscard]] bool is_full() const { return is_full_ || intervals_.is_full(); }

  [[nodiscard]] std::vector<TimelineLane> take_lanes(Names& names) {
    std::map<std::pair<parser::Actor, std::uint32_t>, TimelineLane> lanes;
    for (const Interval& interval : std::move(intervals_).take()) {
      const auto [lane, is_new] = lanes.try_emplace({interval.actor, interval.lane});
      if (is_new) {
        lane->second.actor = interval.actor;
        if (!by_.empty()) lane->second.key = key_text(by_.front(), keys_.at(interval.lane), names);
      }
      lane->second.intervals.push_back(interval);
    }
    std::vector<TimelineLane> taken;
    for (auto& [place, lane] : lanes) taken.push_back(std::move(lane));
    std::ranges::sort(taken, {}, [](const TimelineLane& lane) {
      return std::tuple(lane.actor, !lane.key, lane.key);
    });
    return taken;
  }

 private:
  std::vector<Dimension> by_;  ///< one at most
  std::vector<ValueFilter> filters_;
  const Corrections& corrections_;
  std::vector<std::pair<std::uint32_t, std::int64_t>> noted_;  ///< lane and number in the store
  std::unordered_map<std::int64_t, std::uint32_t> lanes_;      ///< by key
  std::vector<std::int64_t> keys_;                             ///< of each lane
  IntervalBuilder intervals_;
  bool is_full_ = false;
};

}  // namespace

Result<Explanation> read_explanation(SQLite::Database& db, Names& names,
                                     const ExplainQuery& query) {
  VIGIL_TRY(check_query(query.of));
  const TimeRules rules = rules_of(db, query.of);
  const Corrections corrections = corrections_of(db, names);
  ExplainScan scan(numbered_filters(query.of.filters, names), query.of.preset, corrections);
  scan_events(db, names, slots_of(db, query.of, rules), rules, corrections, scan);
  if (scan.is_full()) return too_much();
  Explanation explanation{.total = scan.total(),
                          .limits = rules.limits,
                          .intervals = scan.take_intervals(names),
                          .heartbeats = {},
                          .next = {}};
  auto page = scan.page(query.after, query.limit + 1);
  if (page.size() > query.limit) {
    page.pop_back();
    explanation.next = page.back().place;
  }
  EventExport events(db, names);
  for (Noted& noted : page) {
    auto row = events.numbered(noted.place.seq);
    row.heartbeat.project = names.text_of(noted.project);
    explanation.heartbeats.push_back({.row = std::move(row),
                                      .is_counted = noted.is_counted,
                                      .begin = noted.begin,
                                      .end = noted.end,
                                      .time = noted.time});
  }
  return explanation;
}

Result<Timeline> read_timeline(SQLite::Database& db, Names& names, const StatsQuery& query) {
  VIGIL_TRY(check_query(query));
  if (query.by.size() > 1 || std::ranges::any_of(query.by, is_period)) {
    return fail(Errc::malformed, "by: at most one dimension, and no period");
  }
  const TimeRules rules = rules_of(db, query);
  const Corrections corrections = corrections_of(db, names);
  TimelineScan scan(query.by, numbered_filters(query.filters, names), corrections);
  scan_events(db, names, slots_of(db, query, rules), rules, corrections, scan);
  if (scan.is_full()) return too_much();
  return Timeline{.lanes = scan.take_lanes(names), .limits = rules.limits};
}

}  // namespace vigil::agent
