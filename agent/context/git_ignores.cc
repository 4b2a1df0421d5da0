#include "agent/context/git_ignores.h"

#include <dlfcn.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>

// Linked at start-up, libgit2 and the twelve libraries behind it (Kerberos, mbedTLS, ...) would
// double the time of `agent --version`: 7 ms as shared libraries, 3 ms from its archive, which
// still needs Kerberos. Loaded when wanted it costs 5 ms and 14 ms of its own preparation, once.

namespace vigil::agent {
namespace {

/// What libgit2 1.5 does not know and refuses a repository for, though it changes nothing about
/// ignoring: objects and refs are not looked at.
constexpr std::array<const char*, 6> kHarmlessExtensions{"objectformat",      "partialclone",
                                                         "preciousobjects",   "refstorage",
                                                         "relativeworktrees", "worktreeconfig"};

/// Where nobody has configured a `safe.directory`, libgit2 1.5 says that this is not found instead
/// of whose the repository is.
bool is_anothers(const std::string& root) {
  struct stat found{};
  return ::stat(root.c_str(), &found) == 0 && found.st_uid != ::geteuid();
}

}  // namespace

/// libgit2, loaded and initialised. It stays in the process: libraries behind it do not survive
/// being unloaded.
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
    library->init_();
    library->is_ready_ = true;
    library->options_(GIT_OPT_SET_EXTENSIONS, kHarmlessExtensions.data(),
                      kHarmlessExtensions.size());
    return library;
  }

  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  ~Library() {
    if (is_ready_) shutdown_();
  }

  [[nodiscard]] Error error(int code, const std::string& root) const {
    const auto* last = error_last_();
    std::string message = root + ": " + (last == nullptr ? "git refuses it" : last->message);
    if (code == GIT_EOWNER || (code == GIT_ENOTFOUND && is_anothers(root))) {
      return {Errc::denied, root + ": belongs to another user"};
    }
    return {code == GIT_ENOTFOUND ? Errc::not_found : Errc::malformed, std::move(message)};
  }

  decltype(&git_repository_open_ext) repository_open = nullptr;
  decltype(&git_repository_free) repository_free = nullptr;
  decltype(&git_ignore_path_is_ignored) path_is_ignored = nullptr;

 private:
  Library() = default;

  bool bind_all(void* handle) {
    return bind(handle, "git_libgit2_init", init_) &&
           bind(handle, "git_libgit2_shutdown", shutdown_) &&
           bind(handle, "git_libgit2_opts", options_) &&
           bind(handle, "git_error_last", error_last_) &&
           bind(handle, "git_repository_open_ext", repository_open) &&
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
  decltype(&git_libgit2_shutdown) shutdown_ = nullptr;
  decltype(&git_libgit2_opts) options_ = nullptr;
  decltype(&git_error_last) error_last_ = nullptr;
  bool is_ready_ = false;
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

Result<std::unique_ptr<RepositoryIgnores>> GitIgnores::open(const std::string& root) {
  if (!library_) library_ = VIGIL_TRY(Library::load());
  git_repository* repository = nullptr;
  const int code =
      library_->repository_open(&repository, root.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (code != 0) return std::unexpected(library_->error(code, root));
  return std::make_unique<Repository>(*library_, repository);
}

}  // namespace vigil::agent
