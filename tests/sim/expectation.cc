#include "tests/sim/expectation.h"

#include <algorithm>

#include "base/digest.h"

namespace vigil::sim {
namespace {

std::string with_length(std::string_view text) {
  std::string out(8, '\0');
  for (unsigned i = 0; i < 8; ++i) out[i] = static_cast<char>((text.size() >> (8 * i)) & 0xFF);
  return out.append(text);
}

std::string base36(std::uint64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (std::size_t i = digits; i-- > 0; value /= 36) {
    out[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
  }
  return out;
}

/// docs/formats/heartbeat.md, "Identity".
std::string id_of(std::string_view source, std::string_view kind, std::string_view key,
                  WallTime first_time) {
  const Digest digest = sha256(with_length("vigil/event/v1") + with_length(source) +
                               with_length(kind) + with_length(key));
  std::uint64_t head = 0;
  for (unsigned i = 0; i < 8; ++i) head = head << 8U | std::to_integer<std::uint64_t>(digest.at(i));
  std::uint64_t end = 1;
  for (int i = 0; i < 11; ++i) end *= 36;
  return "evt_" + base36(static_cast<std::uint64_t>(unix_ms(first_time)), 9) +
         base36(head % end, 11);
}

bool is_same(const StoredRow& told, const StoredRow& stored) {
  return told.output_tokens == stored.output_tokens && told.prompt_length == stored.prompt_length &&
         told.ok == stored.ok;
}

}  // namespace

std::uint64_t Ledger::event(std::string_view kind, std::string_view key, WallTime first_time) {
  std::string id = id_of(source_, kind, key, first_time);
  const auto [at, is_new] = by_id_.try_emplace(id, events_.size());
  if (is_new)
    events_.push_back({.id = std::move(id),
                       .what = std::string(kind) + " " + std::string(key),
                       .revisions = {},
                       .excuse = {}});
  return at->second;
}

void Ledger::tell(std::uint64_t event, std::uint32_t revision, StoredRow row) {
  auto& revisions = events_.at(event).revisions;
  if (revisions.size() <= revision) revisions.resize(revision + 1);
  row.revision = revision;
  revisions[revision].row = row;
}

void Ledger::may_be_stored(const Fact& fact) {
  events_.at(fact.event).revisions.at(fact.revision).may = true;
}

void Ledger::must_be_stored(const Fact& fact) {
  events_.at(fact.event).revisions.at(fact.revision).must = true;
}

void Ledger::acknowledged(std::string_view id, std::uint32_t revision) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return;  // compare() will say that no line stands for it
  auto& revisions = events_[known->second].revisions;
  if (revision >= revisions.size()) return;
  revisions[revision].must = revisions[revision].is_acknowledged = true;
}

void Ledger::forgive(std::string_view why) {
  for (auto& event : events_) {
    for (auto& revision : event.revisions) {
      if (revision.must && !revision.is_acknowledged) event.excuse = why;
      revision.must = revision.is_acknowledged;
    }
  }
}

std::vector<std::string> Ledger::poisoned() const {
  std::vector<std::string> ids;
  for (const auto& event : events_) {
    if (event.is_poison) ids.push_back(event.id);
  }
  return ids;
}

Ledger::Counts Ledger::compare(const Rows& rows, std::vector<std::string>& faults) const {
  Counts counts;
  counts.stored = rows.size();
  for (const auto& [id, row] : rows) {
    const auto known = by_id_.find(id);
    const auto* event = known == by_id_.end() ? nullptr : &events_[known->second];
    if (event == nullptr || row.revision >= event->revisions.size() ||
        !event->revisions[row.revision].may) {
      ++counts.doubled;
      faults.push_back("row " + id + (event != nullptr ? " (" + event->what + ")" : std::string()) +
                       " stands for no line (revision " + std::to_string(row.revision) + ")");
    } else if (!is_same(event->revisions[row.revision].row, row)) {
      ++counts.wrong;
      faults.push_back("row " + id + " (" + event->what + ") is not what its line says");
    }
  }
  for (const auto& event : events_) {
    const auto last = std::ranges::find_if(event.revisions.rbegin(), event.revisions.rend(),
                                           [](const Revision& revision) { return revision.must; });
    const bool must = last != event.revisions.rend();
    const bool may = std::ranges::any_of(event.revisions, &Revision::may);
    const auto row = rows.find(event.id);
    const bool is_there = row != rows.end();
    if (event.is_poison && !is_there) {
      counts.poison_kept += must ? 1 : 0;
      continue;
    }
    counts.expected += must ? 1 : 0;
    if (!must) {
      if (may && !is_there) {
        ++counts.allowed_loss;
        ++counts.allowed_by[event.excuse];
      }
      continue;
    }
    const auto revision = static_cast<std::uint32_t>(event.revisions.rend() - last - 1);
    if (is_there && row->second.revision >= revision) continue;
    ++counts.lost;
    faults.push_back("lost: " + event.id + " (" + event.what + ") revision " +
                     std::to_string(revision) + (is_there ? ", an earlier one is there" : ""));
  }
  return counts;
}

}  // namespace vigil::sim
