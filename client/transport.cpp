// Both kinds of connection are one template over the stream, instantiated here and nowhere else:
// each costs the compiler half a minute.
#include "client/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <tuple>
#include <utility>

namespace holdspace::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

constexpr char kUpgradePath[] = "/v1/connect";
constexpr char kSubprotocol[] = "holdspace.v1";
constexpr char kExporterLabel[] = "EXPORTER-Channel-Binding";  // RFC 9266
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

using PlainStream = websocket::stream<beast::tcp_stream>;
using TlsStream = websocket::stream<asio::ssl::stream<beast::tcp_stream>>;

template <class Stream>
class StreamTransport final : public Transport {
 public:
  template <class... Arguments>
  explicit StreamTransport(Arguments&&... arguments)
      : stream_(std::forward<Arguments>(arguments)...) {
    websocket::stream_base::timeout limits;
    limits.handshake_timeout = kUpgradeTimeout;
    limits.idle_timeout = kIdleTimeout;
    limits.keep_alive_pings = true;
    stream_.set_option(limits);
    stream_.read_message_max(kServerFrameBytesMax);
    stream_.binary(true);
  }

  Stream& stream() { return stream_; }

  std::optional<std::array<std::uint8_t, 32>> channel_binding() const override {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      std::array<std::uint8_t, 32> binding{};
      // native_handle() is not const, reading the exporter changes nothing.
      auto& tls = const_cast<TlsStream&>(stream_).next_layer();
      if (SSL_export_keying_material(tls.native_handle(), binding.data(), binding.size(),
                                     kExporterLabel, sizeof kExporterLabel - 1, nullptr, 0, 0) != 1)
        return std::nullopt;
      return binding;
    } else {
      return std::nullopt;
    }
  }

  asio::awaitable<boost::system::result<void, TransportError>> send(std::string message) override {
    const auto [failed, written] = co_await stream_.async_write(asio::buffer(message), kTuple);
    if (failed) co_return failure(failed);
    co_return boost::system::result<void, TransportError>();
  }

  asio::awaitable<boost::system::result<std::string, TransportError>> receive() override {
    beast::flat_buffer buffer;
    const auto [failed, read] = co_await stream_.async_read(buffer, kTuple);
    if (failed) co_return failure(failed);
    const auto data = buffer.data();
    co_return std::string(static_cast<const char*>(data.data()), data.size());
  }

  asio::awaitable<void> close() override {
    if (stream_.is_open()) co_await stream_.async_close(websocket::close_code::normal, kTuple);
    abort();
  }

  void abort() override { beast::get_lowest_layer(stream_).close(); }

  std::uint16_t close_code() const override { return close_code_; }

 private:
  TransportError failure(error_code failed) {
    if (failed != websocket::error::closed) return TransportError::broken;
    close_code_ = stream_.reason().code;
    return TransportError::closed_by_gateway;
  }

  Stream stream_;
  std::uint16_t close_code_ = 0;
};

struct TlsContext {
  asio::ssl::context context{asio::ssl::context::tls_client};
  bool ready = false;
};

TlsContext make_tls_context(const std::string& trust_file) {
  TlsContext made;
  auto& context = made.context;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_3_VERSION);
  error_code failed;
  context.set_verify_mode(asio::ssl::verify_peer, failed);
  if (!failed) {
    if (trust_file.empty())
      context.set_default_verify_paths(failed);
    else
      context.load_verify_file(trust_file, failed);
  }
  made.ready = !failed;
  return made;
}

ConnectError tls_failure(error_code failed, SSL* tls) {
  if (failed == beast::error::timeout) return ConnectError::timed_out;
  if (SSL_get_verify_result(tls) != X509_V_OK) return ConnectError::untrusted;
  return ConnectError::not_tls;
}

ConnectError upgrade_failure(error_code failed) {
  return failed == beast::error::timeout ? ConnectError::timed_out : ConnectError::not_a_gateway;
}

bool is_ip_literal(const std::string& host) {
  error_code failed;
  asio::ip::make_address(host, failed);
  return !failed;
}

