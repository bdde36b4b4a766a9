// Starts as every release program does. Together with the stand-in randomness it must not link:
// init() and random_bytes come from one object file, and two definitions of random_bytes are an
// error.
#include "crypto/random.hpp"

int main() {
  holdspace::crypto::init();
  return 0;
}
