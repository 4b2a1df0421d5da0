#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/config/address.h"
#include "base/result.h"

namespace httplib {
class ClientImpl;
}

namespace vigil::agent {

/// The HTTP library's client for one origin, with what holds for everything that we send: redirects
/// are never followed, head and body do not wait for each other, certificates are verified (against
/// `ca_file` where one is named, else the system's), TLS is 1.2 or later. Over https `proxy` is
/// asked for a tunnel; empty: none. Time-outs are the caller's to set.
///
/// `malformed`: not the address of an http proxy; `unavailable`: TLS cannot be set up.
[[nodiscard]] Result<std::unique_ptr<httplib::ClientImpl>> make_http_client(
    const Url& url, const std::string& ca_file, std::string_view proxy);

}  // namespace vigil::agent
