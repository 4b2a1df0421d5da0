// One fuzzer: libFuzzer's main calls this for each input. VIGIL_FUZZ_TARGET is the function's name.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const char* const text = size == 0 ? "" : reinterpret_cast<const char*>(data);
  vigil::fuzz::VIGIL_FUZZ_TARGET({text, size});
  return 0;
}
