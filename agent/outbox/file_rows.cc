#include "agent/outbox/file_rows.h"

#include "agent/outbox/checksum.h"

namespace vigil::agent {

FileRows::FileRows(SQLite::Database& db)
    : store_(db,
             "INSERT OR REPLACE INTO files (device, inode, birth, path, root, offset, size,"
             " modified, head, tail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
      store_state_(db,
                   "INSERT INTO parser_states (device, inode, birth, offset, checksum, state)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
                   " offset = excluded.offset, checksum = excluded.checksum,"
                   " state = excluded.state"),
      forget_(db, "DELETE FROM files WHERE device = ?1 AND inode = ?2 AND birth = ?3"),
      forget_state_(db,
                    "DELETE FROM parser_states WHERE device = ?1 AND inode = ?2 AND birth = ?3"),
      positions_(db,
                 "SELECT path, root, device, inode, birth, offset, size, modified, head, tail"
                 " FROM files"),
      state_(db,
             "SELECT checksum, state FROM parser_states"
             " WHERE device = ?1 AND inode = ?2 AND birth = ?3 AND offset = ?4") {}

Result<void> FileRows::store(const StoredFile& file) {
  const auto& at = file.position;
  VIGIL_TRY(store_.run(at.device, at.inode, at.birth_ns, std::string_view(at.path), at.root,
                       at.offset, at.size, at.modified_ns, at.head_hash, at.tail_hash));
  return store_state_.run(at.device, at.inode, at.birth_ns, at.offset, checksum(file.parser_state),
                          blob(file.parser_state));
}

Result<void> FileRows::forget(const watcher::FilePosition& at) {
  VIGIL_TRY(forget_.run(at.device, at.inode, at.birth_ns));
  return forget_state_.run(at.device, at.inode, at.birth_ns);
}

Result<std::vector<watcher::FilePosition>> FileRows::positions() {
  std::vector<watcher::FilePosition> found;
  VIGIL_TRY(positions_.each([&](const Row& row) {
    found.push_back({std::string(row.text(0)), static_cast<std::uint32_t>(row.natural(1)),
                     row.natural(2), row.natural(3), row.integer(4), row.natural(5), row.natural(6),
                     row.integer(7), row.natural(8), row.natural(9)});
    return Scan::go_on;
  }));
  return found;
}

Result<std::string> FileRows::parser_state(const watcher::FilePosition& at) {
  std::string state;
  bool sound = false;
  VIGIL_TRY(state_.each(
      [&](const Row& row) {
        state = row.text(1);
        sound = checksum(state) == row.natural(0);
        return Scan::stop;
      },
      at.device, at.inode, at.birth_ns, at.offset));
  if (!sound) return fail(Errc::not_found, at.path + ": no parser state for this position");
  return state;
}

}  // namespace vigil::agent
