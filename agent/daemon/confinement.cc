// Two fences of the kernel, each for what the other cannot see. Landlock knows paths: everything
// that changes the file system is denied but below a few folders. Seccomp knows system calls: those
// are denied that a program which watches, stores and sends has no use for, and that whoever took
// it over would want first. It is a list of what is denied, not of what is allowed, since libraries
// change what they call; a denied call fails with EPERM instead of ending the process.

#include "agent/daemon/confinement.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "base/sanitizers.h"
#include "base/unique_fd.h"

namespace vigil::agent {
namespace {

std::string reason() {
  return std::generic_category().message(errno);
}

// Younger than the oldest kernel headers that we are built with.
constexpr std::uint64_t kTruncate = 1ULL << 14U;  // since version 3
constexpr long kFirstWithTruncate = 3;
constexpr std::uint64_t kDeviceControl = 1ULL << 15U;  // since version 5
constexpr std::uint64_t kScopeSockets = 1ULL << 0U;    // since version 6
constexpr std::uint64_t kScopeSignals = 1ULL << 1U;    // since version 6

constexpr std::uint64_t kChangesOfFirstVersion =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

/// What databases, a socket and a rotated log need. No links, no devices, nothing to execute.
constexpr std::uint64_t kAllowedInOwnFolders =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | kTruncate;

/// As the kernel of today reads it; older ones read less of it.
struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
  std::uint64_t handled_access_net = 0;
  std::uint64_t scoped = 0;
};

struct Ruleset {
  RulesetAttributes attributes;
  std::size_t size = 0;  ///< of the attributes that this kernel knows
};

Ruleset ruleset_of(long version) {
  Ruleset ruleset{{.handled_access_fs = kChangesOfFirstVersion}, sizeof(std::uint64_t)};
  std::uint64_t& files = ruleset.attributes.handled_access_fs;
  if (version >= 2) files |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= kFirstWithTruncate) files |= kTruncate;
  if (version >= 4) ruleset.size = 2 * sizeof(std::uint64_t);
  if (version >= 5) files |= kDeviceControl;
  if (version >= 6) {
    ruleset.attributes.scoped = kScopeSockets | kScopeSignals;
    ruleset.size = sizeof(RulesetAttributes);
  }
  return ruleset;
}

/// The reason where it does not work.
std::optional<std::string> allow_below(int ruleset, const std::string& folder,
                                       std::uint64_t access) {
  const UniqueFd fd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return std::nullopt;  // nothing there that could be written to
  const landlock_path_beneath_attr rule{.allowed_access = access, .parent_fd = fd.get()};
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0) {
    return std::nullopt;
  }
  return folder + ": " + reason();
}

std::optional<std::string> fence_writes(std::span<const std::string> own_folders, long version) {
  if (version < 1) return "this kernel has no Landlock (" + reason() + ")";
  const Ruleset rules = ruleset_of(version);
  const UniqueFd ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules.attributes, rules.size, 0)));
  if (!ruleset) return "Landlock: " + reason();
  for (const auto& folder : own_folders) {
    auto fault = allow_below(ruleset.get(), folder,
                             kAllowedInOwnFolders & rules.attributes.handled_access_fs);
    if (fault) return fault;
  }
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return "Landlock: " + reason();
  return std::nullopt;
}

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif

/// The leak checker starts a process that looks into this one.
constexpr bool kIsLeakChecked = kAddressSanitized;

/// Number of the first call of the x32 family, which reaches x86_64's calls by other numbers.
constexpr std::uint32_t kOtherFamily = 0x4000'0000;

constexpr std::array kDenied{
    // start programs
    SYS_execve, SYS_execveat,
#if defined(__x86_64__)
    SYS_fork, SYS_vfork,
#endif
    // look into other processes
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_kcmp,
    // change what the file system is
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount, SYS_open_tree, SYS_fsopen,
    SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_mount_setattr, SYS_swapon, SYS_swapoff, SYS_quotactl,
    SYS_open_by_handle_at, SYS_acct,
    // change attributes of files, which Landlock does not watch over
    SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
    // change the kernel, or reach code of it that is seldom looked at
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_kexec_file_load,
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_add_key, SYS_request_key,
    SYS_keyctl, SYS_reboot, SYS_syslog, SYS_personality,
#if defined(__x86_64__)
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
    // leave for another namespace
    SYS_unshare, SYS_setns,
    // clock and name of the machine
    SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname,
    SYS_setdomainname};

/// A filter is a straight program over seccomp_data; jumps go forward.
class Filter {
 public:
  Filter() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
    fail_with(EPERM);
    load(offsetof(seccomp_data, nr));
    if (kArchitecture == AUDIT_ARCH_X86_64) {
      add(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kOtherFamily, 0, 1));
      fail_with(EPERM);
    }
  }

  void deny(long call, std::uint32_t error) {
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    fail_with(error);
  }

  /// clone() makes threads, which is allowed, and processes.
  void deny_new_processes() {
    // Its flags lie in memory, where a filter cannot look; told that there is no such call, the C
    // library takes clone() instead.
    deny(SYS_clone3, ENOSYS);
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_clone), 0, 4));
    load(offsetof(seccomp_data, args[0]));  // the lower half, on little-endian machines
    add(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, static_cast<std::uint32_t>(CLONE_THREAD), 1, 0));
    fail_with(EPERM);
    allow();
  }

  /// For every thread of the process. Needs no_new_privs.
  [[nodiscard]] bool install() {
    allow();
    const sock_fprog program{.len = static_cast<unsigned short>(steps_.size()),
                             .filter = steps_.data()};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) ==
           0;
  }

 private:
  void add(sock_filter step) { steps_.push_back(step); }
  void load(std::size_t offset) {
    add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  void fail_with(std::uint32_t error) { add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error)); }
  void allow() { add(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)); }

  std::vector<sock_filter> steps_;
};

std::optional<std::string> fence_calls() {
  if (kArchitecture == 0) return "the list of system calls is not known for this processor";
  Filter filter;
  for (const long call : kDenied) {
    if (!(kIsLeakChecked && call == SYS_ptrace)) filter.deny(call, EPERM);
  }
  if (!kIsLeakChecked) filter.deny_new_processes();
  if (!filter.install()) return "seccomp: " + reason();
  return std::nullopt;
}

}  // namespace

Confinement confine(std::span<const std::string> own_folders) {
  Confinement result;
  // Both fences need it; by itself it makes set-user-id programs ordinary ones.
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    result.missing.push_back("no_new_privs: " + reason());
    return result;
  }
  const auto note = [&result](const std::optional<std::string>& fault, std::string_view what) {
    if (fault) result.missing.push_back(std::string(what) + ": " + *fault);
    return !fault;
  };
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  result.writes = note(fence_writes(own_folders, version), "files everywhere can be written to");
  if (result.writes && version < kFirstWithTruncate) {
    result.missing.emplace_back("files elsewhere can be cut short: this kernel's Landlock is old");
  }
  result.calls = note(fence_calls(), "every system call is open");
  return result;
}

}  // namespace vigil::agent