asio::awaitable<boost::system::result<void, ConnectError>> open_tcp(beast::tcp_stream& tcp,
                                                                    const Address& address) {
  tcp::resolver resolver(co_await asio::this_coro::executor);
  const auto [not_found, endpoints] =
      co_await resolver.async_resolve(address.host, std::to_string(address.port), kTuple);
  if (not_found) co_return ConnectError::name_not_found;
  tcp.expires_after(kConnectTimeout);
  const auto [failed, endpoint] = co_await tcp.async_connect(endpoints, kTuple);
  if (failed)
    co_return failed == beast::error::timeout ? ConnectError::timed_out : ConnectError::unreachable;
  error_code ignored;
  tcp.socket().set_option(tcp::no_delay(true), ignored);
  co_return boost::system::result<void, ConnectError>();
}

template <class Stream>
asio::awaitable<boost::system::result<void, ConnectError>> upgrade(Stream& stream,
                                                                   const Address& address) {
  beast::get_lowest_layer(stream).expires_never();  // the WebSocket's own limits rule from here on
  stream.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
    request.set(beast::http::field::sec_websocket_protocol, kSubprotocol);
  }));
  const bool literal = address.host.find(':') != std::string::npos;
  const auto host =
      (literal ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
  websocket::response_type response;
  const auto [failed] = co_await stream.async_handshake(response, host, kUpgradePath, kTuple);
  if (failed) co_return upgrade_failure(failed);
  if (response[beast::http::field::sec_websocket_protocol] != kSubprotocol)
    co_return ConnectError::not_a_gateway;
  co_return boost::system::result<void, ConnectError>();
}

using Connected = boost::system::result<std::unique_ptr<Transport>, ConnectError>;

asio::awaitable<Connected> connect_tls(Address address, std::string trust_file) {
  auto tls = make_tls_context(trust_file);
  if (!tls.ready) co_return ConnectError::bad_trust_file;
  auto transport =
      std::make_unique<StreamTransport<TlsStream>>(co_await asio::this_coro::executor, tls.context);
  auto& stream = transport->stream();
  const auto opened = co_await open_tcp(beast::get_lowest_layer(stream), address);
  if (!opened.has_value()) co_return opened.error();
  auto& layer = stream.next_layer();
  if (!is_ip_literal(address.host))
    SSL_set_tlsext_host_name(layer.native_handle(), address.host.c_str());
  layer.set_verify_callback(asio::ssl::host_name_verification(address.host));
  const auto [failed] = co_await layer.async_handshake(asio::ssl::stream_base::client, kTuple);
  if (failed) co_return tls_failure(failed, layer.native_handle());
  const auto upgraded = co_await upgrade(stream, address);
  if (!upgraded.has_value()) co_return upgraded.error();
  co_return std::unique_ptr<Transport>(std::move(transport));
}

asio::awaitable<Connected> connect_plain(Address address) {
  auto transport =
      std::make_unique<StreamTransport<PlainStream>>(co_await asio::this_coro::executor);
  auto& stream = transport->stream();
  const auto opened = co_await open_tcp(stream.next_layer(), address);
  if (!opened.has_value()) co_return opened.error();
  const auto upgraded = co_await upgrade(stream, address);
  if (!upgraded.has_value()) co_return upgraded.error();
  co_return std::unique_ptr<Transport>(std::move(transport));
}

}  // namespace

asio::awaitable<Connected> Transport::connect(Address address, std::string trust_file) {
  switch (address.scheme) {
    case Scheme::tls:
      co_return co_await connect_tls(std::move(address), std::move(trust_file));
    case Scheme::plain_loopback:
      co_return co_await connect_plain(std::move(address));
  }
  co_return ConnectError::not_a_gateway;
}

std::string describe(ConnectError error, const Address& address) {
  const auto where = format_address(address);
  switch (error) {
    case ConnectError::name_not_found:
      return "no address found for " + address.host + "; check the name and the network";
    case ConnectError::unreachable:
      return "no gateway answers at " + where + "; is it running?";
    case ConnectError::untrusted:
      return "the certificate of " + where +
             " is not trusted; give the gateway's certificate with --ca FILE";
    case ConnectError::bad_trust_file:
      return "the certificate file given with --ca cannot be used";
    case ConnectError::not_tls:
      return where + " does not answer with TLS 1.3";
    case ConnectError::not_a_gateway:
      return where + " answers, but is not a Holdspace gateway (or is too busy to say so)";
    case ConnectError::timed_out:
      return "no answer from " + where + " in time; try again later";
  }
  return where + " cannot be reached";
}

}  // namespace holdspace::client
