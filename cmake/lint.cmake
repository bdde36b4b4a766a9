# Targets `format` (rewrites our sources) and `lint` (clang-tidy over every source that has a compile command, two at a
# time; GCC's own warning options mean nothing to it).
file(GLOB_RECURSE holdspace_sources CONFIGURE_DEPENDS
  boundary/*.[ch]pp crypto/*.[ch]pp storage/*.[ch]pp gateway/*.[ch]pp client/*.[ch]pp web/*.[ch]pp tests/*.[ch]pp)
add_custom_target(format COMMAND clang-format-14 -i ${holdspace_sources} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
add_custom_target(lint
  COMMAND run-clang-tidy-14 -quiet -j 2 -p ${CMAKE_BINARY_DIR} -extra-arg=-Wno-unknown-warning-option
          "${CMAKE_SOURCE_DIR}/(boundary|crypto|storage|gateway|client)/.*"
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} VERBATIM)
# What protoc writes must be there to be included.
add_dependencies(lint holdspace_proto holdspace_client_records)
