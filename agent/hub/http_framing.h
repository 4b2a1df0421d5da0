#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/hub/http_message.h"

namespace vigil::agent {

/// Why the framing of a request is refused.
struct FramingFault {
  int status = 400;
  std::string_view code;
  std::string_view message;
};

struct FramingLimits {
  std::size_t fields = 100;
  std::size_t target_bytes = 8 * 1024;
};

/// What the fields of a head say about the connection and the body.
struct Framing {
  bool is_chunked = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;
};

/// Whether a head, as it came over the wire, continues a line on the next one (obs-fold): parsers
/// disagree about these, which is what request smuggling lives from.
[[nodiscard]] bool has_folded_line(std::string_view head);

/// Exactly one Host, at most one Content-Length of digits alone, Transfer-Encoding only
/// `chunked` and never with a length, no body that cannot be delimited.
struct FramingResult {
  Framing framing;
  std::optional<FramingFault> fault;
};
[[nodiscard]] FramingResult examine_framing(const Request& request, const FramingLimits& limits);

enum class Connection : std::uint8_t { keep, close };
enum class BodyForm : std::uint8_t { sized, chunked, until_close };

/// Status line and header fields up to the empty line.
[[nodiscard]] std::string head_text(const Response& response, Connection connection, BodyForm form);

/// One chunk of a chunked body; the last one is kLastChunk.
[[nodiscard]] std::string chunk_text(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace vigil::agent
