// Runs inputs that once failed through their targets: `fuzz_replay FOLDER`, where each file lies in
// a folder named after its target. An input of an unknown target is an error, and so is none.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/fuzz/targets.h"

namespace {

using vigil::fuzz::Target;

const Target* find_target(std::string_view name) {
  for (const Target& target : vigil::fuzz::targets()) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1])) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().parent_path().filename();
    const Target* const target = find_target(name);
    if (target == nullptr) {
      std::cerr << entry.path() << ": no target is called " << name << '\n';
      return 1;
    }
    std::cout << name << "/" << entry.path().filename().string() << std::endl;
    target->run(content_of(entry.path()));
    ++count;
  }
  std::cout << count << " inputs\n";
  return count == 0 ? 1 : 0;
}
