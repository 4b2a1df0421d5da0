#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/hub/store/hub_store.h"
#include "agent/hub/store/sqlite_forward.h"

namespace vigil::agent {

class Names;

/// A batch that was stored before.
struct KnownBatch {
  Digest digest{};
  IngestOutcome outcome;
};

/// Keeps tables `batches`, `streams` and `sources`. Works inside the caller's transaction, and
/// must be made anew when one was rolled back. Throws SQLite::Exception. Not thread-safe.
class BatchWriter {
 public:
  BatchWriter(SQLite::Database& db, Names& names);
  ~BatchWriter();

  /// Nothing for batches without an id.
  [[nodiscard]] std::optional<KnownBatch> find(const IngestBatch& batch);

  /// Gives the batch its number in the store.
  [[nodiscard]] std::int64_t begin(const IngestBatch& batch, std::int64_t source);

  void finish(const IngestBatch& batch, std::int64_t source, std::int64_t number,
              const IngestOutcome& outcome);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
