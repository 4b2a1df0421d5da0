#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/hub/http_message.h"
#include "agent/hub/registry.h"
#include "base/time.h"

namespace vigil::agent {

inline constexpr std::chrono::seconds kCookieLife = std::chrono::days(30);

enum class Scheme : std::uint8_t { http, https };

/// Under which names the hub may be called. Whatever else a Host says is an attack by DNS
/// rebinding or a mistake.
struct HostPolicy {
  std::uint16_t port = 0;
  Scheme scheme = Scheme::http;        ///< as the browser sees it
  std::vector<std::string> names;      ///< beside loopback: `hub.example` or `hub.example:8443`
  bool is_proxied = false;             ///< a proxy stands in front
  std::vector<std::string> origins{};  ///< of foreign pages that may read: `https://wall.example`
};

/// 127.0.0.1, [::1] and localhost with exactly the port (or without it where it is the scheme's),
/// and the configured names with it or without any.
[[nodiscard]] bool is_host_allowed(std::string_view host, const HostPolicy& policy);

/// Whether a page of a listed foreign origin asks to read the API, as its Origin says.
[[nodiscard]] bool is_from_listed_origin(const Request& request, const HostPolicy& policy);

/// Lets the page of `origin` read the answer. Cookies do not count there: it needs a token.
void share_with(Response& response, std::string_view origin);

/// What is answered before anybody looks at who sends a request: a refusal for its Host, Origin,
/// Fetch Metadata or Content-Type, or leave to a listed origin that asks for it (a CORS preflight).
/// Nothing where the request may go on.
[[nodiscard]] std::optional<Response> screen(const Request& request, const HostPolicy& policy);

/// Who asks.
enum class Visitor : std::uint8_t {
  nobody,
  token_bearer,
  writing_token,
  browser,          ///< signed in by a one-time link of this machine, or of a writing token
  reading_browser,  ///< by a link that a token made which may only read
};
[[nodiscard]] bool is_token(Visitor visitor);
[[nodiscard]] bool may_write(Visitor visitor);

[[nodiscard]] Visitor identify(const Request& request, const Registry& registry,
                               const HostPolicy& policy, WallTime now);

/// Whether a program on this machine asks, and no page: what needs no signature or token once
/// `agent hub allow-unsigned` was said. Not where a proxy speaks for others from here.
[[nodiscard]] bool is_from_neighbour(const Request& request, const HostPolicy& policy);

/// A `Set-Cookie` value that signs a browser in for kCookieLife. Nothing is stored: the value is
/// its end, what it lets do, and a MAC over both.
[[nodiscard]] std::string sign_in_cookie(const CookieKey& key, const HostPolicy& policy,
                                         WallTime now, Access access = Access::write);

/// Everything is forbidden but what the hub itself serves; and where a page has script or style
/// inside, these, by their hashes (`'sha256-...'`; else empty).
[[nodiscard]] std::string content_policy(std::string_view script_hash, std::string_view style_hash);

/// Completes every answer: what a browser must and must not do with it. A policy for content or
/// caches that the answer already has stays.
void add_security_headers(Response& response);

/// 403 for who is known, but may only read.
[[nodiscard]] Response read_only();

/// 401 in one form for every reason, so that it tells nothing.
[[nodiscard]] Response unauthorized();

}  // namespace vigil::agent
