#include "tests/support/scripted_transport.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "base/check.h"

namespace vigil::test {

ScriptedTransport::ScriptedTransport(std::size_t slots)
    : slots_(slots), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  check(static_cast<bool>(wake_));
}

Result<agent::Ticket> ScriptedTransport::send(agent::HttpRequest request) {
  if (waiting_.size() >= slots_) return vigil::fail(Errc::full, "no slot is free");
  const agent::Ticket ticket{++sent_};
  sign(request);
  waiting_.push_back({ticket, std::move(request)});
  return ticket;
}

std::vector<agent::FinishedRequest> ScriptedTransport::take() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);  // may be empty
  return std::exchange(finished_, {});
}

void ScriptedTransport::cancel_all() {
  while (!waiting_.empty()) fail("broken off");
}

void ScriptedTransport::answer(int status, std::string body, std::string retry_after,
                               std::size_t place) {
  finish(place, agent::HttpAnswer{status, std::move(retry_after), std::move(body)});
}

void ScriptedTransport::fail(std::string message, std::size_t place) {
  finish(place, vigil::fail(Errc::unavailable, std::move(message)));
}

void ScriptedTransport::finish(std::size_t place, Result<agent::HttpAnswer> answer) {
  const auto at = waiting_.begin() + static_cast<std::ptrdiff_t>(place);
  check(place < waiting_.size());
  finished_.push_back({at->ticket, std::move(answer)});
  waiting_.erase(at);
  const std::uint64_t one = 1;
  check(::write(wake_.get(), &one, sizeof one) == sizeof one);
}

std::string_view header_of(const agent::HttpRequest& request, std::string_view name) {
  for (const auto& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

}  // namespace vigil::test
