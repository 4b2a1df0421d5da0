#include "tests/parser/claude_logs.h"

#include <algorithm>

#include "parser/claude_parser.h"

namespace vigil::parser::test {

namespace fs = std::filesystem;

std::vector<fs::path> claude_logs_of(std::string_view version) {
  const auto home = fs::path(VIGIL_FIXTURES) / "claude" / version / "home";
  std::vector<fs::path> found;
  for (const auto& root : fs::directory_iterator(home)) {
    for (const auto& entry : fs::recursive_directory_iterator(root.path())) {
      const auto relative = entry.path().lexically_relative(root.path()).string();
      if (entry.is_regular_file() && is_claude_log(relative)) found.push_back(entry.path());
    }
  }
  std::ranges::sort(found);
  return found;
}

Ledger parse_claude_logs(std::string_view version) {
  Ledger ledger;
  for (const auto& path : claude_logs_of(version)) {
    const auto text = read_file(path);
    for (const auto& activity : parse_claude_text(text, path.string())) ledger.add(activity);
  }
  return ledger;
}

std::vector<Activity> parse_claude_text(std::string_view text, std::string_view path) {
  std::vector<Activity> all;
  const auto parser = make_claude_parser(path);
  for (const auto line : lines_of(text)) {
    for (const auto& activity : parse(*parser, line)) all.push_back(activity);
  }
  return all;
}

}  // namespace vigil::parser::test
