# What every target of the project is compiled with: warnings as errors, and the flags of the chosen preset.
find_program(CCACHE ccache)
if(CCACHE)
  # A precompiled header is known by its content: ccache may pass over the macros and times that it does not see in it.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(LLD ld.lld)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

# holdspace_warnings(target): our own sources only, so that generated code is not judged by our rules.
function(holdspace_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Werror)
endfunction()

# GCC 12 in Debug keeps one line table per function: enough for a backtrace, half the link time.
add_compile_options("$<$<CONFIG:Debug>:-g1>")

if(HOLDSPACE_SANITIZE)
  add_compile_options(-fsanitize=${HOLDSPACE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HOLDSPACE_SANITIZE})
  if(HOLDSPACE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC warns that it does not model the fences in Asio's locks, wherever they are inlined into ours.
    add_compile_options(-Wno-tsan)
  endif()
  if(HOLDSPACE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
    # Beast's templates under the vptr and null checks double the compile time of one file and find nothing of ours.
    add_compile_options(-fno-sanitize=vptr,null)
  endif()
endif()

# Every library, not the fuzz programs alone: the fuzzer sees only what is instrumented.
if(HOLDSPACE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(HOLDSPACE_HARDENED)
  add_compile_options(
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection
    -fcf-protection=full -ftrivial-auto-var-init=zero)
  add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

# Asio's coroutine headers are most of what a small file of ours costs (a handler: 4.3 s with them, 2.6 s with them precompiled), so they are
# compiled once for each target that is made of them. Off where clang reads the same command lines (lint, fuzz).
# holdspace_precompile(target HEADERS...): with further headers of the system that nearly all of its files include. Never one that the
# build makes: ccache would give back the precompiled form of an earlier one.
# ${HOLDSPACE_PROTOBUF_HEADERS}: what every generated header includes.
set(HOLDSPACE_PROTOBUF_HEADERS
  <google/protobuf/generated_enum_reflection.h> <google/protobuf/generated_message_reflection.h> <google/protobuf/message.h>
  <google/protobuf/repeated_field.h> <google/protobuf/extension_set.h> <google/protobuf/unknown_field_set.h>)
option(HOLDSPACE_PRECOMPILE "Precompile the headers that a target's files share" OFF)
function(holdspace_precompile target)
  if(HOLDSPACE_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE
      <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
      <boost/system/result.hpp> <chrono> <map> <memory> <optional> <string> <vector> ${ARGN})
  endif()
endfunction()
