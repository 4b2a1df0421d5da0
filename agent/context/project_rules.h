#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::agent {

/// Whose project a git submodule is.
enum class Submodules : std::uint8_t { own, parents };

/// `folder` and everything below it is the project `name`.
struct MappedFolder {
  std::string folder;  ///< absolute, without a slash at the end
  std::string name;

  friend bool operator==(const MappedFolder&, const MappedFolder&) = default;
};

/// A project whose name is another one from now on.
struct ProjectAlias {
  std::string from;
  std::string to;

  friend bool operator==(const ProjectAlias&, const ProjectAlias&) = default;
};

/// What the configuration says about projects.
struct ProjectRules {
  std::vector<MappedFolder> map;
  std::vector<ProjectAlias> aliases;  ///< applied once, to whatever name was found
  Submodules submodules = Submodules::own;

  friend bool operator==(const ProjectRules&, const ProjectRules&) = default;
};

/// `FOLDER=NAME`, cut at the first `=`; nothing for what is not of this form.
[[nodiscard]] std::optional<MappedFolder> parse_mapped_folder(std::string_view text);

/// `OLD=NEW`, cut at the last `=`; nothing for what is not of this form.
[[nodiscard]] std::optional<ProjectAlias> parse_project_alias(std::string_view text);

/// The name by which the project goes.
[[nodiscard]] const std::string& known_as(const ProjectRules& rules, const std::string& name);

/// The entry with the longest folder that holds `directory` or is it; null where none does.
[[nodiscard]] const MappedFolder* mapped_folder(const ProjectRules& rules,
                                                std::string_view directory);

}  // namespace vigil::agent
