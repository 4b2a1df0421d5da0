#include <array>

#include "agent/hub/store/store_database.h"

namespace vigil::agent {
namespace {

constexpr std::string_view kVersion1 = R"(
CREATE TABLE settings(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

INSERT INTO settings VALUES ('store', random());

CREATE TABLE names(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE origins(
  id INTEGER PRIMARY KEY,
  machine INTEGER NOT NULL, os INTEGER NOT NULL, timezone INTEGER NOT NULL,
  user_agent INTEGER NOT NULL, app INTEGER NOT NULL, app_version INTEGER NOT NULL,
  UNIQUE(machine, os, timezone, user_agent, app, app_version));

CREATE TABLE sources(
  source INTEGER PRIMARY KEY,
  events INTEGER NOT NULL, first_received INTEGER NOT NULL, last_received INTEGER NOT NULL,
  last_time INTEGER NOT NULL);

CREATE TABLE streams(
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL, instance TEXT NOT NULL, lane TEXT NOT NULL,
  last_seq INTEGER NOT NULL, last_digest BLOB NOT NULL,
  missing INTEGER NOT NULL, breaks INTEGER NOT NULL,
  UNIQUE(source, instance, lane));

CREATE TABLE batches(
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL, batch TEXT, stream INTEGER, seq INTEGER,
  digest BLOB NOT NULL, prev BLOB, key_id TEXT NOT NULL, received INTEGER NOT NULL,
  stored INTEGER NOT NULL, duplicate INTEGER NOT NULL, revised INTEGER NOT NULL);
CREATE UNIQUE INDEX batches_by_batch ON batches(source, batch) WHERE batch IS NOT NULL;

CREATE TABLE events(
  seq INTEGER PRIMARY KEY, batch INTEGER NOT NULL,
  source INTEGER NOT NULL, id_time INTEGER NOT NULL, id_hash INTEGER NOT NULL,
  rev INTEGER NOT NULL, time INTEGER NOT NULL,
  actor INTEGER NOT NULL, action INTEGER NOT NULL, tool_class INTEGER NOT NULL,
  origin INTEGER NOT NULL, session INTEGER, project INTEGER, language INTEGER, model INTEGER,
  same_as INTEGER,
  tokens_input INTEGER, tokens_cache_read INTEGER, tokens_cache_write INTEGER,
  tokens_output INTEGER, tokens_reasoning INTEGER,
  branch INTEGER, category INTEGER, entity INTEGER, entity_type INTEGER NOT NULL,
  is_write INTEGER NOT NULL, ok INTEGER, tool INTEGER, parent_session INTEGER,
  lines_added INTEGER, lines_removed INTEGER, prompt_length INTEGER, flags INTEGER,
  lines INTEGER, lineno INTEGER, cursorpos INTEGER, dependencies INTEGER,
  project_root_count INTEGER, confidence REAL);
CREATE UNIQUE INDEX events_by_id ON events(source, id_time, id_hash);
CREATE INDEX events_by_time ON events(time);

CREATE TABLE groups(
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL, language INTEGER NOT NULL, app INTEGER NOT NULL,
  model INTEGER NOT NULL, actor INTEGER NOT NULL, machine INTEGER NOT NULL,
  source INTEGER NOT NULL,
  UNIQUE(project, language, app, model, actor, machine, source));

CREATE TABLE rollups(slot INTEGER PRIMARY KEY, figures BLOB NOT NULL);

CREATE TABLE dirty(slot INTEGER PRIMARY KEY);
)";

// What was erased for good: such heartbeats are not stored again.
constexpr std::string_view kVersion2 = R"(
CREATE TABLE forgotten(
  source INTEGER NOT NULL, id_time INTEGER NOT NULL, id_hash INTEGER NOT NULL,
  PRIMARY KEY(source, id_time, id_hash)) WITHOUT ROWID;
)";

// What somebody said of heartbeats after they were stored.
constexpr std::string_view kVersion3 = R"(
CREATE TABLE corrections(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('rename', 'hide', 'ignore', 'assign')),
  project TEXT NOT NULL, target TEXT NOT NULL,
  begin INTEGER, until INTEGER, made_at INTEGER NOT NULL,
  CHECK (kind <> 'assign' OR (begin IS NOT NULL AND until IS NOT NULL)));
)";

constexpr std::array kMigrations{kVersion1, kVersion2, kVersion3};

}  // namespace

std::span<const std::string_view> store_migrations() {
  return kMigrations;
}

}  // namespace vigil::agent
