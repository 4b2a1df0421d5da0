#include "agent/traces/named_columns.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

namespace vigil::agent {
namespace {

constexpr int kBusyTimeoutMs = 50;

Errc code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Errc::busy;
    case SQLITE_CANTOPEN: return Errc::not_found;
    case SQLITE_ERROR:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return Errc::malformed;
    default: return Errc::io;
  }
}

}  // namespace

Result<std::vector<std::string>> read_column(const std::string& path, const std::string& query,
                                             const std::string& argument, std::size_t rows_max,
                                             std::size_t size_max) {
  try {
    const SQLite::Database db(path, SQLite::OPEN_READONLY, kBusyTimeoutMs);
    SQLite::Statement statement(db, query);
    if (statement.getBindParameterCount() > 0) statement.bindNoCopy(1, argument);
    std::vector<std::string> rows;
    while (rows.size() < rows_max && statement.executeStep()) {
      const SQLite::Column column = statement.getColumn(0);
      if (column.isNull() || static_cast<std::size_t>(column.getBytes()) > size_max) continue;
      rows.push_back(column.getString());
    }
    return rows;
  } catch (const SQLite::Exception& exception) {
    return fail(code_of(exception.getErrorCode()), path + ": " + exception.what());
  }
}

}  // namespace vigil::agent
