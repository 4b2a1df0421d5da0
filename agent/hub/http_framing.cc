#include "agent/hub/http_framing.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vigil::agent {
namespace {

std::size_t count_fields(const Request& request, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      request.headers,
      [name](const Header& header) { return equal_ignoring_case(header.first, name); }));
}

std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool may_have_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

FramingResult refuse(int status, std::string_view code, std::string_view message) {
  return {.framing = {}, .fault = FramingFault{status, code, message}};
}

FramingResult examine_body(const Request& request) {
  FramingResult result;
  const std::size_t lengths = count_fields(request, "Content-Length");
  const std::size_t encodings = count_fields(request, "Transfer-Encoding");
  if (lengths + encodings > 1) {
    return refuse(400, "bad_framing", "the length of the body is given more than once");
  }
  if (encodings == 1) {
    if (!equal_ignoring_case(request.header("Transfer-Encoding"), "chunked")) {
      return refuse(501, "bad_framing", "no transfer encoding but chunked is understood");
    }
    result.framing.is_chunked = true;
  }
  if (lengths == 1) {
    result.framing.content_length = parse_length(request.header("Content-Length"));
    if (!result.framing.content_length) {
      return refuse(400, "bad_framing", "Content-Length is not a number");
    }
  }
  if (lengths + encodings == 0 && may_have_body(request.method)) {
    return refuse(411, "length_required", "a body needs Content-Length or chunks");
  }
  if (count_fields(request, "Content-Encoding") != 0 &&
      !equal_ignoring_case(request.header("Content-Encoding"), "identity")) {
    return refuse(415, "content_encoding", "bodies are taken uncompressed only");
  }
  result.framing.expects_continue = equal_ignoring_case(request.header("Expect"), "100-continue");
  return result;
}

}  // namespace

bool has_folded_line(std::string_view head) {
  return head.find("\n ") != std::string_view::npos || head.find("\n\t") != std::string_view::npos;
}

FramingResult examine_framing(const Request& request, const FramingLimits& limits) {
  if (request.headers.size() > limits.fields) {
    return refuse(431, "too_many_fields", "the request has too many header fields");
  }
  if (request.target.size() > limits.target_bytes) {
    return refuse(414, "target_too_long", "the request target is too long");
  }
  if (count_fields(request, "Host") != 1) {
    return refuse(400, "bad_host", "a request needs exactly one Host");
  }
  return examine_body(request);
}

std::string head_text(const Response& response, Connection connection, BodyForm form) {
  std::string out;
  out.reserve(640);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  for (const auto& [name, value] : response.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  const bool has_no_body = response.status == 204 || response.status == 304;
  if (form == BodyForm::sized && !has_no_body) {
    out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  } else if (form == BodyForm::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (connection == Connection::close) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

std::string chunk_text(std::string_view bytes) {
  std::array<char, 20> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16);
  std::string out;
  out.reserve(bytes.size() + 24);
  out.append(size.data(), end.ptr).append("\r\n").append(bytes).append("\r\n");
  return out;
}

}  // namespace vigil::agent
