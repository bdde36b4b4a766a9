// The known-answer tests of tests/crypto as a WebAssembly module: the same test programs, compiled
// for the browser. A page starts them with run_checks() and asks for the counts.
#include <gtest/gtest.h>

#define EXPORTED(name) extern "C" __attribute__((export_name(#name)))

// 0 when every test passed or was skipped; what failed is written to the standard output.
EXPORTED(run_checks) int run_checks() {
  ::testing::InitGoogleTest();
  return RUN_ALL_TESTS();
}

EXPORTED(passed_checks) int passed_checks() {
  return ::testing::UnitTest::GetInstance()->successful_test_count();
}
EXPORTED(skipped_checks) int skipped_checks() {
  return ::testing::UnitTest::GetInstance()->skipped_test_count();
}
EXPORTED(total_checks) int total_checks() {
  return ::testing::UnitTest::GetInstance()->total_test_count();
}
