// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/lambda_event.h"

#include "streams/record_json.h"

namespace pumice {

LambdaEvent MakeLambdaEvent(const StreamDescription& stream,
                            std::span<const ChangeRecord> records) {
  constexpr std::string_view kEnd = "]}";
  LambdaEvent event;
  event.text = R"({"Records":[)";
  for (const ChangeRecord& record : records) {
    const std::size_t before = event.text.size();
    if (event.record_count > 0) event.text += ',';
    AppendLambdaRecordJson(event.text, stream, record);
    if (event.record_count > 0 && event.text.size() + kEnd.size() > kMaxEventBytes) {
      event.text.resize(before);
      break;
    }
    ++event.record_count;
  }
  event.text += kEnd;
  return event;
}

}  // namespace pumice
