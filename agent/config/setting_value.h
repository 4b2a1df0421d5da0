#pragma once

#include <string>
#include <string_view>

#include "agent/config/config.h"
#include "agent/config/setting.h"

namespace vigil::agent {

/// A destination as `[[sink]]` says it; what it leaves open comes from `[delivery]`.
struct SinkDraft {
  std::string name;
  std::string type = "hub";
  std::string url;
  std::optional<std::chrono::milliseconds> timer;
  std::int64_t capacity = 0;  ///< 0: not said
  std::string ca_file;
  std::string proxy;
  std::vector<std::string> hide;
};

/// `a, b` as its parts, without spaces around them and without empty ones.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

/// What paths in values are relative to, and what `~` means.
class PathBase {
 public:
  PathBase(std::string directory, std::string home);
  [[nodiscard]] std::string absolute(std::string_view path) const;

 private:
  std::string directory_;
  std::string home_;
};

/// Puts a value into its place. `malformed` names key and bounds: `delivery.capacity must be 1 to
/// 10000`. Instantiated for Config and SinkDraft.
template <class Owner>
Result<void> assign(const Setting<Owner>& setting, Owner& owner, SettingValue value,
                    const PathBase& base);

/// The same from text (a variable, a flag, `agent config set`): lists are separated by commas.
template <class Owner>
Result<void> assign_text(const Setting<Owner>& setting, Owner& owner, std::string_view text,
                         const PathBase& base);

/// The present value as TOML: `"1min"`, `1000`, `true`, `["a", "b"]`.
template <class Owner>
std::string show(const Setting<Owner>& setting, Owner owner);

}  // namespace vigil::agent
