#pragma once

namespace vigil::crypto {

/// Whether SecretBytes stay out of swap here: false where the limit of locked memory
/// (RLIMIT_MEMLOCK) is used up. They work all the same.
[[nodiscard]] bool secrets_stay_out_of_swap();

}  // namespace vigil::crypto
