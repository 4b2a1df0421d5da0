#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace vigil::agent {

/// A text in the program's read-only data; its form is also that of the table which
/// dashboard/build.mjs writes for the assembler.
struct EmbeddedText {
  const char* data = nullptr;
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const { return {data, size}; }
};

/// One file of the dashboard as it was at build time.
struct DashboardFile {
  EmbeddedText path;  ///< `/`, or `/assets/vigil-0123456789ab.js`: a new name for a new content
  EmbeddedText mime;  ///< value of Content-Type
  EmbeddedText etag;  ///< with its quotes
  EmbeddedText inline_script;  ///< hash of the script inside as the policy names it: `'sha256-...'`
  EmbeddedText inline_style;   ///< the same of the style
  EmbeddedText identity;       ///< the file
  EmbeddedText brotli;         ///< the same packed; empty where that would be longer
  EmbeddedText gzip;
};

/// All files; none in a program that was built without the dashboard.
[[nodiscard]] std::span<const DashboardFile> dashboard_files();

}  // namespace vigil::agent
