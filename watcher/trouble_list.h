#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace vigil::watcher {

/// Paths that cannot be read, with the reason; at most kMax, the first ones.
class TroubleList {
 public:
  static constexpr std::size_t kMax = 16;

  void note(const std::string& path, std::string why) {
    if (reasons_.size() < kMax || reasons_.contains(path)) reasons_[path] = std::move(why);
  }
  void clear(const std::string& path) {
    if (!reasons_.empty()) reasons_.erase(path);
  }
  [[nodiscard]] std::vector<std::string> reasons() const {
    std::vector<std::string> out;
    for (const auto& [path, why] : reasons_) out.push_back(why);
    return out;
  }

 private:
  std::map<std::string, std::string> reasons_;
};

}  // namespace vigil::watcher
