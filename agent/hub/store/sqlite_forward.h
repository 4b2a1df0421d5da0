#pragma once

/// The library's types that our headers name; only `.cc` files include the library.
namespace SQLite {  // NOLINT(readability-identifier-naming): the library's own name
class Database;
class Statement;
}  // namespace SQLite
