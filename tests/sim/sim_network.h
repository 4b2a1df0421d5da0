#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/delivery/transport.h"
#include "agent/hub/http_message.h"
#include "tests/sim/dice.h"
#include "tests/sim/trace.h"

namespace vigil::sim {

/// What the network and what stands in it do to requests. Chances in percent.
struct Weather {
  std::uint64_t lose_request = 0;
  std::uint64_t lose_answer = 0;
  std::uint64_t duplicate = 0;  ///< the request arrives again, later
  std::uint64_t delay = 0;      ///< by seconds instead of milliseconds
  std::uint64_t corrupt = 0;    ///< a digit of the body changes under way
  std::uint64_t canned = 0;     ///< somebody else than the hub answers
  bool is_unreachable = false;
  std::optional<std::size_t> events_max;  ///< a front server says 413 beyond it
  std::vector<std::string> poison;        ///< a front server says 422 to these event ids
};

/// The agent's transport and the wire to the hub behind it. Every request and answer is an event of
/// the simulation; nothing happens by itself. Watches what is sent: a batch id must always stand
/// for the same bytes, and a number of a lane for one batch.
class SimNetwork final : public agent::Transport {
 public:
  struct World {
    Trace& trace;
    Fired& fired;
    std::function<void(std::chrono::milliseconds, std::function<void()>)> later;
    std::function<std::optional<agent::Response>(agent::Request)> hub;  ///< nothing: it is down
    std::function<bool()> is_agent_alive;
    std::function<void()> wake_agent;
  };

  SimNetwork(World world, Dice dice) : world_(std::move(world)), dice_(dice) {}

  [[nodiscard]] Result<agent::Ticket> send(agent::HttpRequest request) override;
  [[nodiscard]] std::vector<agent::FinishedRequest> take() override;
  [[nodiscard]] int wake_fd() const override { return -1; }
  void cancel_all() override;

  /// The agent's process ended: nobody waits for answers any more; what is on the wire arrives.
  void forget_agent();

  /// The agent's queue was lost: its numbers may begin anew.
  void forget_numbers() { batch_of_number_.clear(); }

  /// The weather is good from now on. What a front server refuses for what it is, it still refuses.
  void clear_up();
  [[nodiscard]] Weather& weather() { return weather_; }
  [[nodiscard]] bool is_quiet() const { return waiting_ == 0; }
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  using Answer = std::optional<agent::Response>;
  void watch(const agent::HttpRequest& request);
  void arrive(const agent::HttpRequest& request, agent::Ticket ticket, bool is_answered);
  [[nodiscard]] std::optional<agent::HttpAnswer> front(const agent::HttpRequest& request);
  [[nodiscard]] agent::HttpAnswer canned(const agent::HttpRequest& request);
  void finish(agent::Ticket ticket, Result<agent::HttpAnswer> answer, std::chrono::milliseconds in);
  [[nodiscard]] std::chrono::milliseconds travel();

  World world_;
  Dice dice_;
  Weather weather_;
  std::uint64_t sent_ = 0;
  std::uint64_t process_ = 0;  ///< of the agent: answers to an earlier one are dropped
  std::size_t waiting_ = 0;
  std::map<std::uint64_t, bool> open_;
  std::vector<agent::FinishedRequest> finished_;
  std::map<std::string, std::uint64_t> body_of_batch_;
  std::map<std::string, std::string> batch_of_number_;
  std::vector<std::string> faults_;
};

}  // namespace vigil::sim
