#include "agent/terminal/progress.h"

#include <algorithm>

#include "agent/terminal/printable.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kBarMost = 30;
constexpr std::size_t kBarLeast = 8;

struct Pace {
  std::uint64_t bytes_per_second = 0;
  std::int64_t seconds_left = 0;
};

Pace pace_of(std::uint64_t done, std::uint64_t total, milliseconds elapsed) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(elapsed.count(), 1));
  Pace pace;
  // Divided before it is multiplied where the product would not fit.
  pace.bytes_per_second = done < UINT64_MAX / 1000 ? done * 1000 / ms : done / ms * 1000;
  if (pace.bytes_per_second != 0) {
    const std::uint64_t left = total - done;
    const std::uint64_t begun = left % pace.bytes_per_second == 0 ? 0 : 1;
    pace.seconds_left = static_cast<std::int64_t>(left / pace.bytes_per_second + begun);
  }
  return pace;
}

std::string bar(std::uint64_t percent, std::size_t width) {
  const std::size_t full = width * percent / 100;
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

}  // namespace

Progress::Progress(MonoTime started, std::size_t columns)
    : started_(started), columns_(std::max<std::size_t>(columns, 20)) {}

std::optional<std::string> Progress::step(MonoTime now, std::uint64_t bytes_done,
                                          std::uint64_t bytes_total) {
  if (bytes_total == 0 || now - started_ < kQuietFor) return std::nullopt;
  if (drawn_ && now - *drawn_ < kRedrawEvery) return std::nullopt;
  drawn_ = now;
  const std::uint64_t done = std::min(bytes_done, bytes_total);
  const Pace pace =
      pace_of(done, bytes_total, std::chrono::duration_cast<milliseconds>(now - started_));
  const double share = static_cast<double>(done) / static_cast<double>(bytes_total);
  const auto percent = static_cast<std::uint64_t>(share * 100);
  std::string facts = " " + std::to_string(percent) + "%  " + format_bytes(done) + " of " +
                      format_bytes(bytes_total) + "  " + format_bytes(pace.bytes_per_second) + "/s";
  if (pace.seconds_left != 0) facts += "  " + format_span(pace.seconds_left) + " left";
  const std::size_t room = columns_ - 1;  // a full last column would wrap
  std::string line;
  if (facts.size() + kBarLeast + 2 <= room) {
    line = bar(percent, std::min(kBarMost, room - facts.size() - 2));
  }
  line += facts;
  return "\r\x1b[2K" + line.substr(0, room);
}

std::string Progress::finish() {
  if (!drawn_) return {};
  drawn_.reset();
  return "\r\x1b[2K";
}

}  // namespace vigil::agent
