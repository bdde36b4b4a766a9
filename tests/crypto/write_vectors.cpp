// crypto_vectors <folder>: writes the composition vectors. Run it on tests/vectors/v1 after a
// deliberate change.
#include <fstream>
#include <iostream>

#include "tests/crypto/support/composition.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: crypto_vectors <folder>\n";
    return 1;
  }
  for (const auto& [file, content] : holdspace::crypto::testing::make_composition_vectors()) {
    std::ofstream out(std::string(argv[1]) + "/" + file);
    out << content.dump(1) << "\n";
    if (!out) {
      std::cerr << "cannot write " << file << "\n";
      return 1;
    }
  }
  return 0;
}
