#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::parser {

/// What the log of VS Code's git extension tells: which file came to the front, since for each the
/// extension asks git for its committed text, and which repositories are open. Fed line by line.
class VscodeGitLog {
 public:
  static constexpr std::size_t kRepositoriesMax = 64;  ///< of one window; later ones are not known

  /// The file that came to the front with this line, relative to one of the repositories: a window
  /// can have several, and the log does not say which is meant.
  [[nodiscard]] std::optional<std::string> take(std::string_view line);

  [[nodiscard]] const std::vector<std::string>& repositories() const { return repositories_; }

 private:
  std::vector<std::string> repositories_;
};

}  // namespace vigil::parser
