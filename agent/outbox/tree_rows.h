#pragma once

#include <string_view>
#include <vector>

#include "agent/outbox/outbox.h"
#include "agent/outbox/sqlite_query.h"

namespace vigil::agent {

/// The table of project trees, by their roots.
class TreeRows {
 public:
  explicit TreeRows(SQLite::Database& db);

  Result<void> store(const StoredTree& tree);
  Result<void> forget(std::string_view root);
  [[nodiscard]] Result<std::vector<StoredTree>> all();

 private:
  Query store_;
  Query forget_;
  Query all_;
};

}  // namespace vigil::agent
