#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/unique_fd.h"

namespace vigil::test {

/// A server on 127.0.0.1 that says whatever bytes a test wants, for clients' sake. A thread for
/// each connection.
class LoopbackServer {
 public:
  /// Called with each complete request; writes what it likes to `fd`. False closes the connection.
  using Handler = std::function<bool(int fd, const std::string& request)>;

  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();

  [[nodiscard]] std::string url() const;
  [[nodiscard]] int connections() const { return connections_; }

  static void write(int fd, std::string_view bytes);

  /// A complete answer that keeps the connection open.
  static void write_answer(int fd, int status, std::string_view body,
                           std::string_view extra_headers = {});

 private:
  void accept_all();
  void serve(int fd);

  Handler handler_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // guards the two below
  std::vector<UniqueFd> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace vigil::test
