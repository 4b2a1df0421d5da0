#include "crypto/locked_memory.h"

#include <sodium.h>

#include "crypto/secret_bytes.h"

namespace vigil::crypto {

bool secrets_stay_out_of_swap() {
  SecretBytes probe(1);  // locked by libsodium, which tells nobody when that fails
  return sodium_mlock(probe.bytes().data(), probe.size()) == 0;
}

}  // namespace vigil::crypto
