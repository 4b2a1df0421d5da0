#include "agent/hub/store/names.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "agent/heartbeat/heartbeat.h"

namespace vigil::agent {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

struct OriginHash {
  std::size_t operator()(const Origin& origin) const {
    std::uint64_t hash = 0;
    for (const std::int64_t part : origin) {
      hash = (hash ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 32;
    }
    return hash;
  }
};

constexpr std::size_t kEntryBytes = 128;  // of a map's node and bucket, about

std::array<std::string_view, 6> origin_texts(const Heartbeat& heartbeat) {
  return {heartbeat.machine,    heartbeat.os,  heartbeat.timezone,
          heartbeat.user_agent, heartbeat.app, heartbeat.app_version};
}

}  // namespace

struct Names::State {
  explicit State(SQLite::Database& database)
      : db(database),
        find_text(db, "SELECT id FROM names WHERE text = ?"),
        add_text(db, "INSERT INTO names(text) VALUES (?)"),
        find_name(db, "SELECT text FROM names WHERE id = ?"),
        find_origin(db,
                    "SELECT id FROM origins WHERE machine = ? AND os = ? AND timezone = ? AND "
                    "user_agent = ? AND app = ? AND app_version = ?"),
        add_origin(db,
                   "INSERT INTO origins(machine, os, timezone, user_agent, app, app_version) "
                   "VALUES (?, ?, ?, ?, ?, ?)"),
        find_origin_number(db,
                           "SELECT machine, os, timezone, user_agent, app, app_version "
                           "FROM origins WHERE id = ?") {}

  void make_room(std::size_t bytes) {
    if (used + bytes > kNameCacheBytes) forget();
    used += bytes;
  }

  void forget() {
    numbers.clear();
    texts.clear();
    origin_numbers.clear();
    origins.clear();
    last_origin = 0;
    used = 0;
  }

  SQLite::Database& db;
  SQLite::Statement find_text;
  SQLite::Statement add_text;
  SQLite::Statement find_name;
  SQLite::Statement find_origin;
  SQLite::Statement add_origin;
  SQLite::Statement find_origin_number;

  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> numbers;
  std::unordered_map<std::int64_t, std::string> texts;
  std::unordered_map<Origin, std::int64_t, OriginHash> origin_numbers;
  std::unordered_map<std::int64_t, Origin> origins;
  std::array<std::string, 6> last_texts;  ///< of last_origin
  std::int64_t last_origin = 0;           ///< 0: none
  std::size_t used = 0;
};

Names::Names(SQLite::Database& db) : state_(std::make_unique<State>(db)) {}
Names::~Names() = default;

std::optional<std::int64_t> Names::find(std::string_view text) {
  if (text.empty()) return 0;
  const auto known = state_->numbers.find(text);
  if (known != state_->numbers.end()) return known->second;
  auto& find = state_->find_text;
  find.reset();
  find.bind(1, std::string(text));
  if (!find.executeStep()) return std::nullopt;
  const std::int64_t number = find.getColumn(0).getInt64();
  find.reset();
  state_->make_room(text.size() + kEntryBytes);
  state_->numbers.emplace(text, number);
  return number;
}

std::int64_t Names::number_of(std::string_view text) {
  if (const auto known = find(text)) return *known;
  auto& add = state_->add_text;
  add.reset();
  add.bind(1, std::string(text));
  add.exec();
  const std::int64_t number = state_->db.getLastInsertRowid();
  state_->make_room(text.size() + kEntryBytes);
  state_->numbers.emplace(text, number);
  return number;
}

const std::string& Names::text_of(std::int64_t number) {
  const auto known = state_->texts.find(number);
  if (known != state_->texts.end()) return known->second;
  std::string text;
  if (number != 0) {
    auto& find = state_->find_name;
    find.reset();
    find.bind(1, number);
    const bool is_there = find.executeStep();
    if (is_there) text = find.getColumn(0).getString();
    find.reset();
    if (!is_there) throw SQLite::Exception("a text is missing", SQLITE_CORRUPT);
  }
  state_->make_room(text.size() + kEntryBytes);
  return state_->texts.emplace(number, std::move(text)).first->second;
}

std::int64_t Names::origin_of(const Heartbeat& heartbeat) {
  const auto texts = origin_texts(heartbeat);
  if (state_->last_origin != 0 && std::ranges::equal(texts, state_->last_texts)) {
    return state_->last_origin;
  }
  Origin origin{};
  std::ranges::transform(texts, origin.begin(),
                         [this](std::string_view text) { return number_of(text); });
  auto known = state_->origin_numbers.find(origin);
  if (known == state_->origin_numbers.end()) {
    state_->make_room(sizeof(Origin) + kEntryBytes);
    known = state_->origin_numbers.emplace(origin, stored_origin(origin)).first;
  }
  std::ranges::copy(texts, state_->last_texts.begin());
  return state_->last_origin = known->second;
}

std::int64_t Names::stored_origin(const Origin& origin) {
  for (auto* statement : {&state_->find_origin, &state_->add_origin}) {
    statement->reset();
    for (std::size_t i = 0; i < origin.size(); ++i) {
      statement->bind(static_cast<int>(i + 1), origin[i]);
    }
  }
  auto& find = state_->find_origin;
  if (find.executeStep()) {
    const std::int64_t number = find.getColumn(0).getInt64();
    find.reset();
    return number;
  }
  state_->add_origin.exec();
  return state_->db.getLastInsertRowid();
}

const Origin& Names::origin(std::int64_t number) {
  const auto known = state_->origins.find(number);
  if (known != state_->origins.end()) return known->second;
  Origin origin{};
  auto& find = state_->find_origin_number;
  find.reset();
  find.bind(1, number);
  if (find.executeStep()) {
    for (std::size_t i = 0; i < origin.size(); ++i) {
      origin[i] = find.getColumn(static_cast<int>(i)).getInt64();
    }
  }
  find.reset();
  state_->make_room(sizeof(Origin) + kEntryBytes);
  return state_->origins.emplace(number, origin).first->second;
}

}  // namespace vigil::agent
