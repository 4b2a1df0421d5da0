#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "agent/delivery/transport.h"
#include "base/unique_fd.h"

namespace vigil::test {

/// A transport whose other end is the test: it sees each request and says what comes back.
class ScriptedTransport final : public agent::Transport {
 public:
  explicit ScriptedTransport(std::size_t slots = 32);

  [[nodiscard]] Result<agent::Ticket> send(agent::HttpRequest request) override;
  [[nodiscard]] std::vector<agent::FinishedRequest> take() override;
  [[nodiscard]] int wake_fd() const override { return wake_.get(); }
  void cancel_all() override;

  struct Sent {
    agent::Ticket ticket{};
    agent::HttpRequest request;
  };

  /// Requests that were not answered yet, oldest first.
  [[nodiscard]] const std::deque<Sent>& waiting() const { return waiting_; }
  [[nodiscard]] std::size_t sent() const { return sent_; }

  /// Answers the oldest waiting request, or the one at `place`.
  void answer(int status, std::string body = {}, std::string retry_after = {},
              std::size_t place = 0);
  void fail(std::string message, std::size_t place = 0);

 private:
  void finish(std::size_t place, Result<agent::HttpAnswer> answer);

  std::size_t slots_;
  std::size_t sent_ = 0;
  std::deque<Sent> waiting_;
  std::vector<agent::FinishedRequest> finished_;
  UniqueFd wake_;
};

/// The value of a header; empty where there is none.
[[nodiscard]] std::string_view header_of(const agent::HttpRequest& request, std::string_view name);

}  // namespace vigil::test
