#include "parser/json_walk.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

namespace vigil::parser {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The next quote; null without one. Most strings are short: they are done before a call is.
const char* next_quote(const char* at, const char* end) {
#ifdef __SSE2__
  if (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int hits = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    if (hits != 0) return at + std::countr_zero(static_cast<unsigned>(hits));
    at += 16;
  }
#endif
  return static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
}

/// The quote that closes a string whose text begins at `begin`; null where none does.
const char* closing_quote(const char* begin, const char* end) {
  for (const char* at = begin;; ++at) {
    at = next_quote(at, end);
    if (at == nullptr) return nullptr;
    const char* run = at;
    while (run != begin && run[-1] == '\\') --run;
    if ((at - run) % 2 == 0) return at;
  }
}

/// Appends a code point in UTF-8; halves of a surrogate pair that stand alone as such.
void append_code_point(unsigned point, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | ((point >> shift) & 0x3FU)));
  };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (point >> 6U)));
    tail(0);
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | (point >> 12U)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | (point >> 18U)));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// The four hex digits at the front.
std::optional<unsigned> hex_digits(std::string_view text) {
  unsigned value = 0;
  const auto digits = text.substr(0, 4);
  const auto read = std::from_chars(digits.begin(), digits.end(), value, 16);
  if (digits.size() < 4 || read.ptr != digits.end()) return std::nullopt;
  return value;
}

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(unsigned unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

/// Reads what follows `\u`. How many characters that were; 0 where it is broken.
std::size_t append_unicode(std::string_view rest, std::string& out) {
  const auto unit = hex_digits(rest);
  if (!unit) return 0;
  if (is_high_surrogate(*unit) && rest.substr(4).starts_with("\\u")) {
    const auto low = hex_digits(rest.substr(6));
    if (low && is_low_surrogate(*low)) {
      append_code_point(0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00), out);
      return 10;
    }
  }
  append_code_point(*unit, out);
  return 4;
}

/// Appends what the escape at the front of `rest` (behind its backslash) stands for. How many
/// characters it has; 0 where it is broken.
std::size_t append_escape(std::string_view rest, std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (rest.empty()) return 0;
  if (rest.front() == 'u') {
    const auto size = append_unicode(rest.substr(1), out);
    return size == 0 ? 0 : size + 1;
  }
  const auto which = kNames.find(rest.front());
  if (which == std::string_view::npos) return 0;
  out.push_back(kMeanings[which]);
  return 1;
}

/// False where an escape is broken.
bool append_unescaped(std::string_view escaped, std::string& out) {
  for (;;) {
    const auto at = std::min(escaped.find('\\'), escaped.size());
    out.append(escaped.substr(0, at));
    if (at == escaped.size()) return true;
    const auto size = append_escape(escaped.substr(at + 1), out);
    if (size == 0) return false;
    escaped.remove_prefix(at + 1 + size);
  }
}

}  // namespace

JsonWalk::JsonWalk(std::string_view text, Room& room)
    : at_(text.data()), end_(text.data() + text.size()), room_(room) {
  skip_space();
}

void JsonWalk::fail() {
  has_failed_ = true;
  at_ = end_;
}

void JsonWalk::skip_space() {
  while (at_ != end_ && is_space(*at_)) ++at_;
}

/// Steps into a bracket and before what stands first in it; false where there is nothing to visit.
bool JsonWalk::open(char bracket, char closing) {
  if (peek() != bracket) return false;
  ++at_;
  skip_space();
  if (peek() != closing) return true;
  ++at_;
  return false;
}

/// Behind a value: steps to what is next in its bracket; false behind the last.
bool JsonWalk::goes_on(char closing) {
  if (has_failed_) return false;
  skip_space();
  const char next = peek();
  if (next != ',' && next != closing) {
    fail();
    return false;
  }
  ++at_;
  if (next == closing) return false;
  skip_space();
  return true;
}

std::string_view JsonWalk::take_name() {
  if (peek() != '"') {
    fail();
    return {};
  }
  const auto name = take_string();
  skip_space();
  if (peek() != ':') {
    fail();
    return {};
  }
  ++at_;
  skip_space();
  return name;
}

/// The string that opens here; fails where it does not close.
std::string_view JsonWalk::take_string() {
  const char* begin = at_ + 1;
  const char* quote = closing_quote(begin, end_);
  if (quote == nullptr) {
    fail();
    return {};
  }
  at_ = quote + 1;
  return {begin, static_cast<std::size_t>(quote - begin)};
}

std::string_view JsonWalk::escaped() {
  return peek() == '"' ? take_string() : std::string_view{};
}

std::string_view JsonWalk::unescaped(std::string_view written) {
  if (!written.contains('\\')) return written;
  std::string text;
  if (!append_unescaped(written, text)) return {};
  return room_.emplace_front(std::move(text));
}

std::optional<bool> JsonWalk::boolean() const {
  if (left().starts_with("true")) return true;
  if (left().starts_with("false")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> JsonWalk::integer() const {
  std::int64_t number = 0;
  const auto read = std::from_chars(at_, end_, number);
  const bool is_whole = read.ptr == end_ || !std::string_view(".eE").contains(*read.ptr);
  if (read.ec != std::errc{} || !is_whole) return std::nullopt;
  return number;
}

std::int64_t JsonWalk::count() const {
  return std::max<std::int64_t>(integer().value_or(0), 0);
}

void JsonWalk::skip() {
  switch (peek()) {
    case '"': static_cast<void>(take_string()); return;
    case '{':
    case '[': skip_nested(); return;
    default: break;
  }
  const char* begin = at_;
  while (at_ != end_ && !is_space(*at_) && !std::string_view(",:]}\"[{").contains(*at_)) ++at_;
  if (at_ == begin) fail();
}

void JsonWalk::skip_nested() {
  std::size_t depth = 0;
  while (at_ != end_) {
    switch (*at_) {
      case '"': static_cast<void>(take_string()); continue;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']': --depth; break;
      default: break;
    }
    ++at_;
    if (depth == 0) return;
  }
  fail();
}

}  // namespace vigil::parser
