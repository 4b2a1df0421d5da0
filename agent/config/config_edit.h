#pragma once

#include <string>
#include <string_view>

namespace vigil::agent {

/// The text of a configuration file with one key (outside `[[sink]]`) set to `literal`, a TOML
/// value; everything else, comments too, stays as it is. The key's line is replaced where there is
/// one, else a line is added to its table, else the table is added before the first `[[`.
///
/// `text` must be valid TOML. Keys are looked for as lines of the form `key = value` under
/// `[table]`; a file that says them in another form (dotted, inline) comes out with the key twice,
/// which the caller finds by parsing the result.
[[nodiscard]] std::string with_setting(std::string_view text, std::string_view key,
                                       std::string_view literal);

}  // namespace vigil::agent
