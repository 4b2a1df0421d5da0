#include "agent/outbox/sqlite_query.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include "agent/outbox/sqlite_failure.h"

namespace vigil::agent {
namespace {

Error failure_of(const SQLite::Exception& exception) {
  return sqlite_failure(exception.getErrorCode(), exception.what());
}

}  // namespace

Error sqlite_failure(int code, std::string_view message) {
  std::string text = "agent.db: " + std::string(message);
  switch (code & 0xFF) {  // the low byte is the primary code
    case SQLITE_FULL: return {Errc::full, std::move(text)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {Errc::damaged, std::move(text)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Errc::busy, std::move(text)};
    case SQLITE_PERM:
    case SQLITE_AUTH: return {Errc::denied, std::move(text)};
    default: return {Errc::io, std::move(text)};
  }
}

std::int64_t Row::integer(int column) const {
  return statement_.getColumn(column).getInt64();
}

std::uint64_t Row::natural(int column) const {
  return static_cast<std::uint64_t>(integer(column));
}

std::string_view Row::text(int column) const {
  const auto value = statement_.getColumn(column);
  const auto* bytes = static_cast<const char*>(value.getBlob());
  return {bytes, static_cast<std::size_t>(value.getBytes())};
}

bool Row::is_null(int column) const {
  return statement_.getColumn(column).isNull();
}

Query::Query(SQLite::Database& db, const char* sql) {
  try {
    statement_ = std::make_unique<SQLite::Statement>(db, sql);
  } catch (const SQLite::Exception& exception) {
    broken_ = failure_of(exception);
    // Our own statement cannot be wrong: a bit flipped in the schema's text has renamed something.
    if (exception.getErrorCode() == SQLITE_ERROR) broken_.code = Errc::damaged;
  }
}

Query::Query(Query&&) noexcept = default;
Query::~Query() = default;

Result<void> Query::prepared() const {
  if (!statement_) return std::unexpected(broken_);
  return {};
}

Result<void> Query::bind(int index, std::string_view text) {
  try {
    statement_->bind(index, std::string(text));
    return {};
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(failure_of(exception));
  }
}

Result<void> Query::bind(int index, std::span<const char> blob) {
  try {
    // Not copied: the caller's bytes outlive each(). A null pointer would mean NULL.
    const void* bytes = blob.empty() ? "" : blob.data();
    statement_->bindNoCopy(index, bytes, static_cast<int>(blob.size()));
    return {};
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(failure_of(exception));
  }
}

Result<void> Query::bind_integer(int index, std::int64_t value) {
  try {
    statement_->bind(index, value);
    return {};
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(failure_of(exception));
  }
}

Result<bool> Query::step() {
  try {
    return statement_->executeStep();
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(failure_of(exception));
  }
}

void Query::reset() {
  if (statement_) statement_->tryReset();  // repeats the code of the failed step: known already
}

Result<void> execute(SQLite::Database& db, const char* sql) {
  try {
    db.exec(sql);
    return {};
  } catch (const SQLite::Exception& exception) {
    return std::unexpected(failure_of(exception));
  }
}

}  // namespace vigil::agent
