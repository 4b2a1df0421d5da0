#include "agent/outbox/tree_rows.h"

#include <cstdint>
#include <string>

namespace vigil::agent {
namespace {

/// Of a tree that was not yet looked at to its end.
constexpr std::int64_t kNotSeen = INT64_MIN;

}  // namespace

TreeRows::TreeRows(SQLite::Database& db)
    : store_(db, "INSERT OR REPLACE INTO trees (root, seen_until, used) VALUES (?1, ?2, ?3)"),
      forget_(db, "DELETE FROM trees WHERE root = ?1"),
      all_(db, "SELECT root, seen_until, used FROM trees ORDER BY used DESC, root") {}

Result<void> TreeRows::store(const StoredTree& tree) {
  return store_.run(std::string_view(tree.root),
                    tree.seen_until ? unix_ms(*tree.seen_until) : kNotSeen, unix_ms(tree.used));
}

Result<void> TreeRows::forget(std::string_view root) {
  return forget_.run(root);
}

Result<std::vector<StoredTree>> TreeRows::all() {
  std::vector<StoredTree> trees;
  VIGIL_TRY(all_.each([&](const Row& row) {
    StoredTree& tree = trees.emplace_back();
    tree.root = row.text(0);
    if (row.integer(1) != kNotSeen) tree.seen_until = from_unix_ms(row.integer(1));
    tree.used = from_unix_ms(row.integer(2));
    return Scan::go_on;
  }));
  return trees;
}

}  // namespace vigil::agent
