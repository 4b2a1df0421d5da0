#include "agent/context/git_ignores.h"

#include <dlfcn.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

// Linked at start-up, libgit2 and the twelve libraries behind it (Kerberos, mbedTLS, ...) would add
// 7 ms to every start of the program, 5 ms from its archive, which still needs Kerberos. Loaded
// when wanted it costs 5 ms and 14 ms of its own preparation, once.

namespace vigil::agent {
namespace {

bool is_anothers(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && found.st_uid != ::geteuid();
}

}  // namespace

/// libgit2, loaded and initialised. It stays so until the process ends: its shutdown does not give
/// everything back (23 KiB each time), and it counts how often it was initialised.
class GitIgnores::Library {
 public:
  static Result<std::unique_ptr<Library>> load() {
    constexpr const char* kName = "libgit2.so." LIBGIT2_SOVERSION;
    auto* handle = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) return fail(Errc::unavailable, std::string(kName) + " is not installed");
    std::unique_ptr<Library> library(new Library);
    if (!library->bind_all(handle)) {
      return fail(Errc::unavailable, std::string(kName) + " lacks a function");
    }
    if (library->init_() < 0)
      return fail(Errc::unavailable, std::string(kName) + " fails to start");
    return library;
  }

  [[nodiscard]] Error error(int code, const std::string& root) const {
    const auto* last = error_last_();
    std::string message = root + ": " + (last == nullptr ? "git refuses it" : last->message);
    return {code == GIT_ENOTFOUND ? Errc::not_found : Errc::malformed, std::move(message)};
  }

  decltype(&git_repository_open_bare) repository_open = nullptr;
  decltype(&git_repository_set_workdir) set_workdir = nullptr;
  decltype(&git_repository_free) repository_free = nullptr;
  decltype(&git_ignore_path_is_ignored) path_is_ignored = nullptr;

 private:
  Library() = default;

  bool bind_all(void* handle) {
    return bind(handle, "git_libgit2_init", init_) && bind(handle, "git_error_last", error_last_) &&
           bind(handle, "git_repository_open_bare", repository_open) &&
           bind(handle, "git_repository_set_workdir", set_workdir) &&
           bind(handle, "git_repository_free", repository_free) &&
           bind(handle, "git_ignore_path_is_ignored", path_is_ignored);
  }

  template <class Function>
  static bool bind(void* handle, const char* name, Function& function) {
    // POSIX: an address from dlsym() may be taken for a function's.
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    return function != nullptr;
  }

  decltype(&git_libgit2_init) init_ = nullptr;
  decltype(&git_error_last) error_last_ = nullptr;
};

class GitIgnores::Repository : public RepositoryIgnores {
 public:
  Repository(const Library& library, git_repository* repository)
      : library_(library), repository_(repository) {}
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;
  ~Repository() override { library_.repository_free(repository_); }

  /// A question that libgit2 cannot answer (a path that is no path) is answered by no.
  [[nodiscard]] bool ignores(const std::string& path, FileKind kind) override {
    int is_ignored = 0;
    const std::string asked = kind == FileKind::directory ? path + "/" : path;
    return library_.path_is_ignored(&is_ignored, repository_, asked.c_str()) == 0 &&
           is_ignored != 0;
  }

 private:
  const Library& library_;
  git_repository* repository_;
};

GitIgnores::GitIgnores() = default;

GitIgnores::~GitIgnores() = default;

// Opened as if it had no working tree and then given one, since libgit2 1.5 refuses repositories
// for extensions that change nothing about ignoring (worktreeConfig, SHA-256, reftables), and while
// it looks for them loses 20 KiB for each line of their configuration.
Result<std::unique_ptr<RepositoryIgnores>> GitIgnores::open(const GitCheckout& checkout) {
  if (checkout.git_dir.empty()) return fail(Errc::not_found, checkout.root + ": no repository");
  if (is_anothers(checkout.root) || is_anothers(checkout.git_dir)) {
    return fail(Errc::denied, checkout.root + ": belongs to another user");
  }
  if (!library_) library_ = VIGIL_TRY(Library::load());
  git_repository* opened = nullptr;
  if (const int code = library_->repository_open(&opened, checkout.git_dir.c_str()); code != 0) {
    return std::unexpected(library_->error(code, checkout.root));
  }
  auto repository = std::make_unique<Repository>(*library_, opened);
  constexpr int kWriteNothing = 0;
  if (const int code = library_->set_workdir(opened, checkout.root.c_str(), kWriteNothing);
      code != 0) {
    return std::unexpected(library_->error(code, checkout.root));
  }
  return repository;
}

}  // namespace vigil::agent
