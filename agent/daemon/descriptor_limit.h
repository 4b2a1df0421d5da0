#pragma once

namespace vigil::agent {

/// Lets the process open as many descriptors as its hard limit allows: the usual soft limit of
/// 1,024 is less than the connections that the hub takes. Where the system refuses, it stays.
void raise_descriptor_limit();

}  // namespace vigil::agent
