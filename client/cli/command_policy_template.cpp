// `policy template`: a policy file to begin with.
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "boundary/templates.hpp"
#include "client/cli/command.hpp"
#include "client/cli/policy_document.hpp"
#include "client/cli/profile.hpp"
#include "client/policy_file.hpp"
#include "client/policy_values.hpp"

namespace holdspace::cli {

using client::FailureKind;

int policy_template(const Globals& globals, const TemplateOptions& options) {
  const auto kind = boundary::parse_policy_template(options.kind);
  if (!kind) return fail_usage(globals, "there is no template of that name");
  if (boundary::Zone::locate(options.zone).has_error())
    return fail_usage(globals, options.zone + " is not a time zone; write it as Europe/London");
  const auto policy = client::to_wire(boundary::make_policy(*kind, options.zone));
  if (options.out.empty()) {
    const auto text = client::format_policy_file(policy);
    if (globals.output == Output::human)
      std::cout << text;
    else
      std::cout << nlohmann::ordered_json{{"policy", nlohmann::ordered_json::parse(text)}} << '\n';
    return kOk;
  }
  // Somebody's edited policy may have that name.
  if (std::filesystem::exists(options.out))
    return fail(globals, {FailureKind::bad_input, options.out.string() + " exists already", {}});
  if (!write_policy(options.out, policy))
    return fail(globals, {FailureKind::bad_input, options.out.string() + " cannot be written", {}});
  if (globals.output == Output::human)
    std::cout << boundary::describe(*kind) << "\nEdit " << options.out.string()
              << " and use `holdspace policy apply`.\n";
  else
    std::cout << nlohmann::ordered_json{{"file", options.out.string()}} << '\n';
  return kOk;
}

}  // namespace holdspace::cli
