#include "agent/hub/http_message.h"

#include <algorithm>
#include <array>

#include "base/json_text.h"

namespace vigil::agent {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 23> kReasons{{
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
}};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// Nothing for an escape that is none, and for NUL.
std::optional<std::string> percent_decoded(std::string_view text, char space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == space) c = ' ';
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  return out;
}

bool has_dot_dot(std::string_view path) {
  return path.ends_with("/..") || path.find("/../") != std::string_view::npos;
}

std::string_view cut(std::string_view& text, char separator) {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return head;
}

bool split_query(std::string_view text, std::vector<Header>& to) {
  while (!text.empty()) {
    std::string_view value = cut(text, '&');
    if (value.empty()) continue;
    auto name = percent_decoded(cut(value, '='), '+');
    auto decoded = percent_decoded(value, '+');
    if (!name || !decoded || to.size() == kParametersMax) return false;
    to.emplace_back(*std::move(name), *std::move(decoded));
  }
  return true;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [name](const Header& header) { return equal_ignoring_case(header.first, name); });
  return found == headers.end() ? std::string_view{} : found->second;
}

std::optional<std::string_view> Request::parameter(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &Header::first);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

std::string_view reason_phrase(int status) {
  const auto* const found =
      std::ranges::find(kReasons, status, &decltype(kReasons)::value_type::first);
  return found == kReasons.end() ? "Unknown" : found->second;
}

Response json_response(std::string body) {
  return {.status = 200,
          .headers = {{"Content-Type", "application/json; charset=utf-8"}},
          .body = std::move(body),
          .stream = nullptr};
}

Response error_response(int status, std::string_view code, std::string_view message) {
  JsonText json;
  json.begin_object().name("error").begin_object();
  json.name("code").text(code).name("message").text(message);
  Response response = json_response(std::move(json.end_object().end_object()).take());
  response.status = status;
  return response;
}

bool split_target(Request& request) {
  std::string_view query = request.target;
  if (!query.starts_with('/')) return false;
  auto path = percent_decoded(cut(query, '?'), '\0');
  if (!path || has_dot_dot(*path)) return false;
  request.path = *std::move(path);
  return split_query(query, request.query);
}

}  // namespace vigil::agent
