// Asio's TLS streams, which the client uses, compiled once.
#include <boost/asio/ssl/impl/src.hpp>
