#include "agent/daemon/control_address.h"

#include <fcntl.h>

#include <cerrno>
#include <system_error>

#include "base/file_system.h"

namespace vigil::agent {

Result<ControlAddress> ControlAddress::of(const std::string& path) {
  ControlAddress made;
  made.address_.sun_family = AF_UNIX;
  std::string name = path;
  if (name.size() > kPathMax) {
    const std::string folder(parent_path(path));
    made.folder_.reset(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!made.folder_) {
      return fail(Errc::not_found, folder + ": " + std::generic_category().message(errno));
    }
    name =
        "/proc/self/fd/" + std::to_string(made.folder_.get()) + "/" + std::string(file_name(path));
  }
  if (name.size() > kPathMax) return fail(Errc::not_found, path + ": too long for a socket");
  name.copy(made.address_.sun_path, kPathMax);
  return made;
}

const sockaddr* ControlAddress::address() const {
  // The sockets API takes every kind of address as a sockaddr.
  return reinterpret_cast<const sockaddr*>(&address_);
}

}  // namespace vigil::agent
