#include "agent/terminal/table.h"

#include <algorithm>
#include <utility>

#include "agent/terminal/printable.h"
#include "base/check.h"

namespace vigil::agent {

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add_row(std::vector<std::string> cells) {
  check(cells.size() == columns_.size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::vector<std::string>> rows;
  if (!std::ranges::all_of(columns_, &std::string::empty, &Column::heading)) {
    std::vector<std::string>& headings = rows.emplace_back();
    for (const Column& column : columns_) headings.push_back(column.heading);
  }
  rows.insert(rows.end(), rows_.begin(), rows_.end());
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - columns_of(row[i]), ' ');
      if (i != 0) line += "  ";
      line += columns_[i].align == Align::left ? row[i] + padding : padding + row[i];
    }
    while (line.ends_with(' ')) line.pop_back();
    (out += line) += '\n';
  }
  return out;
}

}  // namespace vigil::agent
