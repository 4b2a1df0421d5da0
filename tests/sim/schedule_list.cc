#include "tests/sim/schedule_list.h"

#include <sstream>

namespace vigil::sim {

std::string schedule_line(const Scenario& scenario) {
  std::string line = std::to_string(scenario.seed) + ":";
  for (const auto& action : scenario.actions) line += " " + std::to_string(action.place);
  return line;
}

std::optional<Scenario> read_schedule(std::string_view line) {
  std::istringstream in{std::string(line.substr(0, line.find('#')))};
  std::uint64_t seed = 0;
  char colon = 0;
  if (!(in >> seed)) return std::nullopt;
  Scenario scenario = make_scenario(seed);
  if (!(in >> colon)) return scenario;
  std::vector<Action> kept;
  for (std::size_t place = 0; in >> place;) {
    if (place < scenario.actions.size()) kept.push_back(scenario.actions[place]);
  }
  scenario.actions = std::move(kept);
  return scenario;
}

}  // namespace vigil::sim
