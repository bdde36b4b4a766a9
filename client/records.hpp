// Typed reading and writing of the local store's records. client/records.proto has their fields.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "client/local_store.hpp"
#include "client/records.pb.h"
#include "client/wire_bytes.hpp"

namespace holdspace::client {

// Throws StoreFailure when the record is there and is not a Record.
template <class Record>
[[nodiscard]] Record parse_record(const crypto::SecretBytes& bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    throw StoreFailure("a record of the local store is not readable by this version");
  return record;
}

template <class Record>
[[nodiscard]] std::optional<Record> load(const LocalStore& store, Table table,
                                         std::string_view id) {
  const auto bytes = store.get(table, id);
  if (!bytes) return std::nullopt;
  return parse_record<Record>(*bytes);
}

template <class Record>
[[nodiscard]] std::optional<Record> load(const LocalStore& store, Table table,
                                         crypto::ByteView id) {
  return load<Record>(store, table, to_string(id));
}

// Inside a transaction.
template <class Record>
void save(LocalStore& store, Table table, std::string_view id, const Record& record) {
  store.put(table, id, view(record.SerializeAsString()));
}

template <class Record>
void save(LocalStore& store, Table table, crypto::ByteView id, const Record& record) {
  save(store, table, to_string(id), record);
}

// In the order of ids, from the id `first` on; `visit` must not write. Returns false to stop.
template <class Record>
void each_from(const LocalStore& store, Table table, std::string_view first,
               const std::function<bool(std::string_view id, const Record& record)>& visit) {
  store.scan_from(table, first, [&visit](std::string_view id, const crypto::SecretBytes& bytes) {
    return visit(id, parse_record<Record>(bytes));
  });
}

template <class Record>
void each(const LocalStore& store, Table table,
          const std::function<bool(std::string_view id, const Record& record)>& visit) {
  each_from<Record>(store, table, {}, visit);
}

}  // namespace holdspace::client
