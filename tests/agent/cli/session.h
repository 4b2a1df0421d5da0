#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "agent/config/environment.h"
#include "base/posix_file_system.h"
#include "base/random.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

namespace vigil::test {

/// What a command left behind.
struct Transcript {
  int exit = -1;
  std::string out;
  std::string err;
};

/// The program on a machine of its own: a home directory that goes away, a clock that stands still
/// at 2023-11-14T22:13:20Z, and randomness that counts.
class Session {
 public:
  Session();

  /// Runs `agent` with these arguments; `in` is its standard input.
  Transcript agent(const std::vector<std::string>& arguments, const std::string& in = {});

  /// Writes a file below the home directory.
  void write(const std::string& path, std::string_view text);

  /// With the home directory replaced by `HOME`, so that texts can be compared.
  [[nodiscard]] std::string neutral(std::string text) const;

  [[nodiscard]] const std::string& home() const { return home_; }
  agent::Environment environment;

 private:
  class CountingRandom final : public Random {
   public:
    void fill(std::span<std::byte> out) override {
      for (std::byte& byte : out) byte = static_cast<std::byte>(next_++);
    }

   private:
    unsigned next_ = 0;
  };

  TemporaryDirectory directory_;
  std::string home_;
  PosixFileSystem files_;
  ManualClock clock_;
  CountingRandom random_;
};

}  // namespace vigil::test
