// Before every test file of the browser build. Where a native test expects an exception, the module
// would end (no_exceptions.cpp): such a statement is compiled and not run.
#pragma once

#include <gtest/gtest.h>

#undef EXPECT_THROW
#define EXPECT_THROW(statement, exception)                    \
  do {                                                        \
    [[maybe_unused]] const auto not_run = [&] { statement; }; \
  } while (false)
