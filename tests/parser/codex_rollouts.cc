#include "tests/parser/codex_rollouts.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/time.h"
#include "parser/codex_parser.h"

namespace vigil::parser::test {

void Ledger::add(const Activity& activity) {
  const auto& identity = activity.identity;
  const EventKey key{identity.kind, identity.key, unix_ms(identity.first_time)};
  const auto [known, is_new] = events_.try_emplace(key, activity);
  if (!is_new && activity.revision >= known->second.revision) known->second = activity;
}

std::map<std::string, Tokens> Ledger::tokens_by_model() const {
  std::map<std::string, Tokens> sums;
  for (const auto& [key, activity] : events_) {
    if (!activity.tokens) continue;
    auto& sum = sums[activity.model];
    sum.input += activity.tokens->input;
    sum.cache_read += activity.tokens->cache_read;
    sum.cache_write += activity.tokens->cache_write;
    sum.output += activity.tokens->output;
  }
  return sums;
}

std::vector<Activity> Ledger::of(Action action) const {
  std::vector<Activity> found;
  for (const auto& [key, activity] : events_) {
    if (activity.action == action) found.push_back(activity);
  }
  return found;
}

std::vector<Activity> Ledger::calls() const {
  std::vector<Activity> found;
  for (const auto& [key, activity] : events_) {
    if (activity.identity.kind == IdentityKind::call) found.push_back(activity);
  }
  return found;
}

std::vector<std::filesystem::path> rollouts_of(std::string_view version) {
  const auto root = std::filesystem::path(VIGIL_FIXTURES) / "codex" / version / "home" / ".codex";
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (is_codex_log(entry.path().lexically_relative(root).string())) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::filesystem::file_size(path), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<Activity> parse(LogParser& parser, std::string_view line) {
  std::vector<char> padded(line.begin(), line.end());
  padded.insert(padded.end(), kLinePadding, '#');
  const auto activities = parser.parse_line({padded.data(), line.size()});
  return {activities.begin(), activities.end()};
}

Ledger parse_rollouts(std::string_view version) {
  Ledger ledger;
  for (const auto& path : rollouts_of(version)) {
    const auto text = read_file(path);
    const auto parser = make_codex_parser(path.string());
    for (const auto line : lines_of(text)) {
      for (const auto& activity : parse(*parser, line)) ledger.add(activity);
    }
  }
  return ledger;
}

Ledger parse_text(std::string_view text, std::string_view path) {
  Ledger ledger;
  const auto parser = make_codex_parser(path);
  for (const auto line : lines_of(text)) {
    for (const auto& activity : parse(*parser, line)) ledger.add(activity);
  }
  return ledger;
}

std::string strings_of(const Activity& activity) {
  std::string all;
  for (const auto* text :
       {&activity.identity.key, &activity.path, &activity.cwd, &activity.branch, &activity.session,
        &activity.parent_session, &activity.app_version, &activity.model, &activity.tool}) {
    all.append(*text).append("\n");
  }
  return all;
}

std::string describe(const Activity& activity) {
  std::string all = strings_of(activity);
  const auto tokens = activity.tokens.value_or(Tokens{});
  const auto tool_class = static_cast<std::int64_t>(activity.tool_class);
  for (const auto number :
       {std::int64_t{activity.revision}, unix_ms(activity.time),
        unix_ms(activity.identity.first_time), static_cast<std::int64_t>(activity.identity.kind),
        static_cast<std::int64_t>(activity.actor), static_cast<std::int64_t>(activity.action),
        tool_class, std::int64_t{activity.is_write},
        activity.ok ? std::int64_t{*activity.ok} : std::int64_t{-1},
        activity.lines_added.value_or(-1), activity.lines_removed.value_or(-1),
        activity.prompt_length.value_or(-1), tokens.input, tokens.cache_read, tokens.cache_write,
        tokens.output, tokens.reasoning}) {
    all.append(std::to_string(number)).append(" ");
  }
  return all;
}

}  // namespace vigil::parser::test
