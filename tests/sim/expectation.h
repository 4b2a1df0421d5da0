#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace vigil::sim {

/// What one line tells, known by whoever wrote it. No code of the program has a part in this: ids
/// are put together here from the page docs/formats/heartbeat.md.
struct Fact {
  std::uint64_t event = 0;  ///< number in the Ledger
  std::uint32_t revision = 0;
};

/// A row of the hub as far as it is compared.
struct StoredRow {
  std::uint32_t revision = 0;
  std::int64_t output_tokens = -1;  ///< -1: none
  std::int64_t prompt_length = -1;
  int ok = -1;  ///< -1: not told
};

/// Everything that the writers of a run ever told, which part of it must have been stored, and
/// which may have been. An event must be stored with every revision whose line stayed readable
/// while the program could read; a line that went before may be lost (the allowed-loss set).
class Ledger {
 public:
  explicit Ledger(std::string source) : source_(std::move(source)) {}

  /// A new event, or the one that is known by this identity. `kind`: as on the page about ids.
  std::uint64_t event(std::string_view kind, std::string_view key, WallTime first_time);

  /// What the event's row holds when this revision was its last. Revisions count from 0.
  void tell(std::uint64_t event, std::uint32_t revision, StoredRow row);

  void may_be_stored(const Fact& fact);
  void must_be_stored(const Fact& fact);

  /// It need not be stored unless it must be for another reason; why, as the report is to say.
  void excuse(const Fact& fact, std::string_view why) { events_.at(fact.event).excuse = why; }

  /// The hub said that it has stored this: it must be there whatever becomes of the agent.
  void acknowledged(std::string_view id, std::uint32_t revision);

  /// Whatever had to be stored until now may be lost after all, unless the hub has it; what is
  /// still written in a log will have to be again.
  void forgive(std::string_view why);

  /// A front server refuses this event for ever: it must end up in quarantine.
  void poison(std::uint64_t event) { events_.at(event).is_poison = true; }

  [[nodiscard]] const std::string& id(std::uint64_t event) const { return events_.at(event).id; }
  [[nodiscard]] std::vector<std::string> poisoned() const;

  using Rows = std::map<std::string, StoredRow, std::less<>>;  ///< by event id

  struct Counts {
    std::uint64_t expected = 0;  ///< events that must be there
    std::uint64_t stored = 0;
    std::uint64_t lost = 0;
    std::uint64_t doubled = 0;       ///< rows that no line stands for
    std::uint64_t wrong = 0;         ///< rows with another content than the line's
    std::uint64_t allowed_loss = 0;  ///< events that need not be there, and are not
    std::uint64_t poison_kept = 0;
    std::map<std::string, std::uint64_t, std::less<>> allowed_by;  ///< by what took them
  };

  /// Compares; adds a sentence for each fault to `faults`.
  [[nodiscard]] Counts compare(const Rows& rows, std::vector<std::string>& faults) const;

 private:
  struct Revision {
    StoredRow row;
    bool may = false;
    bool must = false;
    bool is_acknowledged = false;
  };
  struct Event {
    std::string id;
    std::string what;
    std::vector<Revision> revisions;
    std::string excuse;
    bool is_poison = false;
  };

  std::string source_;
  std::vector<Event> events_;
  std::map<std::string, std::uint64_t, std::less<>> by_id_;
};

}  // namespace vigil::sim
