// Databases of other programs, as they are while those run.

#include "agent/traces/named_columns.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <catch2/catch.hpp>

#include "agent/traces/list_reader.h"
#include "base/posix_file_system.h"
#include "tests/agent/traces/traces_fixture.h"
#include "tests/support/temporary_directory.h"

using namespace vigil;
using namespace vigil::agent;
using namespace vigil::agent::test;

namespace {

struct Disk {
  vigil::test::TemporaryDirectory directory;
  PosixFileSystem files;
  std::string path = directory.path() + "/db.sqlite";
  SQLite::Database db{path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};

  [[nodiscard]] Words listed(TraceFormat format) const {
    const TracePlace place{format, "it", directory.path(), "db.sqlite", ""};
    const auto traces = read_list(files, place, "db.sqlite", "/home/ada", TraceLimits{});
    Words words;
    REQUIRE(traces.has_value());
    for (const auto& trace : *traces) {
      words.push_back(trace.editor + " " + std::string(name_of(trace.kind)) + " " + trace.path);
    }
    return words;
  }
};

}  // namespace

TEST_CASE("VS Code's tabs are read from its state, and nothing beside them",
          "[agent][traces][io]") {
  Disk disk;
  disk.db.exec("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)");
  SQLite::Statement insert(disk.db, "INSERT INTO ItemTable VALUES (?, ?)");
  insert.bind(1, "memento/workbench.parts.editor");
  insert.bind(2, TracesFixture::fixture("vscode/tabs.json"));
  insert.exec();
  disk.db.exec("INSERT INTO ItemTable VALUES ('chat', '/CANARY')");
  CHECK(disk.listed(TraceFormat::vscode_state) ==
        Words{"it open /home/ada/code/demo/src/a b.py", "it open /home/ada/code/demo/README.md"});
}

TEST_CASE("Zed's open files are read under both names of the column, its texts never",
          "[agent][traces][io]") {
  Disk disk;
  const std::string column = GENERATE("path", "buffer_path");
  disk.db.exec("PRAGMA journal_mode = WAL");
  disk.db.exec("CREATE TABLE editors (item_id INTEGER, " + column + " BLOB, contents TEXT)");
  disk.db.exec(
      "INSERT INTO editors VALUES (1, CAST('/home/ada/a.rs' AS BLOB), '/CANARY'),"
      " (2, NULL, '/CANARY'), (3, 'no path', NULL)");
  CHECK(disk.listed(TraceFormat::zed_state) == Words{"it open /home/ada/a.rs"});
}

TEST_CASE("a database of another shape, or none, says so", "[agent][traces][io]") {
  Disk disk;
  const std::string query = "SELECT value FROM ItemTable";
  CHECK(read_column(disk.path, query, "", 9, 99).error().code == Errc::malformed);
  CHECK(read_column(disk.path + "-none", query, "", 9, 99).error().code == Errc::not_found);
}

TEST_CASE("a database that its program has locked is busy, soon", "[agent][traces][io]") {
  Disk disk;
  disk.db.exec("CREATE TABLE ItemTable (value TEXT)");
  disk.db.exec("BEGIN EXCLUSIVE");
  CHECK(read_column(disk.path, "SELECT value FROM ItemTable", "", 9, 99).error().code ==
        Errc::busy);
}

TEST_CASE("rows and their sizes are bounded", "[agent][traces][io]") {
  Disk disk;
  disk.db.exec("CREATE TABLE t (v TEXT)");
  disk.db.exec("INSERT INTO t VALUES ('12345'), ('1234'), ('1'), (NULL), ('2')");
  CHECK(*read_column(disk.path, "SELECT v FROM t", "", 9, 4) == Words{"1234", "1", "2"});
  CHECK(*read_column(disk.path, "SELECT v FROM t", "", 2, 4) == Words{"1234", "1"});
  CHECK(*read_column(disk.path, "SELECT v FROM t WHERE v = ?1", "2", 9, 4) == Words{"2"});
}

TEST_CASE("places follow XDG's variables where those are absolute", "[agent][traces][unit]") {
  Environment environment;
  Paths paths;
  paths.home = "/home/ada";
  paths.runtime_dir = "/run/user/7";
  environment.variables = {{"XDG_CONFIG_HOME", "/c//x"}, {"XDG_DATA_HOME", "d"}};
  const auto places = editor_places(environment, paths, 7);
  CHECK(places.config_home == "/c/x");
  CHECK(places.data_home == "/home/ada/.local/share");
  CHECK(places.state_home == "/home/ada/.local/state");
  CHECK(places.runtime_dir == "/run/user/7");
  CHECK(places.user == 7);
  paths.home.clear();
  CHECK(editor_places(environment, paths, 7).data_home.empty());
}
