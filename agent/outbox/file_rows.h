#pragma once

#include <string>
#include <vector>

#include "agent/outbox/outbox.h"
#include "agent/outbox/sqlite_query.h"

namespace vigil::agent {

/// The tables of positions and parser states, by device, inode and birth time. Apart, so that
/// start-up reads positions without passing over states.
class FileRows {
 public:
  explicit FileRows(SQLite::Database& db);

  Result<void> store(const StoredFile& file);
  Result<void> forget(const watcher::FilePosition& position);
  [[nodiscard]] Result<std::vector<watcher::FilePosition>> positions();
  [[nodiscard]] Result<std::string> parser_state(const watcher::FilePosition& position);

 private:
  Query store_;
  Query store_state_;
  Query forget_;
  Query forget_state_;
  Query positions_;
  Query state_;
};

}  // namespace vigil::agent
