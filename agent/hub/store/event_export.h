#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class Names;

/// Reads stored heartbeats back out of their columns. Inside the caller's transaction; throws
/// SQLite::Exception. Not thread-safe.
class EventExport {
 public:
  EventExport(SQLite::Database& db, Names& names);
  ~EventExport();

  [[nodiscard]] ExportPage page(const ExportQuery& query, const std::optional<ExportCursor>& after,
                                std::size_t limit);
  /// The one with this number, which must be there.
  [[nodiscard]] ExportedHeartbeat numbered(std::int64_t seq);
  [[nodiscard]] std::vector<ExportedHeartbeat> stored_after(std::int64_t seq, std::size_t limit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
