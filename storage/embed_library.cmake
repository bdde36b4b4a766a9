# Assembles the store functions into one library and writes it as a C++ source. Run as a script with
# PARTS (files, in order, joined by |) and OUTPUT. The hash of all parts names the build of the library.
string(REPLACE "|" ";" parts "${PARTS}")
set(source "")
foreach(part ${parts})
  file(READ ${part} text)
  string(APPEND source "${text}")
endforeach()
string(SHA256 hash "${source}")
string(SUBSTRING ${hash} 0 16 hash)
string(REPLACE "@LIBRARY_HASH@" ${hash} source "${source}")
file(WRITE ${OUTPUT}
"// Made by storage/embed_library.cmake from storage/lua/*.lua.
#include \"storage/store_server.hpp\"
namespace holdspace::storage {
std::string_view library_source() { return R\"lua(${source})lua\"; }
std::string_view library_hash() { return \"${hash}\"; }
}  // namespace holdspace::storage
")
