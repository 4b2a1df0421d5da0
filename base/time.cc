#include "base/time.h"

#include <algorithm>
#include <array>

namespace vigil {
namespace {

constexpr WallTime kFirst = std::chrono::sys_days{std::chrono::year{0} / 1 / 1};
constexpr WallTime kLast = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} +
                           std::chrono::hours{24} - milliseconds{1};

void put_digits(char* out, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

/// Takes fixed-width numbers and separators off the front of a text; sticky failure.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  unsigned number(std::size_t width) {
    if (rest_.size() < width) return failed();
    unsigned value = 0;
    for (char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return failed();
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }

  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      failed();
      return 0;
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  int milliseconds_fraction() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    rest_.remove_prefix(1);
    int value = 0;
    std::size_t digits = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      if (digits < 3) value = value * 10 + (rest_.front() - '0');
      ++digits;
    }
    if (digits == 0 || digits > 9) failed();
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }

  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
  [[nodiscard]] bool ok() const { return ok_; }

 private:
  unsigned failed() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string format_rfc3339(WallTime time) {
  time = std::clamp(time, kFirst, kLast);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 24> out{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0',
                           '0', ':', '0', '0', ':', '0', '0', '.', '0', '0', '0', 'Z'};
  put_digits(&out[0], static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(&out[5], static_cast<unsigned>(date.month()), 2);
  put_digits(&out[8], static_cast<unsigned>(date.day()), 2);
  put_digits(&out[11], static_cast<unsigned>(clock.hours().count()), 2);
  put_digits(&out[14], static_cast<unsigned>(clock.minutes().count()), 2);
  put_digits(&out[17], static_cast<unsigned>(clock.seconds().count()), 2);
  put_digits(&out[20], static_cast<unsigned>(clock.subseconds().count()), 3);
  return {out.data(), out.size()};
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  Scanner in(text);
  const auto year = std::chrono::year{static_cast<int>(in.number(4))};
  in.one_of("-");
  const auto month = std::chrono::month{in.number(2)};
  in.one_of("-");
  const auto day = std::chrono::day{in.number(2)};
  in.one_of("Tt ");
  const unsigned hour = in.number(2);
  in.one_of(":");
  const unsigned minute = in.number(2);
  in.one_of(":");
  const unsigned second = in.number(2);
  const int fraction = in.milliseconds_fraction();
  const char zone = in.one_of("Zz+-");
  int offset_minutes = 0;
  if (zone == '+' || zone == '-') {
    const unsigned hours = in.number(2);
    in.one_of(":");
    const unsigned minutes = in.number(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_minutes = static_cast<int>(hours * 60 + minutes) * (zone == '+' ? 1 : -1);
  }
  const std::chrono::year_month_day date{year, month, day};
  // A leap second (:60) is read as the first moment of the next minute.
  if (!in.done() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{hour} +
         std::chrono::minutes{static_cast<int>(minute) - offset_minutes} +
         std::chrono::seconds{second} + milliseconds{fraction};
}

}  // namespace vigil
