#include "agent/hub/strict_sources.h"

#include <string_view>
#include <utility>

#include "agent/hub/registry.h"

namespace vigil::agent {
namespace {

constexpr std::size_t kFileMax = 4 * 1024 * 1024;

}  // namespace

Result<void> StrictSources::load() {
  const auto text = read_file(files_, path_, kFileMax);
  if (!text && text.error().code == Errc::not_found) return {};
  if (!text) return std::unexpected(text.error());
  std::string_view rest = *text;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end);
    if (is_source_id(line)) sources_.emplace(std::string(line));
    rest.remove_prefix(end + 1);
  }
  if (!rest.empty()) separator_ = "\n";
  return {};
}

Result<void> StrictSources::mark(const SourceId& source) {
  if (!sources_.insert(source).second) return {};
  return files_.append(path_, std::exchange(separator_, {}) + source.text() + "\n", 0600);
}

}  // namespace vigil::agent
