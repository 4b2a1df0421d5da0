#include "agent/context/heavy_folder.h"

#include <algorithm>
#include <array>

namespace vigil::agent {
namespace {

/// Between bars: one text instead of an array of them, which would be relocated at every start.
constexpr std::string_view kHeavy =
    "|.bundle|.bzr|.cache|.dart_tool|.eggs|.elixir_ls|.fslckout|.git|.gradle|.hg|.hypothesis|"
    ".ipynb_checkpoints|.jj|.mypy_cache|.next|.nox|.nuxt|.nyc_output|.parcel-cache|.pijul|.pnpm-"
    "store|"
    ".pytest_cache|.ruff_cache|.sl|.stack-work|.svelte-kit|.svn|.terraform|.tox|.turbo|.venv|.yarn|"
    ".zig-cache|DerivedData|__pycache__|_darcs|bower_components|elm-stuff|jspm_packages|node_"
    "modules|"
    "zig-cache|zig-out|";

struct Product {
  std::string_view folder;
  std::string_view witness;  ///< relative to the folder
};

constexpr auto kProducts = std::to_array<Product>({
    {"Pods", "../Podfile"},
    {"_build", "../mix.exs"},
    {"_build", "../dune-project"},
    {"build", "../build.gradle"},
    {"build", "../build.gradle.kts"},
    {"build", "CMakeCache.txt"},
    {"build", "build.ninja"},
    {"coverage", "../package.json"},
    {"deps", "../mix.exs"},
    {"dist", "../package.json"},
    {"dist", "../pyproject.toml"},
    {"dist", "../setup.py"},
    {"dist-newstyle", "../cabal.project"},
    {"env", "pyvenv.cfg"},
    {"out", "../next.config.js"},
    {"target", "../Cargo.toml"},
    {"target", "../build.sbt"},
    {"target", "../pom.xml"},
    {"vendor", "../Gemfile"},
    {"vendor", "../composer.json"},
    {"vendor", "../go.mod"},
    {"venv", "pyvenv.cfg"},
});

/// https://bford.info/cachedir/
constexpr std::string_view kCacheTag = "CACHEDIR.TAG";

bool is_there(const FileSystem& files, const std::string& folder, std::string_view witness) {
  return files.stat(normal_path(join_path(folder, witness))).has_value();
}

}  // namespace

bool is_heavy_name(std::string_view name) {
  if (name.empty() || name.find('|') != std::string_view::npos) return false;
  for (auto at = kHeavy.find(name); at != std::string_view::npos; at = kHeavy.find(name, at + 1)) {
    if (kHeavy[at - 1] == '|' && kHeavy[at + name.size()] == '|') return true;
  }
  return false;
}

bool holds_products(const FileSystem& files, const std::string& folder) {
  const auto name = file_name(folder);
  const bool has_witness = std::ranges::any_of(kProducts, [&](const Product& product) {
    return product.folder == name && is_there(files, folder, product.witness);
  });
  return has_witness || is_there(files, folder, kCacheTag);
}

}  // namespace vigil::agent
