#pragma once

#include <string>
#include <string_view>

namespace vigil::agent {

/// An address as git takes it (`https://host/path`, `git@host:path`, a path) without user,
/// password, query and fragment, any of which can be a secret; a hosting service's token often
/// stands for the user. Empty for what has control characters.
[[nodiscard]] std::string without_credentials(std::string_view url);

/// `owner/repository` of a remote's address: the path behind the host without `.git`. Empty where
/// there is none.
[[nodiscard]] std::string repository_of(std::string_view url);

}  // namespace vigil::agent
