// Sealing, rebuilding, settling and splitting. A batch is a range of keys and the facts of its
// envelope; its bytes are made from the rows each time they are needed, and are the same by digest.
// All unsettled batches of a lane lie between the cursor's `settled` and `sealed`, without holes
// and without overlap, and are worked off from the lowest on. So `settled` moves in one direction.

#include <algorithm>
#include <limits>

#include "agent/heartbeat/batch_json.h"
#include "agent/outbox/outbox_store.h"
#include "base/check.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/failpoint.h"

namespace vigil::agent {
namespace {

constexpr BatchLimits kAsSealed{std::numeric_limits<std::size_t>::max(),
                                std::numeric_limits<std::size_t>::max()};

SealedBatch to_sealed(const SinkName& sink, Lane lane, const BatchRow& row, std::string body) {
  return {sink,
          lane,
          row.id,
          row.seq,
          std::move(body),
          row.digest,
          static_cast<std::size_t>(row.events)};
}

std::string digest_of(std::string_view body) {
  return to_hex(sha256(body));
}

}  // namespace

/// The body of the rows in the batch's range, as many as `limits` allow; sets what it took.
Result<std::string> Outbox::Store::build(const Sink& sink, BatchRow& batch, Lane lane,
                                         BatchLimits limits) {
  const auto rewriter = rewriters_.find(sink.name);
  BatchWriter writer({batch.source, instance_, std::string(lane_name(lane)), batch.id, batch.seq,
                      batch.prev, batch.created, batch.split_of});
  writer.reserve(std::min<std::size_t>(limits.bytes, 1024 * 1024));
  RowKey last = 0;
  batch.bytes = 0;
  VIGIL_TRY(events_.each(batch.range, batch.sink, [&](const EventRow& row) {
    std::optional<std::string> rewritten;
    if (rewriter != rewriters_.end()) rewritten = rewriter->second(row.body);
    const std::string_view body = rewritten ? std::string_view(*rewritten) : row.body;
    const bool fits = writer.events() < limits.events &&
                      (writer.events() == 0 || writer.size() + 1 + body.size() <= limits.bytes);
    if (!fits) return Scan::stop;
    writer.add(body);
    batch.bytes += row.body.size() + 1;
    last = row.key;
    return Scan::go_on;
  }));
  batch.events = writer.events();
  if (limits != kAsSealed) batch.range.last = last;
  return std::move(writer).finish();
}

Result<std::optional<SealedBatch>> Outbox::Store::seal(const SinkName& name, Lane lane,
                                                       BatchLimits limits, const SourceId& source,
                                                       WallTime now) {
  auto& sink = *VIGIL_TRY(sink_of(name));
  auto& cursor = sink.at(lane);
  if (cursor.backlog.unsealed == 0) return std::nullopt;
  BatchRow batch;
  batch.sink = sink.id;
  batch.range = {cursor.sealed + 1, lane_end(lane)};
  batch.source = source;
  batch.created = now;
  auto sealed = VIGIL_TRY(seal_range(sink, lane, batch, limits));
  if (sealed.events == 0) {
    VIGIL_TRY(dissolve(sink, lane));  // the counts were wrong: count again
    return std::nullopt;
  }
  auto& backlog = cursor.backlog;
  backlog.unsealed -= std::min(backlog.unsealed, batch.events);
  backlog.unsealed_bytes -= std::min(backlog.unsealed_bytes, batch.bytes);
  return sealed;
}

/// Builds, numbers and stores one batch, and moves the cursor to its end. No events: no batch.
Result<SealedBatch> Outbox::Store::seal_range(Sink& sink, Lane lane, BatchRow& batch,
                                              BatchLimits limits) {
  auto& cursor = sink.at(lane);
  batch.id = make_id();
  batch.seq = cursor.batches + 1;
  batch.prev = cursor.prev;
  std::string body = VIGIL_TRY(build(sink, batch, lane, limits));
  if (batch.events == 0) return SealedBatch{};
  batch.digest = digest_of(body);
  failpoint("outbox.seal.before");
  VIGIL_TRY(batches_.insert(batch));
  failpoint("outbox.seal.after");
  cursor.batches = batch.seq;
  cursor.prev = batch.digest;
  cursor.sealed = std::max(cursor.sealed, batch.range.last);
  cursor.changed = true;
  return to_sealed(sink.name, lane, batch, std::move(body));
}

Result<std::optional<SealedBatch>> Outbox::Store::unsettled(const SinkName& name, Lane lane) {
  auto& sink = *VIGIL_TRY(sink_of(name));
  const auto& cursor = sink.at(lane);
  if (cursor.settled == cursor.sealed) return std::nullopt;
  auto batch = VIGIL_TRY(batches_.first(sink.id, lane));
  if (batch) {
    std::string body = VIGIL_TRY(build(sink, *batch, lane, kAsSealed));
    if (digest_of(body) == batch->digest) return to_sealed(name, lane, *batch, std::move(body));
  }
  // Rows or the program's way of writing them changed: sealed anew, the events keep their ids.
  ++counter(Counter::batches_resealed);
  VIGIL_TRY(dissolve(sink, lane));
  return std::nullopt;
}

/// Forgets the lane's sealed batches, so that their rows are sealed again.
Result<void> Outbox::Store::dissolve(Sink& sink, Lane lane) {
  VIGIL_TRY(batches_.erase_all(sink.id, lane));
  failpoint("outbox.dissolve");
  auto& cursor = sink.at(lane);
  const auto sum = VIGIL_TRY(events_.sum({cursor.settled + 1, lane_end(lane)}, sink.id));
  cursor.sealed = cursor.settled;
  cursor.backlog.pending = cursor.backlog.unsealed = sum.rows;
  cursor.backlog.unsealed_bytes = sum.bytes;
  if (sum.rows == 0) cursor.settled = cursor.sealed = last_[static_cast<std::size_t>(lane)];
  cursor.changed = true;
  return {};
}

Result<BatchRow> Outbox::Store::first_batch(Sink& sink, const SealedBatch& batch) {
  const auto first = VIGIL_TRY(batches_.first(sink.id, batch.lane));
  if (!first || first->id != batch.id) {
    return fail(Errc::not_found, "batch " + batch.id.text() + " is not the next to settle");
  }
  return *first;
}

Result<std::vector<std::int64_t>> Outbox::Store::settle(const SealedBatch& batch,
                                                        std::span<const Refusal> refused,
                                                        WallTime now) {
  auto& sink = *VIGIL_TRY(sink_of(batch.sink));
  const BatchRow row = VIGIL_TRY(first_batch(sink, batch));
  std::vector<std::int64_t> places;
  Result<void> kept;
  if (!refused.empty()) {
    std::size_t index = 0;
    VIGIL_TRY(events_.each(row.range, sink.id, [&](const EventRow& event) {
      const auto why = std::ranges::find(refused, index++, &Refusal::index);
      if (why == refused.end()) return Scan::go_on;
      failpoint("outbox.quarantine");
      const auto place = quarantine_.insert(sink.id, event, why->code, now);
      if (place)
        places.push_back(*place);
      else
        kept = std::unexpected(place.error());
      return place ? Scan::go_on : Scan::stop;
    }));
  }
  VIGIL_TRY(kept);
  failpoint("outbox.settle.before");
  VIGIL_TRY(batches_.erase(row));
  failpoint("outbox.settle.after");
  auto& cursor = sink.at(batch.lane);
  cursor.settled = row.range.last;
  cursor.backlog.pending -= std::min(cursor.backlog.pending, row.events);
  cursor.backlog.quarantined += places.size();
  cursor.backlog.delivered += row.events - places.size();
  cursor.changed = true;
  return places;
}

Result<void> Outbox::Store::split(const SealedBatch& batch, WallTime now) {
  auto& sink = *VIGIL_TRY(sink_of(batch.sink));
  const BatchRow whole = VIGIL_TRY(first_batch(sink, batch));
  check(whole.events >= 2);
  VIGIL_TRY(batches_.erase(whole));
  failpoint("outbox.split");
  BatchRow first = whole;
  first.split_of = whole.id;
  first.created = now;
  BatchRow second = first;
  const BatchLimits first_half{static_cast<std::size_t>(whole.events / 2), kAsSealed.bytes};
  VIGIL_TRY(seal_range(sink, batch.lane, first, first_half));
  second.range.first = first.range.last + 1;
  VIGIL_TRY(seal_range(sink, batch.lane, second, kAsSealed));
  check(first.events + second.events == whole.events);
  return {};
}

Result<void> Outbox::Store::retry_quarantined(std::int64_t place, WallTime now) {
  const auto row = VIGIL_TRY(quarantine_.at(place));
  if (!row) return {};
  VIGIL_TRY(append({row->lane, row->origin, row->body}, row->sink, now));
  VIGIL_TRY(quarantine_.erase(place));
  failpoint("outbox.retry_quarantined");
  for (auto& sink : sinks_.all()) {
    if (sink.id != row->sink) continue;
    auto& cursor = sink.at(row->lane);
    cursor.backlog.quarantined -= std::min<std::uint64_t>(cursor.backlog.quarantined, 1);
    cursor.changed = true;
  }
  return {};
}

Result<std::size_t> Outbox::Store::retry_quarantined(WallTime now) {
  std::size_t count = 0;
  for (std::int64_t place = 0; count < limits_.sweep_rows; ++count) {
    const auto row = VIGIL_TRY(quarantine_.next_after(place));
    if (!row) break;
    place = row->place;
    VIGIL_TRY(retry_quarantined(place, now));
  }
  return count;
}

}  // namespace vigil::agent
