#include "agent/context/manifest_name.h"

#include <array>

#include "base/text_lines.h"
#include "parser/json_walk.h"

// Each manifest has its name in a place that one line shows: a section and a key, a word, a tag. A
// parser of the whole language would know more, and find nothing else.

namespace vigil::agent {
namespace {

constexpr std::size_t kManifestMax = 1'048'576;
constexpr std::size_t kNameMax = 255;

/// `key = "value"` in one section of TOML.
std::string_view in_section(std::string_view text, std::string_view section) {
  bool is_inside = false;
  while (!text.empty()) {
    const auto line = trimmed(take_line(text));
    if (line.starts_with('[')) {
      is_inside = line == section;
    } else if (is_inside) {
      const auto [key, value] = key_and_value(line, '=');
      if (key == "name") return value;
    }
  }
  return {};
}

std::string from_cargo(std::string_view text) {
  return std::string(in_section(text, "[package]"));
}

std::string from_pyproject(std::string_view text) {
  const auto name = in_section(text, "[project]");
  return std::string(name.empty() ? in_section(text, "[tool.poetry]") : name);
}

std::string from_json(std::string_view text) {
  parser::JsonWalk::Room room;
  parser::JsonWalk walk(text, room);
  std::string name;
  walk.each_field([&](std::string_view key) {
    if (key == "name" && name.empty()) name = walk.text();
  });
  return name;
}

bool is_major_version(std::string_view name) {
  return name.size() > 1 && name.front() == 'v' &&
         name.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// `module example.org/fleet/harbor/v2` is harbor.
std::string from_go(std::string_view text) {
  constexpr std::string_view kKey = "module ";
  while (!text.empty()) {
    const auto line = trimmed(take_line(text));
    if (!line.starts_with(kKey)) continue;
    auto path = trimmed(line.substr(kKey.size()));
    path = trimmed(path.substr(0, path.find("//")));
    if (is_major_version(file_name(path)) && path.find('/') != std::string_view::npos) {
      path = parent_path(path);
    }
    return std::string(file_name(path));
  }
  return {};
}

/// A top-level `name: harbor` of YAML.
std::string from_pubspec(std::string_view text) {
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.starts_with("name:")) return std::string(key_and_value(line, ':').second);
  }
  return {};
}

std::string from_gradle(std::string_view text) {
  while (!text.empty()) {
    const auto [key, value] = key_and_value(take_line(text), '=');
    if (key == "rootProject.name") return std::string(value);
  }
  return {};
}

/// `app: :harbor`
std::string from_mix(std::string_view text) {
  while (!text.empty()) {
    const auto [key, value] = key_and_value(take_line(text), ':');
    if (key == "app" && value.starts_with(':')) {
      return std::string(value.substr(1, value.find_first_of(", ", 1) - 1));
    }
  }
  return {};
}

/// The project's own artifactId, not its parent's, which stands before it.
std::string from_pom(std::string_view text) {
  constexpr std::string_view kParentEnd = "</parent>";
  constexpr std::string_view kOpen = "<artifactId>";
  const auto parent = text.find(kParentEnd);
  if (parent != std::string_view::npos) text.remove_prefix(parent + kParentEnd.size());
  const auto open = text.find(kOpen);
  if (open == std::string_view::npos) return {};
  text.remove_prefix(open + kOpen.size());
  return std::string(trimmed(text.substr(0, text.find('<'))));
}

struct Manifest {
  std::string_view file;
  std::string (*read)(std::string_view text);
};

constexpr auto kManifests = std::to_array<Manifest>({
    {"package.json", from_json},
    {"Cargo.toml", from_cargo},
    {"pyproject.toml", from_pyproject},
    {"go.mod", from_go},
    {"composer.json", from_json},
    {"pubspec.yaml", from_pubspec},
    {"settings.gradle", from_gradle},
    {"settings.gradle.kts", from_gradle},
    {"pom.xml", from_pom},
    {"mix.exs", from_mix},
});

std::string usable(std::string name) {
  if (name.size() > kNameMax || !is_plain_text(name)) name.clear();
  return name;
}

}  // namespace

std::string manifest_name(std::string_view manifest, std::string_view text) {
  for (const auto& known : kManifests) {
    if (known.file == manifest) return usable(known.read(text));
  }
  return {};
}

std::optional<std::string> package_at(const FileSystem& files, const std::string& directory) {
  bool has_manifest = false;
  for (const auto& known : kManifests) {
    const auto text = read_file(files, join_path(directory, known.file), kManifestMax);
    if (!text) continue;
    has_manifest = true;
    if (auto name = usable(known.read(*text)); !name.empty()) return name;
  }
  if (!has_manifest) return std::nullopt;
  return std::string(file_name(directory));
}

}  // namespace vigil::agent
