#include "agent/cli/exit_code.h"

#include <utility>

namespace vigil::agent {
namespace {

struct Meaning {
  Exit exit;
  std::string_view code;
};

Meaning meaning_of(Errc code) {
  switch (code) {
    case Errc::not_found: return {Exit::missing, "not_found"};
    case Errc::malformed: return {Exit::failed, "malformed"};
    case Errc::damaged: return {Exit::failed, "damaged"};
    case Errc::denied: return {Exit::failed, "denied"};
    case Errc::busy: return {Exit::locked, "locked"};
    case Errc::unavailable: return {Exit::unreachable, "unreachable"};
    case Errc::full: return {Exit::failed, "no_room"};
    case Errc::exists: return {Exit::failed, "exists"};
    case Errc::io: return {Exit::failed, "io"};
  }
  std::unreachable();
}

}  // namespace

std::unexpected<Failure> failure_of(Error error, std::string hint) {
  const Meaning meaning = meaning_of(error.code);
  return std::unexpected(
      Failure{meaning.exit, std::string(meaning.code), std::move(error).message, std::move(hint)});
}

}  // namespace vigil::agent
