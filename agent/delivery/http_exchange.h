#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "agent/delivery/transport.h"
#include "base/unique_fd.h"

namespace httplib {
class ClientImpl;
}

namespace vigil::agent {

/// Lets another thread break off an exchange at any moment, connecting included. Thread-safe.
class ExchangeBreaker {
 public:
  /// Remembers the connection (by a descriptor of its own: the client's may be closed and its
  /// number given to something else).
  void watch(int socket);
  void release();

  /// From now on the exchange fails, whatever it is doing, but for a name lookup.
  void trip();
  [[nodiscard]] bool is_tripped() const;

 private:
  mutable std::mutex mutex_;
  UniqueFd socket_;
  bool tripped_ = false;
};

/// A kept connection to one origin, through one proxy, trusting one set of authorities.
class HttpConnection {
 public:
  /// `denied`: neither https nor loopback; `malformed`: an address or proxy that is none.
  [[nodiscard]] static Result<std::unique_ptr<HttpConnection>> open(const HttpRequest& request);
  ~HttpConnection();

  /// Whether `request` may go over this connection.
  [[nodiscard]] bool fits(const HttpRequest& request) const;

  /// Blocks until the answer is there, or an error, or the breaker is tripped. `breaker` watches
  /// the connection from then on. A connection that went stale while it was idle is made once more.
  [[nodiscard]] Result<HttpAnswer> exchange(const HttpRequest& request,
                                            std::shared_ptr<ExchangeBreaker> breaker);

 private:
  explicit HttpConnection(const HttpRequest& request);
  Result<void> prepare(const HttpRequest& request);
  [[nodiscard]] Result<HttpAnswer> post(const HttpRequest& request);

  std::string origin_;
  std::string ca_file_;
  std::string proxy_;
  std::shared_ptr<ExchangeBreaker> breaker_;  ///< shared with whoever may trip it
  std::unique_ptr<httplib::ClientImpl> client_;
};

}  // namespace vigil::agent
