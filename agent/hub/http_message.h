#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigil::agent {

/// Longest body of a signed batch, and of every other request.
inline constexpr std::size_t kBatchBodyMax = 2 * 1024 * 1024;
inline constexpr std::size_t kSmallBodyMax = 64 * 1024;

using Header = std::pair<std::string, std::string>;

/// The value of the first header of that name (any case), empty where there is none.
[[nodiscard]] std::string_view find_header(const std::vector<Header>& headers,
                                           std::string_view name);

/// One HTTP request after framing: exactly one Host, a body that is complete.
struct Request {
  std::string method;
  std::string target;           ///< as sent
  std::string path;             ///< decoded, begins with a slash
  std::vector<Header> query;    ///< decoded pairs
  std::vector<Header> headers;  ///< names as sent, values trimmed
  std::string body;             ///< has parser::kLinePadding bytes of capacity behind its end
  std::string peer;             ///< address of the other end, without port

  [[nodiscard]] std::string_view header(std::string_view name) const {
    return find_header(headers, name);
  }
  /// The value of a query parameter; nothing where it is absent.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
};

/// A body that comes in pieces. Whoever writes asks for the next piece only when the one before
/// has gone out, so a slow reader costs one piece of memory.
class BodyStream {
 public:
  enum class State : std::uint8_t {
    more,  ///< ask again
    wait,  ///< nothing now; ask again when the stream's source has news
    end,   ///< complete
    torn,  ///< cannot be completed: the connection must be cut, so that the reader sees it
  };
  struct Piece {
    std::string bytes;
    State state = State::more;
  };
  enum class Source : std::uint8_t {
    database,  ///< next() may take long: not on the thread that serves connections
    memory,    ///< next() never blocks
  };

  virtual ~BodyStream() = default;
  [[nodiscard]] virtual Source source() const = 0;
  [[nodiscard]] virtual Piece next() = 0;

  /// What keeps a waiting connection alive, sent when it was silent for a while.
  [[nodiscard]] virtual std::string_view idle_bytes() const { return {}; }
};

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  std::unique_ptr<BodyStream> stream;  ///< instead of `body`
};

/// `{"error":{"code","message"}}`.
[[nodiscard]] Response error_response(int status, std::string_view code, std::string_view message);
[[nodiscard]] Response json_response(std::string body);

/// The standard phrase of a status that this program sends.
[[nodiscard]] std::string_view reason_phrase(int status);

/// Splits a request target (`/a%20b?x=1&y=`) into path and query. False for another form than
/// origin form, bad escapes, NUL or `..` in the path, and more than kParametersMax parameters.
inline constexpr std::size_t kParametersMax = 64;
[[nodiscard]] bool split_target(Request& request);

/// Whether two ASCII texts are the same but for case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace vigil::agent
