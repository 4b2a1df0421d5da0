#include "agent/hub/auth.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/digest.h"
#include "base/encoding.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr char kReadOnlyMark = 'r';  // behind a cookie's end
constexpr std::string_view kCookieTag = "vigil-cookie/v1\n";
constexpr std::array<std::string_view, 3> kLoopbackNames{"127.0.0.1", "[::1]", "localhost"};

/// HMAC-SHA256 (RFC 2104); the key is shorter than a block.
Digest hmac(const CookieKey& key, std::string_view text) {
  constexpr std::size_t kBlock = 64;
  std::array<std::byte, kBlock> inner{};
  std::array<std::byte, kBlock> outer{};
  std::ranges::copy(key, inner.begin());
  outer = inner;
  for (auto& byte : inner) byte ^= std::byte{0x36};
  for (auto& byte : outer) byte ^= std::byte{0x5C};
  Sha256 hash;
  const Digest middle = hash.add(inner).add(text).finish();
  return hash.add(outer).add(middle).finish();
}

/// Cookies know no ports: the name keeps two hubs of one machine apart. `__Host-` makes browsers
/// take it from nobody else on the site.
std::string cookie_name(const HostPolicy& policy) {
  const std::string name = "vigil" + std::to_string(policy.port);
  return policy.scheme == Scheme::https ? "__Host-" + name : name;
}

std::string cookie_mac(const CookieKey& key, std::string_view expires) {
  return to_hex(hmac(key, std::string(kCookieTag) + std::string(expires)));
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view pair = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

/// What a cookie lets do; nothing where it is not valid.
std::optional<Access> access_of_cookie(std::string_view value, const CookieKey& key, WallTime now) {
  const std::size_t dot = value.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  std::string_view expires = value.substr(0, dot);
  const std::string expected = cookie_mac(key, expires);
  if (!equal_in_constant_time(bytes_of(expected), bytes_of(value.substr(dot + 1)))) {
    return std::nullopt;
  }
  const bool is_read_only = expires.ends_with(kReadOnlyMark);
  if (is_read_only) expires.remove_suffix(1);
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  const bool is_number = error == std::errc{} && end == expires.data() + expires.size();
  if (!is_number || unix_ms(now) >= seconds * 1'000) return std::nullopt;
  return is_read_only ? Access::read : Access::write;
}

bool is_name_with_port(std::string_view host, std::string_view name, const HostPolicy& policy) {
  if (host.size() < name.size() || !equal_ignoring_case(host.substr(0, name.size()), name))
    return false;
  const std::string_view rest = host.substr(name.size());
  const std::uint16_t usual = policy.scheme == Scheme::https ? 443 : 80;
  if (rest.empty()) return policy.port == usual;
  return rest == ":" + std::to_string(policy.port);
}

bool is_safe(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

/// A page of another origin may not even try. Clients that are no browsers send no Origin.
bool is_same_origin(std::string_view origin, const Request& request, const HostPolicy& policy) {
  const std::string_view scheme = policy.scheme == Scheme::https ? "https://" : "http://";
  return origin.starts_with(scheme) &&
         equal_ignoring_case(origin.substr(scheme.size()), request.header("Host"));
}

bool is_preflight(const Request& request) {
  return request.method == "OPTIONS" && !request.header("Access-Control-Request-Method").empty();
}

Response leave_to_read(std::string_view origin) {
  Response response{.status = 204, .headers = {}, .body = {}, .stream = nullptr};
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD");
  response.headers.emplace_back("Access-Control-Allow-Headers", "Authorization");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
  share_with(response, origin);
  return response;
}

/// Fetch Metadata: what other sites may do is show a link to a page.
bool is_fetch_allowed(const Request& request) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  if (site.empty() || site == "same-origin" || site == "none") return true;
  return request.method == "GET" && request.header("Sec-Fetch-Mode") == "navigate" &&
         request.header("Sec-Fetch-Dest") == "document";
}

bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return equal_ignoring_case(type.substr(0, type.find(' ')), "application/json");
}

}  // namespace

bool is_host_allowed(std::string_view host, const HostPolicy& policy) {
  const auto has_port = [&](std::string_view name) {
    return is_name_with_port(host, name, policy);
  };
  if (std::ranges::any_of(kLoopbackNames, has_port)) return true;
  return std::ranges::any_of(policy.names, [&](const std::string& name) {
    return equal_ignoring_case(host, name) || has_port(name);
  });
}

