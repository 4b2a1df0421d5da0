#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.h"

namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own name
class Database;
class Statement;
}  // namespace SQLite

namespace vigil::agent {

/// Whether a scan wants the next row.
enum class Scan : std::uint8_t { go_on, stop };

/// The columns of a row that a query stands on; views are valid until the next row.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::uint64_t natural(int column) const;  ///< any 64 bits, stored as signed
  [[nodiscard]] std::string_view text(int column) const;  ///< of a TEXT or BLOB
  [[nodiscard]] bool is_null(int column) const;

 private:
  SQLite::Statement& statement_;
};

/// One prepared statement. The only place where rows pass between SQLite and the program: library
/// exceptions become Errors here (malformed: the file is damaged; full; busy; io). Always left
/// reset, so that no read transaction lingers and the log of writes can be recycled.
class Query {
 public:
  /// A statement that cannot be prepared fails when it is used.
  Query(SQLite::Database& db, const char* sql);
  Query(Query&&) noexcept;
  ~Query();

  /// Runs a statement that gives no rows.
  template <class... Values>
  Result<void> run(const Values&... values) {
    return each([](const Row&) { return Scan::stop; }, values...);
  }

  /// The first column of the first row; `otherwise` where there is no row or it is NULL.
  template <class... Values>
  Result<std::int64_t> integer(std::int64_t otherwise, const Values&... values) {
    VIGIL_TRY(each(
        [&](const Row& row) {
          if (!row.is_null(0)) otherwise = row.integer(0);
          return Scan::stop;
        },
        values...));
    return otherwise;
  }

  /// Calls `take(Row)` for each row until it returns Scan::stop.
  template <class Take, class... Values>
  Result<void> each(Take&& take, const Values&... values) {
    int index = 0;
    Result<void> done = prepared();
    ((done = done ? bind(++index, values) : done), ...);
    while (done) {
      const auto more = step();
      if (!more) {
        done = std::unexpected(more.error());
      } else if (!*more || take(Row(*statement_)) == Scan::stop) {
        break;
      }
    }
    reset();
    return done;
  }

 private:
  [[nodiscard]] Result<void> prepared() const;
  template <class Integer>
    requires std::is_integral_v<Integer> || std::is_enum_v<Integer>
  Result<void> bind(int index, Integer value) {
    return bind_integer(index, static_cast<std::int64_t>(value));
  }
  Result<void> bind(int index, std::string_view text);
  Result<void> bind(int index, std::span<const char> blob);
  Result<void> bind_integer(int index, std::int64_t value);
  Result<bool> step();
  void reset();

  std::unique_ptr<SQLite::Statement> statement_;
  Error broken_;
};

/// Executes statements without values or rows.
Result<void> execute(SQLite::Database& db, const char* sql);

/// A text to be stored as BLOB, whose length SQLite knows without reading it.
[[nodiscard]] inline std::span<const char> blob(std::string_view text) {
  return {text};
}

}  // namespace vigil::agent
