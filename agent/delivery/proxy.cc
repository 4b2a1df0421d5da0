#include "agent/delivery/proxy.h"

#include <algorithm>

#include "agent/config/address.h"
#include "agent/config/environment.h"

namespace vigil::agent {
namespace {

bool is_equal_letter(char a, char b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return lower(a) == lower(b);
}

/// `example.com` and `.example.com` both mean the name and everything below it.
bool is_covered(std::string_view host, std::string_view name) {
  if (name == "*") return true;
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.empty() || host.size() < name.size()) return false;
  const auto tail = host.substr(host.size() - name.size());
  if (!std::ranges::equal(tail, name, is_equal_letter)) return false;
  return tail.size() == host.size() || host[host.size() - tail.size() - 1] == '.';
}

bool is_exempt(std::string_view host, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    auto name = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (is_covered(host, name)) return true;
  }
  return false;
}

}  // namespace

ProxyVariables proxy_variables(const Environment& environment) {
  const auto either = [&](std::string_view upper, std::string_view lower) {
    const auto text = environment.find(upper);
    return std::string(text ? *text : environment.find(lower).value_or(""));
  };
  return {.https_proxy = either("HTTPS_PROXY", "https_proxy"),
          .http_proxy = either("HTTP_PROXY", "http_proxy"),
          .no_proxy = either("NO_PROXY", "no_proxy")};
}

std::string choose_proxy(std::string_view url, std::string_view configured,
                         const ProxyVariables& variables) {
  const auto target = parse_url(url);
  if (!target || is_loopback(target->host) || is_exempt(target->host, variables.no_proxy)) {
    return {};
  }
  if (!configured.empty()) return std::string(configured);
  return target->scheme == "https" ? variables.https_proxy : variables.http_proxy;
}

std::optional<Proxy> parse_proxy(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (text.starts_with(kScheme)) text.remove_prefix(kScheme.size());
  Proxy proxy;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    const auto credentials = text.substr(0, at);
    const auto colon = std::min(credentials.find(':'), credentials.size());
    proxy.user = credentials.substr(0, colon);
    proxy.password = credentials.substr(std::min(colon + 1, credentials.size()));
    text.remove_prefix(at + 1);
  }
  const auto url = parse_url(std::string(kScheme).append(text));
  if (!url || !url->path.empty()) return std::nullopt;
  proxy.host = url->host;
  proxy.port = url->port;
  return proxy;
}

}  // namespace vigil::agent
