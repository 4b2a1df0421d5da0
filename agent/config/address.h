#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vigil::agent {

/// The parts of an absolute http or https URL that the program has a use for.
struct Url {
  std::string scheme;      ///< `http` or `https`
  std::string host;        ///< without brackets
  std::uint16_t port = 0;  ///< the scheme's own where the URL names none
  std::string path;        ///< without a trailing slash; empty for the root
};

/// Nothing for other schemes, user info, queries, fragments, spaces and control characters.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

/// `127.0.0.1:4821`, `[::1]:4821`, `localhost:0`.
struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] std::optional<ListenAddress> parse_listen_address(std::string_view text);

/// `localhost`, 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view host);

[[nodiscard]] bool is_hub_url(std::string_view text);  ///< https, or http on loopback
[[nodiscard]] bool is_proxy_url(std::string_view text);
[[nodiscard]] bool is_listen_address(std::string_view text);
[[nodiscard]] bool is_ip_address(std::string_view text);
[[nodiscard]] bool is_source_name(std::string_view text);  ///< `[A-Za-z0-9._:-]{1,64}`
[[nodiscard]] bool is_sink_name(std::string_view text);    ///< `[a-z0-9_-]{1,32}`

}  // namespace vigil::agent
