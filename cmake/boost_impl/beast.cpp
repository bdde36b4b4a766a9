// Beast, compiled once for every program of the house (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
