#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/hub/dashboard_file.h"
#include "agent/hub/http_message.h"

namespace vigil::agent {

/// How a file is packed on its way.
enum class Coding : std::uint8_t { identity, brotli, gzip };

/// The shortest coding that an Accept-Encoding allows; unpacked where it names neither.
[[nodiscard]] Coding preferred_coding(std::string_view accept_encoding);

/// The dashboard's file at a path; its index for any other path, since the page itself knows its
/// addresses, but 404 below /assets/, where names change with the content. 304 where the client has
/// it. Without files (a program built without the dashboard) a sentence that says so.
[[nodiscard]] Response dashboard_page(const Request& request, std::span<const DashboardFile> files);

}  // namespace vigil::agent
