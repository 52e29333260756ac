# Third-party libraries: Debian's by package, the rest from .deps (tools/setup puts them there).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET liblz4)
find_package(simdjson REQUIRED)
find_package(Eigen3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(LibArchive REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(Boost 1.81 REQUIRED)

set(deps ${CMAKE_SOURCE_DIR}/.deps)
foreach(file duckdb/libduckdb.so duckdb/duckdb.h lightgbm/lib_lightgbm.so)
  if(NOT EXISTS ${deps}/${file})
    message(FATAL_ERROR ".deps/${file} is missing: run tools/setup build")
  endif()
endforeach()

add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES IMPORTED_LOCATION ${deps}/duckdb/libduckdb.so IMPORTED_NO_SONAME TRUE
                      INTERFACE_INCLUDE_DIRECTORIES ${deps}/duckdb INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${deps}/duckdb)
add_library(lightgbm SHARED IMPORTED)
set_target_properties(lightgbm PROPERTIES IMPORTED_LOCATION ${deps}/lightgbm/lib_lightgbm.so IMPORTED_NO_SONAME TRUE
                      INTERFACE_INCLUDE_DIRECTORIES ${deps}/lightgbm
                      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${deps}/lightgbm)
