#include "agent/traces/vscode_lookup.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "parser/editors/vscode_history.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kLocal = "file://";
constexpr std::size_t kHistoryMax = 65'536;  // bytes of an entries.json
constexpr std::size_t kSamplesMax = 4;       // of them that are read to learn the server's name
constexpr std::size_t kVersionsMax = 256;    // of one file that are looked at

}  // namespace

std::vector<std::string> VscodeLookup::learn_fronts(const std::string& history) const {
  std::vector<std::string> fronts{std::string(kLocal)};
  const auto folders = files_.list(history);
  if (!folders) return fronts;
  std::size_t samples = 0;
  for (const auto& folder : *folders) {
    if (samples == kSamplesMax) break;
    const auto text =
        read_file(files_, join_path(history, folder.name) + "/entries.json", kHistoryMax);
    const auto parsed = text ? parser::parse_vscode_history(*text) : std::nullopt;
    const bool is_proof = parsed && parser::vscode_hash(parsed->uri) == folder.name;
    if (!is_proof) continue;
    ++samples;
    const auto end = parsed->uri.find('/', parsed->uri.find("://") + 3);
    auto front = parsed->uri.substr(0, end);
    const bool is_here = parser::path_of_vscode_uri(parsed->uri).has_value();
    if (is_here && std::ranges::find(fronts, front) == fronts.end()) {
      fronts.push_back(std::move(front));
    }
  }
  return fronts;
}

const std::vector<std::string>& VscodeLookup::fronts_of(const VscodeFlavour& flavour) {
  auto& fronts = fronts_[flavour.user];
  // A server in a browser has another front than `file:`, known once it has saved something.
  const bool may_learn = fronts.empty() || (fronts.size() == 1 && flavour.editor == "code-server");
  if (may_learn) fronts = learn_fronts(flavour.user + "/History");
  return fronts;
}

std::optional<milliseconds> VscodeLookup::apart_from(const std::string& folder,
                                                     WallTime saved) const {
  const auto entries = files_.list(folder);
  if (!entries) return std::nullopt;
  std::optional<milliseconds> nearest;
  std::size_t looked_at = 0;
  for (const auto& entry : *entries) {
    if (entry.name == "entries.json" || ++looked_at > kVersionsMax) continue;
    const auto stat = files_.stat(join_path(folder, entry.name));
    if (!stat) continue;
    const milliseconds apart(std::abs(stat->modified_ns / 1'000'000 - unix_ms(saved)));
    if (!nearest || apart < *nearest) nearest = apart;
  }
  return nearest;
}

void VscodeLookup::testify(const std::vector<VscodeFlavour>& flavours, const std::string& path,
                           WallTime saved, std::vector<Evidence>& evidence) {
  const auto uri = parser::vscode_uri(path);
  const auto encoded = std::string_view(uri).substr(kLocal.size());
  for (const auto& flavour : flavours) {
    for (const auto& front : fronts_of(flavour)) {
      const auto name = parser::vscode_hash(front + std::string(encoded));
      const auto apart = apart_from(flavour.user + "/History/" + name, saved);
      if (!apart || *apart > kEvidenceWindow) continue;
      evidence.push_back({How::history, flavour.editor, {}, *apart});
    }
  }
}

}  // namespace vigil::agent
