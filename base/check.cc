#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace vigil {

void check(bool condition, std::source_location where) {
  if (condition) return;
  std::fprintf(stderr, "vigil: broken invariant at %s:%u (%s)\n", where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name());
  std::abort();
}

}  // namespace vigil
