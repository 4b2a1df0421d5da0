#include "watcher/line_splitter.h"

#include <algorithm>
#include <cstring>

namespace vigil::watcher {
namespace {

std::size_t find_byte(std::string_view text, std::size_t from, char byte) {
  const void* found = std::memchr(text.data() + from, byte, text.size() - from);
  if (found == nullptr) return text.size();
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

class Splitter {
 public:
  explicit Splitter(std::size_t line_max) : line_max_(line_max) {}

  void add_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return;
    if (line.size() > line_max_) {
      ++out_.oversized;
    } else {
      out_.lines.push_back(line);
    }
  }

  /// What stands on both sides of a hole are records of their own.
  void add_line_with_holes(std::string_view line) {
    for (std::size_t begin = 0; begin < line.size();) {
      const std::size_t hole = find_byte(line, begin, '\0');
      add_line(line.substr(begin, hole - begin));
      begin = std::min(line.find_first_not_of('\0', hole), line.size());
      out_.nul_bytes += begin - hole;
    }
  }

  SplitLines take() { return std::move(out_); }

 private:
  std::size_t line_max_;
  SplitLines out_;
};

}  // namespace

SplitLines split_lines(std::string_view text, std::size_t line_max) {
  Splitter out(line_max);
  const bool holes = !text.empty() && find_byte(text, 0, '\0') != text.size();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = find_byte(text, begin, '\n');
    const auto line = text.substr(begin, end - begin);
    if (holes) {
      out.add_line_with_holes(line);
    } else {
      out.add_line(line);
    }
    begin = end + 1;
  }
  return out.take();
}

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

}  // namespace vigil::watcher
