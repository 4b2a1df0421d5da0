#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agent/delivery/transport.h"
#include "base/clock.h"

namespace vigil::agent {

/// Real HTTP, over kept connections: a thread for each request under way (started when first
/// needed), and one that watches their time. A request ends at its total timeout whatever the
/// network does; a name lookup that hangs only occupies its thread.
class HttpTransport final : public Transport {
 public:
  /// At most `slots` requests at a time. `clock` must outlive the threads' last look at it, so the
  /// process: a thread that hangs in a name lookup is left behind when the transport goes.
  HttpTransport(const Clock& clock, std::size_t slots);
  HttpTransport(const HttpTransport&) = delete;
  HttpTransport& operator=(const HttpTransport&) = delete;

  /// Breaks off what is under way; returns within kPatience.
  ~HttpTransport() override;
  static constexpr std::chrono::milliseconds kPatience{500};

  [[nodiscard]] Result<Ticket> send(HttpRequest request) override;
  [[nodiscard]] std::vector<FinishedRequest> take() override;
  [[nodiscard]] int wake_fd() const override;
  void cancel_all() override;

 private:
  struct Shared;
  // Shared with the threads: one that hangs in a name lookup outlives the transport.
  std::shared_ptr<Shared> shared_;
};

}  // namespace vigil::agent
