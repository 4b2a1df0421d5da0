#include "agent/config/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "agent/config/units.h"

namespace vigil::agent {
namespace {

bool is_plain(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return code > 0x20 && code < 0x7f && letter != '"' && letter != '<' && letter != '>' &&
         letter != '\\';
}

bool is_letter_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char letter) {
    return is_letter_or_digit(letter) || letter == '.' || letter == '-' || letter == '_' ||
           letter == ':';
  });
}

struct HostPort {
  std::string host;
  std::optional<std::uint16_t> port;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0 || *number > 65'535 || text.front() == '-') return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

/// `host`, `host:80`, `[::1]`, `[::1]:80`.
std::optional<HostPort> split_host_port(std::string_view text) {
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!is_host(host)) return std::nullopt;
  if (rest.empty()) return HostPort{std::string(host), std::nullopt};
  if (!rest.starts_with(':') || rest.size() == 1) return std::nullopt;
  const auto port = parse_port(rest.substr(1));
  if (!port) return std::nullopt;
  return HostPort{std::string(host), port};
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (!std::ranges::all_of(text, is_plain)) return std::nullopt;
  Url url;
  for (const std::string_view scheme : {"https", "http"}) {
    if (text.starts_with(scheme) && text.substr(scheme.size()).starts_with("://")) {
      url.scheme = scheme;
    }
  }
  if (url.scheme.empty()) return std::nullopt;
  text.remove_prefix(url.scheme.size() + 3);
  if (text.find_first_of("?#@") != std::string_view::npos) return std::nullopt;
  const auto slash = text.find('/');
  auto authority = split_host_port(text.substr(0, slash));
  if (!authority) return std::nullopt;
  url.host = std::move(authority->host);
  url.port = authority->port.value_or(url.scheme == "https" ? 443 : 80);
  if (slash != std::string_view::npos) url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  return url;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  auto parts = split_host_port(text);
  if (!parts || !parts->port) return std::nullopt;
  if (parts->host != "localhost" && !is_ip_address(parts->host)) return std::nullopt;
  return ListenAddress{std::move(parts->host), *parts->port};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && is_ip_address(host);
}

bool is_hub_url(std::string_view text) {
  const auto url = parse_url(text);
  return url && (url->scheme == "https" || is_loopback(url->host));
}

bool is_proxy_url(std::string_view text) {
  return parse_url(text).has_value();
}

bool is_listen_address(std::string_view text) {
  return parse_listen_address(text).has_value();
}

bool is_ip_address(std::string_view text) {
  const std::string address(text);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

bool is_source_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char letter) {
    return is_letter_or_digit(letter) || std::string_view("._:-").contains(letter);
  });
}

bool is_sink_name(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::ranges::all_of(text, [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_' ||
           letter == '-';
  });
}

}  // namespace vigil::agent
