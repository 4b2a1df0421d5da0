#include "parser/codex_patch.h"

#include <catch2/catch.hpp>

using namespace vigil::parser;

TEST_CASE("a patch names its files with the lines added and removed", "[parser][unit]") {
  const auto files = read_patch(
      "*** Begin Patch\n*** Update File: src/a.py\n*** Move to: src/b.py\n@@ def f\n context\n"
      "-old\n+new\n+more\n*** Add File: /tmp/n.txt\n+one\n+two\n*** Delete File: gone.c\n"
      "*** End Patch\n+not a line of it\n");
  REQUIRE(files.size() == 3);
  CHECK(files[0] == PatchedFile{"src/a.py", "src/b.py", PatchKind::update, 2, 1});
  CHECK(files[1] == PatchedFile{"/tmp/n.txt", "", PatchKind::add, 2, 0});
  CHECK(files[2] == PatchedFile{"gone.c", "", PatchKind::erase, 0, 0});
}

TEST_CASE("lines that a patch removes and adds again have not changed", "[parser][unit]") {
  const auto files =
      read_patch("*** Update File: a\n@@\n-## March\n+## March\n+\n+new\n same\n-x\n-y\n+z\n+y\n");
  REQUIRE(files.size() == 1);
  CHECK(files[0] == PatchedFile{"a", "", PatchKind::update, 3, 1});
}

TEST_CASE("a file that a patch names twice is one file", "[parser][unit]") {
  const auto files =
      read_patch("*** Update File: a\n+1\n*** Update File: b\n+1\n*** Update File: a\n-2\n");
  REQUIRE(files.size() == 2);
  CHECK(files[0] == PatchedFile{"a", "", PatchKind::update, 1, 1});
}

TEST_CASE("a patch keeps no more files than its bound", "[parser][unit]") {
  std::string patch;
  for (std::size_t i = 0; i <= kPatchFilesMax; ++i) {
    patch += "*** Add File: f" + std::to_string(i) + "\n+x\n";
  }
  const auto files = read_patch(patch);
  REQUIRE(files.size() == kPatchFilesMax);
  CHECK(files.back().added == 1);
}

TEST_CASE("a patch in a script is read for its paths only", "[parser][unit]") {
  const auto files = read_scripted_patch(
      R"(const r = await tools.apply_patch("*** Begin Patch\n*** Update File: /a/b c.py\n@@\n-x\n+y\n"))");
  REQUIRE(files.size() == 1);
  CHECK(files[0] == PatchedFile{"/a/b c.py", "", PatchKind::update, 0, 0});
  CHECK(read_scripted_patch(R"(print("*** Update File: /a\n"))").empty());
}

TEST_CASE("a shell command is a patch only where it runs apply_patch", "[parser][unit]") {
  const auto [command, text, directory] = GENERATE(table<std::string, std::string, std::string>({
      {"apply_patch <<'EOF'\n*** Begin Patch\n*** End Patch\nEOF\n", "*** Begin Patch", ""},
      {"cd sub && apply_patch <<EOF\n*** Begin Patch\n", "*** Begin Patch", "sub"},
      {"cd '/my dir' && apply_patch <<EOF\n*** Begin Patch\n", "*** Begin Patch", "/my dir"},
      {"grep '*** Begin Patch' notes", "", ""},
      {"cd sub; apply_patch", "", ""},
      {"cd x &&", "", ""},
      {"", "", ""},
  }));
  const auto patch = find_shell_patch(command);
  CHECK(patch.text.substr(0, 15) == text);
  if (!text.empty()) CHECK(patch.directory == directory);
}

TEST_CASE("a unified diff is counted inside its hunks", "[parser][unit]") {
  const auto delta =
      count_diff("--- a\n+++ b\n@@ -1,2 +1,3 @@\n same\n--- comment\n+x\n+y\n\\ No newline\n");
  CHECK(delta.added == 2);
  CHECK(delta.removed == 1);
}

TEST_CASE("a last line without a line end counts", "[parser][unit]") {
  CHECK(count_lines("") == 0);
  CHECK(count_lines("a\n") == 1);
  CHECK(count_lines("a\nb") == 2);
}

TEST_CASE("paths are resolved by name, from the directory of the record", "[parser][unit]") {
  const auto [directory, path, resolved] = GENERATE(table<std::string, std::string, std::string>({
      {"/a/b", "c.py", "/a/b/c.py"},
      {"/a/b", "./x/../c.py", "/a/b/c.py"},
      {"/a/b", "../../../c", "/c"},
      {"/a", "/x//y/./z", "/x/y/z"},
      {"", "relative", ""},
      {"", "file:///home/d/L%C3%B6we%20x/", "/home/d/Löwe x"},
      {"/a", "", ""},
      {"/a", "/plain/path.c", "/plain/path.c"},
      {"", "file:///50%/x", "/50%/x"},
  }));
  CHECK(resolve_path(directory, path) == resolved);
}
