# Every outside library, its version floor, and the one place that says how to get it: deploy/setup.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(date REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis>=0.14.1)
pkg_check_modules(LIBICAL REQUIRED IMPORTED_TARGET libical>=3.0)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)

# libsodium 1.0.22 brings X-Wing and HKDF; bookworm's own package is 1.0.18. deploy/setup builds it into this folder.
include(${CMAKE_CURRENT_LIST_DIR}/deps_folder.cmake)
set(ENV{PKG_CONFIG_PATH} "${holdspace_deps}/libsodium/lib/pkgconfig:$ENV{PKG_CONFIG_PATH}")
pkg_check_modules(SODIUM IMPORTED_TARGET libsodium>=1.0.22)
if(NOT SODIUM_FOUND)
  message(FATAL_ERROR "libsodium >= 1.0.22 not found (looked in ${holdspace_deps}/libsodium and the system). Run deploy/setup.")
endif()

add_library(holdspace_sodium INTERFACE)
target_include_directories(holdspace_sodium SYSTEM INTERFACE ${SODIUM_STATIC_INCLUDE_DIRS} ${SODIUM_INCLUDE_DIRS})
find_library(SODIUM_ARCHIVE libsodium.a HINTS ${SODIUM_LIBRARY_DIRS} NO_DEFAULT_PATH)
if(SODIUM_ARCHIVE)
  target_link_libraries(holdspace_sodium INTERFACE ${SODIUM_ARCHIVE} Threads::Threads)
else()
  target_link_libraries(holdspace_sodium INTERFACE PkgConfig::SODIUM)
endif()

# Boost's headers count as the system's: our warnings judge our code.
add_library(holdspace_boost INTERFACE)
target_include_directories(holdspace_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(holdspace_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
