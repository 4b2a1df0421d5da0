#pragma once

#include <string_view>

namespace vigil::watcher {

/// Whether `text` is one whole JSON object as far as its braces, brackets and strings tell, with
/// nothing but white space and NUL around it. Decides if a last line without LF is finished.
[[nodiscard]] bool is_complete_object(std::string_view text);

}  // namespace vigil::watcher
