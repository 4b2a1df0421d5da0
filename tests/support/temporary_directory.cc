#include "tests/support/temporary_directory.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "base/check.h"

namespace vigil::test {

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "vigil-test-XXXXXX";
  check(::mkdtemp(name.data()) != nullptr);
  path_ = std::filesystem::canonical(name);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;  // a directory left behind must not fail the test
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace vigil::test
