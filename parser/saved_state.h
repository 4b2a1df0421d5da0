#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// Saved parser state: integers as 8 bytes, little end first, strings behind their length. There is
/// nothing in it that could be skipped, so a cut state is always noticed.
namespace vigil::parser {

class StateWriter {
 public:
  void put(std::uint64_t number);
  void put_signed(std::int64_t number) { put(static_cast<std::uint64_t>(number)); }
  void put(std::string_view text);

  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what StateWriter wrote. After a failed read everything reads as zero or empty.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] std::int64_t signed_number() { return static_cast<std::int64_t>(number()); }
  [[nodiscard]] std::string text();
  [[nodiscard]] bool flag() { return number() != 0; }

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace vigil::parser
