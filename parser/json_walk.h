#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::parser {

/// Walks over one JSON text from left to right, in place: no index is built and nothing is copied
/// but strings that hold escapes and are asked for as text.
///
/// It stands before a value. What a visitor takes of the value is read, all else is passed over by
/// counting brackets and searching closing quotes: most bytes of a session log are content that
/// must not be kept, and here they cost one search each. Brackets may nest without limit.
///
/// Not a validator: of what is passed over only brackets and quotes must hold. has_failed() tells
/// where the walk could not go on (torn, glued together, no JSON); what was taken before it holds.
class JsonWalk {
 public:
  using Room = std::forward_list<std::string>;

  /// Texts with escapes are unescaped into `room`, where they stay.
  JsonWalk(std::string_view text, Room& room);

  /// The first character of the value; NUL at the end of the text.
  [[nodiscard]] char peek() const { return at_ == end_ ? '\0' : *at_; }

  /// Calls `visit(name)` before the value of each field, the name as written; takes nothing where
  /// there is no object.
  template <class Visit>
  void each_field(Visit visit);

  /// Calls `visit()` before each element; takes nothing where there is no array.
  template <class Visit>
  void each_element(Visit visit);

  /// Takes a string as written, without its quotes; empty, and nothing is taken, for anything else.
  [[nodiscard]] std::string_view escaped();

  /// Takes a string's text; empty also where its escapes are broken.
  [[nodiscard]] std::string_view text() { return unescaped(escaped()); }

  /// The text of a name or string as written; empty where its escapes are broken.
  [[nodiscard]] std::string_view unescaped(std::string_view written);

  /// The value where it is `true` or `false`.
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] bool flag() const { return boolean() == true; }

  /// The value where it is a whole number.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  /// The same as a counter: 0 for anything else, and for what is negative.
  [[nodiscard]] std::int64_t count() const;

  /// Passes over the value.
  void skip();

  [[nodiscard]] bool has_failed() const { return has_failed_; }

  /// What lies behind the place where the walk is.
  [[nodiscard]] std::string_view left() const {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }

 private:
  [[nodiscard]] bool open(char bracket, char closing);
  [[nodiscard]] bool goes_on(char closing);
  [[nodiscard]] std::string_view take_name();
  [[nodiscard]] std::string_view take_string();
  void skip_nested();
  void skip_space();
  void fail();

  const char* at_;
  const char* end_;
  Room& room_;
  bool has_failed_ = false;
};

template <class Visit>
void JsonWalk::each_field(Visit visit) {
  if (!open('{', '}')) return;
  do {
    const auto name = take_name();
    if (has_failed_) return;
    const char* value = at_;
    visit(name);
    if (at_ == value) skip();
  } while (goes_on('}'));
}

template <class Visit>
void JsonWalk::each_element(Visit visit) {
  if (!open('[', ']')) return;
  do {
    const char* value = at_;
    visit();
    if (at_ == value) skip();
  } while (goes_on(']'));
}

}  // namespace vigil::parser
