#include "agent/hub/store/event_sql.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <bit>

namespace vigil::agent {

std::string column_list() {
  std::string list;
  for (const auto name : kColumnNames) {
    if (!list.empty()) list += ',';
    list += name;
  }
  return list;
}

void bind_row(SQLite::Statement& to, int first_parameter, const EventRow& row) {
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const int parameter = first_parameter + static_cast<int>(i);
    const std::int64_t value = row.values[i];
    if (value == kAbsent) {
      to.bind(parameter);
    } else if (static_cast<Column>(i) == Column::confidence) {
      to.bind(parameter, std::bit_cast<double>(value));
    } else {
      to.bind(parameter, value);
    }
  }
}

EventRow read_row(SQLite::Statement& from, int first_column) {
  EventRow row;
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const auto value = from.getColumn(first_column + static_cast<int>(i));
    if (value.isNull()) {
      row.values[i] = kAbsent;
    } else if (static_cast<Column>(i) == Column::confidence) {
      row.values[i] = std::bit_cast<std::int64_t>(value.getDouble());
    } else {
      row.values[i] = value.getInt64();
    }
  }
  return row;
}

}  // namespace vigil::agent
