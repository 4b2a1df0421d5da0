#include "parser/editors/vscode_history.h"

#include <array>
#include <charconv>

#include "parser/editors/trace_path.h"
#include "parser/json_walk.h"

namespace vigil::parser {
namespace {

constexpr std::size_t kEntriesMax = 1'000;
constexpr std::int64_t kMillisecondsMax = 1LL << 46U;

bool stays_as_it_is(char c) {
  constexpr std::string_view kMarks = "-._~/";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.contains(c);
}

/// Takes one code point of UTF-8; broken bytes stand for themselves, as replacements.
char32_t take_code_point(std::string_view& text) {
  constexpr char32_t kReplacement = 0xfffd;
  const auto lead = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < more) return kReplacement;
  char32_t code = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0U) != 0x80) return kReplacement;
    code = code << 6U | (byte & 0x3fU);
  }
  text.remove_prefix(more);
  return code;
}

VscodeHistory::Cause cause_of(std::string_view source) {
  using Cause = VscodeHistory::Cause;
  if (source.empty()) return Cause::save;
  if (source == "searchReplace.source") return Cause::replace;
  if (source == "undoRedo.source") return Cause::undo;
  if (source == "renamed.source" || source == "moved.source") return Cause::move;
  return Cause::other;
}

VscodeHistory::Entry take_entry(JsonWalk& json) {
  VscodeHistory::Entry entry{};
  std::string_view source;
  json.each_field([&](std::string_view name) {
    if (name == "timestamp") {
      const auto ms = json.integer().value_or(0);
      if (ms > 0 && ms < kMillisecondsMax) entry.time = from_unix_ms(ms);
    } else if (name == "source") {
      source = json.escaped();
    }
  });
  entry.cause = cause_of(source);
  return entry;
}

}  // namespace

std::string vscode_uri(std::string_view path) {
  std::string uri = "file://";
  for (const char c : path) {
    if (stays_as_it_is(c)) {
      uri += c;
      continue;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += kDigits[byte >> 4U];
    uri += kDigits[byte & 0x0fU];
  }
  return uri;
}

std::string vscode_hash(std::string_view text) {
  constexpr std::uint32_t kStart = 149'417;
  std::uint32_t hash = kStart;
  const auto add = [&hash](std::uint32_t unit) { hash = hash * 31 + unit; };
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    if (code < 0x10000) {
      add(code);
    } else {
      add(0xd800 + ((code - 0x10000) >> 10U));
      add(0xdc00 + ((code - 0x10000) & 0x3ffU));
    }
  }
  std::array<char, 10> room{};
  const auto value = static_cast<std::int32_t>(hash);
  return {room.data(), std::to_chars(room.begin(), room.end(), value, 16).ptr};
}

std::optional<std::string> path_of_vscode_uri(std::string_view uri) {
  constexpr std::string_view kRemote = "vscode-remote://";
  if (!uri.starts_with(kRemote)) return path_of_uri(uri);
  uri.remove_prefix(kRemote.size());
  const auto slash = uri.find('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  // `ssh-remote+host`, `wsl+Ubuntu`, `dev-container+...` are other machines.
  const auto authority = percent_decoded(uri.substr(0, slash));
  if (!authority || authority->contains('+')) return std::nullopt;
  const auto path = percent_decoded(uri.substr(slash));
  return path ? trace_path(*path) : std::nullopt;
}

std::optional<VscodeHistory> parse_vscode_history(std::string_view text) {
  JsonWalk::Room room;
  JsonWalk json(text, room);
  VscodeHistory history;
  json.each_field([&](std::string_view name) {
    if (name == "resource") {
      history.uri = json.text();
    } else if (name == "entries") {
      json.each_element([&] {
        auto entry = take_entry(json);
        if (entry.time != WallTime{} && history.entries.size() < kEntriesMax) {
          history.entries.push_back(entry);
        }
      });
    }
  });
  const bool is_uri = history.uri.size() <= 3 * kPathMax && history.uri.contains("://") &&
                      history.uri.find_first_of(" \n\t") == std::string::npos;
  if (!is_uri) return std::nullopt;
  return history;
}

}  // namespace vigil::parser
