#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "agent/hub/http_message.h"
#include "base/clock.h"
#include "base/result.h"

namespace vigil::agent {

/// What one listener grants to all of its clients together.
struct ListenerLimits {
  std::size_t connections = 2'048;  ///< when full, the one that is idle for longest is closed
  std::size_t per_address = 64;     ///< but for loopback and a trusted proxy
  std::size_t head_bytes = 32 * 1024;
  std::size_t fields = 100;
  std::size_t target_bytes = 8 * 1024;
  std::size_t bodies_bytes = 64 * 1024 * 1024;  ///< of all bodies that are coming in
  std::chrono::milliseconds head_time{10'000};
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds write_time{30'000};      ///< for one piece of an answer
  std::chrono::milliseconds idle_time{75'000};       ///< between two requests of a connection
  std::chrono::milliseconds stream_silence{15'000};  ///< then a comment is sent
};

/// What the port does when another program has it.
enum class PortTaken : std::uint8_t { fail, take_next };

struct ListenerOptions {
  std::string address = "127.0.0.1";  ///< IP address, without brackets
  std::uint16_t port = 0;             ///< 0: any
  PortTaken port_taken = PortTaken::fail;
  std::string tls_cert;  ///< PEM files; both or none
  std::string tls_key;
  std::string trusted_proxy;  ///< only this address and loopback may connect
  ListenerLimits limits;
};

/// The HTTP/1.1 server: framing, limits and time-outs; knows no route. One thread of its own runs
/// everything; functions here may be called from any thread.
class HttpListener {
 public:
  /// Answers a request; from any thread, once, while the listener lives. Dropped, it leaves the
  /// client without an answer.
  using Reply = std::move_only_function<void(Response)>;

  struct Hooks {
    /// Called on the listener's thread: must not block.
    std::function<void(Request, Reply)> handle;
    /// Runs a piece of work that may take long somewhere else; false when there is no room.
    std::function<bool(std::move_only_function<void()>)> run_elsewhere;
    /// The largest body that this request may have; it has no body yet.
    std::function<std::size_t(const Request&)> body_limit;
    /// Completes every answer, also those that the listener gives itself (400, 408, 413, ...).
    std::function<void(Response&)> finish;
  };

  /// Binds; clients can connect and wait. `busy`: the port is taken (and so are the next ones);
  /// `denied`: not allowed to bind; `malformed`: no address, or bad certificate or key.
  [[nodiscard]] static Result<std::unique_ptr<HttpListener>> open(ListenerOptions options,
                                                                  Hooks hooks, const Clock& clock);
  ~HttpListener();

  [[nodiscard]] std::uint16_t port() const;

  /// Begins to answer. Once.
  void serve();

  /// Streams that wait for news are asked again. Cheap; calls that come together are one.
  void wake_streams();

  /// Takes no more connections, lets answers under way go out for at most `grace`, closes all.
  void stop(std::chrono::milliseconds grace);

  struct State;  ///< known to the .cc alone

 private:
  explicit HttpListener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vigil::agent
