#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vigil::agent {

enum class Align : std::uint8_t { left, right };

/// Rows in columns as wide as their widest cell. Cells are made printable.
class Table {
 public:
  /// One entry per column: its heading (may be empty) and side.
  struct Column {
    std::string heading;
    Align align = Align::left;
  };
  explicit Table(std::vector<Column> columns);

  /// As many cells as there are columns.
  void add_row(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Every row on a line of its own; the headings first, unless all are empty.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace vigil::agent
