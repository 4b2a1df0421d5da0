#include "agent/context/ignore_rules.h"

#include <catch2/catch.hpp>
#include <set>

#include "agent/context/heavy_folder.h"
#include "tests/support/memory_file_system.h"

namespace vigil::agent {
namespace {

/// Ignores what it was told.
class ScriptedIgnores : public RepositoryIgnores {
 public:
  explicit ScriptedIgnores(std::set<std::string> paths) : paths_(std::move(paths)) {}

  [[nodiscard]] bool ignores(const std::string& path, FileKind /*kind*/) override {
    return paths_.contains(path);
  }

 private:
  std::set<std::string> paths_;
};

struct Fixture {
  test::MemoryFileSystem files;
  IgnoreRules without_repository{files, "/src/harbor", nullptr};
  IgnoreRules with_repository{
      files, "/src/harbor/",
      std::make_unique<ScriptedIgnores>(std::set<std::string>{"log", "a/b"})};
};

TEST_CASE("heavy folders and all below them are ignored", "[context][unit]") {
  const auto path = GENERATE(as<std::string>{}, "node_modules/left/index.js", "a/.venv/bin/x",
                             ".git/HEAD", "a/__pycache__/b.pyc", "a/.git/index");
  Fixture f;
  CAPTURE(path);
  CHECK(f.without_repository.is_ignored("/src/harbor/" + path, FileKind::regular));
  CHECK(f.with_repository.is_ignored("/src/harbor/" + path, FileKind::regular));
}

TEST_CASE("a heavy name means a folder, not a file", "[context][unit]") {
  Fixture f;
  CHECK(f.without_repository.is_ignored("/src/harbor/node_modules", FileKind::directory));
  CHECK_FALSE(f.without_repository.is_ignored("/src/harbor/node_modules", FileKind::regular));
  CHECK_FALSE(f.without_repository.is_ignored("/src/harbor/node_modules_x/a", FileKind::regular));
}

TEST_CASE("only what is below the root can be ignored", "[context][unit]") {
  Fixture f;
  CHECK_FALSE(f.with_repository.is_ignored("/src/harbor", FileKind::directory));
  CHECK_FALSE(f.with_repository.is_ignored("/src/harbor/", FileKind::directory));
  CHECK_FALSE(f.with_repository.is_ignored("/src/harbors/log", FileKind::regular));
  CHECK_FALSE(f.with_repository.is_ignored("/node_modules/a", FileKind::regular));
  CHECK_FALSE(f.with_repository.is_ignored("", FileKind::regular));
}

TEST_CASE("the repository is asked with the path below its root", "[context][unit]") {
  Fixture f;
  CHECK(f.with_repository.is_ignored("/src/harbor/log", FileKind::regular));
  CHECK(f.with_repository.is_ignored("/src/harbor/a/b/", FileKind::directory));
  CHECK_FALSE(f.with_repository.is_ignored("/src/harbor/b", FileKind::regular));
  CHECK_FALSE(f.without_repository.is_ignored("/src/harbor/log", FileKind::regular));
}

TEST_CASE("without a repository a folder of products is told by what lies beside it",
          "[context][unit]") {
  const auto [folder, witness] = GENERATE(table<std::string, std::string>({
      {"target", "Cargo.toml"},
      {"target", "pom.xml"},
      {"dist", "package.json"},
      {"vendor", "go.mod"},
      {"build", "build/CMakeCache.txt"},
      {"venv", "venv/pyvenv.cfg"},
      {"anything", "anything/CACHEDIR.TAG"},
  }));
  Fixture f;
  const std::string inside = "/src/harbor/crate/" + folder + "/a/b.o";
  CAPTURE(folder, witness);
  CHECK_FALSE(f.without_repository.is_ignored(inside, FileKind::regular));
  f.files.write("/src/harbor/crate/" + witness, "");
  CHECK(f.without_repository.is_ignored(inside, FileKind::regular));
  CHECK_FALSE(f.with_repository.is_ignored(inside, FileKind::regular));
}

TEST_CASE("names that are no words of the list are not heavy", "[context][unit]") {
  for (const char* name :
       {"", "|", "git", ".gi", "node_modules|", "|.git|", "src", "Node_Modules"}) {
    CAPTURE(name);
    CHECK_FALSE(is_heavy_name(name));
  }
}

}  // namespace
}  // namespace vigil::agent
