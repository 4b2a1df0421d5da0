// The hub's machine, and what it must keep once it has answered.

#include <algorithm>

#include "tests/sim/world.h"

namespace vigil::sim {

using namespace std::chrono_literals;

namespace {

std::string_view text_behind(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  const auto begin = at + mark.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  for (auto i = at + mark.size(); i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
    number = 10 * number + static_cast<std::uint64_t>(text[i] - '0');
  }
  return number;
}

}  // namespace

void World::start_hub() {
  if (hub_.is_up()) return;
  const auto started = hub_.start();
  trace_.add("hub starts", started ? "" : started.error().message);
  if (hub_disk_.is_dead()) return end_hub(hub_end_);
  if (!started) later(5s, [this] { start_hub(); });
}

void World::end_hub(End end) {
  hub_disk_.die_after(0);
  hub_.stop();
  trace_.add("hub ends", end == End::killed ? "killed" : "power cut");
  if (end == End::killed) {
    ++outcome_.fired["hub killed"];
    hub_disk_.kill();
  } else {
    ++outcome_.fired["hub's power cut"];
    hub_disk_.cut_power();
  }
  const milliseconds pause(faults_are_over_ ? 100 : dice_.between(1, 60'000));
  later(pause, [this] { start_hub(); });
}

void World::arm_hub(Dice dice, End end) {
  hub_end_ = end;
  hub_disk_.die_after(dice.below(12));
}

std::optional<agent::Response> World::serve(agent::Request request) {
  const std::string body = request.body;
  auto answer = hub_.serve(std::move(request));
  if (answer && answer->status == 200) note_stored(body);
  if (hub_disk_.is_dead()) end_hub(hub_end_);
  return answer;
}

/// The hub has answered for this batch, whoever hears it: from now on it must keep its events.
void World::note_stored(std::string_view body) {
  constexpr std::string_view kId = R"({"id":")";
  for (auto at = body.find(kId); at != std::string_view::npos;) {
    const auto next = body.find(kId, at + 1);
    const auto event = body.substr(at, next - at);
    const auto revision = number_behind(event, R"("rev":)").value_or(0);
    ledger_.acknowledged(text_behind(event, kId), static_cast<std::uint32_t>(revision));
    const auto known = submissions_.find(text_behind(event, R"("project":")"));
    if (known != submissions_.end()) known->second = {.must = true, .is_acknowledged = true};
    at = next;
  }
}

}  // namespace vigil::sim
