// boundary_vectors <folder>: writes the golden vectors of the gate. Run it on tests/vectors/v1
// after a deliberate change of the rules.
#include <fstream>
#include <iostream>

#include "tests/client/boundary_vectors.hpp"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: boundary_vectors <folder>\n";
    return 1;
  }
  const std::string path =
      std::string(argv[1]) + "/" + holdspace::client::testing::kBoundaryVectorsFile;
  std::ofstream out(path);
  out << holdspace::client::testing::make_boundary_vectors();
  if (!out) {
    std::cerr << "cannot write " << path << "\n";
    return 1;
  }
  return 0;
}