bool is_from_listed_origin(const Request& request, const HostPolicy& policy) {
  return (is_safe(request.method) || is_preflight(request)) && request.path.starts_with("/api/") &&
         std::ranges::find(policy.origins, request.header("Origin")) != policy.origins.end();
}

void share_with(Response& response, std::string_view origin) {
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Vary", "Origin");
}

std::optional<Response> screen(const Request& request, const HostPolicy& policy) {
  if (!is_host_allowed(request.header("Host"), policy)) {
    return error_response(421, "wrong_host", "this hub is not known under that name");
  }
  const std::string_view origin = request.header("Origin");
  if (is_from_listed_origin(request, policy)) {
    return is_preflight(request) ? std::optional(leave_to_read(origin)) : std::nullopt;
  }
  if (!origin.empty() && !is_same_origin(origin, request, policy)) {
    return error_response(403, "foreign_origin", "pages of other origins have no access");
  }
  if (!is_fetch_allowed(request)) {
    return error_response(403, "foreign_site", "other sites have no access");
  }
  if (!is_safe(request.method) && !request.body.empty() &&
      !is_json(request.header("Content-Type"))) {
    return error_response(415, "content_type", "bodies must be application/json");
  }
  return std::nullopt;
}

Visitor identify(const Request& request, const Registry& registry, const HostPolicy& policy,
                 WallTime now) {
  const std::string_view authorization = request.header("Authorization");
  if (authorization.size() > kBearer.size() &&
      equal_ignoring_case(authorization.substr(0, kBearer.size()), kBearer)) {
    const ReadToken* const token = find_token(registry, authorization.substr(kBearer.size()));
    if (token == nullptr) return Visitor::nobody;
    return token->access == Access::write ? Visitor::writing_token : Visitor::token_bearer;
  }
  const std::string_view cookie = cookie_value(request.header("Cookie"), cookie_name(policy));
  const auto access = access_of_cookie(cookie, registry.cookie_key, now);
  if (!access) return Visitor::nobody;
  // A browser names the origin of whatever it may change something with.
  if (!is_safe(request.method) && request.header("Origin").empty()) return Visitor::nobody;
  return *access == Access::write ? Visitor::browser : Visitor::reading_browser;
}

bool is_token(Visitor visitor) {
  return visitor == Visitor::token_bearer || visitor == Visitor::writing_token;
}

bool may_write(Visitor visitor) {
  return visitor == Visitor::browser || visitor == Visitor::writing_token;
}

bool is_from_neighbour(const Request& request, const HostPolicy& policy) {
  const bool is_loopback = request.peer.starts_with("127.") || request.peer == "::1" ||
                           request.peer.starts_with("::ffff:127.");
  return is_loopback && !policy.is_proxied && request.header("Origin").empty() &&
         request.header("Sec-Fetch-Site").empty();
}

std::string sign_in_cookie(const CookieKey& key, const HostPolicy& policy, WallTime now,
                           Access access) {
  const auto expires = std::chrono::floor<std::chrono::seconds>(now) + kCookieLife;
  std::string end = std::to_string(expires.time_since_epoch().count());
  if (access == Access::read) end += kReadOnlyMark;
  std::string cookie = cookie_name(policy) + "=" + end + "." + cookie_mac(key, end) +
                       "; Path=/; Max-Age=" + std::to_string(kCookieLife.count()) +
                       "; HttpOnly; SameSite=Strict";
  if (policy.scheme == Scheme::https) cookie += "; Secure";
  return cookie;
}

std::string content_policy(std::string_view script_hash, std::string_view style_hash) {
  const auto source = [](std::string_view kind, std::string_view hash) {
    return std::string(kind) + " 'self'" + (hash.empty() ? "" : " ") + std::string(hash) + "; ";
  };
  return "default-src 'none'; " + source("script-src", script_hash) +
         source("style-src", style_hash) +
         "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
}

void add_security_headers(Response& response) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kAlways{{
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Cache-Control", "no-store"},
  }};
  const auto add = [&response](std::string_view name, std::string_view value) {
    if (find_header(response.headers, name).empty()) response.headers.emplace_back(name, value);
  };
  add("Content-Security-Policy", content_policy({}, {}));
  for (const auto& [name, value] : kAlways) add(name, value);
}

Response read_only() {
  return error_response(403, "read_only",
                        "this needs a browser signed in on the hub's machine, or a token made with "
                        "`agent hub token new NAME --write`");
}

Response unauthorized() {
  Response response = error_response(401, "unauthorized", "a valid signature or token is needed");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace vigil::agent
