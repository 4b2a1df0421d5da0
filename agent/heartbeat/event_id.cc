#include "agent/heartbeat/event_id.h"

#include <algorithm>
#include <span>
#include <string>

#include "base/encoding.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kPrefix = "evt_";
constexpr std::size_t kTimeDigits = 9;
constexpr std::size_t kHashDigits = 11;

constexpr std::uint64_t power_of_36(std::size_t exponent) {
  return exponent == 0 ? 1 : 36 * power_of_36(exponent - 1);
}
constexpr std::uint64_t kTimeEnd = power_of_36(kTimeDigits);  // in the year 5188
constexpr std::uint64_t kHashEnd = power_of_36(kHashDigits);

std::string_view name_of(parser::IdentityKind kind) {
  switch (kind) {
    case parser::IdentityKind::reply: return "reply";
    case parser::IdentityKind::call: return "call";
    case parser::IdentityKind::prompt: return "prompt";
    case parser::IdentityKind::session_start: return "session_start";
    case parser::IdentityKind::session_end: return "session_end";
    case parser::IdentityKind::error: return "error";
    case parser::IdentityKind::save: return "save";
    case parser::IdentityKind::trace: return "trace";
  }
  return "";
}

std::optional<std::uint64_t> parse_base36(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && (c < 'a' || c > 'z')) return std::nullopt;
    value = value * 36 + static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
  }
  return value;
}

EventKey key_of(std::int64_t ms, const Digest& digest) {
  std::uint64_t head = 0;
  for (const std::byte b : std::span(digest).first<8>()) {
    head = (head << 8) | std::to_integer<std::uint64_t>(b);
  }
  const auto clamped = std::clamp<std::int64_t>(ms, 0, static_cast<std::int64_t>(kTimeEnd) - 1);
  return {static_cast<std::uint64_t>(clamped), head % kHashEnd};
}

}  // namespace

EventId to_event_id(EventKey key) {
  std::string text(kPrefix.size() + kTimeDigits + kHashDigits, '0');
  kPrefix.copy(text.data(), kPrefix.size());
  const std::span digits = std::span(text).subspan(kPrefix.size());
  put_base36(key.time_ms, digits.first<kTimeDigits>());
  put_base36(key.hash, digits.subspan<kTimeDigits>());
  return EventId(std::move(text));
}

std::optional<EventKey> to_event_key(std::string_view id) {
  if (!id.starts_with(kPrefix)) return std::nullopt;
  id.remove_prefix(kPrefix.size());
  if (id.size() != kTimeDigits + kHashDigits) return std::nullopt;
  const auto time = parse_base36(id.substr(0, kTimeDigits));
  const auto hash = parse_base36(id.substr(kTimeDigits));
  if (!time || !hash) return std::nullopt;
  return EventKey{*time, *hash};
}

EventId EventIdMaker::make(const parser::Identity& identity) {
  return to_event_id(make_key(identity));
}

EventKey EventIdMaker::make_key(const parser::Identity& identity) {
  const Digest digest = hasher_.add_field("vigil/event/v1")
                            .add_field(source_.text())
                            .add_field(name_of(identity.kind))
                            .add_field(identity.key)
                            .finish();
  return key_of(unix_ms(identity.first_time), digest);
}

EventId EventIdMaker::make_for_fields(WallTime time, std::string_view fields) {
  const Digest digest = hasher_.add_field("vigil/event/v1")
                            .add_field(source_.text())
                            .add_field("fields")
                            .add_field(fields)
                            .finish();
  return to_event_id(key_of(unix_ms(time), digest));
}

}  // namespace vigil::agent
