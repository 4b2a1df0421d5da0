# The standard library's headers, and for tests Catch's, are read once for all targets: that is half of what compiling takes.

set(nothing ${CMAKE_BINARY_DIR}/nothing.cc)
file(TOUCH ${nothing})

function(add_headers name)
  add_library(${name} OBJECT ${nothing})
  target_link_libraries(${name} PRIVATE vigil_options)
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <ranges> <set> <span> <string>
    <string_view> <unordered_map> <utility> <variant> <vector> ${ARGN})
endfunction()

add_headers(vigil_headers)
if(VIGIL_TESTS)
  find_package(Catch2 2 REQUIRED)
  add_headers(vigil_test_headers <catch2/catch.hpp>)
  target_link_libraries(vigil_test_headers PRIVATE Catch2::Catch2)
endif()

function(reuse_headers directory)
  get_property(folders DIRECTORY ${directory} PROPERTY SUBDIRECTORIES)
  foreach(folder ${folders})
    reuse_headers(${folder})
  endforeach()
  get_property(targets DIRECTORY ${directory} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    get_target_property(type ${target} TYPE)
    get_target_property(libraries ${target} LINK_LIBRARIES)
    if(NOT type MATCHES "STATIC_LIBRARY|EXECUTABLE")
      continue()
    elseif(libraries MATCHES "Catch2")
      target_precompile_headers(${target} REUSE_FROM vigil_test_headers)
    else()
      target_precompile_headers(${target} REUSE_FROM vigil_headers)
    endif()
  endforeach()
endfunction()

foreach(folder base crypto watcher parser agent tests)
  if(NOT folder STREQUAL tests OR VIGIL_TESTS)
    reuse_headers(${PROJECT_SOURCE_DIR}/${folder})
  endif()
endforeach()
