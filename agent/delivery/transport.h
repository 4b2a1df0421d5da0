#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vigil::agent {

/// Largest answer body that is read; a longer one is a failure.
inline constexpr std::size_t kAnswerMax = 1024 * 1024;

struct HttpHeader {
  std::string name;
  std::string value;

  friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};

/// Makes the headers that prove who sends a body. Runs on any thread, once or never, and with the
/// keys of when it was made.
using BodySigner = std::function<std::vector<HttpHeader>(std::string_view body)>;

/// One POST. https, or http to a loopback address; anything else is `denied`.
struct HttpRequest {
  std::string url;
  std::vector<HttpHeader> headers;
  std::string body;
  /// Headers that are made of the body, just before it goes: on the transport's own thread, since
  /// signing a long body takes as long as reading it took. May be empty.
  BodySigner sign;
  std::string ca_file;  ///< PEM; empty: the system's authorities
  std::string proxy;    ///< `http://[user:password@]host:port`; empty: none
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds total_timeout{30'000};  ///< from send() to the last byte of the answer
};

/// Adds the headers that the body gives.
void sign(HttpRequest& request);

struct HttpAnswer {
  int status = 0;
  std::string retry_after;  ///< the header as it came; empty where there was none
  std::string body;         ///< at most kAnswerMax bytes
};

/// Names a request from send() until take().
enum class Ticket : std::uint64_t {};

struct FinishedRequest {
  Ticket ticket{};
  Result<HttpAnswer> answer;  ///< any status; errors: unavailable, denied (TLS, scheme), malformed
};

/// Sends HTTP requests in the background, each on its own time. Redirects are answers like any
/// other: never followed. For one thread; what finishes is announced through wake_fd().
class Transport {
 public:
  virtual ~Transport() = default;

  /// Begins a request. `full` when as many as it can carry are under way.
  [[nodiscard]] virtual Result<Ticket> send(HttpRequest request) = 0;

  /// What has finished since the last call, in any order.
  [[nodiscard]] virtual std::vector<FinishedRequest> take() = 0;

  /// Readable when take() has something to give.
  [[nodiscard]] virtual int wake_fd() const = 0;

  /// Breaks off everything that is under way; each still finishes, as `unavailable`.
  virtual void cancel_all() = 0;
};

}  // namespace vigil::agent
