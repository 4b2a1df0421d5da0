#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/hub/store/hub_reader.h"
#include "agent/hub/store/hub_store.h"
#include "tests/hub/store/sample_heartbeats.h"
#include "tests/support/temporary_directory.h"

namespace vigil::agent {

/// A store in a folder of its own, and questions to it.
class StatsHub {
 public:
  explicit StatsHub(TimeLimits limits = {})
      : path_(folder_.file("hub.db")), store_(std::move(*HubStore::open(path_, limits))) {}

  void put(std::span<const Heartbeat> heartbeats) {
    const auto batch = sample_batch(heartbeats);
    REQUIRE(store_->ingest({&batch, 1}));
  }

  void roll_up(WallTime before = WallTime::max(), RollUpBudget budget = {}) {
    while (store_->roll_up(before, budget).value() != 0) {
    }
  }

  void reopen(TimeLimits limits) {
    store_.reset();
    store_ = std::move(*HubStore::open(path_, limits));
  }

  /// What nobody should do: writes past the store.
  void sql(const char* statement) {
    SQLite::Database(path_, SQLite::OPEN_READWRITE).exec(statement);
  }

  Stats stats(const StatsQuery& query) {
    const auto reader = HubReader::open(path_);
    REQUIRE(reader);
    auto stats = (*reader)->stats(query);
    if (!stats) FAIL(stats.error().message);
    return *stats;
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  HubStore& store() { return *store_; }

 private:
  test::TemporaryDirectory folder_;
  std::string path_;
  std::unique_ptr<HubStore> store_;
};

inline StatsQuery query_by(std::vector<Dimension> by, const char* zone = "Europe/Berlin") {
  StatsQuery query;
  query.by = std::move(by);
  query.zone = *TimeZone::named(zone);
  return query;
}

}  // namespace vigil::agent
