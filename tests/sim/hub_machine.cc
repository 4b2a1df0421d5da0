#include "tests/sim/hub_machine.h"

#include <utility>

namespace vigil::sim {

struct HubMachine::Parts {
  explicit Parts(const World& world)
      : registry(world.disk, "/hub/registry.json"),
        strict(world.disk, "/hub/v1-sources"),
        feed(0) {}

  agent::RegistryFile registry;
  agent::StrictSources strict;
  agent::LiveFeed feed;
  std::unique_ptr<agent::HubStore> store;
  std::optional<agent::HubWriter> writer;
};

HubMachine::HubMachine(World world) : world_(std::move(world)) {
  world_.disk.make_directory("/hub");
}

HubMachine::~HubMachine() = default;

Result<void> HubMachine::start() {
  auto parts = std::make_unique<Parts>(world_);
  parts->store = VIGIL_TRY(agent::HubStore::open(store_path(), world_.disk));
  VIGIL_TRY(parts->registry.create_if_missing(world_.random));
  const auto known = VIGIL_TRY(parts->registry.current());
  if (known->keys.empty()) {
    VIGIL_TRY(parts->registry.update([&](agent::Registry& registry) -> Result<void> {
      VIGIL_TRY(agent::allow_source(registry, world_.source_line, world_.clock.wall_now()));
      return {};
    }));
  }
  VIGIL_TRY(parts->strict.load());
  parts->writer.emplace(agent::HubWriter::World{.store = *parts->store,
                                                .registry = parts->registry,
                                                .feed = parts->feed,
                                                .clock = world_.clock,
                                                .on_news = [] {}},
                        agent::IngestGate({}, parts->strict, {}));
  parts_ = std::move(parts);
  return {};
}

void HubMachine::stop() {
  parts_.reset();
}

std::optional<agent::Response> HubMachine::serve(agent::Request request) {
  if (!is_up()) return std::nullopt;
  std::optional<agent::Response> answer;
  parts_->writer->push(std::move(request), [&](agent::Response response) {
    // A dead program answers nobody; what it said before is on its way.
    if (!world_.disk.is_dead() && !answer) answer = std::move(response);
  });
  (void)parts_->writer->step();  // `closed` only after close(), which nobody calls
  return answer;
}

void HubMachine::roll_up(WallTime before) {
  if (is_up()) (void)parts_->store->roll_up(before);  // as in the writer: tried again some time
}

}  // namespace vigil::sim
