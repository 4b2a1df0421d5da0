#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace vigil {

/// What the program may do about a failure. People read `Error::message` instead.
enum class Errc : std::uint8_t {
  not_found,    ///< The thing asked for does not exist; another one may.
  malformed,    ///< Input breaks its format; retrying the same bytes is pointless.
  damaged,      ///< What was stored is not what was written; it must be made anew.
  denied,       ///< Permission, signature or ownership forbids it; a person must act.
  busy,         ///< Another process or connection holds it; try again later.
  unavailable,  ///< A peer or resource is away (network, timeout); try again later.
  full,         ///< No room (disk, quota, watch limit); try again after space was made.
  exists,       ///< Would overwrite something that must not be overwritten.
  io,           ///< The operating system refused for another reason.
};

/// Why there is no value. `code` tells the program what to do next, `message` tells a person
/// what happened, outermost context first: `upload batch 17: connect: refused`.
struct [[nodiscard]] Error {
  Errc code = Errc::io;
  std::string message;

  /// The same failure seen from one level further out.
  [[nodiscard]] Error within(std::string_view context) && {
    return {code, std::string(context) + ": " + std::move(message)};
  }
};

/// A value or the reason why there is none. Ignoring one draws a compiler error.
template <class T>
struct [[nodiscard]] Result : std::expected<T, Error> {
  using std::expected<T, Error>::expected;
};

/// Shorthand for returning a failure: `return fail(Errc::malformed, "line 3: ...")`.
[[nodiscard]] inline std::unexpected<Error> fail(Errc code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace vigil

#define VIGIL_CONCAT_(a, b) a##b
#define VIGIL_CONCAT(a, b) VIGIL_CONCAT_(a, b)
#define VIGIL_TRY_(result, expression)                                              \
  __extension__({                                                                   \
    auto result = (expression);                                                     \
    if (!result) return std::unexpected<::vigil::Error>(std::move(result).error()); \
    std::move(result).value();                                                      \
  })

/// Yields the value of a Result, or returns its error from the enclosing function.
/// For Result<void> it is a statement.
#define VIGIL_TRY(expression) VIGIL_TRY_(VIGIL_CONCAT(vigil_try_, __COUNTER__), expression)
