// Boost's results throw where a caller reads a value that is not there. Without exceptions that is
// the end of the module: the page sees a trap, and loads it anew.
#include <boost/assert/source_location.hpp>
#include <boost/throw_exception.hpp>
#include <exception>

namespace boost {

void throw_exception(const std::exception& /*what*/) {
  __builtin_trap();
}
void throw_exception(const std::exception& /*what*/, const source_location& /*where*/) {
  __builtin_trap();
}

}  // namespace boost
