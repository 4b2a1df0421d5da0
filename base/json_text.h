#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace vigil {

/// Writes one JSON text from left to right; puts the commas. Bytes that are not UTF-8 become
/// U+FFFD, so the result is always valid. The caller closes what it opens.
class JsonText {
 public:
  JsonText() = default;
  /// Writes behind what `before` holds.
  explicit JsonText(std::string before) : out_(std::move(before)) {}

  JsonText& begin_object() { return open('{'); }
  JsonText& end_object() { return close('}'); }
  JsonText& begin_list() { return open('['); }
  JsonText& end_list() { return close(']'); }

  JsonText& name(std::string_view name);
  JsonText& text(std::string_view value);
  JsonText& number(std::int64_t value);
  JsonText& number(double value);
  JsonText& truth(bool value) { return raw(value ? "true" : "false"); }
  JsonText& null() { return raw("null"); }

  /// A complete JSON value that somebody else wrote.
  JsonText& raw(std::string_view json);

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  JsonText& open(char bracket);
  JsonText& close(char bracket);
  void separate();

  std::string out_;
  enum class Next : std::uint8_t { first, member, value } next_ = Next::first;
};

/// The bytes of `text` as a quoted JSON string.
void append_json_string(std::string_view text, std::string& out);

}  // namespace vigil
